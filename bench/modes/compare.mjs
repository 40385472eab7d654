/** Every contestant, interleaved: closed loop, open loop, rows. The figures of one run compare. */
import { randomUUID } from 'node:crypto';
import { bareHttp } from '../contestants/bare-http.mjs';
import { ENTRIES } from '../contestants/index.mjs';
import { service } from '../contestants/service.mjs';
import { CONNECTIONS, closedLoop } from '../load/closed-loop.mjs';
import { openLoop } from '../load/open-loop.mjs';
import { cpuSeconds, peakMemory } from '../measure/processes.mjs';
import { median } from '../measure/quantiles.mjs';
import { countRows } from '../measure/rows.mjs';
import { differingRows } from '../measure/same-rows.mjs';
import { progress } from '../report/progress.mjs';
import { figure, table } from '../report/table.mjs';
import { run as measureReady } from './ready.mjs';

/** Events per second; 2,283 is the peak of all of Stripe on Black Friday 2024. */
const RATES = [500, 1000, 2000, 2283, 3000];
/**
 * V8 compiles what is run often beside it, with a third of a core for the first ten seconds. Whoever runs a
 * service does so for days, so everybody is measured after that.
 */
const WARM_UP_SECONDS = 15;
const WARM_UP_EXPECTED = 8_000;
/** wrk does not tell which events were under way at its end; these are the last of each run. */
const TAIL = CONNECTIONS * 20;

/**
 * @typedef {import('../contestants/index.mjs').Entry} Entry
 *
 * @typedef {object} Round
 * @property {number} rate events per second
 * @property {number} p50 milliseconds
 * @property {number} p99
 * @property {number | null} cpu microseconds of the server per event
 * @property {number | null} postgresCpu microseconds of Postgres per event
 * @property {number | null} memory MiB, the greatest
 * @property {number} rows verified
 * @property {{ rate: number, p50: number | null, p99: number | null, max: number | null, unanswered: number }[]} open
 * @property {string[]} failures
 */

/**
 * @param {import('../environment/postgres.mjs').Postgres} postgres
 * @param {import('../options.mjs').Options} options
 */
export async function run(postgres, options) {
  const skipped = options.entries.flatMap(({ contestant }) => contestant.unavailable() ?? []);
  const entries = options.entries.filter(({ contestant }) => contestant.unavailable() === null);
  for (const { contestant } of entries) await contestant.prepare?.();

  const failures = await checkCeiling(postgres, entries);
  /** @type {Map<Entry, Round[]>} */
  const rounds = new Map(entries.map((entry) => [entry, []]));
  for (let n = 0; n < options.rounds; n += 1) {
    // Whoever comes after the same neighbour each time could inherit its disk writes.
    const order = [...entries.slice(n % entries.length), ...entries.slice(0, n % entries.length)];
    for (const entry of order) {
      const where = `round ${n + 1}/${options.rounds}, ${entry.contestant.name}`;
      const round = await measure(postgres, entry, options, (what) =>
        progress(`${where}: ${what}`),
      );
      rounds.get(entry)?.push(round);
      failures.push(...round.failures.map((failure) => `${where}: ${failure}`));
    }
  }

  const results = entries.map((entry) => ({
    key: entry.key,
    name: entry.contestant.name,
    ...summary(rounds.get(entry) ?? []),
    rounds: rounds.get(entry),
  }));
  // Part of the whole comparison, not of a look at some contestants.
  const whole = options.entries === ENTRIES && !options.quick;
  if (whole) progress('starts of the service');
  const ready = whole ? await measureReady() : null;
  const text = textOf(results, skipped) + (ready ? `\n\n${ready.text}` : '');
  return { result: { results, skipped, ready: ready?.result }, failures, text };
}

/** @typedef {ReturnType<typeof summary> & { key: string, name: string }} Result */

/** That the ceiling makes the rows that the service makes. */
async function checkCeiling(
  /** @type {import('../environment/postgres.mjs').Postgres} */ postgres,
  /** @type {readonly Entry[]} */ entries,
) {
  const failures = [];
  for (const { contestant, workload } of entries) {
    if (contestant.stored !== bareHttp.stored || !contestant.name.startsWith(bareHttp.name))
      continue;
    progress(`${contestant.name}: the same rows as the service?`);
    const different = await differingRows(postgres, [service('service'), contestant], workload);
    failures.push(...different.map((what) => `the ceiling makes other rows: ${what}`));
  }
  return failures;
}

/**
 * @param {import('../environment/postgres.mjs').Postgres} postgres
 * @param {Entry} entry
 * @param {{ seconds: number, quick: boolean }} options
 * @param {(what: string) => void} tell
 * @returns {Promise<Round>}
 */
async function measure(postgres, { contestant, workload }, { seconds, quick }, tell) {
  tell('starts');
  const database = await postgres.createDatabase(contestant.schema);
  const running = await contestant.start({ databaseUrl: database.url });
  const id = randomUUID().slice(0, 8);
  try {
    tell('warms up');
    const { urls } = running;
    const warmUp = await closedLoop({
      ...{ urls, workload, run: `${id}.warm-up` },
      ...{ seconds: WARM_UP_SECONDS, expected: WARM_UP_EXPECTED },
    });
    const expected = (warmUp.acknowledged / warmUp.seconds) * 2.5;
    await database.query('CHECKPOINT');

    tell('closed loop');
    const before = [cpuSeconds(running.pids), cpuSeconds([postgres.pid])];
    const closed = await closedLoop({ urls, workload, run: `${id}.closed`, seconds, expected });
    const after = [cpuSeconds(running.pids), cpuSeconds([postgres.pid])];
    const [cpu, postgresCpu] = after.map((value, i) => {
      const begun = before[i] ?? null;
      return value === null || begun === null
        ? null
        : ((value - begun) * 1e6) / closed.acknowledged;
    });
    const memory = peakMemory(running.pids);
    const rate = closed.acknowledged / closed.seconds;

    const open = [];
    const sent = [...warmUp.runs, ...closed.runs].map((run) => ({ ...run, tail: TAIL }));
    for (const wanted of RATES.filter((r) => r < rate && (!quick || r === RATES[0]))) {
      tell(`open loop, ${wanted}/s`);
      const run = `${id}.open-${wanted}`;
      const result = await openLoop({
        ...{ urls, workload, run, rate: wanted, seconds: Math.ceil(seconds / 2), reportEvery: 0 },
      });
      const { unanswered, ...latency } = result;
      open.push({ ...latency, rate: wanted, unanswered: unanswered.length });
      sent.push({ run, sent: result.sent, tail: 0, ...{ unanswered } });
    }

    tell('counts rows');
    const failures = failuresOf(warmUp, 'warm-up').concat(failuresOf(closed, 'closed loop'));
    let rows = 0;
    for (const what of sent) {
      const counted = await countRows(database, contestant.stored, what);
      rows += counted.rows;
      if (counted.missing > 0) {
        failures.push(`${counted.missing} acknowledged events of ${what.run} are no rows`);
      }
    }
    const acknowledged =
      warmUp.acknowledged + closed.acknowledged + open.reduce((n, o) => n + o.acknowledged, 0);
    if (rows < acknowledged) failures.push(`${acknowledged} were acknowledged, ${rows} are rows`);
    return {
      ...{
        rate,
        p50: closed.p50,
        p99: closed.p99,
        cpu: cpu ?? null,
        postgresCpu: postgresCpu ?? null,
      },
      ...{ memory, rows, open, failures },
    };
  } finally {
    await running.stop();
    await database.drop();
  }
}

/** What makes a figure worthless. */
function failuresOf(
  /** @type {import('../load/closed-loop.mjs').ClosedLoopResult} */ load,
  /** @type {string} */ name,
) {
  const failures = [];
  if (load.refused > 0) failures.push(`${load.refused} events of the ${name} were refused`);
  if (load.broken > 0) failures.push(`${load.broken} connections of the ${name} broke`);
  return failures;
}

function summary(/** @type {Round[]} */ rounds) {
  const of = (/** @type {(round: Round) => number | null} */ value) => median(rounds.map(value));
  const rates = rounds.map(({ rate }) => rate);
  return {
    rate: of((r) => r.rate),
    slowest: Math.min(...rates),
    quickest: Math.max(...rates),
    p50: of((r) => r.p50),
    p99: of((r) => r.p99),
    cpu: of((r) => r.cpu),
    postgresCpu: of((r) => r.postgresCpu),
    memory: of((r) => r.memory),
    rows: rounds.reduce((sum, r) => sum + r.rows, 0),
    verified: rounds.every((r) => r.failures.length === 0),
    open: RATES.map((rate) => {
      const all = rounds.flatMap((r) => r.open.filter((o) => o.rate === rate));
      return {
        rate,
        p50: median(all.map((o) => o.p50)),
        p99: median(all.map((o) => o.p99)),
        unanswered: all.reduce((sum, o) => sum + o.unanswered, 0),
      };
    }),
  };
}

/** @param {Result[]} results */
function textOf(results, /** @type {string[]} */ skipped) {
  const closed = table(
    [
      'contestant',
      'events/s',
      'range',
      'p50 ms',
      'p99 ms',
      'CPU µs',
      'Postgres µs',
      'peak MiB',
      'rows verified',
    ],
    results.map((r) => [
      r.name,
      figure(r.rate),
      `${figure(r.slowest)}–${figure(r.quickest)}`,
      figure(r.p50, 1),
      figure(r.p99, 1),
      figure(r.cpu),
      figure(r.postgresCpu),
      figure(r.memory),
      `${figure(r.rows)} ${r.verified ? 'all' : 'NOT ALL'}`,
    ]),
  );
  const rates = RATES.filter((rate) => results.some((r) => openAt(r, rate)?.p99 != null));
  const open = table(
    ['contestant', ...rates.map((rate) => `${figure(rate)}/s`)],
    results.map((r) => [
      r.name,
      ...rates.map((rate) => {
        const at = openAt(r, rate);
        if (at?.p99 == null) return '–';
        const lost = at.unanswered > 0 ? ` (${at.unanswered} unanswered)` : '';
        return `${figure(at.p50, 1)} / ${figure(at.p99, 1)}${lost}`;
      }),
    ]),
  );
  const parts = [
    `Closed loop, ${CONNECTIONS} connections. CPU is per event; medians of the rounds.`,
    closed,
  ];
  if (rates.length > 0) {
    parts.push('Open loop: p50 / p99 in ms from the moment an event was due.', open);
  }
  const compared = ratios(results).map(([name, ratio]) => `- ${name}: ${figure(ratio, 2)}`);
  if (compared.length > 0) parts.push('Ratios of this run (events/s):', compared.join('\n'));
  if (skipped.length > 0) parts.push(`Skipped: ${skipped.join('; ')}`);
  return parts.join('\n\n');
}

function openAt(/** @type {Result} */ result, /** @type {number} */ rate) {
  return result.open.find((o) => o.rate === rate);
}

/** The service against each, event for event the same work. */
function ratios(/** @type {Result[]} */ results) {
  const rateOf = (/** @type {string} */ key) => results.find((r) => r.key === key)?.rate ?? null;
  /** @type {[string, string, string][]} */
  const pairs = [
    ['this service : bare node:http', 'generic', 'bare-http'],
    [
      'this service : bare node:http, 3 events per payment',
      'generic-lifecycle',
      'bare-http-lifecycle',
    ],
    ['this service : NestJS + Prisma', 'generic', 'nest-prisma'],
    ['this service : NestJS + pg', 'generic', 'nest-pg'],
    ['this service : Django', 'generic', 'django'],
    ['two instances : one', 'two-instances', 'generic'],
    ['a line in the log for each : none', 'generic', 'generic-quiet'],
  ];
  return pairs.flatMap(([name, a, b]) => {
    const [x, y] = [rateOf(a), rateOf(b)];
    return x === null || y === null ? [] : [/** @type {const} */ ([name, x / y])];
  });
}
