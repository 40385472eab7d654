/**
 * Locks are taken in one order by everybody (docs/architecture.md, "Why there is no deadlock"): two
 * processes that record the same events, or others about the same payments, in opposite orders never
 * wait for each other in a circle. Postgres counts such circles.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Statement, statement } from '../../src/payments/statement.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { unique } from '../support/signed.js';
import { MARK, type SentEvent, sign } from './support/events.js';
import { Senders } from './support/senders.js';
import { ServiceProcess } from './support/service-process.js';

/** On each of two services, one that sends forwards and one that sends backwards. */
const CONNECTIONS = [
  { service: 0, backwards: false },
  { service: 0, backwards: true },
  { service: 1, backwards: false },
  { service: 1, backwards: true },
];

let database: TestDatabase;
let pool: pg.Pool;
let services: ServiceProcess[];
let senders: Senders;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  await takeTimeWithEachRow('webhook_events', 'payment_refs');
  services = await Promise.all([ServiceProcess.start(database), ServiceProcess.start(database)]);
  senders = new Senders(services.map(({ port }) => port));
});

afterAll(async () => {
  senders.close();
  await Promise.all(services.map((service) => service.stop()));
  await pool.end();
  await database.drop();
});

/** Makes what inserts many rows take long enough for others to begin meanwhile. */
async function takeTimeWithEachRow(...tables: readonly string[]): Promise<void> {
  await pool.query(
    `CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql
     AS 'BEGIN PERFORM pg_sleep(0.002); RETURN NEW; END'`,
  );
  for (const table of tables) {
    await pool.query(
      `CREATE TRIGGER take_time BEFORE INSERT ON ${table}
       FOR EACH ROW EXECUTE FUNCTION take_time()`,
    );
  }
}

const ROUNDS = 5;
const NUMBERS = Array.from({ length: 60 }, (_, number) => number);

it('of payments: events that speak of many of them, all new, then all known', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const prefix = `${unique()}.`;
    const speakOfAll = (name: string) =>
      sendAtOnce(prefix, (connection, backwards) => {
        const said = NUMBERS.map((payment) => captureOf(payment, `${name} of ${connection}`));
        return [eventOf(`${name} of ${connection}`, backwards ? said.reverse() : said)];
      });
    await speakOfAll('first');
    await holdingOnePayment(prefix, () => speakOfAll('second'));
  }
  const { rows } = await pool.query(
    'SELECT amount_captured, count(*)::int AS payments FROM payments GROUP BY 1',
  );
  expect(rows).toEqual([{ amount_captured: '8', payments: ROUNDS * NUMBERS.length }]);
}, 120_000);

/** Does something during which services have some payments locked and wait for one in the middle. */
async function holdingOnePayment(prefix: string, work: () => Promise<void>): Promise<void> {
  const holder = await pool.connect();
  let done: Promise<void>;
  try {
    await holder.query('BEGIN');
    await holder.query(
      `SELECT 1 FROM payments WHERE id =
         (SELECT payment_id FROM payment_refs WHERE namespace = 'pi' AND id = $1) FOR UPDATE`,
      [`${prefix}${NUMBERS.length / 2}`],
    );
    done = work();
    await untilSomeWait(2);
    await holder.query('COMMIT');
  } finally {
    holder.release();
  }
  await done;
}

async function untilSomeWait(sessions: number): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(
      `SELECT 1 FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rowCount! >= sessions) return;
    await sleep(10);
  }
}

it('of events: batches of the same ones', async () => {
  const stored = async () =>
    (await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM webhook_events')).rows[0]!.n;
  const before = await stored();
  for (let round = 0; round < ROUNDS; round += 1) {
    await sendAtOnce(`${unique()}.`, (_, backwards) => {
      const events = NUMBERS.map((number) => eventOf(String(number), []));
      return backwards ? events.reverse() : events;
    });
  }
  expect((await stored()) - before).toBe(ROUNDS * NUMBERS.length);
}, 120_000);

it('makes nobody wait in a circle', async () => {
  // A connection tells what it counted when it ends, at the latest.
  await Promise.all(services.map((service) => service.stop()));
  const { rows } = await pool.query<{ deadlocks: string }>(
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  expect(rows).toEqual([{ deadlocks: '0' }]);
});

/** Sends on all connections at once, what goes out on one of them in one write. */
async function sendAtOnce(
  prefix: string,
  eventsOf: (connection: number, backwards: boolean) => readonly SentEvent[],
): Promise<void> {
  const answers = await Promise.all(
    CONNECTIONS.map(({ service, backwards }, connection) => {
      const events = eventsOf(connection, backwards);
      const wave = events.map((sent) => ({ source: sent.source, ...sign(sent, prefix) }));
      return senders.send(service, connection, [wave]);
    }),
  );
  expect(answers.flat().filter(({ status }) => status !== 200)).toEqual([]);
}

function captureOf(payment: number, key: string): Statement {
  return statement('capture', key, 'succeeded', {
    at: 0,
    refs: [`pi:${MARK}${payment}`, `ch:${MARK}${payment}`],
    amount: 1n,
    currency: 'EUR',
  });
}

function eventOf(name: string, said: readonly Statement[]): SentEvent {
  return {
    source: 'shop',
    event: { eventId: `${MARK}${name}`, account: null, livemode: null, readings: [said] },
  };
}
