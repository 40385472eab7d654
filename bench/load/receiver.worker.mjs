/** Receives notifications: answers each by 204 and says what it got. Its parent has the port by message. */
import http from 'node:http';
import { quantile } from '../measure/quantiles.mjs';

/** @type {number[]} milliseconds from the version of the payment to its arrival here */
let latencies = [];

const server = http.createServer((request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { timestamp } = JSON.parse(Buffer.concat(chunks).toString());
    latencies.push(Date.now() - Date.parse(timestamp));
    response.writeHead(204).end();
  });
});

process.on('message', () => {
  const sorted = latencies.toSorted((a, b) => a - b);
  process.send?.({ count: sorted.length, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) });
  latencies = [];
});

server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.send?.({ port });
});
