/** How notifications are claimed where there are many: by the indexes, and each one looked at once. */
import { PrismaService } from '../../src/database/prisma.service.js';
import { Outbox } from '../../src/notifications/sending/outbox.js';
import {
  CLAIM,
  DELAY_FOLLOWERS,
  END_ATTEMPTS,
  GIVE_BACK,
  PUT_ASIDE,
  RELEASE_NEXT,
  RENEW,
} from '../../src/notifications/sending/sql.js';
import { type Endpoint } from '../../src/generated/prisma/client.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Explained, mostRead } from '../support/plans.js';
import { OutboxRows } from './support/outbox-rows.js';

let database: TestDatabase;
let prisma: PrismaService;
let outbox: Outbox;
let rows: OutboxRows;

beforeEach(async () => {
  database = await createTestDatabase();
  // One for each of those that claim at once.
  prisma = new PrismaService({ url: database.url, poolSize: 8 });
  outbox = new Outbox(prisma);
  rows = new OutboxRows(prisma);
});
afterEach(async () => {
  await prisma.onApplicationShutdown();
  await database.drop();
});

/** One after the other: all at once, a busy machine has not opened their connections within a second. */
async function endpoints(count: number): Promise<Endpoint[]> {
  const made: Endpoint[] = [];
  while (made.length < count) made.push(await rows.endpoint('http://127.0.0.1:1'));
  return made;
}

const none = new Map<string, number>();

function dueNow(): Promise<number> {
  return prisma.notification.count({ where: { status: 'pending', dueAt: { lte: new Date() } } });
}

/** Claims and puts aside until there is nothing left to do. */
async function claimAll(): Promise<number> {
  let claimed = 0;
  for (let found = 1; found > 0;) {
    const taken = await outbox.claim(none);
    claimed += taken.length;
    found = taken.length + (await outbox.putAside());
  }
  return claimed;
}

it('looks into the indexes of what is due and what waits, never through the table', async () => {
  const many = await endpoints(5);
  const payments = await rows.payments(200, 5);
  await rows.notifications(many, payments, 5, { status: 'delivered' });
  const few = await rows.payments(50, 5);
  await rows.notifications(many, few, 5);
  await prisma.$executeRaw`ANALYZE`;
  const ids = (await prisma.notification.findMany({ take: 5, select: { id: true } })).map(
    ({ id }) => id,
  );
  const planOf = async ({ text }: { text: string }, values: unknown[]) => {
    const plan = await prisma.pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, values);
    return plan.rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  const claim = await planOf(CLAIM, ['{}', 10, 256, 100, 20_000]);
  const aside = await planOf(PUT_ASIDE, [100]);
  for (const plan of [claim, aside]) {
    expect(plan).toContain('notifications_due_idx');
    expect(plan).toContain('notifications_waiting_idx');
    expect(plan).not.toContain('Seq Scan on notifications');
  }
  for (const statement of [RELEASE_NEXT, DELAY_FOLLOWERS]) {
    const plan = await planOf(statement, [ids]);
    expect(plan).toContain('notifications_waiting_idx');
    expect(plan).not.toContain('Seq Scan on notifications');
  }
});

const BACKLOG = 3000;

describe.each([
  ['the database was empty', 0],
  ['nothing was pending', BACKLOG],
])('behind a long backlog, by a plan that was made while %s,', (_, delivered) => {
  const array = (values: readonly unknown[]) => `{${values.join()}}`;
  const held = (ids: readonly string[]) => [array(ids), array(ids.map(() => 0))];
  const failed = (ids: readonly string[]) =>
    JSON.stringify(
      ids.map((id) => ({ id, fence: 0, outcome: 'pending', delay: 60_000, duration: 1 })),
    );

  it.each([
    ['claiming', CLAIM, 'jsonb, int, int, int, int', () => ['{}', 10, 256, 100, 20_000]],
    ['putting aside', PUT_ASIDE, 'int', () => [100]],
    ['renewing', RENEW, 'uuid[], int[], int', (ids: string[]) => [...held(ids), 20_000]],
    ['giving back', GIVE_BACK, 'uuid[], int[]', held],
    ['ending', END_ATTEMPTS, 'json, uuid[]', (ids: string[]) => [failed(ids), array(ids)]],
    ['releasing', RELEASE_NEXT, 'uuid[]', (ids: string[]) => [array(ids)]],
    ['delaying', DELAY_FOLLOWERS, 'uuid[]', (ids: string[]) => [array(ids)]],
  ])('%s reads few rows', async (__, { text }, types, valuesFor) => {
    const backlog = async (count: number) =>
      rows.notifications(await endpoints(1), await rows.payments(count / 2, 2), 2);
    const connection = await prisma.pool.connect();
    try {
      if (delivered > 0) {
        await backlog(delivered);
        await prisma.notification.updateMany({ data: { status: 'delivered' } });
        await connection.query('VACUUM ANALYZE');
      }
      await connection.query('SET plan_cache_mode = force_generic_plan');
      await connection.query(`PREPARE statement (${types}) AS ${text}`);
      const execute = (values: readonly (string | number)[]) =>
        `EXECUTE statement (${values.map((value) => `'${value}'`).join()})`;
      await connection.query(execute(valuesFor([])));

      if (delivered === 0) await backlog(BACKLOG);
      await prisma.notification.updateMany({ data: { status: 'pending', dueAt: new Date() } });
      const heads = await prisma.notification.findMany({ take: 10, where: { version: 1 } });
      await prisma.notification.updateMany({
        where: { id: { in: heads.map(({ id }) => id) } },
        data: { dueAt: new Date(Date.now() + 20_000) },
      });
      const plan = await connection.query<Explained>(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${execute(valuesFor(heads.map(({ id }) => id)))}`,
      );
      const most = mostRead(plan.rows[0]!, 'notifications');
      expect(most).toBeGreaterThan(0);
      expect(most).toBeLessThan(BACKLOG / 5);
    } finally {
      connection.release(true);
    }
  });
});

it('claims one version of each payment, of each endpoint as many as it has slots, and puts aside the rest', async () => {
  const two = await endpoints(2);
  await rows.notifications(two, await rows.payments(6, 50), 50);
  expect(await claimAll()).toBe(12);
  // No poll looks at the other 588 again until a head has ended.
  expect(await dueNow()).toBe(0);
  const [row] = await prisma.$queryRaw<{ earliest: number }[]>`
    SELECT extract(epoch FROM min(due_at) - now())::float8 AS earliest FROM notifications`;
  expect(row!.earliest).toBeGreaterThan(0);
});

it('finds what may be sent behind any number that may not', async () => {
  const [endpoint] = await endpoints(1);
  const [busy, free] = (await rows.payments(2, 500)) as [string, string];
  // The head of the first becomes due last of all, and so does the only one of the second.
  const told = await rows.notifications([endpoint!], [busy], 500, { dueAt: new Date(0) });
  await prisma.notification.update({ where: { id: told[0]!.id }, data: { dueAt: new Date(1000) } });
  await rows.notifications([endpoint!], [free], 1, { dueAt: new Date(2000) });
  expect(await claimAll()).toBe(2);
  expect(await dueNow()).toBe(0);
});

it('gives each to one of many that claim at once', async () => {
  await rows.notifications(await endpoints(3), await rows.payments(40, 2), 2);
  const taken: string[] = [];
  const round = () =>
    Promise.all(
      Array.from({ length: 8 }, async () =>
        outbox.claim(none).then((t) => taken.push(...t.map(({ id }) => id))),
      ),
    );
  for (let before = -1; taken.length > before;) {
    before = taken.length;
    await round();
  }
  expect(new Set(taken).size).toBe(taken.length);
  expect(taken.length).toBe(120);
});

it('shares the slots of a process among the endpoints', async () => {
  const sixty = await endpoints(60);
  await rows.notifications(sixty, await rows.payments(12, 1), 1);
  const taken = await outbox.claim(none);
  const counts = new Map<string, number>();
  for (const { endpointId } of taken) counts.set(endpointId, (counts.get(endpointId) ?? 0) + 1);
  expect(counts.size).toBe(60);
  expect(new Set(counts.values())).toEqual(new Set([4]));
  // Those that are busy get no more.
  expect(await outbox.claim(counts)).toEqual([]);
});

it('loses no release although it puts aside at the same time', async () => {
  const [endpoint] = await endpoints(1);
  const payments = await rows.payments(10, 20);
  const told = await rows.notifications([endpoint!], payments, 20);
  let stop = false;
  const aside = (async () => {
    while (!stop) await outbox.putAside();
  })();
  for (let ended = 0; ended < told.length;) {
    const taken = await outbox.claim(none);
    await outbox.end(
      taken.map(({ id, fence, endpointId }) => ({
        ...{ id, fence, endpointId, outcome: 'delivered' as const, delay: 0, duration: 1 },
        ...{ status: 204, answer: '', error: null, endpoint: 'working' as const },
      })),
    );
    ended += taken.length;
    // What follows is due now, not when the lease of what has ended would have been over.
    if (taken.length === 0) expect(await dueNow()).toBeGreaterThan(0);
  }
  stop = true;
  await aside;
  expect(await prisma.notification.count({ where: { status: 'delivered' } })).toBe(told.length);
});
