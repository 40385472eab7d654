/** Where a request's microseconds go: the service under load with V8's sampling profiler. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { service } from '../contestants/service.mjs';
import { WORK } from '../environment/paths.mjs';
import { closedLoop } from '../load/closed-loop.mjs';
import { cpuSeconds } from '../measure/processes.mjs';
import { progress } from '../report/progress.mjs';
import { figure, table } from '../report/table.mjs';
import { selfTimes } from './profile/self-times.mjs';

const TOP = 40;
const WARM_UP_SECONDS = 15;

/**
 * @param {import('../environment/postgres.mjs').Postgres} postgres
 * @param {import('../options.mjs').Options} options
 */
export async function run(postgres, { entries, seconds }) {
  const workload = (entries.find(({ contestant }) => contestant.schema === 'service') ?? entries[0])
    ?.workload;
  if (workload === undefined) throw new Error('--only names nothing to profile.');
  const directory = path.join(WORK, 'profile');
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const flags = ['--cpu-prof', `--cpu-prof-dir=${directory}`, '--cpu-prof-interval=500'];
  const database = await postgres.createDatabase('service');
  const running = await service('this service', { flags }).start({ databaseUrl: database.url });
  let window;
  let load;
  let cpu;
  try {
    const { urls, pids } = running;
    progress('warms up');
    const expected = 10_000;
    const warmUp = { urls, workload, run: randomUUID(), seconds: WARM_UP_SECONDS, expected };
    await closedLoop(warmUp);
    progress('profiles');
    const before = cpuSeconds(pids);
    load = await closedLoop({ urls, workload, run: randomUUID(), seconds, expected });
    const end = monotonicMicroseconds();
    window = { begin: end - load.seconds * 1e6, end };
    const after = cpuSeconds(pids);
    cpu = before === null || after === null ? null : ((after - before) * 1e6) / load.acknowledged;
  } finally {
    await running.stop(); // writes the profile
    await database.drop();
  }
  const [file = ''] = await readdir(directory);
  const profile = JSON.parse(await readFile(path.join(directory, file), 'utf8'));
  const times = selfTimes(profile, window);
  const events = load.acknowledged;
  const perEvent = (/** @type {{ name: string, microseconds: number }[]} */ list) =>
    list.map(({ name, microseconds }) => ({ name, microseconds: microseconds / events }));
  const result = {
    source: workload.source,
    events,
    rate: events / load.seconds,
    cpu,
    places: perEvent(times.places),
    functions: perEvent(times.functions).slice(0, TOP),
  };
  return { result, failures: [], text: textOf(result) };
}

/** The clock that V8 stamps its samples with. */
function monotonicMicroseconds() {
  return Number(process.hrtime.bigint() / 1000n);
}

/**
 * @param {{ source: string, events: number, rate: number, cpu: number | null,
 *   places: { name: string, microseconds: number }[],
 *   functions: { name: string, microseconds: number }[] }} result
 */
function textOf({ source, events, rate, cpu, places, functions }) {
  const rows = (/** @type {{ name: string, microseconds: number }[]} */ list) =>
    list
      .filter(({ microseconds }) => microseconds >= 0.5)
      .map(({ name, microseconds }) => [name, figure(microseconds, 1)]);
  return [
    `Source ${source}, ${figure(events)} events at ${figure(rate)}/s, profiled every 0.5 ms. ` +
      `CPU of all threads ${figure(cpu)} µs per event; below is the main thread, where (program) is ` +
      `native code without a JavaScript function, such as system calls.`,
    table(['place', 'µs per event'], rows(places)),
    table(['function (self time)', 'µs per event'], rows(functions)),
  ].join('\n\n');
}
