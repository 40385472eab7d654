/**
 * The disk of the tables is full, then has room again: a small file system of the test's own. Where
 * this machine cannot mount one, each test is skipped, which the summary counts.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { createTestDirectory } from '../support/database.js';
import { createTestApplication, type TestApplication } from '../support/application.js';
import { expectProblem } from '../support/problems.js';
import { signedGeneric, unique } from '../support/signed.js';
import { OwnPostgres } from './support/own-postgres.js';
import { tell } from './support/form.js';
import { isUnavailable } from './support/load.js';

const MEBIBYTES = 48;
/** Twice what is promised, since the machine may be busy; in milliseconds. */
const TOLD_WITHIN = 2 * 1_000;
const RECOVERED_WITHIN = 2 * 5_000;

/** A small file system, which goes when this process does, however that ends. */
class SmallDisk {
  private constructor(
    readonly directory: string,
    private readonly keeper: ChildProcess,
  ) {}

  static async mount(directory: string): Promise<SmallDisk> {
    await mkdir(directory, { recursive: true });
    const script = 'mount -t tmpfs -o size="$1"m tmpfs "$2" && echo mounted && cat; umount -l "$2"';
    const keeper = spawn('sh', ['-c', script, 'sh', String(MEBIBYTES), directory], {
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(keeper.stdout, 'data');
    return new SmallDisk(directory, keeper);
  }

  async unmount(): Promise<void> {
    const ended = once(this.keeper, 'exit');
    this.keeper.stdin!.end();
    await ended;
  }
}

/** Why no file system can be mounted here, or null. */
async function whyNot(): Promise<string | null> {
  if (process.platform !== 'linux') return `${process.platform} has no tmpfs`;
  const directory = await mkdtemp(path.join(tmpdir(), 'payment-webhooks-mount-'));
  try {
    const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory]);
    if (status !== 0) return 'this user may not mount a file system';
    spawnSync('umount', [directory]);
    return null;
  } finally {
    await rm(directory, { recursive: true });
  }
}

const reason = await whyNot();
const itWhereMounted = reason === null ? it : it.skip;
if (reason !== null) process.stderr.write(`fault disk full: SKIPPED, ${reason}\n`);

describe(reason === null ? 'a full disk' : `a full disk (skipped: ${reason})`, () => {
  let disk: SmallDisk;
  let postgres: OwnPostgres;
  let service: TestApplication;
  let admin: pg.Pool;

  beforeAll(async () => {
    if (reason !== null) return;
    disk = await SmallDisk.mount(path.join(await createTestDirectory(), 'disk'));
    postgres = await OwnPostgres.start();
    const main = new pg.Client({ connectionString: postgres.url });
    await main.connect();
    await main.query(`CREATE TABLESPACE small LOCATION '${disk.directory}'`);
    await main.query(`CREATE DATABASE small TEMPLATE payments TABLESPACE small`).catch(async () => {
      // The template may still have the session of whoever made its tables.
      await main.query('CREATE DATABASE small TABLESPACE small');
    });
    await main.end();
    const url = new URL(postgres.url);
    url.pathname = '/small';
    admin = new pg.Pool({ connectionString: url.href, max: 2 });
    service = await createTestApplication({
      database: { url: url.href, drop: () => Promise.resolve() },
    });
  }, 120_000);

  afterAll(async () => {
    if (reason !== null) return;
    await service.close();
    await admin.end();
    await postgres.remove();
    await disk.unmount();
  });

  const delivery = () =>
    signedGeneric({
      event_type: 'payment_success',
      event_id: `e_${unique()}`,
      transaction_id: `tx_${unique()}`,
      amount: '1',
      // Its bytes are kept, and cannot be compressed away.
      padding: Array.from({ length: 400 }, unique).join(''),
    });

  const stored = async () =>
    (await admin.query<{ n: number }>('SELECT count(*)::int AS n FROM webhook_events')).rows[0]!.n;

  itWhereMounted(
    'is told as storage_full until there is room again',
    async () => {
      await admin.query('CREATE TABLE ballast (bytes text)');
      const acknowledged: string[] = [];
      expect((await service.deliver('generic', delivery())).body).toEqual({ status: 'success' });

      // Large pieces, then ever smaller ones, until not even a page is left.
      for (const kibibytes of [1024, 64, 8]) {
        const fill = () =>
          admin.query(
            `INSERT INTO ballast SELECT string_agg(md5(random()::text), '')
           FROM generate_series(1, $1 * 32)`,
            [kibibytes],
          );
        for (let full = false; !full;) {
          await fill().catch((error: { code?: string }) => {
            expect(error.code).toBe('53100');
            full = true;
          });
        }
      }

      let refused = 0;
      let slowest = 0;
      const first = delivery();
      while (refused < 20) {
        const began = performance.now();
        const signed = refused === 0 ? first : delivery();
        const answer = await service.deliver('generic', signed);
        slowest = Math.max(slowest, performance.now() - began);
        // The free space within pages that there are may still do for some.
        if (answer.status === 200) {
          acknowledged.push('one more');
          continue;
        }
        expectProblem(answer, 503, 'storage_full');
        expect(isUnavailable(answer)).toBe(true);
        refused += 1;
      }
      expect(slowest).toBeLessThan(TOLD_WITHIN);
      expect(await stored()).toBe(1 + acknowledged.length);
      expect((await service.fetch('/livez')).status).toBe(200);

      await admin.query('DROP TABLE ballast');
      await admin.query('CHECKPOINT');
      const back = performance.now();
      for (;;) {
        const answer = await service.deliver('generic', first);
        if (answer.status === 200) {
          expect(answer.body).toEqual({ status: 'success' });
          break;
        }
        expect(performance.now() - back).toBeLessThan(RECOVERED_WITHIN);
      }
      expect(await stored()).toBe(2 + acknowledged.length);
      tell('disk full', {
        'of MiB': MEBIBYTES,
        refused,
        'acknowledged until then': 1 + acknowledged.length,
        'slowest answer in ms': Math.round(slowest),
        'recovery in ms': Math.round(performance.now() - back),
      });
    },
    120_000,
  );
});
