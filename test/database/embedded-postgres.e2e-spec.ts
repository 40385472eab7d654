import { execFileSync, spawn } from 'node:child_process';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { loadBinaries, restoreSymlinks } from '../../src/database/embedded/binaries.js';
import {
  type EmbeddedOptions,
  type EmbeddedPostgres,
  findRunningPostgres,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { findPostmaster } from '../../src/database/embedded/postmaster.js';
import { processStart, signal } from '../../src/database/embedded/processes.js';
import { createTestDirectory } from '../support/database.js';

const settings = { fsync: 'off' };
const asRoot = process.getuid?.() === 0;

describe('embedded Postgres', () => {
  /** A DATA_DIR with one row in it, on which nothing runs. */
  let prepared: string;
  let dataDir: string;
  const started: EmbeddedPostgres[] = [];

  const start = async (options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> => {
    const postgres = await startEmbeddedPostgres(dataDir, { settings, ...options });
    started.push(postgres);
    return postgres;
  };
  const cluster = (): string => path.join(dataDir, 'postgres');
  const pid = async (): Promise<number> => (await findPostmaster(cluster()))?.pid ?? 0;

  beforeAll(async () => {
    dataDir = prepared = await createTestDirectory();
    const postgres = await start();
    await run(postgres.url, 'CREATE TABLE kept (value int)', 'INSERT INTO kept VALUES (42)');
    await postgres.stop();
  });

  beforeEach(async () => {
    dataDir = await createTestDirectory();
    await cp(prepared, dataDir, { recursive: true });
  });

  afterEach(async () => {
    for (const postgres of started.splice(0)) await postgres.stop();
    const left = await pid();
    if (left > 0) signal(left, 'SIGKILL');
  });

  const keptValue = async (url: string): Promise<unknown> => run(url, 'SELECT value FROM kept');

  it('finds at the second start what the first one wrote, at the same address', async () => {
    const first = await start();
    expect(first.adopted).toBe(false);
    await first.stop();
    expect(await pid()).toBe(0);

    const second = await start();

    expect(second.url).toBe(first.url);
    expect(second.url).toMatch(/^postgresql:\/\/payments:[0-9a-f]{48}@127\.0\.0\.1:\d+\/payments$/);
    expect(await keptValue(second.url)).toEqual([{ value: 42 }]);
  });

  it('keeps its password and data from others', async () => {
    const modes = await Promise.all(
      ['database-password', 'postgres.log', 'postgres'].map(async (name) =>
        ((await stat(path.join(dataDir, name))).mode & 0o777).toString(8),
      ),
    );
    expect(modes).toEqual(['600', '600', '700']);
  });

  it('is UTF-8, sorts by code point, demands the password and listens on 127.0.0.1 only', async () => {
    const { url } = await start();

    const rows = await run(
      url,
      `SELECT current_setting('server_encoding') AS encoding,
              current_setting('listen_addresses') AS addresses,
              current_setting('unix_socket_directories') AS sockets,
              ARRAY(SELECT x FROM unnest(ARRAY['é','a','Z']) x ORDER BY x) AS sorted`,
    );

    expect(rows).toEqual([
      { encoding: 'UTF8', addresses: '127.0.0.1', sockets: '', sorted: ['Z', 'a', 'é'] },
    ]);
    const wrong = url.replace(/:[0-9a-f]{48}@/, ':wrong@');
    await expect(run(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('is in a process group of its own, which Ctrl-C does not reach', async () => {
    await start();
    const fields = (await readFile(`/proc/${await pid()}/stat`, 'utf8')).split(') ')[1]?.split(' ');
    expect(Number(fields?.[2])).toBe(await pid());
  });

  it('adopts the server that a killed service left behind', async () => {
    const left = await start();
    const before = await pid();
    await run(left.url, 'INSERT INTO kept VALUES (43)');

    const adopted = await start();

    expect(adopted).toMatchObject({ adopted: true, url: left.url });
    expect(await pid()).toBe(before);
    expect(await keptValue(adopted.url)).toEqual([{ value: 42 }, { value: 43 }]);
    await adopted.stop();
    expect(await processStart(before)).toBeNull();
  });

  it('waits for a leftover that is just stopping, and starts anew', async () => {
    await start();
    signal(await pid(), 'SIGTERM');

    const next = await start();

    expect(await keptValue(next.url)).toEqual([{ value: 42 }]);
  });

  it('stops a leftover that does not take our password, and takes the cluster back', async () => {
    const left = await start();
    const before = await pid();
    await run(left.url, `ALTER ROLE payments PASSWORD 'foreign'`);

    const next = await start();

    expect(next.adopted).toBe(false);
    expect(await processStart(before)).toBeNull();
    expect(await keptValue(next.url)).toEqual([{ value: 42 }]);
  });

  it('survives the loss of its password file', async () => {
    await rm(path.join(dataDir, 'database-password'));

    const { url } = await start();

    expect(await keptValue(url)).toEqual([{ value: 42 }]);
  });

  it('recovers from a kill -9 of Postgres itself', async () => {
    const left = await start();
    await run(left.url, 'INSERT INTO kept VALUES (43)');
    signal(await pid(), 'SIGKILL');

    const next = await start();

    expect(next.adopted).toBe(false);
    expect(await keptValue(next.url)).toEqual([{ value: 42 }, { value: 43 }]);
  });

  it('is not fooled by a postmaster.pid whose number another process has now', async () => {
    const innocent = spawn('sleep', ['60']);
    try {
      const lines = [innocent.pid, cluster(), 1_700_000_000, 5432, '', '127.0.0.1', '', 'ready'];
      await writeFile(path.join(cluster(), 'postmaster.pid'), lines.join('\n'));

      const { url, adopted } = await start();

      expect(adopted).toBe(false);
      expect(await keptValue(url)).toEqual([{ value: 42 }]);
      expect(innocent.exitCode ?? innocent.signalCode).toBeNull();
    } finally {
      innocent.kill();
    }
  });

  it('takes another port when its own is taken, and keeps that one', async () => {
    const port = Number(await readFile(path.join(dataDir, 'database-port'), 'utf8'));
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve));
    try {
      const { url } = await start();
      const chosen = Number(new URL(url).port);
      expect(chosen).not.toBe(port);
      expect(Number(await readFile(path.join(dataDir, 'database-port'), 'utf8'))).toBe(chosen);
      expect(await keptValue(url)).toEqual([{ value: 42 }]);
    } finally {
      squatter.close();
    }
  });

  it('begins again after a first start that was killed while the cluster was made', async () => {
    await rm(cluster(), { recursive: true });
    const unfinished = path.join(dataDir, 'postgres-unfinished-1');
    await mkdir(path.join(unfinished, 'cluster'), { recursive: true });

    const { url } = await start();

    await expect(stat(unfinished)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await run(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('refuses data of another major version, with the cure', async () => {
    await writeFile(path.join(cluster(), 'PG_VERSION'), '17\n');

    await expect(start()).rejects.toThrow(/written by Postgres 17, but Postgres 18 .*pg_upgrade/);
  });

  it('says what the server wrote when it cannot start', async () => {
    await expect(start({ settings: { shared_buffers: 'nonsense' } })).rejects.toThrow(
      /did not start[^]*shared_buffers/,
    );
  });

  it('is found by commands only while it runs', async () => {
    expect(await findRunningPostgres(dataDir)).toBeNull();
    const postgres = await start();
    expect(await findRunningPostgres(dataDir)).toBe(postgres.url);
    await postgres.stop();
    expect(await findRunningPostgres(dataDir)).toBeNull();
  });

  describe('as root', () => {
    (asRoot ? it : it.skip)('works below a directory that only root may pass', async () => {
      await chmod(dataDir, 0o700);
      const { url } = await start();
      expect(await keptValue(url)).toEqual([{ value: 42 }]);
    });

    const elsewhere = asRoot && othersReachTheProject();
    (elsewhere ? it : it.skip)('runs as another user where namespaces are forbidden', async () => {
      dataDir = await publicDirectory();
      try {
        await cp(prepared, dataDir, { recursive: true });
        const { url } = await start({ unshare: 'false' });
        expect(await keptValue(url)).toEqual([{ value: 42 }]);
        expect((await stat(cluster())).uid).not.toBe(0);
        await started.pop()?.stop();

        // and comes back when they are allowed again
        expect(await keptValue((await start()).url)).toEqual([{ value: 42 }]);
        await started.pop()?.stop();
      } finally {
        await rm(dataDir, { recursive: true });
      }
    });

    (asRoot ? it : it.skip)('names the three cures when there is no way', async () => {
      // The directory of the test run has mode 0700.
      await expect(start({ unshare: 'false' })).rejects.toThrow(
        /normal user; move the project and DATA_DIR .*; or set DATABASE_URL/,
      );
    });
  });
});

async function run(url: string, ...statements: string[]): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: unknown[] = [];
    for (const statement of statements) ({ rows } = await client.query<object>(statement));
    return rows;
  } finally {
    await client.end();
  }
}

/** A directory that every user may pass; removed by its test. */
async function publicDirectory(): Promise<string> {
  const directory = await mkdtemp('/tmp/payment-webhooks-public-');
  await chmod(directory, 0o755);
  return directory;
}

function othersReachTheProject(): boolean {
  try {
    // From the root on: whoever starts in a directory need not pass those above it.
    execFileSync('test', ['-r', path.resolve('package.json')], { uid: 65_534, gid: 65_534 });
    return true;
  } catch {
    return false;
  }
}

describe('the installed Postgres', () => {
  it('gets back the links that npm left out', async () => {
    const { postgres } = await loadBinaries();
    const installed = path.resolve(path.dirname(postgres), '..');
    const list = path.join(installed, 'pg-symlinks.json');
    const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
    const packageDir = await createTestDirectory();
    await mkdir(path.join(packageDir, 'native', 'lib'), { recursive: true });
    await cp(list, path.join(packageDir, 'native', 'pg-symlinks.json'));

    await restoreSymlinks(packageDir, 'a-package');
    await restoreSymlinks(packageDir, 'a-package');

    expect(links.length).toBeGreaterThan(0);
    for (const { source, target } of links) {
      const link = path.join(packageDir, target);
      const pointsTo = path.resolve(path.dirname(link), await readlink(link));
      expect(pointsTo).toBe(path.join(packageDir, source));
    }
  });
});
