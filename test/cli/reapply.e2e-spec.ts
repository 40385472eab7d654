/** `npm run replay` and `npm run reproject` as they are built: `npm test` builds before it tests. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findRunningPostgres } from '../../src/database/embedded/embedded-postgres.js';
import { acquireServiceLock } from '../../src/database/embedded/service-lock.js';
import {
  ADMIN_TOKEN,
  createTestApplication,
  GENERIC_SECRET,
  type TestApplication,
} from '../support/application.js';
import {
  createEmptyDatabase,
  createTestDatabase,
  createTestDirectory,
  type TestDatabase,
} from '../support/database.js';
import { signedGeneric } from '../support/signed.js';

interface Payment {
  readonly id: string;
  readonly currency: string;
  readonly amountCaptured: number;
  readonly version: number;
}

const UNKNOWN = '019ab000-0000-7000-8000-000000000000';
const UNCHANGED_ONE = {
  matched: 1,
  applied: 0,
  ignored: 0,
  quarantined: 0,
  unchanged: 1,
  changedPayments: 0,
};

const children: ChildProcess[] = [];
let directory: string;

beforeAll(async () => {
  // A directory of its own, so that no .env of the project is read.
  directory = await createTestDirectory();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function start(program: string, args: readonly string[], environment: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [path.resolve(`dist/${program}.js`), ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH, GENERIC_WEBHOOK_SECRET: GENERIC_SECRET, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const started = { child, out: '', err: '', exit: once(child, 'close') };
  child.stdout.on('data', (chunk: Buffer) => (started.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (started.err += chunk.toString()));
  return started;
}

/** Runs a command to its end. Its progress, which only a slow machine comes to see, is left out. */
async function run(name: string, args: readonly string[], environment: NodeJS.ProcessEnv) {
  const command = start(`cli/${name}`, args, environment);
  const [code] = (await command.exit) as [number | null];
  const err = command.err.replace(/^\d+ (of \d+ )?(events|payments), .*\n/gm, '');
  return { code, out: command.out, err };
}

/** The arguments of the command that a stopped run has printed. */
function printedCommand(err: string, name: string): string[] {
  const line = new RegExp(`^  npm run ${name} -- (.*)$`, 'm').exec(err);
  if (!line) throw new Error(`no command in: ${err}`);
  return line[1]!.split(' ');
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 50_000; Date.now() < deadline; await sleep(20)) {
    if (await holds()) return;
  }
  throw new Error(`in vain waited for ${what}`);
}

describe('replay and reproject', () => {
  let database: TestDatabase;
  let service: TestApplication;

  beforeEach(async () => {
    database = await createTestDatabase();
    service = await createTestApplication({ database, env: { GENERIC_CURRENCY: 'EUR' } });
  });
  afterEach(async () => {
    await service.close();
    await database.drop();
  });

  /** Runs a command on the database, configured as the service is, or in another currency. */
  const on = (name: string, line: string, currency = 'EUR') =>
    run(name, line.split(' ').filter(Boolean), {
      DATABASE_URL: database.url,
      GENERIC_CURRENCY: currency,
    });
  const counts = async (name: string, line: string, currency?: string) => {
    const { code, out, err } = await on(name, `${line} --json`, currency);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return JSON.parse(out) as Record<string, number>;
  };

  async function capture(transaction: string, type = 'payment_success'): Promise<void> {
    const answer = await service.deliver(
      'generic',
      signedGeneric({
        event_type: type,
        transaction_id: transaction,
        event_id: `${type}-of-${transaction}`,
        amount: '49',
      }),
    );
    expect(answer.body).toEqual({ status: 'success' });
  }
  const payment = async (transaction: string): Promise<Payment> =>
    (await service.api<{ data: Payment[] }>(`payments?ref=${transaction}`)).data[0]!;
  const eventIds = async () =>
    (await service.rows<{ id: string }>('SELECT id FROM webhook_events ORDER BY id')).map(
      ({ id }) => id,
    );
  const lastChange = async ({ id }: Payment) =>
    (
      await service.rows(
        `SELECT cause, silent FROM payment_changes WHERE payment_id = $1
         ORDER BY version DESC LIMIT 1`,
        [id],
      )
    )[0];

  it('replays one event, silently', async () => {
    await capture('tx_a');
    await capture('tx_b');
    const [first] = await eventIds();

    expect(await counts('replay', `--event ${first}`, 'JPY')).toEqual({
      ...UNCHANGED_ONE,
      applied: 1,
      unchanged: 0,
      changedPayments: 1,
    });

    const changed = await payment('tx_a');
    expect(changed).toMatchObject({ currency: 'JPY', amountCaptured: 49, version: 2 });
    expect(await lastChange(changed)).toEqual({ cause: 'replay', silent: true });
    expect(await payment('tx_b')).toMatchObject({ currency: 'EUR', version: 1 });
  });

  it('replays what meets all filters, and tells of it with --notify', async () => {
    await capture('tx_c');
    await capture('tx_c', 'payment_refunded');
    await capture('tx_d');
    const line = '--source generic --source other --status applied --type payment_success --notify';

    const { code, out, err } = await on('replay', line, 'JPY');

    expect(code).toBe(0);
    expect(err).toMatch(/^Not configured here: other\. Events of such a source stay as they are/);
    expect(out).toMatch(/^matched {11}2\napplied {11}2\n[^]*\nchanged payments {2}2\n$/);
    expect(await lastChange(await payment('tx_d'))).toEqual({ cause: 'replay', silent: false });
    // The refund was not replayed: it is in another currency now.
    expect(await payment('tx_c')).toMatchObject({ currency: 'JPY', version: 3 });
  });

  it('in a dry run shows what would change and changes nothing', async () => {
    await capture('tx_e');
    await capture('tx_f');
    const before = await service.allRows();

    const text = await on('replay', '--all --dry-run', 'JPY');
    const lines = await on('replay', '--all --dry-run --json', 'JPY');

    const { id } = await payment('tx_e');
    expect(text).toMatchObject({ code: 0, err: '' });
    expect(text.out).toContain(
      `payment ${id}, version 2\n` +
        '  currency          "EUR" → "JPY"\n' +
        '  amountAuthorized  4900 → 49\n' +
        '  amountCaptured    4900 → 49\n',
    );
    expect(text.out).toContain('changed payments  2\n');
    expect(lines.code).toBe(0);
    const payments = lines.out.trimEnd().split('\n');
    expect(payments).toHaveLength(2);
    expect(JSON.parse(payments[0]!)).toEqual({
      paymentId: id,
      version: 2,
      mergedInto: null,
      differences: [
        { field: 'currency', from: 'EUR', to: 'JPY' },
        { field: 'amountAuthorized', from: 4900, to: 49 },
        { field: 'amountCaptured', from: 4900, to: 49 },
      ],
    });
    expect(lines.err).toContain('changed payments  2\n');
    expect(await service.allRows()).toEqual(before);
  });

  it('writes the lines that the API streams', async () => {
    await capture('tx_g');
    await service.rows(`UPDATE transactions SET amount = 100`);
    const { out } = await on('reproject', '--dry-run --json');
    const answer = await fetch(`${service.url}/api/payments/reproject?dryRun=true`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    expect(out).not.toBe('');
    expect(await answer.text()).toBe(out);
  });

  it('reprojects a statement that was changed, and a replay mends it', async () => {
    await capture('tx_h');
    await service.rows(`UPDATE transactions SET amount = 100`);

    expect(await counts('reproject', '')).toMatchObject({ applied: 1, changedPayments: 1 });
    const wrong = await payment('tx_h');
    expect(wrong).toMatchObject({ amountCaptured: 100, version: 2 });
    expect(await lastChange(wrong)).toEqual({ cause: 'reprojection', silent: true });

    const line = '--event-id payment_success-of-tx_h';
    expect(await counts('replay', line)).toMatchObject({ applied: 1, changedPayments: 1 });
    expect(await payment('tx_h')).toMatchObject({ amountCaptured: 4900, version: 3 });

    const again = await on('replay', '--all --dry-run --json');
    expect(again).toMatchObject({ code: 0, out: '' });
    expect(again.err).toContain('unchanged         1\n');
  });

  it('brings lost columns back, and makes no version of it', async () => {
    await capture('tx_i');
    await capture('tx_j');
    const before = await service.allRows();
    await service.rows(
      `UPDATE payments SET status = 'pending', currency = 'XXX', amount_authorized = 0,
         amount_captured = 0, refs = '{}', groups = '{}', reference = NULL, occurred_at = NULL`,
    );
    expect(await service.allRows()).not.toEqual(before);

    expect(await counts('reproject', '')).toEqual({
      ...UNCHANGED_ONE,
      matched: 2,
      applied: 2,
      unchanged: 0,
    });
    expect(await service.allRows()).toEqual(before);
  });

  it('finds one event behind many that do not match', async () => {
    await capture('tx_far');
    for (let thousands = 0; thousands < 60; thousands += 10) {
      await service.rows(
        `INSERT INTO webhook_events
         SELECT (json_populate_record(e, json_build_object('event_id', 'old_' || i, 'source', 'gone',
           'id', '00000000-0000-7000-8000-' || lpad(i::text, 12, '0')))).*
         FROM webhook_events e, generate_series($1 * 1000, $1 * 1000 + 9999) AS i
         WHERE e.source = 'generic'`,
        [thousands],
      );
    }
    expect(await counts('replay', '--source generic')).toEqual(UNCHANGED_ONE);
  });

  it('reprojects after an id', async () => {
    await capture('tx_k');
    await capture('tx_l');
    const { id } = await payment('tx_k');
    expect(await counts('reproject', `--after ${id}`)).toEqual(UNCHANGED_ONE);
  });

  describe('in the middle', () => {
    const PAYMENTS = 450;
    const REFUNDED = 50;
    const EVENTS = PAYMENTS + REFUNDED;

    beforeEach(async () => {
      const all = (count: number, type: string) =>
        Promise.all(Array.from({ length: count }, (_, i) => capture(`tx_${i}`, type)));
      await all(PAYMENTS, 'payment_success');
      // Of payments of the first batch, which takes these along although their ids come last.
      await all(REFUNDED, 'payment_refunded');
    });

    /** Begins a replay that waits in its second batch for an event that somebody else holds. */
    async function startHeld() {
      const ids = await eventIds();
      const holder = new pg.Client(database.url);
      await holder.connect();
      await holder.query('BEGIN');
      await holder.query('SELECT FROM webhook_events WHERE id = $1 FOR UPDATE', [ids[300]]);
      const replay = start('cli/replay', ['--all', '--json'], {
        DATABASE_URL: database.url,
        GENERIC_CURRENCY: 'JPY',
      });
      await until('the second batch', async () => {
        const waiting = await service.rows(
          `SELECT FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return waiting.length > 0;
      });
      return { replay, holder };
    }

    /** Each event left one silent version, and every payment is in the new currency. */
    async function expectEachReplayedOnce(): Promise<void> {
      const [tally] = await service.rows(
        `SELECT count(*)::int AS versions, count(DISTINCT webhook_event_id)::int AS events,
           (SELECT count(*)::int FROM payments WHERE currency = 'JPY' AND amount_captured = 49
              AND amount_refunded IN (0, 49)) AS payments
         FROM payment_changes WHERE cause = 'replay' AND silent`,
      );
      expect(tally).toEqual({ versions: EVENTS, events: EVENTS, payments: PAYMENTS });
    }

    it.each([
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const)(
      'finishes its batch at %s and goes on where it was',
      async (signal, code) => {
        const { replay, holder } = await startHeld();
        replay.child.kill(signal);
        await until('the word of it', () =>
          replay.err.includes('Stopping after the batch in hand.'),
        );
        await holder.end();

        expect(await replay.exit).toEqual([code, null]);
        const { matched } = JSON.parse(replay.out) as { matched: number };
        expect(matched).toBe(400 + REFUNDED);
        expect(replay.err).toContain(
          `Stopped by ${signal}. It got as far as ${(await eventIds())[399]}`,
        );

        const rest = await run('replay', printedCommand(replay.err, 'replay'), {
          DATABASE_URL: database.url,
          GENERIC_CURRENCY: 'JPY',
        });
        expect(rest).toMatchObject({ code: 0, err: '' });
        expect(JSON.parse(rest.out)).toMatchObject({ matched: EVENTS - matched });
        await expectEachReplayedOnce();
      },
      120_000,
    );

    it('says how to go on when the database is lost', async () => {
      const { replay, holder } = await startHeld();
      await service.rows(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );

      expect(await replay.exit).toEqual([1, null]);
      await holder.end();
      expect(replay.err).toMatch(
        /^replay: The database is away or did not answer in time \(.+\)\. It got as far as \S+\. To go on:$/m,
      );
      const rest = await run('replay', printedCommand(replay.err, 'replay'), {
        DATABASE_URL: database.url,
        GENERIC_CURRENCY: 'JPY',
      });
      expect(rest).toMatchObject({ code: 0, err: '' });
      await expectEachReplayedOnce();
    }, 120_000);
  });

  it('ends when nobody reads its output any more', async () => {
    await capture('tx_unread');
    const replay = start('cli/replay', ['--all', '--dry-run'], {
      DATABASE_URL: database.url,
      GENERIC_CURRENCY: 'JPY',
    });
    replay.child.stdout.destroy();
    expect(await replay.exit).toEqual([141, null]);
    expect(replay.err).toBe('');
  });

  it.each([
    ['', 2, /^replay: Say which events: .* or every one by --all\.\n$/],
    ['--status done', 2, /^replay: --status must be one of applied, ignored, quarantined\.\n$/],
    [`--event ${UNKNOWN}`, 1, /^replay: No event has the id 019ab000-.*\.\n$/],
  ])('replay %s exits %d', async (line, code, message) => {
    const { out, err, ...exit } = await on('replay', line);
    expect({ out, ...exit }).toEqual({ out: '', code });
    expect(err).toMatch(message);
  });
});

describe('without the database of a service', () => {
  it('says that the service is to be started first', async () => {
    const empty = await createEmptyDatabase();
    for (const args of [['replay', '--all'], ['reproject']] as const) {
      const [name, ...rest] = args;
      const { code, out, err } = await run(name, rest, { DATABASE_URL: empty.url });
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(
        /^\w+: The database lacks migrations, .*_init\. Start the service .*npm start\n$/,
      );
    }
    await empty.drop();
  });

  it('says that the database cannot be reached', async () => {
    // Port 9 (discard) is free wherever tests run.
    const { code, err } = await run('reproject', [], {
      DATABASE_URL: 'postgresql://u:p@127.0.0.1:9/d',
    });
    expect(code).toBe(1);
    expect(err).toMatch(
      /^reproject: The database 127\.0\.0\.1:9\/d cannot be reached .*Start Postgres/,
    );
  });

  it('shows its help without any configuration', async () => {
    for (const name of ['replay', 'reproject']) {
      const { code, out } = await run(name, ['--help'], { PORT: 'wrong' });
      expect(code).toBe(0);
      expect(out).toContain(`npm run ${name}`);
    }
  });
});

describe('in DATA_DIR', () => {
  it('uses the Postgres of the service that runs, and starts one where none does', async () => {
    const dataDir = path.join(await createTestDirectory(), 'data');
    // The source has the secret that the service makes itself: a replay has to know it too.
    const environment = { DATA_DIR: dataDir, PORT: '0', GENERIC_WEBHOOK_SECRET: undefined };
    const service = start('main', [], environment);
    await until(
      'the service',
      () => /^generic secret {2}/m.test(service.out) || service.child.exitCode !== null,
    );
    const url = /^listening {2}(\S+)/m.exec(service.out)![1]!;
    const secret = /^generic secret {2}(\S+)/m.exec(service.out)![1]!;
    const capture = { event_type: 'payment_success', transaction_id: 'tx_1', amount: '49' };
    const { body, headers } = signedGeneric(capture, secret);
    const answer = await fetch(`${url}/webhooks/generic`, { method: 'POST', headers, body });
    expect(answer.status).toBe(200);

    const beside = await run('replay', ['--all', '--json'], {
      ...environment,
      GENERIC_CURRENCY: 'EUR',
    });
    expect(beside).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(beside.out)).toMatchObject({ applied: 1, changedPayments: 1 });
    expect(await findRunningPostgres(dataDir)).not.toBeNull();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);

    service.child.kill('SIGTERM');
    await service.exit;
    const alone = await run('reproject', ['--json'], environment);
    expect(alone).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(alone.out)).toEqual(UNCHANGED_ONE);
    expect(await findRunningPostgres(dataDir)).toBeNull();
    await (await acquireServiceLock(dataDir)).release();
  }, 120_000);
});
