import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import {
  findRunningPostgres,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { acquireServiceLock } from '../../src/database/embedded/service-lock.js';
import { createTestDirectory } from '../support/database.js';

/** The commands as they are built: `npm test` builds before it tests. */
describe('the commands', () => {
  let prepared: string;
  let directory: string;
  let dataDir: string;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    prepared = await createTestDirectory();
    await (await startEmbeddedPostgres(prepared, { settings: { fsync: 'off' } })).stop();
  });
  beforeEach(async () => {
    directory = await createTestDirectory();
    // A directory of its own, so that no .env of the project is read.
    dataDir = path.join(directory, 'data');
    await cp(prepared, dataDir, { recursive: true });
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  const command = (name: string, args: string[], environment: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [path.resolve(`dist/cli/${name}.js`), ...args], {
      cwd: directory,
      env: { ...process.env, DATA_DIR: dataDir, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const result = { child, stdout: '', stderr: '', exit: once(child, 'close') };
    child.stdout.on('data', (chunk: Buffer) => (result.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (result.stderr += chunk.toString()));
    return result;
  };
  const studioAddress = async (studio: ReturnType<typeof command>): Promise<string> => {
    for (;;) {
      const address = /^studio {2}(http\S+)/m.exec(studio.stdout)?.[1];
      if (address !== undefined) return address;
      const [event] = await Promise.race([
        once(studio.child.stdout as NodeJS.EventEmitter, 'data'),
        studio.exit.then(() => ['exit']),
      ]);
      if (event === 'exit') throw new Error(studio.stderr);
    }
  };
  /** What Studio's page asks of its server. 25006 is Postgres' read_only_sql_transaction. */
  const query = async (address: string, sql: string): Promise<string> => {
    const response = await fetch(`${address.replace('localhost', '127.0.0.1')}/bff`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ procedure: 'query', query: { sql, parameters: [] } }),
    });
    return response.text();
  };

  describe('studio', () => {
    it('shows the database, does not change it, and ends what it started', async () => {
      const studio = command('studio', ['--port', await freePort()]);
      const address = await studioAddress(studio);

      expect(studio.stdout).toMatch(/read-only/);
      expect(await query(address, 'SELECT 42 AS answer')).toContain('42');
      expect(await query(address, 'CREATE TABLE t ()')).toContain('25006');
      await expect(acquireServiceLock(dataDir)).rejects.toThrow('in use by process');

      studio.child.kill('SIGINT');
      expect(await studio.exit).toEqual([0, null]);
      expect(await findRunningPostgres(dataDir)).toBeNull();
      await (await acquireServiceLock(dataDir)).release();
    });

    it('changes it with --write, beside a service that runs', async () => {
      const lock = await acquireServiceLock(dataDir);
      const service = await startEmbeddedPostgres(dataDir);
      try {
        const studio = command('studio', ['--write', '--port', await freePort()]);
        const address = await studioAddress(studio);
        expect(await query(address, 'CREATE TABLE t ()')).not.toContain('25006');

        studio.child.kill('SIGTERM');
        expect(await studio.exit).toEqual([0, null]);
        expect(await findRunningPostgres(dataDir)).toBe(service.url);
      } finally {
        await service.stop();
        await lock.release();
      }
    });

    it('says why it cannot: a port that is taken', async () => {
      const squatter = createServer();
      squatter.listen(0, '127.0.0.1');
      await once(squatter, 'listening');
      const { port } = squatter.address() as AddressInfo;
      const studio = command('studio', ['--port', String(port)]);

      expect(await studio.exit).toEqual([1, null]);
      expect(studio.stderr).toMatch(new RegExp(`studio: .*${port}`, 's'));
      squatter.close();
    });
  });

  describe('reset', () => {
    it('removes what is ours, and nothing else', async () => {
      for (const name of ['generated-secrets.json', 'postgres.log.old', 'notes.txt']) {
        await writeFile(path.join(dataDir, name), '{}');
      }
      await mkdir(path.join(dataDir, 'backups'));

      const reset = command('reset', ['--yes']);

      expect(await reset.exit).toEqual([0, null]);
      expect((await readdir(dataDir)).sort()).toEqual(['backups', 'notes.txt']);
    });

    it('stops a Postgres that was left behind', async () => {
      await startEmbeddedPostgres(dataDir);

      const reset = command('reset', ['--yes']);

      expect(await reset.exit).toEqual([0, null]);
      expect(await readdir(dataDir)).toEqual([]);
    });

    it('refuses while a service runs', async () => {
      const lock = await acquireServiceLock(dataDir);

      const reset = command('reset', ['--yes']);

      expect(await reset.exit).toEqual([1, null]);
      expect(reset.stderr).toContain(`in use by process ${process.pid}`);
      expect(await readdir(dataDir)).toContain('postgres');
      await lock.release();
    });

    it('refuses a database of somebody else', async () => {
      const reset = command('reset', ['--yes'], { DATABASE_URL: 'postgresql://u:p@127.0.0.1:1/d' });

      expect(await reset.exit).toEqual([1, null]);
      expect(reset.stderr).toContain('DATABASE_URL is set');
    });

    it('does not do it unasked', async () => {
      const reset = command('reset', []);

      expect(await reset.exit).toEqual([2, null]);
      expect(reset.stderr).toContain('--yes');
      expect(await readdir(dataDir)).toContain('postgres');
    });
  });
});

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return String(port);
}
