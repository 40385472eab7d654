/**
 * Stored events are read again by a normaliser that makes mistakes, and by the first one again; the
 * columns of the fold are lost and computed anew. Over the API, on one Postgres.
 */
import fc from 'fast-check';
import pg from 'pg';
import {
  ADMIN_TOKEN,
  createTestApplication,
  type TestApplication,
} from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { unique } from '../support/signed.js';
import { mistakenEventsArb, sentEventsArb, type StatedSentEvent } from './support/arbitraries.js';
import { check } from './support/check.js';
import { sign, specOf, STATING_PROVIDERS } from './support/events.js';
import { booksIn, booksOf } from './support/judge.js';
import { Senders } from './support/senders.js';
import { statingVariables } from './support/stating-provider.js';
import { indexForTests, readTables, type Tables } from './support/tables.js';

const READINGS = 3;

let database: TestDatabase;
let pool: pg.Pool;
/** The same service with one normaliser or another: by its number the reading of a body. */
let services: TestApplication[];
let senders: Senders;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  await indexForTests(pool);
  services = [];
  for (let reading = 0; reading < READINGS; reading += 1) {
    const env = statingVariables(reading);
    services.push(await createTestApplication({ database, env, providers: STATING_PROVIDERS }));
  }
  senders = new Senders(services.map(({ port }) => port));
});

afterAll(async () => {
  senders.close();
  for (const service of services) await service.close();
  await pool.end();
  await database.drop();
});

async function post(reading: number, path: string, body?: object) {
  const answer = await services[reading]!.fetch(`/api/${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return answer.body;
}

describe('a replay', () => {
  interface Step {
    readonly reading: number;
    /** The event that is replayed; null: all. */
    readonly which: number | null;
  }

  const cases = fc.record({
    events: mistakenEventsArb(READINGS),
    /** How many of them have come before the first replay; then one comes with each. */
    first: fc.nat(8),
    steps: fc.array(
      fc.record({ reading: fc.nat(READINGS - 1), which: fc.option(fc.nat(), { freq: 2 }) }),
      { minLength: 1, maxLength: 6 },
    ),
  });

  const met = { joins: 0, splits: 0, revivals: 0, emptied: 0, changed: 0 };

  it('ends as if what the events mean now had always been said, and brings the first rows back', async () => {
    await check(
      'replay',
      () =>
        fc.asyncProperty(cases, async ({ events, first, steps }) => {
          const prefix = `${unique()}.`;
          const from = new Date();
          const meant = new Map<StatedSentEvent, number>();
          const deliver = async (sent: StatedSentEvent | undefined, reading: number) => {
            if (!sent) return;
            await senders.send(reading, 0, [[{ source: sent.source, ...sign(sent, prefix) }]]);
            meant.set(sent, reading);
          };
          const replay = async ({ reading, which }: Step) => {
            const all = [...meant.keys()];
            const replayed = which === null ? all : [all[which % all.length]!];
            const filter =
              which === null ? {} : { eventId: replayed[0]!.event.eventId.replace('~', prefix) };
            const answer = await post(reading, 'events/replay', { from, ...filter });
            expect(answer).toMatchObject({ matched: replayed.length });
            for (const sent of replayed) meant.set(sent, reading);
          };
          const tablesThen = async () => {
            const tables = await readTables(pool, prefix);
            const specs = [...meant].map(([sent, reading]) => specOf(sent, reading));
            expect(booksIn(tables)).toEqual(booksOf(specs));
            return tables;
          };

          const coming = [...events];
          for (const sent of coming.splice(0, first + 1)) await deliver(sent, 0);
          let tables = await tablesThen();
          for (const step of steps) {
            await replay(step);
            const after = await tablesThen();
            count(tables, after);
            tables = after;
            await deliver(coming.shift(), step.reading);
          }
          for (const sent of coming) await deliver(sent, 0);

          await replay({ reading: 0, which: null });
          expect(booksIn(await tablesThen())).toEqual(booksOf(events.map((sent) => specOf(sent))));
        }),
      { usual: 100, cost: 2 },
    );

    for (const times of Object.values(met)) expect(times).toBeGreaterThan(3);
  }, 3_600_000);

  function count(before: Tables, after: Tables): void {
    const living = ({ store }: Tables) =>
      [...store.payments.values()].filter((p) => p.mergedInto === null);
    const withMoney = (tables: Tables) =>
      living(tables).filter(({ id }) => tables.store.statementsOf(id).length > 0);
    const dead = ({ store }: Tables) =>
      [...store.payments.values()].filter((p) => p.mergedInto !== null).map(({ id }) => id);
    if (dead(after).some((id) => !dead(before).includes(id))) met.joins += 1;
    if (dead(before).some((id) => !dead(after).includes(id))) met.revivals += 1;
    if (withMoney(after).length > withMoney(before).length) met.splits += 1;
    if (living(after).length > withMoney(after).length) met.emptied += 1;
    if (after.store.history.length > before.store.history.length) met.changed += 1;
  }
});

describe('a reprojection', () => {
  const all = () => services[0]!.allRows();

  beforeAll(async () => {
    for (const events of fc.sample(sentEventsArb(), { numRuns: 60, seed: 1 })) {
      const prefix = `${unique()}.`;
      const webhooks = events.map((sent) => ({ source: sent.source, ...sign(sent, prefix) }));
      await senders.send(0, 0, [webhooks]);
    }
  });

  it('finds nothing to do where nothing was lost', async () => {
    const before = await all();
    expect(await post(1, 'payments/reproject')).toMatchObject({ applied: 0, changedPayments: 0 });
    expect(await all()).toEqual(before);
  });

  it.each([
    [
      'empty',
      `account = NULL, livemode = NULL, status = 'pending', currency = 'XXX', amount_authorized = 0,
       amount_captured = 0, amount_refunded = 0, amount_disputed = 0, amount_charged_back = 0,
       reference = NULL, refs = '{}', groups = '{}', failure_code = NULL, failure_message = NULL,
       flags = '{}', occurred_at = NULL`,
    ],
    [
      'wrong',
      `account = 'acct_wrong', livemode = NOT coalesce(livemode, true), status = 'expired',
       currency = 'JPY', amount_authorized = 1, amount_captured = amount_captured + 1,
       amount_refunded = 2, amount_disputed = 3, amount_charged_back = 4, reference = 'wrong',
       refs = '{x:wrong}', groups = '{y:wrong}', failure_code = 'wrong', failure_message = 'wrong',
       flags = '{missing_parent}', occurred_at = now()`,
    ],
  ])(
    'brings columns back that are %s, without a version and without a row of history',
    async (_, columns) => {
      const before = await all();
      const { rowCount } = await pool.query(
        `UPDATE payments SET ${columns} WHERE merged_into IS NULL`,
      );
      expect(rowCount).toBeGreaterThan(60);

      expect(await post(0, 'payments/reproject')).toMatchObject({ changedPayments: 0 });
      expect(await all()).toEqual(before);
      // Not a line: there is no difference left.
      expect(await post(0, 'payments/reproject?dryRun=true')).toEqual(Buffer.alloc(0));
      expect(await all()).toEqual(before);
    },
  );
});
