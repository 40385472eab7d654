/**
 * Secrets and card numbers are put wherever a request has room for them; then everything that the
 * service says, logs and stores is searched. Only the stored body may hold what was in the body.
 */
import { type INestApplication } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import pg from 'pg';
import { createApplication } from '../../src/app.http.js';
import { createLogger } from '../../src/operations/logger.js';
import { type Settings } from '../../src/config/settings.js';
import { settingsFor } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { fakeProvider } from '../support/fake-provider.js';
import { head } from '../support/raw-http.js';
import { signedBy, signedGeneric, unique } from '../support/signed.js';

/** Numbers that the card networks give out for tests; they pass the check digit. */
const CARDS = ['4111111111111111', '4242424242424242', '5555555555554444', '378282246310005'];
const IBAN = 'DE89370400440532013000';

/** Made as it is used, so that every place has one of its own and a leak says where it came from. */
class Canaries {
  readonly planted: string[] = [...CARDS, IBAN];

  /** Something to find again, with a card number beside it. */
  plant(place: string): string {
    const canary = `canary-${place}-${randomBytes(6).toString('hex')}`;
    this.planted.push(canary);
    return `${canary}-${CARDS[this.planted.length % CARDS.length]}`;
  }

  /** Those that stand in a text, in whatever way they may have been written. */
  foundIn(text: string): string[] {
    const forms = (canary: string) => [
      canary,
      encodeURIComponent(canary),
      Buffer.from(canary).toString('hex'),
      // In base64 a text has three forms by where it begins; the inner part of one is enough.
      ...[0, 1, 2].map((shift) => {
        const shifted = Buffer.concat([Buffer.alloc(shift), Buffer.from(canary)]);
        return shifted.toString('base64').slice(4, -4);
      }),
    ];
    return this.planted.filter((canary) => forms(canary).some((form) => text.includes(form)));
  }
}

describe('secrets and card numbers', () => {
  const canaries = new Canaries();
  const plant = (place: string) => canaries.plant(place);
  const secrets = {
    admin: plant('admin-token'),
    generic: plant('generic-secret'),
    old: plant('rotated-secret'),
    stripe: `whsec_${plant('stripe-secret')}`,
    second: plant('second-secret'),
  };
  const logged: string[] = [];
  const answered: string[] = [];
  let database: TestDatabase;
  let app: INestApplication;
  let port: number;
  let settings: Settings;

  const failing = fakeProvider('failing', {
    verify: () => {
      throw new Error(plant('error-of-a-verifier'));
    },
  });
  const clumsy = fakeProvider('clumsy', {
    verify: () => ({ authentic: true, verifiedWith: 'CLUMSY_WEBHOOK_SECRET' }),
    normalise: () => {
      throw new Error(plant('error-of-a-normaliser'), { cause: plant('cause') });
    },
  });

  beforeAll(async () => {
    database = await createTestDatabase();
    settings = settingsFor(
      {
        env: {
          ADMIN_TOKEN: secrets.admin,
          GENERIC_WEBHOOK_SECRET: `${secrets.generic},${secrets.old}`,
          STRIPE_WEBHOOK_SECRET: secrets.stripe,
          FAILING_WEBHOOK_SECRET: plant('failing-secret'),
          CLUMSY_WEBHOOK_SECRET: plant('clumsy-secret'),
        },
        sources: [{ name: 'second', provider: 'generic', secrets: [secrets.second] }],
        providers: [failing, clumsy],
      },
      database.url,
    );
    const log = createLogger('trace', { write: (line: string) => void logged.push(line) });
    app = await createApplication(settings, database.url, log.nest);
    await app.listen(0, '127.0.0.1');
    port = ((app.getHttpServer() as Server).address() as AddressInfo).port;
  });
  afterAll(async () => {
    (app.getHttpServer() as Server).closeAllConnections();
    await app.close();
    await database.drop();
  });

  /** Sends a request; what comes back is kept to be searched. */
  const ask = async (path: string, init: RequestInit = {}): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`);
    answered.push([...headers, await response.text()].join('\n'));
    return response.status;
  };

  /** Sends bytes and takes whatever comes until the connection closes. */
  const askRaw = (bytes: string): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.on('data', (data) => answered.push(data.toString('latin1')));
      socket.on('error', () => undefined).on('close', () => resolve());
      socket.end(bytes);
    });

  const bearer = { Authorization: `Bearer ${secrets.admin}`, 'Content-Type': 'application/json' };
  const event = (fields: object = {}) => ({
    event_type: 'payment_success',
    event_id: `e_${unique()}`,
    transaction_id: `tx_${unique()}`,
    amount: '1',
    ...fields,
  });
  const post = (
    source: string,
    { body, headers }: { body: string | Buffer<ArrayBuffer>; headers: object },
  ) =>
    ask(`/webhooks/${source}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body,
    });

  /** Headers that clients, proxies and browsers send, none of which is kept. */
  const manyHeaders = () =>
    Object.fromEntries(
      [
        'Cookie',
        'X-Api-Key',
        'X-Request-Id',
        'Idempotency-Key',
        'Referer',
        'Origin',
        'X-Forwarded-For',
        'Forwarded',
        'Traceparent',
        'Baggage',
        'From',
        'Accept',
        'Accept-Language',
        'If-None-Match',
        'X-Card',
      ].map((name) => [name, plant(`header-${name.toLowerCase()}`)]),
    );

  it('are planted in headers', async () => {
    const headers = () => ({
      ...signedGeneric(event(), secrets.generic).headers,
      ...manyHeaders(),
    });
    const delivery = signedGeneric(event(), secrets.generic);
    expect(
      await post('generic', { ...delivery, headers: { ...headers(), ...delivery.headers } }),
    ).toBe(200);
    const authorization = { Authorization: `Basic ${plant('authorization')}` };
    expect(
      await post('generic', { ...delivery, headers: { ...headers(), ...authorization } }),
    ).toBe(401);
    expect(
      await post('stripe', { body: '{}', headers: { 'Stripe-Signature': plant('signature') } }),
    ).toBe(401);
    expect(
      await post('generic', { body: '{}', headers: { 'X-Signature': plant('signature') } }),
    ).toBe(401);
    expect(
      await post('generic', { body: '{}', headers: { 'Content-Type': plant('content-type') } }),
    ).toBe(415);
    expect(
      await post('generic', {
        body: '{}',
        headers: { 'Content-Encoding': plant('content-encoding') },
      }),
    ).toBe(415);
    expect(
      await ask('/api/payments', { headers: { Authorization: `Bearer ${plant('token')}` } }),
    ).toBe(401);
    expect(await ask('/api/payments', { headers: { ...bearer, ...manyHeaders() } })).toBe(200);
    expect(await ask('/livez', { headers: manyHeaders() })).toBe(200);
    expect(await ask('/metrics', { headers: manyHeaders() })).toBe(200);
  });

  it('are planted in bodies, used and unused', async () => {
    const card = () => ({
      number: plant('body-card'),
      cvc: plant('body-cvc'),
      iban: `${IBAN} ${plant('body-iban')}`,
      holder: { email: `${plant('body-email')}@shop.example` },
    });
    const bodies: [number, object | string][] = [
      [200, event({ card: card(), note: [card()] })],
      [400, event({ amount: plant('amount'), currency: plant('currency'), final: plant('final') })],
      [400, event({ occurred_at: plant('time'), reference: { id: plant('reference') } })],
      [400, event({ amount: CARDS[0], currency: 'EUR' })],
      [400, event({ amount: Number(CARDS[1]), currency: CARDS[2] })],
      // Ids that cannot be kept: too long, with a NUL, of another type.
      [400, event({ transaction_id: `${plant('long-id')}${'x'.repeat(256)}` })],
      [400, event({ event_id: `${plant('nul-id')}\0` })],
      [400, event({ event_id: `${plant('long-event-id')}${'x'.repeat(256)}` })],
      [400, event({ event_id: { id: plant('object-id') } })],
      [400, `{"event_type":"payment_success","card":"${plant('broken-body')}"`],
      [400, plant('text-body')],
      [400, JSON.stringify([plant('array-body')])],
      [400, `{"a":"${plant('twice')}","a":"${plant('twice')}"}`],
    ];
    for (const [status, body] of bodies) {
      expect(await post('generic', signedGeneric(body, secrets.old))).toBe(status);
    }
    const binary = Buffer.concat([Buffer.from(plant('binary-body')), Buffer.from([0xff, 0x00])]);
    expect(await post('second', signedGeneric(binary, secrets.second))).toBe(400);
    expect(await post('generic', { body: plant('unsigned-body'), headers: {} })).toBe(401);
    expect(await post('stripe', signedBy('stripe', `{"id":"${plant('b')}`, secrets.stripe))).toBe(
      200,
    );
    expect(
      await post('stripe', { body: 'x'.repeat(2 ** 20 + 1) + plant('large'), headers: {} }),
    ).toBe(413);
  });

  it('are planted in addresses', async () => {
    const e = () => encodeURIComponent(plant('query'));
    const delivery = () => signedGeneric(event(), secrets.generic);
    expect(await post(`generic?secret=${e()}&card=${e()}`, delivery())).toBe(200);
    for (const path of [
      `/webhooks/${plant('source').toLowerCase()}`,
      `/webhooks/generic/${plant('path')}`,
      `/webhooks/%zz${plant('path')}`,
      `/${plant('path')}`,
      `/docs/${plant('path')}`,
    ]) {
      expect(await ask(path, { method: 'POST' })).toBe(404);
    }
    for (const [status, path] of [
      [404, `payments/${plant('id')}`],
      [404, `events/${plant('id')}`],
      [404, `events/${plant('id')}/body`],
      [400, `payments?cursor=${e()}`],
      [400, `payments?currency=${e()}&limit=${e()}&status=${e()}&source=${e()}&from=${e()}`],
      [200, `payments?ref=${e()}`],
      [200, `payments?reference=${e()}`],
      [200, `events?eventId=${e()}`],
      [200, `events?type=${e()}`],
      [400, `audit?from=${e()}&cursor=${e()}`],
    ] as const) {
      expect({ path, status: await ask(`/api/${path}`, { headers: bearer }) }).toEqual({
        path,
        status,
      });
    }
  });

  it('are planted in what operators send', async () => {
    const send = (path: string, body?: string) =>
      ask(`/api/${path}`, { method: 'POST', headers: bearer, body });
    expect(await send('events/replay', `{"secret":"${plant('operator')}"}`)).toBe(400);
    expect(await send('events/replay', plant('operator'))).toBe(400);
    expect(await send(`payments/reproject?token=${encodeURIComponent(plant('operator'))}`)).toBe(
      400,
    );
    expect(await send('events/replay', '{"status":["quarantined"]}')).toBe(200);
    expect(await send('payments/reproject?dryRun=true')).toBe(200);
  });

  it('are planted in what is no HTTP', async () => {
    for (const bytes of [
      `${plant('garbage')}\r\n\r\n`,
      `GET /${plant('target')} HTTP/9.9\r\n\r\n`,
      head(`POST /webhooks/generic HTTP/1.1`, `Host: ${plant('host')}`, `Host: ${plant('host')}`),
      head('POST /webhooks/generic HTTP/1.1', 'Host: a', `Transfer-Encoding: ${plant('coding')}`),
      head('POST /webhooks/generic HTTP/1.1', 'Host: a', `${plant('header name')}: a`),
      head(
        'POST /webhooks/generic HTTP/1.1',
        'Host: a',
        `X: ${plant('long')}${'x'.repeat(20_000)}`,
      ),
      `${head('POST /webhooks/generic HTTP/1.1', 'Host: a', 'Transfer-Encoding: chunked')}${plant('chunk')}`,
    ]) {
      await askRaw(bytes);
    }
  });

  it('are planted in errors', async () => {
    expect(await post('failing', { body: '{}', headers: {} })).toBe(503);
    expect(await post('clumsy', { body: '{}', headers: {} })).toBe(200);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      for (const [state, status] of [
        ['P0001', 503],
        ['53100', 503],
        ['57014', 503],
        ['23514', 503],
      ] as const) {
        await client.query(`CREATE OR REPLACE FUNCTION leak() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION '% ${plant(`database-${state}`)}', NEW.body
             USING ERRCODE = '${state}', DETAIL = NEW.body, HINT = NEW.body; END $$`);
        await client.query(`CREATE OR REPLACE TRIGGER leak BEFORE INSERT ON deliveries
          FOR EACH ROW EXECUTE FUNCTION leak()`);
        const delivery = signedGeneric(event({ card: plant('failing-body') }), secrets.generic);
        expect(await post('generic', delivery)).toBe(status);
      }
      await client.query('DROP FUNCTION leak CASCADE');
      // A read that fails in Prisma, whose messages may carry values.
      await client.query('ALTER TABLE webhook_events RENAME COLUMN type TO type_away');
      const type = encodeURIComponent(plant('failing-query'));
      expect(await ask(`/api/events?type=${type}`, { headers: bearer })).toBe(500);
      await client.query('ALTER TABLE webhook_events RENAME COLUMN type_away TO type');
    } finally {
      await client.end();
    }
  });

  it('stand in the stored bodies, so the search can find them', async () => {
    const bodies = await copyOf('deliveries', ['body']);
    expect(canaries.foundIn(bodies).length).toBeGreaterThan(20);
    expect(canaries.planted.length).toBeGreaterThan(100);
  });

  it('stand in no line of the log, and each is one line of JSON', () => {
    expect(logged.length).toBeGreaterThan(5);
    for (const line of logged) expect(JSON.parse(line)).toHaveProperty('level');
    expect(logged.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    expect(canaries.foundIn(logged.join(''))).toEqual([]);
  });

  it('stand in no answer', () => {
    expect(answered.length).toBeGreaterThan(50);
    expect(canaries.foundIn(answered.join('\n'))).toEqual([]);
  });

  it('stand in no column of any table but the stored body', async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client
      .query<{ table: string; columns: string[] }>(
        `SELECT table_name AS table, array_agg(column_name::text ORDER BY ordinal_position) AS columns
         FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1 ORDER BY 1`,
      )
      .finally(() => client.end());
    const tables = rows.map(({ table }) => table);
    expect(tables).toEqual(expect.arrayContaining(['deliveries', 'webhook_events', 'payments']));
    let bytes = 0;
    for (const { table, columns } of rows) {
      const searched = columns.filter((name) => table !== 'deliveries' || name !== 'body');
      const copy = await copyOf(table, searched);
      bytes += copy.length;
      expect({ table, found: canaries.foundIn(copy) }).toEqual({ table, found: [] });
    }
    expect(bytes).toBeGreaterThan(1_000);
  });

  /** What COPY would write of these columns. */
  const copyOf = async (table: string, columns: readonly string[]): Promise<string> => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      const list = columns.map((name) => `"${name}"::text`).join(', ');
      const { rows } = await client.query<unknown[]>({
        text: `SELECT ${list} FROM "${table}"`,
        rowMode: 'array',
      });
      return rows.map((row) => row.join('\t')).join('\n');
    } finally {
      await client.end();
    }
  };
});
