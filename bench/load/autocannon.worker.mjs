/** What wrk.lua does, by autocannon, for machines without wrk. Same environment, same result. */
import autocannon from 'autocannon';
import { writeFileSync } from 'node:fs';
import { readEventFile } from './event-file.mjs';

const environment = process.env;
const list = (/** @type {string} */ name) => (environment[name] ?? '').split(',');
const ports = list('PORTS');
const files = list('EVENT_FILES');

const results = await Promise.all(ports.map((port, i) => run(port, files[i] ?? '')));
const sum = (/** @type {(r: typeof results[number]) => number} */ of) =>
  results.reduce((total, r) => total + of(r), 0);
writeFileSync(
  environment.RESULT ?? '',
  JSON.stringify({
    microseconds: Math.max(...results.map((r) => r.duration)) * 1e6,
    answers: sum((r) => r['2xx'] + r.non2xx),
    refused: sum((r) => r.non2xx),
    broken: sum((r) => r.errors),
    sent: results.map((r) => r.sentEvents),
    ranOut: results.some((r) => r.ranOut),
    // Of two instances the slower one: their distributions are not kept.
    p50: Math.max(...results.map((r) => r.latency.p50)),
    p99: Math.max(...results.map((r) => r.latency.p99)),
    max: Math.max(...results.map((r) => r.latency.max)),
  }),
);

async function run(/** @type {string} */ port, /** @type {string} */ file) {
  const events = readEventFile(file);
  let sentEvents = 0;
  let ranOut = false;
  const options = {
    url: `http://127.0.0.1:${port}`,
    connections: Math.max(1, Math.floor(Number(environment.CONNECTIONS) / ports.length)),
    duration: Number(environment.SECONDS),
    timeout: 10,
    requests: [{ setupRequest: next }],
  };
  /** @type {import('autocannon').Instance} */
  let instance;
  /** @type {import('autocannon').Result} */
  const result = await new Promise((resolve, reject) => {
    instance = autocannon(options, (error, done) => (error ? reject(error) : resolve(done)));
  });
  return { ...result, sentEvents, ranOut };

  function next(/** @type {import('autocannon').Request} */ request) {
    const { value } = events.next();
    if (value === undefined) {
      ranOut = true;
      instance.stop();
      return request;
    }
    sentEvents += 1;
    return { ...request, ...parse(value) };
  }
}

function parse(/** @type {Buffer} */ bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const [, path] = first.split(' ');
  const headers = Object.fromEntries(
    lines
      .map((line) => line.split(': '))
      .filter(([name]) => name !== 'Host' && name !== 'Content-Length'),
  );
  return { method: /** @type {const} */ ('POST'), path, headers, body: bytes.subarray(end + 4) };
}
