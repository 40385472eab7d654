/**
 * What Postgres can say against a delivery, one test for each: what is tried again by itself, what the
 * sender is told instead, that nothing is stored which was not acknowledged, and that the same delivery
 * is recorded as soon as nothing stands in its way. Raised by triggers where it cannot be provoked.
 */
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createTestApplication,
  type Answer,
  type TestApplication,
} from '../support/application.js';
import { Cable } from '../support/cable.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { expectProblem } from '../support/problems.js';
import { sha256, signedGeneric, unique, type Signed } from '../support/signed.js';
import { tell } from './support/form.js';
import { isUnavailable } from './support/load.js';

/** Twice what is promised, since the machine may be busy; in milliseconds. */
const KNOWN_TO_BE_AWAY = 2 * 1_000;
const SILENT = 2 * 5_000;
const RECOVERED = 2 * 5_000;
/** Tries of one transaction, the first included. */
const TRIES = 5;

let database: TestDatabase;
let cable: Cable;
let service: TestApplication;
/** Not through the cable. */
let admin: pg.Pool;
const counts = { faults: 0, refused: 0, 'tried again': 0, recorded: 0 };
let slowestRecovery = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Pool({ connectionString: database.url, max: 4 });
  admin.on('error', () => undefined);
  await admin.query('CREATE SEQUENCE tries');
  cable = await Cable.to(database);
  const behindCable = { url: cable.url, drop: () => Promise.resolve() };
  service = await createTestApplication({
    database: behindCable,
    env: { DATABASE_POOL_SIZE: '4' },
  });
}, 120_000);

afterAll(async () => {
  tell('errors of the database', {
    ...counts,
    'slowest recovery in ms': Math.round(slowestRecovery),
  });
  cable.repair();
  await service.close();
  await cable.remove();
  await admin.end();
  await database.drop();
});

const event = (fields: object = {}) => ({
  event_type: 'payment_captured',
  event_id: `e_${unique()}`,
  transaction_id: `tx_${unique()}`,
  capture_id: unique(),
  amount: '1',
  currency: 'EUR',
  ...fields,
});

const deliver = async (signed: Signed): Promise<{ answer: Answer; milliseconds: number }> => {
  const began = performance.now();
  const answer = await service.deliver('generic', signed);
  return { answer, milliseconds: performance.now() - began };
};

const stored = async ({ body }: Signed): Promise<number> => {
  const { rowCount } = await admin.query(
    `SELECT FROM webhook_events e JOIN deliveries d ON d.id = e.delivery_id
     WHERE d.body_sha256 = $1`,
    [sha256(body)],
  );
  return rowCount!;
};

/** 503 in time, with a time to come again, and nothing stored. */
async function expectRefused(signed: Signed, code: string, within: number): Promise<void> {
  const { answer, milliseconds } = await deliver(signed);
  expectProblem(answer, 503, code);
  expect(isUnavailable(answer)).toBe(true);
  expect(milliseconds).toBeLessThan(within);
  expect(await stored(signed)).toBe(0);
  counts.faults += 1;
  counts.refused += 1;
}

/** The sender comes again until it is recorded, and once more. */
async function expectRecovered(signed: Signed): Promise<void> {
  const began = performance.now();
  let answer = await service.deliver('generic', signed);
  while (answer.status === 503) {
    await sleep(50);
    answer = await service.deliver('generic', signed);
  }
  const milliseconds = performance.now() - began;
  expect(answer.body).toEqual({ status: 'success' });
  expect(milliseconds).toBeLessThan(RECOVERED);
  slowestRecovery = Math.max(slowestRecovery, milliseconds);
  const again = await service.deliver('generic', signed);
  expect(again.body).toEqual({ status: 'success', duplicate: true });
  expect(await stored(signed)).toBe(1);
  counts.recorded += 1;
}

/** Something fails so many times, in an insert or at the commit; answers how often it was tried. */
async function whileRaised(
  { code, times, at }: { code: string; times: number; at: 'insert' | 'commit' },
  work: () => Promise<void>,
): Promise<number> {
  await admin.query(`ALTER SEQUENCE tries RESTART`);
  await admin.query(
    `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF nextval('tries') <= ${times} THEN RAISE EXCEPTION 'raised' USING ERRCODE = '${code}'; END IF;
       RETURN NULL; END $$`,
  );
  await admin.query(
    at === 'insert'
      ? `CREATE TRIGGER fail AFTER INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION fail()`
      : `CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON deliveries
         DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()`,
  );
  try {
    await work();
    const { rows } = await admin.query<{ tries: string }>('SELECT last_value AS tries FROM tries');
    return Number(rows[0]!.tries);
  } finally {
    await admin.query('DROP FUNCTION fail CASCADE');
  }
}

const ALWAYS = 1_000;

describe('of what may be tried again', () => {
  it.each([
    ['a deadlock', '40P01', 'insert'],
    ['a serialization failure', '40001', 'insert'],
    ['a serialization failure at the commit', '40001', 'commit'],
  ] as const)('%s (%s at the %s) is, by itself', async (_, code, at) => {
    const signed = signedGeneric(event());
    const tries = await whileRaised({ code, at, times: TRIES - 1 }, async () => {
      const { answer } = await deliver(signed);
      expect(answer.body).toEqual({ status: 'success' });
    });
    expect(tries).toBe(TRIES);
    expect(await stored(signed)).toBe(1);
    counts.faults += 1;
    counts['tried again'] += TRIES - 1;
  });

  it.each([
    ['40P01', 'insert'],
    ['40001', 'commit'],
  ] as const)('what does not end (%s at the %s) is told after five tries', async (code, at) => {
    const signed = signedGeneric(event());
    const tries = await whileRaised({ code, at, times: ALWAYS }, () =>
      expectRefused(signed, 'storage_unavailable', KNOWN_TO_BE_AWAY),
    );
    expect(tries).toBe(TRIES);
    await expectRecovered(signed);
  });

  it('a real deadlock with somebody else is', async () => {
    const one = event();
    const two = event();
    for (const each of [one, two]) await deliver(signedGeneric(each));
    const other = await admin.connect();
    const lock = (transaction: string) =>
      other.query(
        `SELECT FROM payments WHERE id = (SELECT payment_id FROM payment_refs
           WHERE namespace = 'tx' AND id = $1) FOR UPDATE`,
        [transaction],
      );
    try {
      await other.query(`SET deadlock_timeout = '1min'`); // it is not the one that ends
      await other.query('BEGIN');
      await lock(two.transaction_id);
      // One batch that locks both, in the order of their ids; the first is the elder.
      const more = [one, two].map((each) =>
        signedGeneric(event({ transaction_id: each.transaction_id })),
      );
      const answers = Promise.all(more.map(deliver));
      await untilSomebodyWaits();
      await lock(one.transaction_id);
      await other.query('COMMIT');
      for (const { answer } of await answers) expect(answer.body).toEqual({ status: 'success' });
      for (const signed of more) expect(await stored(signed)).toBe(1);
    } finally {
      other.release(true);
    }
    counts.faults += 1;
    counts['tried again'] += await deadlocks();
  });

  it('real serialization failures are, where the database is serializable by default', async () => {
    await setting('default_transaction_isolation', `'serializable'`);
    const payment = `tx_${unique()}`;
    const signed = Array.from({ length: 20 }, () =>
      signedGeneric(event({ transaction_id: payment })),
    );
    await Promise.all(signed.map(untilRecorded));
    await setting('default_transaction_isolation', 'DEFAULT');
    const { rows } = await admin.query(
      'SELECT amount_captured FROM payments WHERE refs @> ARRAY[$1]',
      [`tx:${payment}`],
    );
    expect(rows).toEqual([{ amount_captured: '2000' }]);
    counts.faults += 1;
  });

  it('a unique key that somebody else is about to take is no fault', async () => {
    const signed = signedGeneric(event());
    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(signed)));
    const told = answers.map(({ answer }) => JSON.stringify(answer.body)).sort();
    expect(told).toEqual([
      ...Array.from({ length: 19 }, () => '{"status":"success","duplicate":true}'),
      '{"status":"success"}',
    ]);
    expect(await stored(signed)).toBe(1);
  });
});

describe('of what is told', () => {
  it.each([
    ['53100', 'disk full', 'storage_full'],
    ['58030', 'a disk that fails', 'storage_full'],
    ['57014', 'a statement that takes too long', 'storage_unavailable'],
    ['55P03', 'a lock that is not to be had', 'storage_unavailable'],
    ['57P01', 'a server that shuts down', 'storage_unavailable'],
    ['53300', 'no connection left', 'storage_unavailable'],
    ['53200', 'no memory left', 'storage_unavailable'],
    ['25006', 'a server that only reads, after a failover', 'storage_unavailable'],
    ['XX000', 'a fault inside', 'storage_unavailable'],
  ])('%s, %s, is not tried again', async (code, _, told) => {
    const signed = signedGeneric(event());
    const tries = await whileRaised({ code, at: 'insert', times: ALWAYS }, () =>
      expectRefused(signed, told, KNOWN_TO_BE_AWAY),
    );
    expect(tries).toBe(1);
    await expectRecovered(signed);
  });

  it.each([
    ['54000', 'too much of something'],
    ['22P05', 'a character that it does not have'],
  ])('%s, %s, is the fault of the data, which are kept without their meaning', async (code) => {
    const signed = signedGeneric(event());
    // Once in the batch, once alone.
    await whileRaised({ code, at: 'insert', times: 1 }, async () => {
      expectProblem((await deliver(signed)).answer, 400, 'validation_failed');
    });
    expect(await stored(signed)).toBe(1);
    counts.faults += 1;
  });

  it('a real statement timeout and a real lock timeout, within their time', async () => {
    const known = event();
    await deliver(signedGeneric(known));
    const holder = await admin.connect();
    const waiting = signedGeneric(event({ transaction_id: known.transaction_id }));
    try {
      await holder.query('BEGIN');
      await holder.query(`SELECT FROM payments WHERE refs @> ARRAY[$1] FOR UPDATE`, [
        `tx:${known.transaction_id}`,
      ]);
      await expectRefused(waiting, 'storage_unavailable', SILENT);
      await setting('lock_timeout', `'100ms'`);
      await expectRefused(waiting, 'storage_unavailable', KNOWN_TO_BE_AWAY);
    } finally {
      await holder.query('ROLLBACK');
      holder.release();
      await setting('lock_timeout', 'DEFAULT');
    }
    await expectRecovered(waiting);
  });

  it('a session that an administrator ends, in the middle of its transaction', async () => {
    const known = event();
    await deliver(signedGeneric(known));
    const holder = await admin.connect();
    const waiting = signedGeneric(event({ transaction_id: known.transaction_id }));
    try {
      await holder.query('BEGIN');
      await holder.query(`SELECT FROM payments WHERE refs @> ARRAY[$1] FOR UPDATE`, [
        `tx:${known.transaction_id}`,
      ]);
      const refused = expectRefused(waiting, 'storage_unavailable', SILENT);
      await untilSomebodyWaits();
      await endSessions();
      await refused;
    } finally {
      await holder.query('ROLLBACK').catch(() => undefined);
      holder.release();
    }
    await expectRecovered(waiting);
  });

  it('a database that is gone', async () => {
    const name = new URL(database.url).pathname.slice(1);
    const url = new URL(database.url);
    url.pathname = '/postgres';
    const server = new pg.Client({ connectionString: url.href });
    await server.connect();
    const rename = async (from: string, to: string) => {
      await server.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${from}'`,
      );
      await server.query(`ALTER DATABASE ${from} RENAME TO ${to}`);
    };
    const signed = signedGeneric(event());
    try {
      await rename(name, `${name}_away`);
      const { answer, milliseconds } = await deliver(signed);
      expectProblem(answer, 503, 'storage_unavailable');
      expect(milliseconds).toBeLessThan(KNOWN_TO_BE_AWAY);
      counts.faults += 1;
      counts.refused += 1;
    } finally {
      await rename(`${name}_away`, name);
      await server.end();
    }
    expect(await stored(signed)).toBe(0);
    await expectRecovered(signed);
  });
});

describe('of what nobody can know', () => {
  it('a commit that was lost on its way is no commit', async () => {
    const signed = signedGeneric(event());
    cable.lose('commit');
    await expectRefused(signed, 'storage_unavailable', KNOWN_TO_BE_AWAY);
    expect(cable.lost).toBe(1);
    await expectRecovered(signed);
  });

  it('a commit whose reply was lost is told as none, and the next delivery is a duplicate', async () => {
    const signed = signedGeneric(event());
    cable.lose('reply');
    const { answer, milliseconds } = await deliver(signed);
    expectProblem(answer, 503, 'storage_unavailable');
    expect(milliseconds).toBeLessThan(KNOWN_TO_BE_AWAY);
    expect(cable.lost).toBe(2);
    expect(await stored(signed)).toBe(1);

    const before = await service.allRows();
    const again = await service.deliver('generic', signed);
    expect(again.body).toEqual({ status: 'success', duplicate: true });
    expect(await service.allRows()).toEqual(before);
    counts.faults += 1;
    counts.refused += 1;
  });

  it('connections that are half open: all who wait are told in time, and it heals by itself', async () => {
    const signed = Array.from({ length: 20 }, () => signedGeneric(event()));
    await deliver(signedGeneric(event()));
    cable.silence();
    const told = await Promise.all(signed.map(deliver));
    for (const { answer, milliseconds } of told) {
      expectProblem(answer, 503, 'storage_unavailable');
      expect(milliseconds).toBeLessThan(SILENT);
    }
    cable.repair();
    counts.faults += 1;
    counts.refused += told.length;
    const [first, ...others] = signed;
    await expectRecovered(first!);
    await Promise.all(others.map(untilRecorded));
    for (const each of others) expect(await stored(each)).toBe(1);
  });
});

/** Sends until it is recorded. */
async function untilRecorded(signed: Signed): Promise<void> {
  for (;;) {
    const { answer } = await deliver(signed);
    if (answer.status === 200) break;
    expect(isUnavailable(answer)).toBe(true);
    await sleep(50);
  }
  counts.recorded += 1;
}

/** Sets a setting of the database, for sessions that begin from now on; those there are end. */
async function setting(name: string, value: string): Promise<void> {
  const base = new URL(database.url).pathname.slice(1);
  await admin.query(`ALTER DATABASE ${base} SET ${name} = ${value}`);
  await endSessions();
}

async function endSessions(): Promise<void> {
  await admin.query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'payment-webhooks'`,
  );
}

/** As soon as there are any: a session tells what it counted when it has time. */
async function deadlocks(): Promise<number> {
  for (;;) {
    const { rows } = await admin.query<{ deadlocks: number }>(
      `SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()`,
    );
    if (rows[0]!.deadlocks > 0) return rows[0]!.deadlocks;
    await service.deliver('generic', signedGeneric(event()));
    await sleep(100);
  }
}

async function untilSomebodyWaits(): Promise<void> {
  for (;;) {
    const { rowCount } = await admin.query(
      `SELECT FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    if (rowCount! > 0) return;
    await sleep(10);
  }
}
