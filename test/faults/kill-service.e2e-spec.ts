/**
 * The service ends in the middle of its work, as by a kill -9 or a loss of its machine: what it had
 * acknowledged is stored, once, what comes again changes nothing, and of every version of a payment
 * one notification waits for the app, neither more nor less.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { PrismaService } from '../../src/database/prisma.service.js';
import { OutboxRows } from '../notifications/support/outbox-rows.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { unique } from '../support/signed.js';
import { ServiceProcess } from '../properties/support/service-process.js';
import { indexForTests, readTables } from '../properties/support/tables.js';
import { eventsOf, expectKept, untilNobodyWrites } from './support/events.js';
import { inForm, progress, randomFrom, SEED, tell } from './support/form.js';
import { Load } from './support/load.js';

const ROUNDS = inForm({ short: 5, whole: 200 });
const STORIES = 40;
const CONNECTIONS = 16;

// What a busy machine refuses now and then comes again.
const start = () => ServiceProcess.start(database, 0, { LOG_LEVEL: 'silent' });

let database: TestDatabase;
let pool: pg.Pool;
let service: ServiceProcess;
/** The one that comes after it, also where the test ended before that. */
let next: Promise<ServiceProcess> | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
  await indexForTests(pool);
  const prisma = new PrismaService({ url: database.url, poolSize: 1 });
  // Paused: what it is to be told is kept, and is sent by nobody.
  await new OutboxRows(prisma).endpoint('https://app.example/', { status: 'paused' });
  await prisma.onApplicationShutdown();
  service = await start();
}, 120_000);

afterAll(async () => {
  await service.kill();
  await (await next)?.kill();
  await pool.end();
  await database.drop();
});

/** Versions of payments, in the whole database, and notifications, of which the other is missing or not alone. */
async function untold(): Promise<object[]> {
  const { rows } = await pool.query<object>(
    `SELECT payment_id, version, count(c.to), count(n.id) AS notifications
     FROM payment_changes c FULL JOIN notifications n USING (payment_id, version)
     GROUP BY payment_id, version HAVING count(c.to) <> 1 OR count(n.id) <> 1`,
  );
  return rows;
}

it(
  `loses and doubles nothing when it is killed ${ROUNDS} times under load`,
  async () => {
    const random = randomFrom(SEED);
    const counts = { rounds: 0, sent: 0, acknowledged: 0, 'stored but not told': 0, repeated: 0 };
    for (let round = 1; round <= ROUNDS; round += 1) {
      const prefix = `${unique()}.`;
      const events = eventsOf(SEED + round, STORIES, prefix);
      const load = new Load(
        events.map(({ webhook }) => webhook),
        () => service.port,
      );
      const running = load.run(CONNECTIONS);
      // At any moment of the load, however quick the machine is, and of a commit.
      await load.more(random() * 0.9 * events.length);
      await sleep(random() * 10);
      await service.kill();
      load.stop();
      await running;
      expect(load.wrong).toEqual([]);
      next = start();

      await untilNobodyWrites(pool);
      const { tables, stored } = await expectKept(pool, prefix, events, load.acknowledged);
      expect(await untold()).toEqual([]);
      service = await next;

      // What is stored comes again, whether it was acknowledged or not.
      const again = new Load(
        stored.map(({ webhook }) => webhook),
        () => service.port,
      );
      await again.run(CONNECTIONS);
      expect(again.wrong).toEqual([]);
      expect(again.counts['200 duplicate'] ?? 0).toBe(stored.length);
      expect(again.counts['200'] ?? 0).toBe(0);
      expect(await readTables(pool, prefix)).toEqual(tables);

      const rest = new Load(
        events.filter((event) => !stored.includes(event)).map(({ webhook }) => webhook),
        () => service.port,
      );
      await rest.run(CONNECTIONS);
      expect(rest.wrong).toEqual([]);
      const all = new Set(events.map(({ webhook }) => webhook));
      await expectKept(pool, prefix, events, all);
      expect(await untold()).toEqual([]);

      counts.rounds += 1;
      counts.sent += events.length;
      counts.acknowledged += load.acknowledged.size;
      counts['stored but not told'] += stored.length - load.acknowledged.size;
      counts.repeated += stored.length;
      progress('kill -9 of the service', round, ROUNDS);
    }
    tell('kill -9 of the service', counts);
    // It was killed while there was something to lose.
    expect(counts.acknowledged).toBeGreaterThan(0);
    expect(counts.acknowledged).toBeLessThan(counts.sent);
  },
  inForm({ short: 300_000, whole: 3 * 3_600_000 }),
);
