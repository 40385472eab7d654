/**
 * A payment is a function of the set of what was said: two processes that receive the same events in
 * any order, any number of times, alone or together, on any number of connections end with the same
 * payments, and with those that the plain reading of the law demands.
 */
import fc from 'fast-check';
import pg from 'pg';
import { type Answer } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { unique } from '../support/signed.js';
import { type Arrival, arrivalArb, sentEventsArb } from './support/arbitraries.js';
import { check } from './support/check.js';
import { type SentEvent, sign, specOf } from './support/events.js';
import { booksIn, booksOf } from './support/judge.js';
import { Senders, type Webhook } from './support/senders.js';
import { ServiceProcess } from './support/service-process.js';
import { indexForTests, readTables } from './support/tables.js';

const SERVICES = 2;

let database: TestDatabase;
let pool: pg.Pool;
let services: ServiceProcess[];
let senders: Senders;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  await indexForTests(pool);
  services = await Promise.all(
    Array.from({ length: SERVICES }, () => ServiceProcess.start(database)),
  );
  senders = new Senders(services.map(({ port }) => port));
});

afterAll(async () => {
  senders.close();
  await Promise.all(services.map((service) => service.stop()));
  await pool.end();
  await database.drop();
});

/** What the runs met; a property that met nothing has said nothing. */
const met = {
  joins: 0,
  batches: 0,
  overlaps: 0,
  duplicates: 0,
  recordedBy: Array.from({ length: SERVICES }, () => 0),
  statuses: new Set<string>(),
  flags: new Set<string>(),
};

const cases = sentEventsArb().chain((events) =>
  fc.record({
    events: fc.constant(events),
    one: arrivalArb(events.length, SERVICES),
    other: arrivalArb(events.length, SERVICES),
  }),
);

it('is the same in every order, with any repetition, in any batches and on two processes', async () => {
  await check(
    'order',
    () =>
      fc.asyncProperty(cases, async ({ events, one, other }) => {
        const expected = booksOf(events.map((sent) => specOf(sent)));
        expect(await booksAfter(events, one)).toEqual(expected);
        expect(await booksAfter(events, other)).toEqual(expected);
        for (const { status, flags } of expected.payments) {
          met.statuses.add(status);
          for (const flag of flags) met.flags.add(flag);
        }
      }),
    { usual: 200 },
  );

  expect(met.joins).toBeGreaterThan(40);
  expect(met.batches).toBeGreaterThan(100);
  expect(met.overlaps).toBeGreaterThan(100);
  expect(met.duplicates).toBeGreaterThan(200);
  for (const recorded of met.recordedBy) expect(recorded).toBeGreaterThan(300);
  expect(met.statuses.size).toBeGreaterThan(8);
  expect(met.flags.size).toBe(5);
}, 3_600_000);

/** Lets events arrive, none of which has arrived before; then what is stored of them. */
async function booksAfter(events: readonly SentEvent[], arrival: Arrival) {
  const prefix = `${unique()}.`;
  const answers = await Promise.all(
    arrival.connections.map(async (service, connection) => {
      const waves = wavesOf(events, arrival, connection, prefix);
      const all = await senders.send(service, connection, waves);
      met.recordedBy[service]! += all.filter((answer) => !isDuplicate(answer)).length;
      return all;
    }),
  );
  const all = answers.flat();
  expect(all.filter(({ status }) => status !== 200)).toEqual([]);
  expect(all).toHaveLength(arrival.deliveries.length);

  const tables = await readTables(pool, prefix);
  const transactions = new Set(tables.events.map(({ transaction }) => transaction));
  met.joins += tables.tombstones;
  met.batches += tables.events.length - transactions.size;
  met.overlaps += new Set(arrival.connections).size > 1 ? 1 : 0;
  met.duplicates += all.filter(isDuplicate).length;
  return booksIn(tables);
}

function isDuplicate({ body }: Answer): boolean {
  return (body as { duplicate?: boolean }).duplicate === true;
}

function wavesOf(
  events: readonly SentEvent[],
  { deliveries }: Arrival,
  connection: number,
  prefix: string,
): Webhook[][] {
  const waves: Webhook[][] = [];
  for (const [attempt, delivery] of deliveries.entries()) {
    if (delivery.connection !== connection) continue;
    const sent = events[delivery.event]!;
    const webhook = { source: sent.source, ...sign(sent, prefix, attempt) };
    if (delivery.together && waves.length > 0) waves.at(-1)!.push(webhook);
    else waves.push([webhook]);
  }
  return waves;
}
