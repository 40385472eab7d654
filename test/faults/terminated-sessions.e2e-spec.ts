/**
 * Sessions of the service are ended by an administrator, again and again, under load; and a service
 * with a single connection. Nothing hangs, nothing is lost, and it recovers by itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { ADMIN_TOKEN } from '../support/application.js';
import { unique } from '../support/signed.js';
import { ServiceProcess } from '../properties/support/service-process.js';
import { indexForTests } from '../properties/support/tables.js';
import { eventsOf, expectKept } from './support/events.js';
import { inForm, randomFrom, SEED, tell } from './support/form.js';
import { Load } from './support/load.js';

const ENDINGS = inForm({ short: 10, whole: 500 });
const CONNECTIONS = 16;

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

it.each([
  ['ten connections', '10'],
  ['a single connection', '1'],
])(
  '%s, ended again and again under load',
  async (_, poolSize) => {
    const service = await ServiceProcess.start(database, 0, {
      DATABASE_POOL_SIZE: poolSize,
      LOG_LEVEL: 'silent',
    });
    try {
      const random = randomFrom(SEED);
      const prefix = `${unique()}.`;
      const events = eventsOf(SEED, ENDINGS * 4, prefix);
      const webhooks = events.map(({ webhook }) => webhook);
      const load = new Load(webhooks, () => service.port);
      const running = load.run(CONNECTIONS);
      let ended = 0;
      for (let i = 0; i < ENDINGS; i += 1) {
        await load.more(random() * (events.length / ENDINGS));
        await sleep(random() * 5);
        const { rowCount } = await pool.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'payment-webhooks'`,
        );
        ended += rowCount!;
      }
      await running;
      expect(load.wrong).toEqual([]);
      expect(load.counts['cut off'] ?? 0).toBe(0);
      await expectKept(pool, prefix, events, new Set(webhooks));
      expect(ended).toBeGreaterThan(0);
      tell(`sessions ended, pool of ${poolSize}`, {
        ...{ times: ENDINGS, 'sessions ended': ended, sent: events.length },
        ...load.counts,
      });
    } finally {
      await service.kill();
    }
  },
  inForm({ short: 120_000, whole: 1_800_000 }),
);

it('a single connection does for every call, and for many at once', async () => {
  const service = await ServiceProcess.start(database, 0, { DATABASE_POOL_SIZE: '1' });
  try {
    const prefix = `${unique()}.`;
    const events = eventsOf(SEED, 10, prefix);
    const webhooks = events.map(({ webhook }) => webhook);
    const load = new Load(webhooks, () => service.port);
    await load.run(1);
    expect(load.wrong).toEqual([]);

    const call = async (method: string, path: string, body?: object) => {
      const answer = await fetch(`${service.url}/${path}`, {
        method,
        headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
        body: body && JSON.stringify(body),
      });
      const text = await answer.text();
      return { path, status: answer.status, id: /"id":"([^"]+)"/.exec(text)?.[1] };
    };
    const { id: payment } = await call('GET', 'api/payments?limit=1');
    const { id: event } = await call('GET', 'api/events?limit=1');
    const calls: [string, string, object?][] = [
      ['GET', 'readyz'],
      ['GET', `api/payments/${payment}`],
      ['GET', `api/events/${event}`],
      ['GET', `api/events/${event}/body`],
      ['POST', `api/events/${event}/replay`],
      [
        'POST',
        'api/events/replay?dryRun=true',
        { source: ['stripe', 'shop', 'market', 'generic'] },
      ],
      ['POST', 'api/payments/reproject'],
    ];
    // Whoever held two connections would wait for the second for ever.
    for (const each of calls) expect(await call(...each)).toMatchObject({ status: 200 });
    const answers = await Promise.all([...calls, ...calls, ...calls].map((each) => call(...each)));
    const others = answers.filter(({ status }) => status !== 200 && status !== 503);
    expect(others).toEqual([]);
    for (const each of calls) expect(await call(...each)).toMatchObject({ status: 200 });
    await expectKept(pool, prefix, events, new Set(webhooks));
  } finally {
    await service.kill();
  }
}, 120_000);
