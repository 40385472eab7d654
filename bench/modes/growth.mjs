/** What becomes of the service when millions of events are stored. */
import { randomUUID } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { ADMIN_TOKEN, service } from '../contestants/service.mjs';
import { WORK } from '../environment/paths.mjs';
import { closedLoop } from '../load/closed-loop.mjs';
import { BODY_BYTES, WORKLOADS } from '../load/events.mjs';
import { median, quantile } from '../measure/quantiles.mjs';
import { cpuSeconds } from '../measure/processes.mjs';
import { countRows } from '../measure/rows.mjs';
import { plot } from '../report/plot.mjs';
import { progress } from '../report/progress.mjs';
import { figure, table } from '../report/table.mjs';
import { EVENTS_PER_PAYMENT, fill, SHORT_BODY } from './growth/fill.mjs';
import { apiReads } from './growth/reads.mjs';
import { sizes } from './growth/sizes.mjs';

/** Of the events at the end. */
const STEPS = [0, 0.1, 0.5, 1];
const READ_GOAL = 20;
const READ_TIMES = 20;
const WORKLOAD = WORKLOADS.generic;

/** Bytes on the disk for each event beside its body, all tables, indexes and the log; measured. */
const BYTES_PER_EVENT = 2200;

/**
 * @typedef {object} Step
 * @property {number} stored events before the load
 * @property {number | null} rate events per second
 * @property {number | null} p99 milliseconds
 * @property {number | null} cpu microseconds per event
 * @property {Awaited<ReturnType<typeof sizes>>} sizes
 * @property {{ name: string, path: string, p50: number | null, max: number | null }[]} reads
 */

/**
 * @param {import('../environment/postgres.mjs').Postgres} postgres
 * @param {import('../options.mjs').Options} options
 */
export async function run(postgres, { events, seconds, rounds }) {
  const bodyBytes = await affordableBody(events);
  const database = await postgres.createDatabase('service');
  /** @type {Step[]} */
  const steps = [];
  const failures = [];
  let filled = 0;
  for (const share of STEPS) {
    const target = Math.round((events * share) / EVENTS_PER_PAYMENT) * EVENTS_PER_PAYMENT;
    const range = { from: filled, to: target, total: events, bodyBytes };
    await fill(postgres, database, range, (done) =>
      progress(`fills: ${figure(done)} of ${figure(target)} events`),
    );
    filled = target;
    const { failures: failed, ...step } = await measure(database, { seconds, rounds });
    steps.push(step);
    failures.push(...failed);
  }
  await database.drop();
  const svg = plot({
    title: 'Events recorded per second, by events stored',
    x: 'events stored (millions)',
    y: 'events/s',
    points: steps.map(({ stored, rate }) => ({ x: stored / 1e6, y: rate ?? 0 })),
  });
  const picture = '\n\n![Events per second by events stored](performance-growth.svg)';
  const note =
    bodyBytes === BODY_BYTES
      ? ''
      : `\n\nThe disk has no room for ${figure(events)} events with bodies of ${BODY_BYTES} bytes: those filled in have ${bodyBytes}.`;
  return {
    result: { steps, bodyBytes },
    failures,
    text: textOf(steps) + note + picture,
    files: { 'performance-growth.svg': svg },
  };
}

/** Whole bodies where the disk has room for them, else short ones. */
async function affordableBody(/** @type {number} */ events) {
  const { bavail, bsize } = await statfs(WORK);
  const room = bavail * bsize * 0.8;
  const size = [BODY_BYTES, SHORT_BODY].find((body) => events * (BYTES_PER_EVENT + body) < room);
  if (size !== undefined) return size;
  const fits = Math.floor(room / (BYTES_PER_EVENT + SHORT_BODY) / 1e5) * 1e5;
  throw new Error(`The disk has no room for ${events} events. --events ${fits} would fit.`);
}

async function measure(
  /** @type {import('../environment/postgres.mjs').Database} */ database,
  /** @type {{ seconds: number, rounds: number }} */ { seconds, rounds },
) {
  const [{ stored }] = await database.query('SELECT count(*)::int AS stored FROM webhook_events');
  const contestant = service('this service');
  const at = `${figure(stored)} events stored`;
  progress(`${at}: sizes`);
  const size = await sizes(database);
  const running = await contestant.start({ databaseUrl: database.url });
  try {
    const results = [];
    const failures = [];
    for (let n = 0; n <= rounds; n += 1) {
      progress(`${at}: load ${n === 0 ? 'to warm up' : `${n}/${rounds}`}`);
      const before = cpuSeconds(running.pids);
      const load = await closedLoop({
        ...{ urls: running.urls, workload: WORKLOAD, run: randomUUID(), expected: 10_000 },
        seconds: n === 0 ? 3 : seconds,
      });
      const after = cpuSeconds(running.pids);
      const cpu = before === null || after === null ? null : (after - before) * 1e6;
      if (load.refused + load.broken > 0) {
        failures.push(`${at}: ${load.refused} events refused, ${load.broken} connections broken`);
      }
      for (const sent of load.runs) {
        const { missing } = await countRows(database, contestant.stored, { ...sent, tail: 640 });
        if (missing > 0) failures.push(`${at}: ${missing} acknowledged events are no rows`);
      }
      if (n > 0) results.push({ ...load, cpu: cpu === null ? null : cpu / load.acknowledged });
    }
    progress(`${at}: reads`);
    const reads = await timeReads(running.urls[0] ?? '', await apiReads(database));
    return {
      stored,
      rate: median(results.map((r) => r.acknowledged / r.seconds)),
      p99: median(results.map((r) => r.p99)),
      cpu: median(results.map((r) => r.cpu)),
      sizes: size,
      reads,
      failures,
    };
  } finally {
    await running.stop();
  }
}

/** Each read some times, one after the other; the first time does not count: nothing is prepared then. */
async function timeReads(
  /** @type {string} */ url,
  /** @type {{ name: string, path: string }[]} */ reads,
) {
  const headers = { Authorization: `Bearer ${ADMIN_TOKEN}` };
  const timed = [];
  for (const { name, path } of reads) {
    const times = [];
    for (let i = 0; i <= READ_TIMES; i += 1) {
      const begin = performance.now();
      const response = await fetch(url + path, { headers });
      await response.arrayBuffer();
      // What takes longer than the service lets it is answered 503.
      if (!response.ok && response.status !== 503) {
        throw new Error(`GET ${path} answered ${response.status}`);
      }
      const time = performance.now() - begin;
      if (i > 0) times.push(time);
      // A read that takes seconds need not be repeated to be known as slow.
      if (i > 0 && time > 1000) break;
    }
    times.sort((a, b) => a - b);
    timed.push({ name, path, p50: quantile(times, 0.5), max: quantile(times, 1) });
  }
  return timed;
}

function textOf(/** @type {Step[]} */ steps) {
  const columns = steps.map(({ stored }) => figure(stored));
  const gib = (/** @type {number} */ bytes) => figure(bytes / 2 ** 30, 2);
  const load = table(
    ['events stored', ...columns],
    [
      ['events/s', ...steps.map((s) => figure(s.rate))],
      ['p99 ms', ...steps.map((s) => figure(s.p99, 1))],
      ['CPU µs per event', ...steps.map((s) => figure(s.cpu))],
      ['tables GiB', ...steps.map((s) => gib(s.sizes.tables))],
      ['indexes GiB', ...steps.map((s) => gib(s.sizes.indexes))],
    ],
  );
  const [first] = steps;
  const reads = table(
    ['read, p50 ms', ...columns],
    (first?.reads ?? []).map(({ name }, i) => [
      name,
      ...steps.map((s) => {
        const { p50 } = s.reads[i] ?? { p50: null };
        return `${figure(p50, 1)}${p50 !== null && p50 > READ_GOAL ? ' !' : ''}`;
      }),
    ]),
  );
  const last = steps.at(-1);
  const largest = table(
    ['largest, at the end', 'GiB'],
    (last?.sizes.largest ?? []).map(({ name, bytes }) => [name, gib(bytes)]),
  );
  const slow = (last?.reads ?? []).filter(({ p50 }) => (p50 ?? 0) > READ_GOAL);
  const verdict =
    slow.length === 0
      ? `Every read takes less than ${READ_GOAL} ms.`
      : `Above ${READ_GOAL} ms: ${slow.map(({ name, path }) => `${name} (\`${path}\`)`).join('; ')}.`;
  return [load, reads, verdict, largest].join('\n\n');
}
