/** On what a figure was measured; without it the figure means nothing. */
import { spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findPython } from '../contestants/django.mjs';
import { generatorName } from '../load/closed-loop.mjs';
import { median } from '../measure/quantiles.mjs';
import { ROOT, WORK } from './paths.mjs';

/**
 * @param {import('./postgres.mjs').Postgres} postgres
 * @returns {Promise<string[]>} one line for each thing
 */
export async function describeMachine(postgres) {
  const cpus = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return [
    `${new Date().toISOString().slice(0, 10)}, commit ${commit()}`,
    `${cpus.length} × ${cpus[0]?.model ?? 'unknown CPU'}, ${memory} GiB, ${os.type()} ${os.release()}`,
    `load average before: ${os.loadavg()[0]?.toFixed(2)}${isBusy() ? ' (other work was going on: compare nothing with this)' : ''}`,
    `disk: write and fdatasync of 8 KiB takes ${diskSync().toFixed(2)} ms (median of 200)`,
    `Node ${process.versions.node}; ${packages()}`,
    `Postgres ${postgres.version}, embedded, its default settings; fsync, synchronous_commit, full_page_writes on`,
    `load by ${generator()}; server, Postgres and load share the machine`,
    findPython()?.versions ?? 'Python without Django',
  ];
}

/** Whether something else takes more than a quarter of the machine. */
function isBusy() {
  return (os.loadavg()[0] ?? 0) > os.cpus().length / 4;
}

function packages() {
  const names = ['@nestjs/core', 'express', '@prisma/client', 'pg'];
  return names
    .map((name) => {
      const file = path.join(ROOT, 'node_modules', name, 'package.json');
      return `${name} ${JSON.parse(readFileSync(file, 'utf8')).version}`;
    })
    .join(', ');
}

function generator() {
  const name = generatorName();
  if (name === 'autocannon') return 'autocannon';
  const { stdout, stderr } = spawnSync('wrk', ['-v'], { encoding: 'utf8' });
  return /wrk \S+/.exec(stdout + stderr)?.[0] ?? name;
}

function commit() {
  const git = spawnSync('git', ['describe', '--always', '--dirty'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return git.status === 0 ? git.stdout.trim() : 'unknown';
}

/** Milliseconds. Every commit waits for such a write, so it bounds what one event at a time can do. */
function diskSync() {
  const file = path.join(WORK, 'sync-test');
  const page = Buffer.alloc(8192, 1);
  const fd = openSync(file, 'w');
  const times = [];
  for (let i = 0; i < 200; i += 1) {
    const begin = performance.now();
    writeSync(fd, page);
    fdatasyncSync(fd);
    times.push(performance.now() - begin);
  }
  closeSync(fd);
  rmSync(file);
  return median(times) ?? 0;
}
