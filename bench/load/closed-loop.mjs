/**
 * Closed loop: so many connections, each sending the next event when the one before was answered. The
 * generator is a process of its own: wrk where it is installed, else autocannon.
 */
import { spawnSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { WORK } from '../environment/paths.mjs';
import { start } from '../environment/children.mjs';
import { once } from 'node:events';
import { writeEventFile } from './event-file.mjs';

export const CONNECTIONS = 64;

/** @returns {'wrk' | 'autocannon'} */
export function generatorName() {
  return spawnSync('wrk', ['-v']).error === undefined ? 'wrk' : 'autocannon';
}

/**
 * @typedef {object} ClosedLoopResult
 * @property {number} seconds
 * @property {number} acknowledged answered by 2xx
 * @property {number} refused answered by anything else
 * @property {number} broken connections that ended, and timeouts
 * @property {boolean} ranOut the events were used up before the time was
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 * @property {{ run: string, sent: number }[]} runs what was sent: events 0 to sent - 1 of each run
 */

/**
 * @param {object} load
 * @param {string[]} load.urls one per instance; each gets an equal share
 * @param {import('./events.mjs').Workload} load.workload
 * @param {string} load.run
 * @param {number} load.seconds
 * @param {number} load.expected events per second at most
 * @returns {Promise<ClosedLoopResult>}
 */
export async function closedLoop({ urls, workload, run, seconds, expected }) {
  const count = Math.ceil((expected * seconds) / urls.length) + 1000;
  const shares = urls.map((url, i) => ({
    port: new URL(url).port,
    run: `${run}.${i}`,
    file: path.join(WORK, `events.${i}.bin`),
  }));
  for (const { file, run } of shares) writeEventFile(file, { workload, run, first: 0, count });
  const result = path.join(WORK, 'load.json');
  await rm(result, { force: true });

  const { child, said } = start(...generator(urls, seconds), {
    EVENT_FILES: shares.map(({ file }) => file).join(','),
    PORTS: shares.map(({ port }) => port).join(','),
    RESULT: result,
    CONNECTIONS: String(CONNECTIONS),
    SECONDS: String(seconds),
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${child.spawnfile} ended with ${code}. It said:\n${said()}`);

  const told = JSON.parse(await readFile(result, 'utf8'));
  return {
    seconds: told.microseconds / 1e6,
    acknowledged: told.answers - told.refused,
    refused: told.refused,
    broken: told.broken,
    ranOut: told.ranOut,
    p50: told.p50,
    p99: told.p99,
    runs: shares.map(({ run }, i) => ({ run, sent: told.sent[i] })),
  };
}

/** @returns {[string, string[]]} a program with its arguments; the rest it takes from the environment */
function generator(/** @type {string[]} */ urls, /** @type {number} */ seconds) {
  if (generatorName() === 'autocannon') {
    return [process.execPath, [path.join(import.meta.dirname, 'autocannon.worker.mjs')]];
  }
  const script = path.join(import.meta.dirname, 'wrk.lua');
  const load = ['-t', String(urls.length), '-c', String(CONNECTIONS), '-d', `${seconds}s`];
  return ['wrk', [...load, '--timeout', '10s', '-s', script, urls[0] ?? '']];
}
