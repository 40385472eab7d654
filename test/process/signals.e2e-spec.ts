/** The service as it is built, told to end while it starts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  findRunningPostgres,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { acquireServiceLock } from '../../src/database/embedded/service-lock.js';
import { createTestDirectory } from '../support/database.js';

describe('a signal while the service starts', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await createTestDirectory();
    const data = path.join(directory, 'data');
    await (await startEmbeddedPostgres(data, { settings: { fsync: 'off' } })).stop();
  });

  const start = () => {
    const child = spawn(process.execPath, [path.resolve('dist/main.js')], {
      cwd: directory,
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return { child, exit: once(child, 'exit') as Promise<[number | null, string | null]> };
  };

  const isFree = async () => {
    const data = path.join(directory, 'data');
    expect(await findRunningPostgres(data)).toBeNull();
    await (await acquireServiceLock(data)).release();
  };

  it.each([200, 400, 600, 800, 1_000, 1_500])(
    'ends it, and the Postgres that it started, %i ms after its beginning',
    async (milliseconds) => {
      const { child, exit } = start();
      await sleep(milliseconds);
      child.kill('SIGTERM');
      const [code, signal] = await exit;
      // Node itself takes some 40 ms, and more where the machine is busy, until it can be told.
      expect(code === 0 || signal === 'SIGTERM').toBe(true);
      await isFree();
    },
  );

  it('ends it as one does that comes later', async () => {
    const { child, exit } = start();
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect(await exit).toEqual([0, null]);
    await isFree();
  });
});
