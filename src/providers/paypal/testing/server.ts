/** A stand-in for PayPal on a loopback address: a real server, asked by the real client. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

import { type Fetch, fetchDirectly } from '../paypal.http.js';

export interface Received {
  readonly method: string;
  /** As it was asked for, before it was led here. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Handler = (request: Received, response: ServerResponse) => void;

export interface StandIn {
  readonly origin: string;
  /** Every request so far. */
  readonly received: Received[];
  /** Leads every address here; the path begins with what was the host. */
  readonly fetch: Fetch;
  /** What answers, by the beginning of the address. */
  answer(url: string, handler: Handler): void;
  close(): Promise<void>;
}

export async function startStandIn(): Promise<StandIn> {
  const handlers = new Map<string, Handler>();
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = decodeURIComponent((request.url ?? '').slice(1));
      const body = Buffer.concat(chunks).toString('latin1');
      const one = { method: request.method ?? '', url, headers: request.headers, body };
      received.push(one);
      const handler = [...handlers].findLast(([prefix]) => url.startsWith(prefix))?.[1];
      if (handler === undefined) response.writeHead(404).end();
      else handler(one, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    received,
    fetch: (request) =>
      fetchDirectly({ ...request, url: `${origin}/${encodeURIComponent(request.url)}` }),
    answer: (url, handler) => void handlers.set(url, handler),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
