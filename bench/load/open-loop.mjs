/** Open loop: events at a fixed rate from a process of its own. */
import { fork } from 'node:child_process';
import path from 'node:path';
import { endWithBench } from '../environment/children.mjs';

/**
 * @typedef {object} OpenLoopLoad
 * @property {string[]} urls one per instance, used in turn
 * @property {import('./events.mjs').Workload} workload
 * @property {string} run
 * @property {number} rate events per second
 * @property {number} seconds
 * @property {number} reportEvery seconds between reports; 0 for none
 *
 * @typedef {object} OpenLoopResult
 * @property {number} sent
 * @property {number} acknowledged
 * @property {number[]} unanswered numbers of the events without a 2xx
 * @property {number | null} p50 milliseconds from the moment an event was due; likewise the others
 * @property {number | null} p99
 * @property {number | null} p999
 * @property {number | null} max
 *
 * @typedef {{ second: number, acknowledged: number, unanswered: number, p50: number | null, p99: number | null }} Interval
 */

/**
 * @param {OpenLoopLoad} load
 * @param {(interval: Interval) => void} [onInterval]
 * @returns {Promise<OpenLoopResult>}
 */
export function openLoop(load, onInterval) {
  const worker = path.join(import.meta.dirname, 'open-loop.worker.mjs');
  return new Promise((resolve, reject) => {
    /** @type {OpenLoopResult | undefined} */
    let result;
    const child = fork(worker, [JSON.stringify(load)]);
    endWithBench(child);
    child.on('message', (message) => {
      const { kind, ...rest } = /** @type {any} */ (message);
      if (kind === 'interval') onInterval?.(rest);
      else result = rest;
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (result) resolve(result);
      else reject(new Error(`the load generator ended with ${code}`));
    });
  });
}
