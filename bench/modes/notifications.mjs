/** What telling the user's app costs, with one endpoint and with many, and how soon it is told. */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_TOKEN, service } from '../contestants/service.mjs';
import { endWithBench } from '../environment/children.mjs';
import { closedLoop } from '../load/closed-loop.mjs';
import { WORKLOADS } from '../load/events.mjs';
import { openLoop } from '../load/open-loop.mjs';
import { cpuSeconds } from '../measure/processes.mjs';
import { median } from '../measure/quantiles.mjs';
import { progress } from '../report/progress.mjs';
import { figure, table } from '../report/table.mjs';

/**
 * So many endpoints; what a paused one is to be told is written and not sent, which is what recording
 * itself pays.
 * @type {readonly To[]}
 */
const CASES = [
  { endpoints: 0, paused: false },
  { endpoints: 1, paused: true },
  { endpoints: 1, paused: false },
  { endpoints: 100, paused: false },
];
const WARM_UP_SECONDS = 4;
const EXPECTED = 10_000;
/** Seconds for which the rate of what is sent afterwards is measured. */
const DRAIN_SECONDS = 10;
const IDLE = { rate: 5, seconds: 20 };

/**
 * @typedef {{ endpoints: number, paused: boolean }} To
 * @typedef {To & { rate: number, cpu: number | null, sent: number | null }} Measured
 * @typedef {{ count: number, p50: number | null, p99: number | null }} Received
 */

/**
 * @param {import('../environment/postgres.mjs').Postgres} postgres
 * @param {import('../options.mjs').Options} options
 */
export async function run(postgres, { seconds, rounds }) {
  const receiver = fork(path.join(import.meta.dirname, '../load/receiver.worker.mjs'));
  endWithBench(receiver);
  const [{ port }] = await once(receiver, 'message');
  const report = async () => {
    receiver.send('report');
    const [received] = await once(receiver, 'message');
    return /** @type {Received} */ (received);
  };
  try {
    /** @type {Measured[]} */
    const measured = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const to of CASES) {
        progress(`round ${round + 1} of ${rounds}, endpoints: ${nameOf(to)}`);
        measured.push(
          await withService(postgres, { ...to, port }, (running) =>
            underLoad(running, { to, seconds, report }),
          ),
        );
      }
    }
    progress('waits for single events');
    const idle = await withService(
      postgres,
      { endpoints: 1, paused: false, port },
      async ({ urls }) => {
        // What the services before were still sending is no part of it.
        await report();
        const load = { urls, workload: WORKLOADS.generic, run: randomUUID(), reportEvery: 0 };
        await openLoop({ ...load, ...IDLE });
        await sleep(1000);
        return report();
      },
    );
    const failures =
      idle.count < IDLE.rate * IDLE.seconds
        ? [`only ${idle.count} of ${IDLE.rate * IDLE.seconds} single events were told`]
        : [];
    const result = { measured: CASES.map((to) => medians(to, measured)), idle };
    return { result, failures, text: textOf(result) };
  } finally {
    receiver.kill();
  }
}

/**
 * @template T
 * @param {import('../environment/postgres.mjs').Postgres} postgres
 * @param {To & { port: number }} to
 * @param {(running: import('../contestants/contestant.mjs').Running) => Promise<T>} measure
 */
async function withService(postgres, { endpoints, paused, port }, measure) {
  const database = await postgres.createDatabase('service');
  const environment = { NOTIFY_ALLOW_CIDRS: '127.0.0.0/8' };
  const running = await service('this service', { environment }).start({
    databaseUrl: database.url,
  });
  try {
    for (let n = 1; n <= endpoints; n += 1) {
      await createEndpoint(running.urls[0] ?? '', `http://127.0.0.1:${port}/${n}`, {
        name: `number-${n}`,
        paused,
      });
    }
    return await measure(running);
  } finally {
    await running.stop();
    await database.drop();
  }
}

async function createEndpoint(
  /** @type {string} */ service,
  /** @type {string} */ url,
  /** @type {{ name: string, paused: boolean }} */ { name, paused },
) {
  const ask = async (
    /** @type {string} */ method,
    /** @type {string} */ path,
    /** @type {object} */ body,
  ) => {
    const response = await fetch(`${service}/api/endpoints${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`an endpoint was refused: ${await response.text()}`);
    return /** @type {any} */ (await response.json());
  };
  const { id } = await ask('POST', '', { name, url });
  if (paused) await ask('PATCH', `/${id}`, { status: 'paused' });
}

/**
 * @param {import('../contestants/contestant.mjs').Running} running
 * @param {{ to: To, seconds: number, report: () => Promise<Received> }} options
 * @returns {Promise<Measured>}
 */
async function underLoad({ urls, pids }, { to, seconds, report }) {
  const load = (/** @type {number} */ duration) =>
    closedLoop({
      urls,
      workload: WORKLOADS.generic,
      run: randomUUID(),
      seconds: duration,
      expected: EXPECTED,
    });
  await load(WARM_UP_SECONDS);
  const before = cpuSeconds(pids);
  const { acknowledged, seconds: took } = await load(seconds);
  const after = cpuSeconds(pids);
  const cpu = before === null || after === null ? null : ((after - before) * 1e6) / acknowledged;
  let sent = null;
  if (to.endpoints > 0 && !to.paused) {
    await report();
    await sleep(DRAIN_SECONDS * 1000);
    sent = (await report()).count / DRAIN_SECONDS;
  }
  return { ...to, rate: acknowledged / took, cpu, sent };
}

function nameOf(/** @type {To} */ { endpoints, paused }) {
  return paused ? `${endpoints}, paused` : String(endpoints);
}

function medians(/** @type {To} */ to, /** @type {Measured[]} */ measured) {
  const own = measured.filter((m) => m.endpoints === to.endpoints && m.paused === to.paused);
  return {
    ...to,
    rate: median(own.map(({ rate }) => rate)) ?? 0,
    cpu: median(own.map(({ cpu }) => cpu)),
    sent: median(own.map(({ sent }) => sent)),
  };
}

/** @param {{ measured: Measured[], idle: Received }} result */
function textOf({ measured, idle }) {
  const alone = measured[0]?.rate ?? 0;
  const rows = measured.map(({ rate, cpu, sent, ...to }) => [
    nameOf(to),
    figure(rate),
    figure(rate / alone, 2),
    figure(cpu),
    figure(sent),
  ]);
  const header = ['endpoints', 'events/s', 'of that without', 'CPU µs', 'then notifications/s'];
  return [
    'Closed loop, generic, a payment for each event; each is told to every endpoint; what a paused one is to be told is written, and not sent. CPU is per event, of the service, what it sent meanwhile included. The last column is what was sent in the ten seconds afterwards: what it can do where enough was left, else the rest.',
    table(header, rows),
    `Of single events, ${figure(IDLE.rate)} a second, the app knew after ${figure(idle.p50)} ms (p50), ${figure(idle.p99)} ms (p99).`,
  ].join('\n\n');
}
