/** What endpoints are told, as an operator reads it and has it sent again. */
import { PrismaService } from '../../src/database/prisma.service.js';
import { OutboxSignal } from '../../src/notifications/outbox-signal.js';
import {
  type NotificationDetailDto,
  type NotificationDto,
} from '../../src/notifications/outbox/notification.dto.js';
import { createTestApplication, type TestApplication } from '../support/application.js';
import { expectProblem, fieldsOf } from '../support/problems.js';
import { call } from './admin-client.js';
import { createPayment, id, notification, time } from './rows.js';

const NOWHERE = '01900000-0000-7000-8000-ffffffffffff';

/** Paused ones: what is pending stays, and no test sends anything. */
const SHOP = id(1, 9);
const BOOKS = id(2, 9);
const GONE = id(3, 9);

let service: TestApplication;
let prisma: PrismaService;
let first: string;
let second: string;

const list = async (query: string): Promise<number[]> => {
  const { data } = await service.api<{ data: NotificationDto[] }>(`notifications?${query}`);
  return data.map((one) => Number(one.id.slice(-8)));
};
const stored = (n: number) => prisma.notification.findUniqueOrThrow({ where: { id: id(n, 2) } });
const statuses = async () =>
  Object.fromEntries(
    (await prisma.notification.findMany()).map((row) => [Number(row.id.slice(-8)), row.status]),
  );
const retry = (n: number) => call(service, 'POST', `notifications/${id(n, 2)}/retry`);
const retryMany = (filter?: unknown) => call(service, 'POST', 'notifications/retry', filter);

beforeAll(async () => {
  service = await createTestApplication();
  prisma = service.app.get(PrismaService);
  await prisma.endpoint.createMany({
    data: [
      { id: SHOP, name: 'shop', status: 'paused' as const, statusReason: 'operator' },
      { id: BOOKS, name: 'books', status: 'paused' as const, statusReason: 'failing' },
      { id: GONE, name: 'gone', status: 'off' as const, statusReason: 'gone' },
    ].map((fields) => ({
      url: 'https://198.51.100.7/payments',
      secret: `whsec_${'A'.repeat(44)}`,
      createdAt: time(0),
      updatedAt: time(0),
      ...fields,
    })),
  });
  first = await createPayment(prisma, 1, ['payment.created', 'payment.captured']);
  second = await createPayment(prisma, 2, ['payment.failed']);
});
beforeEach(async () => {
  await prisma.notification.deleteMany();
  await prisma.notification.createMany({
    data: [
      notification(1, SHOP, first),
      notification(2, SHOP, first, { version: 2, status: 'dead', attempts: 9, fence: 9 }),
      notification(3, SHOP, second, { status: 'pending', attempts: 0, fence: 0 }),
      notification(4, BOOKS, first, { version: 2, status: 'dead', attempts: 9 }),
      notification(5, BOOKS, second, { byHand: true, status: 'pending' }),
      notification(6, GONE, first, { status: 'dead' }),
    ],
  });
  await prisma.notificationAttempt.createMany({
    data: [
      { number: 2, at: time(30), durationMs: 15_000, error: 'no answer within 15 s' },
      { number: 1, at: time(20), durationMs: 12, status: 503, answer: 'try "later"', error: '503' },
    ].map((attempt) => ({ notificationId: id(2, 2), ...attempt })),
  });
});
afterAll(() => service.close());

describe('GET /api/notifications', () => {
  it('shows who is told what, and how far it is', async () => {
    const { data } = await service.api<{ data: NotificationDto[] }>('notifications?status=pending');
    expect(data).toEqual([
      {
        id: id(5, 2),
        endpointId: BOOKS,
        endpoint: 'books',
        paymentId: second,
        version: 1,
        type: 'payment.failed',
        status: 'pending',
        attempts: 1,
        dueAt: time(5).toISOString(),
        byHand: true,
        createdAt: time(5).toISOString(),
      },
      {
        id: id(3, 2),
        endpointId: SHOP,
        endpoint: 'shop',
        paymentId: second,
        version: 1,
        type: 'payment.failed',
        status: 'pending',
        attempts: 0,
        dueAt: time(3).toISOString(),
        byHand: false,
        createdAt: time(3).toISOString(),
      },
    ]);
    const dead = await service.api<{ data: NotificationDto[] }>('notifications?status=dead');
    expect(dead.data.map(({ dueAt }) => dueAt)).toEqual([null, null, null]);
  });

  it.each([
    ['', [6, 5, 4, 3, 2, 1]],
    ['limit=2', [6, 5]],
    ['status=dead', [6, 4, 2]],
    ['status=dead&status=delivered', [6, 4, 2, 1]],
    ['endpoint=shop', [3, 2, 1]],
    [`endpoint=${BOOKS}`, [5, 4]],
    ['endpoint=nobody', []],
    ['type=payment.captured', [4, 2]],
    ['payment=FIRST', [6, 4, 2, 1]],
    [`payment=${NOWHERE}`, []],
    ['endpoint=shop&payment=FIRST&type=payment.created', [1]],
    [`from=${time(2).toISOString()}&to=${time(4).toISOString()}`, [3, 2]],
  ])('?%s lists %j', async (query, expected) => {
    expect(await list(query.replace('FIRST', first))).toEqual(expected);
  });

  it('takes for an id what an endpoint may be named, too', async () => {
    await prisma.endpoint.update({ where: { id: GONE }, data: { name: BOOKS } });
    expect(await list(`endpoint=${BOOKS}`)).toEqual([6, 5, 4]);
    expect((await retryMany({ endpoint: BOOKS })).body).toEqual({ retried: 1 });
    await prisma.endpoint.update({ where: { id: GONE }, data: { name: 'gone' } });
  });

  it('pages by cursor', async () => {
    const seen: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const path = `notifications?limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: { data: NotificationDto[]; nextCursor: string | null } = await service.api(path);
      seen.push(...page.data.map((one) => Number(one.id.slice(-8))));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual([6, 5, 4, 3, 2, 1]);
  });

  it.each([
    ['status=sent', ['status']],
    ['type=payment.shipped', ['type']],
    ['payment=x', ['payment']],
    ['payment=', ['payment']],
    ['endpoint=', ['endpoint']],
    ['endpoint=a&endpoint=b', ['endpoint']],
    ['source=stripe', ['source']],
    ['from=yesterday', ['from']],
    ['limit=201', ['limit']],
    ['cursor=x', ['cursor']],
    ['state=dead&limit=x', ['limit', 'state']],
  ])('refuses ?%s and names %j', async (query, fields) => {
    const answer = await call(service, 'GET', `notifications?${query}`);
    expectProblem(answer, 400, 'validation_failed');
    expect(fieldsOf(answer)).toEqual(fields);
  });
});

describe('GET /api/notifications/:id', () => {
  it('adds the exact text that is sent, and every attempt', async () => {
    const found = await service.api<NotificationDetailDto>(`notifications/${id(2, 2)}`);
    expect(found).toMatchObject({ id: id(2, 2), status: 'dead', attempts: 9, dueAt: null });
    expect(found.body).toBe(
      '{"type":"payment.captured","data":{"n":1,"exact":12345678901234567890}}',
    );
    expect(found.attemptLog).toEqual([
      {
        number: 1,
        at: time(20).toISOString(),
        durationMs: 12,
        status: 503,
        answer: 'try "later"',
        error: '503',
      },
      {
        number: 2,
        at: time(30).toISOString(),
        durationMs: 15_000,
        status: null,
        answer: null,
        error: 'no answer within 15 s',
      },
    ]);
  });

  it.each([NOWHERE, 'x'])('answers 404 for %s', async (unknown) => {
    expectProblem(await call(service, 'GET', `notifications/${unknown}`), 404, 'not_found');
    const answer = await call(service, 'POST', `notifications/${unknown}/retry`);
    expectProblem(answer, 404, 'not_found');
  });
});

describe('POST /api/notifications/:id/retry', () => {
  it.each([
    ['a delivered one', 1],
    ['a dead one', 2],
  ])('makes %s pending and due, out of order, and says so at once', async (_, n) => {
    let signals = 0;
    const end = service.app.get(OutboxSignal).listen(() => (signals += 1));
    const before = await stored(n);
    const answer = await retry(n);
    end();
    expect(signals).toBe(1);
    expect(answer.status).toBe(200);
    const row = await stored(n);
    expect(row).toMatchObject({
      status: 'pending',
      byHand: true,
      attempts: before.attempts,
      fence: before.fence + 1,
    });
    expect(Math.abs(row.dueAt.getTime() - Date.now())).toBeLessThan(60_000);
    expect(answer.body).toEqual(await service.api(`notifications/${id(n, 2)}`));
  });

  it.each([
    ['is pending', 3],
    ['has an endpoint that is off', 6],
  ])('leaves one alone that %s', async (_, n) => {
    const before = await stored(n);
    const answer = await retry(n);
    expectProblem(answer, 409, 'conflict');
    expect(await stored(n)).toEqual(before);
  });
});

describe('POST /api/notifications/retry', () => {
  const UNTOUCHED = {
    1: 'delivered',
    2: 'dead',
    3: 'pending',
    4: 'dead',
    5: 'pending',
    6: 'dead',
  };

  it.each([
    [{ type: 'payment.captured' }, [2, 4]],
    [{ endpoint: 'shop' }, [2]],
    [{ endpoint: BOOKS }, [4]],
    [{ status: 'dead' }, [2, 4]],
    [{ status: ['delivered'], endpoint: 'shop' }, [1]],
    [{ status: ['dead', 'delivered'], type: 'payment.captured', endpoint: 'books' }, [4]],
    [{ from: time(3).toISOString() }, [4]],
    [{ status: ['dead', 'delivered'], to: time(2).toISOString() }, [1]],
    [{ endpoint: 'gone' }, []],
    [{ payment: NOWHERE }, []],
  ])('retries by %j no more and no less than %j', async (filter, expected) => {
    const answer = await retryMany(filter);
    expect(answer).toMatchObject({ status: 200, body: { retried: expected.length } });
    const retried = Object.fromEntries(expected.map((n) => [n, 'pending']));
    expect(await statuses()).toEqual({ ...UNTOUCHED, ...retried });
    for (const n of expected) expect((await stored(n)).byHand).toBe(true);
  });

  it('retries what one payment is told', async () => {
    expect((await retryMany({ payment: first })).body).toEqual({ retried: 2 });
    expect((await retryMany({ payment: first, status: 'delivered' })).body).toEqual({ retried: 1 });
    expect((await retryMany({ payment: first })).body).toEqual({ retried: 0 });
  });

  it('retries more than one statement does', async () => {
    const many = Array.from({ length: 4500 }, (_, i) =>
      notification(100 + i, i % 3 === 0 ? SHOP : GONE, second, { status: 'dead' }),
    );
    await prisma.notification.createMany({ data: many });
    expect((await retryMany({ type: 'payment.failed' })).body).toEqual({ retried: 1500 });
    expect(await prisma.notification.count({ where: { status: 'dead' } })).toBe(3 + 3000);
  });

  it.each([
    [undefined, null],
    [{}, null],
    [[], null],
    [[{ endpoint: 'shop' }], null],
    [{ endpoint: null }, ['endpoint']],
    [{ status: null, type: null }, ['status', 'type']],
    [{ status: 'pending' }, ['status']],
    [{ type: 'payment.shipped', payment: 'x' }, ['payment', 'type']],
    [{ limit: 10, endpoint: 'shop' }, ['limit']],
    [{ endpoint: 7 }, ['endpoint']],
  ])('refuses %j and changes nothing', async (filter, fields) => {
    const answer = await retryMany(filter);
    expectProblem(answer, 400, 'validation_failed');
    if (fields !== null) expect(fieldsOf(answer)).toEqual(fields);
    expect(await statuses()).toEqual(UNTOUCHED);
  });
});
