/** The service for a long time at a fixed rate: what becomes of its memory and its answers. */
import { randomUUID } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { service } from '../contestants/service.mjs';
import { WORK } from '../environment/paths.mjs';
import { WORKLOADS } from '../load/events.mjs';
import { openLoop } from '../load/open-loop.mjs';
import { cpuSeconds, peakMemory, residentMemory } from '../measure/processes.mjs';
import { countRows } from '../measure/rows.mjs';
import { progress } from '../report/progress.mjs';
import { figure, table } from '../report/table.mjs';

/** @typedef {import('../load/open-loop.mjs').Interval} Interval */

const LINES = 30;
/** On the disk, with indexes and the log. */
const BYTES_PER_EVENT = 4000;

/**
 * @param {import('../environment/postgres.mjs').Postgres} postgres
 * @param {import('../options.mjs').Options} options
 */
export async function run(postgres, { seconds, rate }) {
  const { bavail, bsize } = await statfs(WORK);
  if (seconds * rate * BYTES_PER_EVENT > bavail * bsize) {
    throw new Error(
      `The disk has no room for ${figure(seconds * rate)} events. Give fewer --seconds.`,
    );
  }
  const database = await postgres.createDatabase('service');
  const contestant = service('this service');
  const running = await contestant.start({ databaseUrl: database.url });
  try {
    const { urls, pids } = running;
    const id = randomUUID();
    const began = cpuSeconds(pids);
    let cpuBefore = began;
    let acknowledgedBefore = 0;
    /** @type {(Interval & { events: number, memory: number | null, cpu: number | null })[]} */
    const intervals = [];
    const reportEvery = Math.max(1, Math.floor(seconds / LINES));
    const workload = WORKLOADS['generic-lifecycle'];
    const load = { urls, workload, run: id, rate, seconds, reportEvery };
    const result = await openLoop(load, (interval) => {
      const cpu = cpuSeconds(pids);
      const events = interval.acknowledged - acknowledgedBefore;
      const spent = cpu === null || cpuBefore === null ? null : ((cpu - cpuBefore) * 1e6) / events;
      intervals.push({ ...interval, events, memory: residentMemory(pids), cpu: spent });
      [cpuBefore, acknowledgedBefore] = [cpu, interval.acknowledged];
      progress(`${figure(interval.second)} of ${figure(seconds)} s`);
    });
    const counted = await countRows(database, contestant.stored, { run: id, ...result });
    const failures = [];
    if (counted.missing > 0) failures.push(`${counted.missing} acknowledged events are no rows`);
    if (result.unanswered.length > 0) {
      failures.push(`${result.unanswered.length} events were not acknowledged`);
    }
    const peak = peakMemory(pids);
    const total = {
      ...{ sent: result.sent, acknowledged: result.acknowledged, rows: counted.rows },
      ...{ p50: result.p50, p99: result.p99, p999: result.p999, max: result.max, peak },
    };
    return { result: { rate, total, intervals }, failures, text: textOf(rate, total, intervals) };
  } finally {
    await running.stop();
    await database.drop();
  }
}

/**
 * @param {number} rate events per second
 * @param {Record<string, number | null>} total
 * @param {any[]} intervals
 */
function textOf(rate, total, intervals) {
  const rows = intervals.map((i) => [
    figure(i.second),
    figure(i.events),
    figure(i.memory),
    figure(i.cpu),
    figure(i.p50, 1),
    figure(i.p99, 1),
    figure(i.unanswered),
  ]);
  return [
    `Open loop, ${figure(rate)} events/s, three events per payment. Latency from the moment an event was due.`,
    table(['second', 'events', 'RSS MiB', 'CPU µs', 'p50 ms', 'p99 ms', 'unanswered so far'], rows),
    `${figure(total.acknowledged)} of ${figure(total.sent)} events acknowledged, ${figure(total.rows)} rows verified. ` +
      `p50 ${figure(total.p50, 1)}, p99 ${figure(total.p99, 1)}, p99.9 ${figure(total.p999, 1)}, ` +
      `greatest ${figure(total.max, 1)} ms. Peak ${figure(total.peak)} MiB.`,
  ].join('\n\n');
}
