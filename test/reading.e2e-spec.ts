/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-member-access,
   @typescript-eslint/no-unsafe-call -- answers are JSON of any shape, and their shape is what is tested */
/** What /api shows: rows are put into the tables as recording leaves them, and read over HTTP. */
import { createHash } from 'node:crypto';
import { PrismaService } from '../src/database/prisma.service.js';
import { type Prisma } from '../src/generated/prisma/client.js';
import { Lifecycle } from '../src/operations/lifecycle.js';
import { ADMIN_TOKEN, createTestApplication, type TestApplication } from './support/application.js';

const BEYOND = '123456789012345678901234567890';
const NOWHERE = '01900000-0000-7000-8000-ffffffffffff';

/** Ids that differ only in their last digits, as those of one burst do. */
const id = (n: number, family = 0): string =>
  `01900000-0000-7000-8000-${String(family).padStart(4, '0')}${String(n).padStart(8, '0')}`;
const time = (minutes: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minutes));

function payment(n: number, fields: Partial<Prisma.PaymentCreateManyInput> = {}) {
  return {
    id: id(n),
    version: 1,
    mergedFrom: [],
    source: 'stripe',
    provider: 'stripe',
    status: 'captured',
    currency: 'EUR',
    amountAuthorized: 100,
    amountCaptured: 100,
    amountRefunded: 0,
    amountDisputed: 0,
    amountChargedBack: 0,
    refs: [`pi:of_${n}`],
    groups: [],
    flags: [],
    createdAt: time(n),
    updatedAt: time(n),
    ...fields,
  } satisfies Prisma.PaymentCreateManyInput;
}

function delivery(n: number, body: Buffer, bodyEncoding: 'utf8' | 'base64') {
  return {
    id: id(n, 1),
    source: 'stripe',
    provider: 'stripe',
    body: body.toString(bodyEncoding),
    bodyEncoding,
    bodySha256: createHash('sha256').update(body).digest('hex'),
    bodySize: body.length,
    headers: { 'content-type': 'application/json' },
    verifiedWith: 'STRIPE_WEBHOOK_SECRET',
    receivedAt: time(n),
  } satisfies Prisma.DeliveryCreateManyInput;
}

function event(n: number, fields: Partial<Prisma.WebhookEventCreateManyInput> = {}) {
  return {
    id: id(n, 2),
    deliveryId: id(n, 1),
    position: 0,
    source: 'stripe',
    provider: 'stripe',
    eventId: `evt_${n}`,
    type: 'charge.updated',
    status: 'applied',
    receivedAt: time(n),
    normaliserVersion: 1,
    optionsHash: '0000000000000000',
    ...fields,
  } satisfies Prisma.WebhookEventCreateManyInput;
}

function transaction(
  n: number,
  paymentId: string,
  fields: Partial<Prisma.TransactionCreateManyInput> = {},
) {
  return {
    webhookEventId: id(n, 2),
    ordinal: 0,
    paymentId,
    source: 'stripe',
    eventId: `evt_${n}`,
    kind: 'capture',
    key: 'pi_1',
    status: 'succeeded',
    amount: 100n,
    currency: 'EUR',
    occurredAt: time(n),
    refs: ['pi:pi_1'],
    refScope: '',
    groups: [],
    final: false,
    implied: false,
    release: false,
    ...fields,
  } satisfies Prisma.TransactionCreateManyInput;
}

const snapshot = (fields: Record<string, unknown>) => ({
  status: 'captured',
  currency: 'EUR',
  amountAuthorized: '0',
  amountCaptured: '0',
  amountRefunded: '0',
  amountDisputed: '0',
  amountChargedBack: '0',
  reference: null,
  failure: null,
  flags: [],
  ...fields,
});

const TEXT_BODY = Buffer.from('\ufeff{ "a":  "ü€😀",\r\n"n": 1.00 }\n');
const BINARY_BODY = Buffer.from([0x7b, 0x00, 0xff, 0xfe, 0x80, 0x7d]);

/** 1 to 120 are a list to page through; those from 200 on each show one thing. */
async function fill(prisma: Prisma.TransactionClient): Promise<void> {
  await prisma.payment.createMany({
    data: [
      ...Array.from({ length: 120 }, (_, i) => payment(i + 1, { source: 'adyen' })),
      payment(200, {
        account: 'acct_1',
        livemode: true,
        status: 'partially_refunded',
        amountCaptured: BEYOND,
        amountRefunded: '9007199254740993',
        reference: 'order-42',
        refs: ['ch:ch_1', 'pi:pi_1'],
        groups: ['session:cs_1'],
        flags: ['captured_over_authorized'],
        version: 2,
        mergedFrom: [id(203), id(204), id(205)],
        occurredAt: time(200),
      }),
      payment(201, { status: 'failed', currency: 'USD', reference: 'cs_1', occurredAt: time(201) }),
      payment(202, {
        source: 'paypal',
        failureMessage: 'declined',
        groups: ['order:order-42'],
        occurredAt: time(202),
      }),
      payment(203, { mergedInto: id(200), reference: 'order-42' }),
      payment(204, { mergedInto: id(203) }),
      payment(205, { mergedInto: id(204), status: 'failed' }),
      payment(206, { refs: [], status: 'pending' }),
    ],
  });
  await prisma.paymentRef.createMany({
    data: [
      ['pi', 'pi_1', 200],
      ['ch', 'ch_1', 200],
      ['pi', 'a:b', 201],
      ['a', 'b', 202],
      ['ch', 'pi_1', 202],
    ].map(([namespace, ref, n]) => ({
      source: 'stripe',
      scope: '',
      namespace: String(namespace),
      id: String(ref),
      paymentId: id(Number(n)),
    })),
  });
  await prisma.delivery.createMany({
    data: [
      delivery(1, TEXT_BODY, 'utf8'),
      delivery(2, BINARY_BODY, 'base64'),
      delivery(3, Buffer.alloc(0), 'utf8'),
    ],
  });
  await prisma.webhookEvent.createMany({
    data: [
      event(1, { occurredAt: time(200), livemode: true, account: 'acct_1' }),
      event(2, { type: 'charge.refunded' }),
      event(3, { status: 'quarantined', code: 'invalid_json', type: '', source: 'adyen' }),
    ],
  });
  await prisma.transaction.createMany({
    data: [
      transaction(1, id(200), { amount: 50n, final: true }),
      transaction(1, id(201), { ordinal: 1, key: 'pi_9', amount: null, currency: null }),
      transaction(2, id(200), { amount: 9007199254740991n, occurredAt: time(300) }),
      transaction(2, id(200), { ordinal: 1, kind: 'refund', key: 're_1', occurredAt: null }),
    ],
  });
  await prisma.paymentChange.createMany({
    data: [
      {
        paymentId: id(200),
        version: 2,
        cause: 'replay',
        from: snapshot({}),
        to: snapshot({ amountCaptured: BEYOND }),
        silent: false,
        at: time(2),
      },
      {
        paymentId: id(200),
        version: 1,
        cause: 'event',
        webhookEventId: id(1, 2),
        to: snapshot({}),
        silent: false,
        at: time(1),
      },
    ],
  });
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- JSON of any shape
  body: any;
}

async function get(
  service: TestApplication,
  path: string,
  token: string | null = ADMIN_TOKEN,
  method = 'GET',
): Promise<Answer> {
  const response = await fetch(service.url + path, {
    method,
    headers: token === null ? {} : { Authorization: `Bearer ${token}` },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = bytes.toString('utf8');
  const headers = Object.fromEntries(response.headers);
  const isJson = headers['content-type']?.includes('json');
  return { status: response.status, headers, text, body: isJson ? JSON.parse(text) : bytes };
}

/** All routes of Express below a path, as method and path. */
function routesUnder(prefix: string, service: TestApplication): [string, string][] {
  const express = service.app.getHttpAdapter().getInstance() as {
    router: { stack: { route?: { path: string; methods: Record<string, boolean> } }[] };
  };
  return express.router.stack.flatMap(({ route }) =>
    route?.path.startsWith(prefix)
      ? Object.keys(route.methods).map((m): [string, string] => [m.toUpperCase(), route.path])
      : [],
  );
}

describe('reading', () => {
  let service: TestApplication;

  beforeAll(async () => {
    service = await createTestApplication();
    await service.app.get(PrismaService).$transaction(fill);
  });

  afterAll(() => service.close());

  const ids = async (path: string): Promise<string[]> => {
    const { status, body } = await get(service, path);
    expect(status).toBe(200);
    return (body as { data: { id: string }[] }).data.map((row) => row.id);
  };

  describe('GET /api/payments', () => {
    it('pages through all by id descending, each once', async () => {
      const seen: string[] = [];
      let cursor: string | null = null;
      let pages = 0;
      do {
        const query: string = cursor === null ? '' : `&cursor=${cursor}`;
        const { body } = await get(service, `/api/payments?source=adyen&limit=50${query}`);
        const page = body as { data: { id: string }[]; nextCursor: string | null };
        seen.push(...page.data.map((row) => row.id));
        cursor = page.nextCursor;
        pages += 1;
      } while (cursor !== null);
      expect(pages).toBe(3);
      expect(seen).toEqual(Array.from({ length: 120 }, (_, i) => id(120 - i)));
    });

    it('is not moved by what is added while it is paged through', async () => {
      const prisma = service.app.get(PrismaService);
      const first = await get(service, '/api/payments?source=adyen&limit=2');
      await prisma.payment.create({ data: payment(121, { source: 'adyen' }) });
      const second = await ids(
        `/api/payments?source=adyen&limit=2&cursor=${first.body.nextCursor as string}`,
      );
      await prisma.payment.delete({ where: { id: id(121) } });
      expect(second).toEqual([id(118), id(117)]);
    });

    it('has 50 on a page, and no cursor on the last one', async () => {
      expect(await ids('/api/payments?source=adyen')).toHaveLength(50);
      const { body } = await get(service, '/api/payments?source=adyen&limit=120');
      expect(body.data).toHaveLength(120);
      expect(body.nextCursor).toBeNull();
    });

    it.each([
      ['source=paypal', [202]],
      ['source=paypal&source=stripe', [202, 201, 200]],
      ['source=nobody', []],
      ['status=failed', [201]],
      ['status=failed&status=partially_refunded', [201, 200]],
      ['reference=order-42', [202, 200]],
      ['reference=order:order-42', [202]],
      ['reference=cs_1', [201, 200]],
      ['reference=session:cs_1', [200]],
      ['reference=invoice:cs_1', []],
      ['reference=%25', []],
      ['ref=pi_1', [202, 200]],
      ['ref=pi:pi_1', [200]],
      ['ref=ch:ch_1', [200]],
      ['ref=re:pi_1', []],
      ['ref=a:b', [202, 201]],
      ['ref=pi:a:b', [201]],
      ['currency=USD', [201]],
      ['from=2026-01-01T03:21:00Z', [202, 201]],
      ['to=2026-01-01T03:21:00Z', [200]],
      ['from=2026-01-01T05:21:00%2B02:00&to=2026-01-01T03:22:00Z', [201]],
      ['reference=order-42&source=stripe&status=partially_refunded&ref=pi_1', [200]],
      ['reference=order-42&status=failed', []],
    ])('?%s', async (query, expected) => {
      expect(await ids(`/api/payments?${query}`)).toEqual(expected.map((n) => id(n)));
    });

    it('leaves out payments that were joined into others or have nothing left', async () => {
      const all = await ids('/api/payments?limit=200');
      expect(all).toHaveLength(123);
      for (const n of [203, 204, 205, 206]) expect(all).not.toContain(id(n));
    });
  });

  describe('GET /api/payments/:id', () => {
    it('shows everything, with exact integers', async () => {
      const { status, headers, body, text } = await get(service, `/api/payments/${id(200)}`);
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(text).toContain(`"amountCaptured":${BEYOND},"amountRefunded":9007199254740993,`);
      expect(text).toContain('"amount":9007199254740991,');
      const { transactions, events, history, ...fields } = body;
      expect(fields).toEqual({
        id: id(200),
        source: 'stripe',
        provider: 'stripe',
        account: 'acct_1',
        livemode: true,
        status: 'partially_refunded',
        currency: 'EUR',
        amountAuthorized: 100,
        amountCaptured: Number(BEYOND),
        amountRefunded: 9007199254740992,
        amountDisputed: 0,
        amountChargedBack: 0,
        reference: 'order-42',
        refs: ['ch:ch_1', 'pi:pi_1'],
        groups: ['session:cs_1'],
        failure: null,
        flags: ['captured_over_authorized'],
        version: 2,
        mergedFrom: [id(203), id(204), id(205)],
        occurredAt: '2026-01-01T03:20:00.000Z',
        createdAt: '2026-01-01T03:20:00.000Z',
        updatedAt: '2026-01-01T03:20:00.000Z',
      });
      const said = {
        kind: 'capture',
        key: 'pi_1',
        status: 'succeeded',
        currency: 'EUR',
        refs: ['pi:pi_1'],
      };
      expect(transactions).toEqual([
        {
          ...said,
          amount: 50,
          occurredAt: '2026-01-01T00:01:00.000Z',
          final: true,
          current: false,
          eventId: 'evt_1',
        },
        {
          ...said,
          amount: 9007199254740991,
          occurredAt: '2026-01-01T05:00:00.000Z',
          final: false,
          current: true,
          eventId: 'evt_2',
        },
        {
          ...said,
          kind: 'refund',
          key: 're_1',
          amount: 100,
          occurredAt: null,
          final: false,
          current: true,
          eventId: 'evt_2',
        },
      ]);
      expect(events.map((e: { eventId: string }) => e.eventId)).toEqual(['evt_1', 'evt_2']);
      expect(events[0].paymentIds).toEqual([id(200), id(201)]);
      expect(history).toMatchObject([
        {
          version: 1,
          cause: 'event',
          eventId: 'evt_1',
          from: null,
          at: '2026-01-01T00:01:00.000Z',
        },
        { version: 2, cause: 'replay', eventId: null, from: { amountCaptured: 0 } },
      ]);
      expect(text).toMatch(new RegExp(`"to":\\{[^}]*"amountCaptured":${BEYOND},`));
      expect(text.match(new RegExp(BEYOND, 'g'))).toHaveLength(2);
    });

    it('has null for what is not known', async () => {
      const { body } = await get(service, `/api/payments/${id(1)}`);
      expect(body).toMatchObject({
        account: null,
        livemode: null,
        reference: null,
        failure: null,
        occurredAt: null,
        transactions: [],
        events: [],
        history: [],
      });
      const { body: failed } = await get(service, `/api/payments/${id(202)}`);
      expect(failed.failure).toEqual({ code: null, message: 'declined' });
    });

    it.each([203, 204, 205])('answers with the survivor of %i', async (n) => {
      const { status, body } = await get(service, `/api/payments/${id(n)}`);
      expect(status).toBe(200);
      expect(body.id).toBe(id(200));
      expect(body.transactions).toHaveLength(3);
    });

    it('takes an id in upper case', async () => {
      expect((await get(service, `/api/payments/${id(200).toUpperCase()}`)).status).toBe(200);
    });
  });

  describe('GET /api/events', () => {
    it.each([
      ['', [3, 2, 1]],
      ['limit=1', [3]],
      ['source=adyen', [3]],
      ['status=quarantined', [3]],
      ['status=applied&status=ignored', [2, 1]],
      ['type=charge.refunded', [2]],
      ['eventId=evt_1', [1]],
      ['from=2026-01-01T00:02:00Z', [3, 2]],
      ['from=2026-01-01T00:02:00Z&to=2026-01-01T00:03:00Z', [2]],
    ])('?%s', async (query, expected) => {
      expect(await ids(`/api/events?${query}`)).toEqual(expected.map((n) => id(n, 2)));
    });

    it('pages', async () => {
      const first = await get(service, '/api/events?limit=2');
      const cursor = first.body.nextCursor as string;
      expect(await ids(`/api/events?limit=2&cursor=${cursor}`)).toEqual([id(1, 2)]);
    });

    it('shows an event', async () => {
      const { body } = await get(service, '/api/events?status=quarantined');
      expect(body).toEqual({
        data: [
          {
            id: id(3, 2),
            source: 'adyen',
            provider: 'stripe',
            eventId: 'evt_3',
            type: '',
            status: 'quarantined',
            code: 'invalid_json',
            livemode: null,
            account: null,
            occurredAt: null,
            receivedAt: '2026-01-01T00:03:00.000Z',
            paymentIds: [],
            bodyEncoding: 'utf8',
            bodySha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
            bodySize: 0,
          },
        ],
        nextCursor: null,
      });
    });
  });

  describe('GET /api/events/:id', () => {
    it('adds how it came and what it says, and which of it is current', async () => {
      const { body } = await get(service, `/api/events/${id(1, 2)}`);
      expect(body).toMatchObject({
        eventId: 'evt_1',
        livemode: true,
        account: 'acct_1',
        occurredAt: '2026-01-01T03:20:00.000Z',
        paymentIds: [id(200), id(201)],
        headers: { 'content-type': 'application/json' },
        verifiedWith: 'STRIPE_WEBHOOK_SECRET',
        statements: [
          { key: 'pi_1', amount: 50, current: false, eventId: 'evt_1' },
          { key: 'pi_9', amount: null, currency: null, current: true, eventId: 'evt_1' },
        ],
      });
      expect(body).not.toHaveProperty('body');
    });

    it('has no statements where none were made', async () => {
      const { body } = await get(service, `/api/events/${id(3, 2)}`);
      expect(body.statements).toEqual([]);
    });
  });

  describe('GET /api/events/:id/body', () => {
    it.each([
      ['text', 1, TEXT_BODY],
      ['base64', 2, BINARY_BODY],
      ['nothing', 3, Buffer.alloc(0)],
    ])('gives the exact bytes of %s', async (_, n, bytes) => {
      const { status, headers, body } = await get(service, `/api/events/${id(n, 2)}/body`);
      expect(status).toBe(200);
      expect((body as Buffer).equals(bytes)).toBe(true);
      expect(headers).toMatchObject({
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename="${id(n, 2)}.bin"`,
        'content-length': String(bytes.length),
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
    });
  });

  describe('errors', () => {
    it('lets nobody in without the token, on any route and method under /api', async () => {
      const routes = routesUnder('/api', service);
      expect(routes).toEqual(
        expect.arrayContaining([
          ['GET', '/api/payments'],
          ['GET', '/api/payments/:id'],
          ['GET', '/api/events'],
          ['GET', '/api/events/:id'],
          ['GET', '/api/events/:id/body'],
        ]),
      );
      for (const [method, route] of routes) {
        for (const token of [null, 'another-token-0123456789']) {
          for (const query of ['', '?page=1']) {
            const path = route.replaceAll(/:\w+/g, id(1, 2)) + query;
            const { status, headers, body } = await get(service, path, token, method);
            expect({ method, route, status }).toEqual({ method, route, status: 401 });
            expect(headers['www-authenticate']).toBe('Bearer');
            expect(headers['content-type']).toBe('application/problem+json');
            expect(body).toMatchObject({ code: 'unauthorized', status: 401 });
          }
        }
      }
    });

    it.each([
      ...['42', 'null', `${NOWHERE}0`, NOWHERE].flatMap((unknown) => [
        `/api/payments/${unknown}`,
        `/api/events/${unknown}`,
        `/api/events/${unknown}/body`,
      ]),
      '/api/nothing',
    ])('%s is 404', async (path) => {
      const { status, headers, body } = await get(service, path);
      expect(status).toBe(404);
      expect(headers['content-type']).toBe('application/problem+json');
      expect(headers['content-disposition']).toBeUndefined();
      expect(body).toMatchObject({ code: 'not_found', instance: headers['x-request-id'] });
    });

    it.each(['/api/payments', '/api/events'])('%s names every wrong parameter', async (path) => {
      const { status, headers, body } = await get(
        service,
        `${path}?limit=0&status=paid&page=2&cursor=x`,
      );
      expect(status).toBe(400);
      expect(headers['content-type']).toBe('application/problem+json');
      expect(body.type).toBe('urn:payment-webhooks:validation_failed');
      const fields = (body.errors as { field: string }[]).map(({ field }) => field);
      expect(fields.sort()).toEqual(['cursor', 'limit', 'page', 'status']);
    });
  });

  describe('health and documentation', () => {
    it('is alive', async () => {
      const { status, body } = await get(service, '/livez', null);
      expect(status).toBe(200);
      expect(body.status).toBe('ok');
    });

    it('is ready until it drains', async () => {
      const ready = await get(service, '/readyz', null);
      expect(ready.status).toBe(200);
      expect(ready.body).toMatchObject({ status: 'ok', info: { database: { status: 'up' } } });
      service.app.get(Lifecycle).startDraining();
      const draining = await get(service, '/readyz', null);
      expect(draining.status).toBe(503);
      expect(draining.headers['content-type']).toContain('application/json');
      expect(draining.body).toMatchObject({
        status: 'error',
        info: { database: { status: 'up' } },
        error: { shutdown: { status: 'down' } },
      });
      expect((await get(service, '/livez', null)).status).toBe(200);
    });

    it('serves its documentation to browsers, and to them only what they may run', async () => {
      const { status, headers } = await get(service, '/docs', null);
      expect(status).toBe(200);
      expect(headers['content-security-policy']).toContain("script-src 'self';");
      expect(headers['content-security-policy']).not.toContain("script-src 'self' 'unsafe-inline'");
      const { body } = await get(service, '/openapi.json', null);
      expect(body.paths['/api/payments'].get.security).toEqual([{ bearer: [] }]);
    });

    it('documents every form in which providers send their webhooks', async () => {
      const { body } = await get(service, '/openapi.json', null);
      const { content } = body.paths['/webhooks/{source}'].post.requestBody;
      expect(Object.keys(content as object).sort()).toEqual([
        'application/hal+json',
        'application/json',
        'application/x-www-form-urlencoded',
      ]);
    });
  });

  it('answers 503 and shows nothing of the cause when the database is away', async () => {
    const alone = await createTestApplication({
      database: {
        url: 'postgresql://somebody:hunter2@127.0.0.1:1/nothing',
        drop: () => Promise.resolve(),
      },
    });
    try {
      for (const path of ['/api/payments', `/api/payments/${id(1)}`, `/api/events/${id(1, 2)}`]) {
        const { status, headers, body, text } = await get(alone, path);
        expect({ path, status }).toEqual({ path, status: 503 });
        expect(headers['retry-after']).toBe('5');
        expect(body.code).toBe('storage_unavailable');
        expect(text).not.toMatch(/prisma|select|hunter2|ECONN|127\.0/i);
      }
      const { status, body } = await get(alone, '/readyz', null);
      expect(status).toBe(503);
      expect(body.error.database).toEqual({ status: 'down', message: 'does not answer' });
      expect((await get(alone, '/livez', null)).status).toBe(200);
    } finally {
      await alone.close();
    }
  });
});
