/**
 * Sends events at a fixed rate, whatever the answers do, and measures each latency from the moment the
 * event was due: an event that had to wait for a slow server (or for this program) counts its waiting.
 */
import { quantile } from '../measure/quantiles.mjs';
import { Connection } from './connection.mjs';
import { requestOf } from './events.mjs';

/** Signed ahead, so that signing does not delay sending; a few are replaced at each turn. */
const AHEAD = 500;
const SIGNED_PER_TURN = 20;
const MAX_CONNECTIONS = 256;
/** For the answers that are still missing at the end. */
const PATIENCE = 10_000;

/** @type {import('./open-loop.mjs').OpenLoopLoad} */
const load = JSON.parse(process.argv[2] ?? '');
const { urls, workload, run, rate, seconds, reportEvery } = load;
const total = Math.round(rate * seconds);

/** @type {Buffer[]} */
const signed = [];
let made = 0;
function signAhead(/** @type {number} */ count) {
  for (let i = 0; i < count && signed.length < AHEAD && made < total; i += 1) {
    signed.push(requestOf(workload, run, made++, Date.now()));
  }
}

/** @type {Connection[]} */
const connections = [];
/** @type {Connection[]} */
const idle = [];
const latencies = new Float64Array(total);
let acknowledged = 0;
/** Sent, and not answered yet. @type {Set<number>} */
const underWay = new Set();
/** Answered by another status than 2xx, or by a broken connection. @type {number[]} */
const failed = [];
/** Events 0 to due - 1 are due; 0 to sent - 1 of them were sent, the others find no connection idle. */
let due = 0;
let sent = 0;

signAhead(AHEAD);
const begin = performance.now() + 50;
const dueAt = (/** @type {number} */ n) => begin + (n * 1000) / rate;
let reported = 0;
let nextReport = reportEvery;

await new Promise((resolve) => {
  const timer = setInterval(turn, 1);
  function turn() {
    const now = performance.now();
    while (due < total && dueAt(due) <= now) due += 1;
    sendDue();
    signAhead(SIGNED_PER_TURN);
    if (reportEvery > 0 && now - begin >= nextReport * 1000) report();
    const over = acknowledged + failed.length === total || now > dueAt(total) + PATIENCE;
    if (!over) return;
    clearInterval(timer);
    resolve(undefined);
  }
});

const sorted = latencies.slice(0, acknowledged).sort();
process.send?.({
  kind: 'result',
  sent: total,
  acknowledged,
  unanswered: [...failed, ...underWay, ...Array.from({ length: total - sent }, (_, i) => sent + i)],
  p50: quantile(sorted, 0.5),
  p99: quantile(sorted, 0.99),
  p999: quantile(sorted, 0.999),
  max: quantile(sorted, 1),
});
for (const connection of connections) connection.close();
process.disconnect();

function sendDue() {
  while (sent < due) {
    const connection = idle.pop() ?? another();
    if (connection === undefined) return;
    const n = sent++;
    const request = signed.shift() ?? requestOf(workload, run, made++, Date.now());
    underWay.add(n);
    connection.send(request, (status) => {
      underWay.delete(n);
      if (status >= 200 && status < 300) {
        latencies[acknowledged++] = performance.now() - dueAt(n);
      } else failed.push(n);
      idle.push(connection);
      sendDue();
    });
  }
}

function another() {
  if (connections.length === MAX_CONNECTIONS) return undefined;
  const url = urls[connections.length % urls.length] ?? '';
  const connection = new Connection(Number(new URL(url).port));
  connections.push(connection);
  return connection;
}

function report() {
  const recent = latencies.slice(reported, acknowledged).sort();
  process.send?.({
    kind: 'interval',
    second: nextReport,
    acknowledged,
    unanswered: failed.length,
    p50: quantile(recent, 0.5),
    p99: quantile(recent, 0.99),
  });
  reported = acknowledged;
  nextReport += reportEvery;
}
