/**
 * The service is told to end under load, beside connections on which nobody says anything: first it is
 * not ready, then it refuses; whatever it has recorded was acknowledged, and it ends in time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { RawConnection } from '../support/raw-http.js';
import { unique } from '../support/signed.js';
import { ServiceProcess } from '../properties/support/service-process.js';
import { indexForTests } from '../properties/support/tables.js';
import { eventsOf, expectKept } from './support/events.js';
import { add, inForm, progress, randomFrom, SEED, tell } from './support/form.js';
import { Load } from './support/load.js';

const ROUNDS = inForm({ short: 3, whole: 50 });
const SILENT = 50;
const STORIES = 300;
const CONNECTIONS = 16;
/** What is promised, in milliseconds: it is the system that kills what takes longer. */
const ENDS_WITHIN = 10_000;

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  await indexForTests(pool);
}, 120_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

it(
  `cuts nobody off when it is told to end ${ROUNDS} times under load`,
  async () => {
    const random = randomFrom(SEED);
    const counts: Record<string, number> = { rounds: 0, 'silent sockets': SILENT };
    let slowest = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const service = await ServiceProcess.start(database, 0, {
        SHUTDOWN_DELAY_SECONDS: '1',
        LOG_LEVEL: 'silent',
      });
      const silent = await Promise.all(
        Array.from({ length: SILENT }, () => RawConnection.open(service.port)),
      );
      try {
        const prefix = `${unique()}.`;
        const events = eventsOf(SEED + round, STORIES, prefix);
        const webhooks = events.map(({ webhook }) => webhook);
        const load = new Load(webhooks, () => service.port);
        const running = load.run(CONNECTIONS);
        await load.more(1 + random() * 20);

        const told = performance.now();
        const exit = service
          .end('SIGTERM')
          .then((code) => ({ code, after: performance.now() - told }));
        const readiness = await untilNotReady(service);
        const acknowledgedMeanwhile = load.acknowledged.size;
        const { code, after } = await exit;
        load.stop();
        await running;

        expect(code).toBe(0);
        expect(after).toBeLessThan(ENDS_WITHIN);
        expect(readiness).toBe(503);
        expect(load.wrong).toEqual([]);
        // Nobody's delivery was recorded and his answer then cut off.
        const { stored } = await expectKept(pool, prefix, events, load.acknowledged);
        expect(stored.filter(({ webhook }) => !load.acknowledged.has(webhook))).toEqual([]);

        slowest = Math.max(slowest, after);
        counts.rounds! += 1;
        add(counts, load.counts);
        add(counts, {
          'acknowledged after not ready': load.acknowledged.size - acknowledgedMeanwhile,
        });
      } finally {
        for (const connection of silent) connection.close();
        await service.kill();
      }
      progress('SIGTERM under load', round, ROUNDS);
    }
    tell('SIGTERM under load', { ...counts, 'slowest end in ms': Math.round(slowest) });
    expect(counts['acknowledged after not ready']).toBeGreaterThan(0);
  },
  inForm({ short: 180_000, whole: 3_600_000 }),
);

/** What /readyz answers as soon as it is not 200, while work is still taken in. */
async function untilNotReady(service: ServiceProcess): Promise<number> {
  for (;;) {
    const { status } = await fetch(`${service.url}/readyz`);
    if (status !== 200) return status;
    await sleep(5);
  }
}
