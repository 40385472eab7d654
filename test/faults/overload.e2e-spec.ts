/**
 * Five times as much as it can do comes in: the service does what it can, sends the rest away at once,
 * holds no more memory for it, and is itself again as soon as it is over. The whole form also lets it
 * work for ten minutes, and looks whether anything grows.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { RawConnection } from '../support/raw-http.js';
import { signedGeneric, unique } from '../support/signed.js';
import { requestOf, type Webhook } from '../properties/support/senders.js';
import { ServiceProcess } from '../properties/support/service-process.js';
import { inForm, WHOLE, tell } from './support/form.js';
import { isUnavailable } from './support/load.js';

const MAX_IN_FLIGHT = 20;
const PLATEAU_SECONDS = inForm({ short: 2, whole: 20 });
const OVERLOAD_SECONDS = inForm({ short: 4, whole: 30 });
const FACTOR = 5;
const SOAK_SECONDS = 600;
/** More connections than this are not opened: what is due then counts as sent away. */
const MOST_CONNECTIONS = 1_000;
/** Milliseconds after which a request hangs. A machine that is busy itself takes its time for each. */
const ANSWERED_WITHIN = 20_000;
/** Twice what is promised, since the machine may be busy; in milliseconds. */
const NORMAL_WITHIN = 2 * 10_000;
/** In MiB. The buffers of a thousand connections are in it. */
const MAY_GROW = 150;

let database: TestDatabase;
let pool: pg.Pool;
let service: ServiceProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 1 });
  service = await ServiceProcess.start(database, 0, {
    MAX_IN_FLIGHT: String(MAX_IN_FLIGHT),
    LOG_LEVEL: 'silent',
  });
}, 120_000);
afterAll(async () => {
  await service.kill();
  await pool.end();
  await database.drop();
});

interface Offered {
  readonly due: number;
  readonly acknowledged: number;
  readonly overloaded: number;
  /** Of a connection that was not to be had. */
  readonly unsent: number;
  readonly slowest: number;
  readonly wrong: readonly string[];
  readonly perSecond: number;
}

/** Sends at a rate, whether it is answered or not. */
async function offer(rate: number, seconds: number): Promise<Offered> {
  const began = performance.now();
  const idle: RawConnection[] = [];
  const underWay = new Set<Promise<void>>();
  const counts = { due: 0, acknowledged: 0, overloaded: 0, unsent: 0, slowest: 0 };
  const wrong: string[] = [];
  let opened = 0;

  const send = async (webhook: Webhook) => {
    let connection = idle.pop();
    if (connection === undefined) {
      if (opened === MOST_CONNECTIONS) {
        counts.unsent += 1;
        return;
      }
      opened += 1;
      connection = await RawConnection.open(service.port);
    }
    const sent = performance.now();
    const answer = await connection.send(...requestOf(webhook)).answer();
    counts.slowest = Math.max(counts.slowest, performance.now() - sent);
    idle.push(connection);
    if (answer.status === 200) counts.acknowledged += 1;
    else if (isUnavailable(answer) && (answer.body as { code: string }).code === 'overloaded') {
      counts.overloaded += 1;
    } else wrong.push(`${answer.status} ${JSON.stringify(answer.body)}`);
  };

  for (;;) {
    const elapsed = (performance.now() - began) / 1000;
    if (elapsed >= seconds) break;
    while (counts.due < elapsed * rate) {
      counts.due += 1;
      const sending = send(webhook()).catch((error: Error) => {
        wrong.push(error.message);
      });
      underWay.add(sending);
      void sending.then(() => underWay.delete(sending));
    }
    await sleep(1);
  }
  await Promise.all(underWay);
  for (const connection of idle) connection.close();
  const perSecond = counts.acknowledged / ((performance.now() - began) / 1000);
  return { ...counts, wrong, perSecond };
}

/** As many as it can do: each connection sends when it has its answer. */
async function plateau(seconds: number): Promise<number> {
  const began = performance.now();
  let acknowledged = 0;
  await Promise.all(
    Array.from({ length: MAX_IN_FLIGHT }, async () => {
      const connection = await RawConnection.open(service.port);
      while (performance.now() - began < seconds * 1000) {
        const { status } = await connection.send(...requestOf(webhook())).answer();
        if (status === 200) acknowledged += 1;
      }
      connection.close();
    }),
  );
  return acknowledged / ((performance.now() - began) / 1000);
}

function webhook(): Webhook {
  const event = { event_type: 'payment_success', transaction_id: unique(), amount: '1' };
  return { source: 'generic', ...signedGeneric(event) };
}

const stored = async () =>
  (await pool.query<{ n: number }>('SELECT count(*)::int AS n FROM webhook_events')).rows[0]!.n;

const itWhole = WHOLE ? it : it.skip;

it(
  'does what it can of five times as much while the database is slow, and is itself again',
  async () => {
    await slowDown(0.1);
    try {
      const offered = await overload('overload, the database being slow');
      expect(offered.overloaded).toBeGreaterThan(0);
    } finally {
      await pool.query('DROP FUNCTION take_time CASCADE');
    }
  },
  inForm({ short: 120_000, whole: 600_000 }),
);

itWhole(
  'does what it can of five times as much, the machine being the limit (whole form only)',
  async () => {
    await overload('overload, the machine being the limit');
  },
  600_000,
);

itWhole(
  'grows in nothing while it works for ten minutes (whole form only)',
  async () => {
    const rate = (await plateau(PLATEAU_SECONDS)) / 2;
    const measures: { memory: number; files: number; sessions: number }[] = [];
    let acknowledged = 0;
    for (let minute = 0; minute < SOAK_SECONDS / 60; minute += 1) {
      const offered = await offer(rate, 60);
      expect(offered.wrong).toEqual([]);
      acknowledged += offered.acknowledged;
      measures.push({
        memory: residentMemory(service.pid),
        files: openFiles(service.pid),
        sessions: await sessions(),
      });
    }
    tell('soak', {
      seconds: SOAK_SECONDS,
      'per second': Math.round(rate),
      acknowledged,
      'MiB by minute': measures.map(({ memory }) => Math.round(memory)).join(' '),
      'open files by minute': measures.map(({ files }) => files).join(' '),
    });
    const [, second] = measures;
    const last = measures.at(-1)!;
    expect(last.memory - second!.memory).toBeLessThan(MAY_GROW);
    expect(last.files).toBeLessThan(second!.files + 50);
    expect(last.sessions).toBeLessThanOrEqual(10);
  },
  2 * SOAK_SECONDS * 1000,
);

/** The database takes so many seconds for each batch: it, and not this machine, is the limit. */
async function slowDown(seconds: number): Promise<void> {
  await pool.query(
    `CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql
     AS 'BEGIN PERFORM pg_sleep(${seconds}); RETURN NULL; END'`,
  );
  await pool.query(
    `CREATE TRIGGER take_time AFTER INSERT ON deliveries
     FOR EACH STATEMENT EXECUTE FUNCTION take_time()`,
  );
}

async function overload(name: string): Promise<Offered> {
  await plateau(1); // what has just begun is slower
  const capacity = await plateau(PLATEAU_SECONDS);
  const memory = residentMemory(service.pid);
  const before = await stored();

  const offered = await offer(FACTOR * capacity, OVERLOAD_SECONDS);

  const grown = residentMemory(service.pid) - memory;
  expect(offered.wrong).toEqual([]);
  expect(await stored()).toBe(before + offered.acknowledged);
  expect(offered.acknowledged).toBeGreaterThan(0);
  expect(offered.slowest).toBeLessThan(ANSWERED_WITHIN);
  expect(grown).toBeLessThan(MAY_GROW);

  const over = performance.now();
  const connection = await RawConnection.open(service.port);
  for (let inARow = 0; inARow < 10;) {
    const { status } = await connection.send(...requestOf(webhook())).answer();
    inARow = status === 200 ? inARow + 1 : 0;
    expect(performance.now() - over).toBeLessThan(NORMAL_WITHIN);
  }
  connection.close();
  const share = Math.round((100 * offered.perSecond) / capacity);
  tell(name, {
    'plateau per second': Math.round(capacity),
    seconds: OVERLOAD_SECONDS,
    due: offered.due,
    acknowledged: offered.acknowledged,
    overloaded: offered.overloaded,
    unsent: offered.unsent,
    'goodput per second': Math.round(offered.perSecond),
    // The sender takes its part of the same machine, so that it is told and not demanded.
    'percent of the plateau': `${share} (${share >= 80 ? 'at least' : 'below'} 80)`,
    'slowest answer in ms': Math.round(offered.slowest),
    'memory grown by MiB': Math.round(grown),
    'normal after ms': Math.round(performance.now() - over),
  });
  return offered;
}

async function sessions(): Promise<number> {
  const { rowCount } = await pool.query(
    `SELECT FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'payment-webhooks'`,
  );
  return rowCount!;
}

/** In MiB; where the system does not tell it, nothing. */
function residentMemory(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) / 1024;
}

function openFiles(pid: number): number {
  return process.platform === 'linux' ? readdirSync(`/proc/${pid}/fd`).length : 0;
}
