/** The Django original under gunicorn, where Python has what it needs. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { answers, freePort, start, stop } from '../environment/children.mjs';
import { SECRETS } from '../load/events.mjs';
import { storedByPeer } from './nest.mjs';

const WORKERS = 4;
/** Debian's packages belong to the second one, which need not be the first in PATH. */
const PYTHONS = ['python3', '/usr/bin/python3'];
const VERSIONS = `import django, gunicorn, platform, psycopg2
print(f"Python {platform.python_version()}, Django {django.__version__}, gunicorn {gunicorn.__version__}, psycopg2 {psycopg2.__version__.split()[0]}")`;

/** The Python that has Django, gunicorn and psycopg2, with their versions; null where none has. */
export function findPython() {
  for (const program of PYTHONS) {
    const { status, stdout } = spawnSync(program, ['-c', VERSIONS], { encoding: 'utf8' });
    if (status === 0) return { program, versions: stdout.trim() };
  }
  return null;
}

/** @type {import('./contestant.mjs').Contestant} */
export const django = {
  name: 'Django + gunicorn, transaction per event',
  schema: path.join(import.meta.dirname, 'schema.sql'),
  stored: storedByPeer,
  unavailable: () =>
    findPython()
      ? null
      : 'python3 has no django, gunicorn and psycopg2 (Debian: apt install python3-django gunicorn python3-psycopg2)',
  async start({ databaseUrl }) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const args = ['-m', 'gunicorn', '--workers', String(WORKERS), '--bind', `127.0.0.1:${port}`]
      .concat(['--worker-class', 'gthread', '--threads', '8', '--keep-alive', '65'])
      .concat(['--log-level', 'error', '--chdir', path.join(import.meta.dirname, 'django')])
      .concat(['app:application']);
    const started = start(findPython()?.program ?? 'python3', args, {
      DATABASE_URL: databaseUrl,
      SECRET: SECRETS.generic,
      PYTHONDONTWRITEBYTECODE: '1',
    });
    await answers(started, url);
    return { urls: [url], pids: [started.child.pid ?? 0], stop: () => stop(started.child) };
  },
};
