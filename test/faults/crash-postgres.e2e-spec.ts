/**
 * Postgres ends at once in the middle of its work, as by a loss of power, and comes back: what was
 * acknowledged is stored, whoever comes meanwhile is told so soon, and the service recovers by itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { unique } from '../support/signed.js';
import { ServiceProcess } from '../properties/support/service-process.js';
import { indexForTests } from '../properties/support/tables.js';
import { eventsOf, expectKept } from './support/events.js';
import { add, inForm, progress, randomFrom, SEED, tell } from './support/form.js';
import { Load } from './support/load.js';
import { OwnPostgres } from './support/own-postgres.js';

const ROUNDS = inForm({ short: 3, whole: 50 });
const STORIES = 40;
const CONNECTIONS = 16;
/** Twice what is promised, since the machine may be busy; in milliseconds. */
const TOLD_WITHIN = 2 * 1_000;
const RECOVERED_WITHIN = 2 * 5_000;

let postgres: OwnPostgres;
let pool: pg.Pool;
let service: ServiceProcess;

beforeAll(async () => {
  postgres = await OwnPostgres.start();
  pool = new pg.Pool({ connectionString: postgres.url, max: 2 });
  // It loses its connections as the service does.
  pool.on('error', () => undefined);
  await indexForTests(pool);
  // A Postgres as it should be: nothing has to be allowed.
  service = await ServiceProcess.start(postgres, 0, {
    ALLOW_UNSAFE_DATABASE: 'off',
    LOG_LEVEL: 'silent',
  });
}, 120_000);

afterAll(async () => {
  await service.kill();
  await pool.end();
  await postgres.remove();
});

it(
  `loses and doubles nothing when Postgres crashes ${ROUNDS} times under load`,
  async () => {
    const random = randomFrom(SEED);
    const counts = { rounds: 0, sent: 0, 'acknowledged before': 0 };
    const answers: Record<string, number> = {};
    let slowestRefusal = 0;
    let slowestRecovery = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const prefix = `${unique()}.`;
      const events = eventsOf(SEED + round, STORIES, prefix);
      const webhooks = events.map(({ webhook }) => webhook);
      const load = new Load(webhooks, () => service.port);
      const running = load.run(CONNECTIONS);
      await load.more(random() * 0.8 * events.length);
      await postgres.crash();
      const before = load.acknowledged.size;
      await sleep(random() * 1_000);
      await postgres.startAgain();
      const back = performance.now();
      await load.more(1);
      slowestRecovery = Math.max(slowestRecovery, performance.now() - back);
      await running;

      expect(load.wrong).toEqual([]);
      await expectKept(pool, prefix, events, new Set(webhooks));
      counts.rounds += 1;
      counts.sent += events.length;
      counts['acknowledged before'] += before;
      add(answers, load.counts);
      slowestRefusal = Math.max(slowestRefusal, load.slowestRefusal);
      progress('crash of Postgres', round, ROUNDS);
    }
    tell('crash of Postgres', {
      ...counts,
      ...answers,
      'slowest 503 in ms': Math.round(slowestRefusal),
      'slowest recovery in ms': Math.round(slowestRecovery),
    });
    expect(answers['503 storage_unavailable']).toBeGreaterThan(0);
    // The process never ended and cut nobody off.
    expect(answers['cut off'] ?? 0).toBe(0);
    expect(slowestRefusal).toBeLessThan(TOLD_WITHIN);
    expect(slowestRecovery).toBeLessThan(RECOVERED_WITHIN);
  },
  inForm({ short: 300_000, whole: 3_600_000 }),
);
