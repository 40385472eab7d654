import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { transformFile } from '@swc/core';
import { acquireServiceLock, DataDirInUseError } from '../../src/database/embedded/service-lock.js';
import { processStart } from '../../src/database/embedded/processes.js';
import { createTestDirectory } from '../support/database.js';

describe('service.lock', () => {
  let dataDir: string;
  const file = (): string => path.join(dataDir, 'service.lock');
  const hold = (holder: { pid: number; started: string; namespace?: string }): Promise<void> =>
    writeFile(file(), JSON.stringify({ ...holder, id: 'an-id' }));

  beforeEach(async () => {
    dataDir = await createTestDirectory();
  });

  it('is private, names this process, and goes when released', async () => {
    const lock = await acquireServiceLock(dataDir);

    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('held by a living process is refused and names it', async () => {
    const lock = await acquireServiceLock(dataDir);

    const refused = acquireServiceLock(dataDir);

    await expect(refused).rejects.toThrow(DataDirInUseError);
    await expect(refused).rejects.toThrow(`in use by process ${process.pid}`);
    await lock.release();
    await (await acquireServiceLock(dataDir)).release();
  });

  it('is the same one by another spelling of the directory', async () => {
    const lock = await acquireServiceLock(dataDir);
    const alias = `${dataDir}-alias`;
    await symlink(dataDir, alias);

    await expect(acquireServiceLock(alias)).rejects.toThrow('in use by process');
    await lock.release();
  });

  it('of a dead process is taken over', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    await hold({ pid: child.pid ?? 0, started: 'some time' });

    const lock = await acquireServiceLock(dataDir);

    expect(JSON.parse(await readFile(file(), 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('whose number belongs to another process by now is taken over', async () => {
    const started = await processStart(process.ppid);
    await hold({ pid: process.ppid, started: `${started}0` });
    await (await acquireServiceLock(dataDir)).release();

    await hold({ pid: process.ppid, started: String(started) });
    await expect(acquireServiceLock(dataDir)).rejects.toThrow(`process ${process.ppid}`);
  });

  it.each(['', 'not json', '{}', '{"pid":"1"}'])('that holds %j holds nobody', async (content) => {
    await writeFile(file(), content);
    await (await acquireServiceLock(dataDir)).release();
  });

  describe('of another container, where its number is that of somebody else', () => {
    const elsewhere = { started: 'some time', namespace: 'pid:[1]' };

    it('is refused as long as it has a pulse, and names the process', async () => {
      await hold({ pid: 17, ...elsewhere });
      const holder = setInterval(() => {
        const now = new Date();
        void utimes(file(), now, now);
      }, 1_000);

      const refused = acquireServiceLock(dataDir);
      await expect(refused).rejects.toThrow('in use by process 17 of another container');
      clearInterval(holder);
    });

    it('is taken over when it has none, though a process with its number lives here', async () => {
      await hold({
        ...{ pid: process.pid, started: (await processStart(process.pid))! },
        namespace: 'pid:[1]',
      });
      const lock = await acquireServiceLock(dataDir);
      expect(JSON.parse(await readFile(file(), 'utf8'))).not.toMatchObject({ id: 'an-id' });
      await lock.release();
    });

    it('sees the pulse of this one', async () => {
      const lock = await acquireServiceLock(dataDir);
      const { mtimeMs } = await stat(file());
      await sleep(2_500);
      expect((await stat(file())).mtimeMs).toBeGreaterThan(mtimeMs);
      await lock.release();
    });
  });

  it('is not removed by one who no longer holds it', async () => {
    const lock = await acquireServiceLock(dataDir);
    const other = JSON.stringify({ pid: process.ppid, started: 'x', id: 'other' });
    await writeFile(file(), other);

    await lock.release();

    expect(await readFile(file(), 'utf8')).toBe(other);
  });

  it('in a directory that cannot be made: an error that names DATA_DIR', async () => {
    await writeFile(path.join(dataDir, 'file'), '');
    await expect(acquireServiceLock(path.join(dataDir, 'file', 'data'))).rejects.toThrow(
      /DATA_DIR .* cannot be written .*set DATA_DIR/,
    );
  });

  it('of a dead process has one heir, however many take it over at once', async () => {
    for (let round = 0; round < 10; round++) {
      await hold({ pid: 999_999_999, started: 'some time' });

      // At slightly different times: one who comes while another is taking over is the danger.
      const takers = Array.from({ length: 40 }, async (_, index) => {
        await sleep(index);
        return acquireServiceLock(dataDir);
      });
      const ends = await Promise.allSettled(takers);

      const heirs = ends.filter((end) => end.status === 'fulfilled');
      expect(heirs).toHaveLength(1);
      await heirs[0]?.value.release();
      expect(await readdir(dataDir)).toEqual([]);
    }
  });

  it('has one holder at a time, of many processes that race for it, and of killed ones too', async () => {
    const program = await compileRacer(await createTestDirectory());
    const ends = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const racer = spawn(process.execPath, [program, dataDir], {
          stdio: ['ignore', 'inherit', 'inherit'],
        });
        return (await once(racer, 'exit')) as [number | null, string | null];
      }),
    );

    // Each ends holding the lock, killed by itself, so that the next finds a dead holder.
    expect(ends).toEqual(Array.from({ length: 6 }, () => [null, 'SIGKILL']));
    const log = (await readFile(path.join(dataDir, 'log'), 'utf8')).trim().split('\n');
    const pairs = log.map((line) => line.split(' '));
    expect(pairs).toHaveLength(6 * 20 * 2);
    for (let i = 0; i < pairs.length; i += 2) {
      const [[begin, holder] = [], [end, same] = []] = [pairs[i], pairs[i + 1]];
      expect([begin, end, same]).toEqual(['begin', 'end', holder]);
    }
  });
});

/** A program of its own: takes the lock twenty times, writes when it has it, and is killed at the end. */
async function compileRacer(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  await writeFile(path.join(directory, 'package.json'), '{"type":"module"}');
  for (const name of [
    'database/embedded/service-lock',
    'database/embedded/files',
    'database/embedded/processes',
    'files/private-files',
  ]) {
    const { code } = await transformFile(path.resolve('src', `${name}.ts`));
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, `${name}.js`), code);
  }
  const program = path.join(directory, 'racer.js');
  await writeFile(
    program,
    `import { appendFileSync } from 'node:fs';
     import { setTimeout as sleep } from 'node:timers/promises';
     import { acquireServiceLock } from './database/embedded/service-lock.js';
     const dataDir = process.argv[2];
     const say = (word) => appendFileSync(dataDir + '/log', word + ' ' + process.pid + '\\n');
     for (let round = 1; round <= 20; ) {
       const lock = await acquireServiceLock(dataDir).catch((error) => {
         if (error.name !== 'DataDirInUseError') throw error;
         return null;
       });
       if (lock === null) { await sleep(1); continue; }
       say('begin');
       await sleep(1);
       say('end');
       if (round++ === 20) process.kill(process.pid, 'SIGKILL');
       await lock.release();
     }`,
  );
  return program;
}
