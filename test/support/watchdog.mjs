// Waits for the end of a Jest run, then stops every Postgres that it left below a directory and
// removes the directory. The end is seen by the pipe from Jest closing, so it is also seen when Jest
// is killed or crashes.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [directory] = process.argv.slice(2);

process.stdin.resume().once('close', async () => {
  // Nothing in here is kept, so nothing needs an orderly end.
  for (const pid of postmasters()) process.kill(pid, 'SIGKILL');
  for (let i = 0; i < 200 && postmasters().length > 0; i++) await sleep(10);
  rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});

/** The Postgres servers whose cluster is <directory>/<data directory>/postgres. */
function postmasters() {
  return readdirSync(directory)
    .map((name) => firstLine(path.join(directory, name, 'postgres', 'postmaster.pid')))
    .filter((pid) => pid > 0 && commandLine(pid).includes(directory));
}

function firstLine(file) {
  try {
    return parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return 0;
  }
}

// A number alone may by now be another process's.
function commandLine(pid) {
  try {
    return process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
