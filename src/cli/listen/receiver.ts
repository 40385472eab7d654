/** The receiver of listen: takes notifications on this machine and verifies them. */
import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo } from 'node:net';
import { signedHeaders } from '../../notifications/sending/signature.js';

export interface Notified {
  readonly body: string;
  /** Whether its signature is that of the endpoint's secret. */
  readonly verified: boolean;
}

export interface Receiver {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * @param secret known only once the endpoint is made, which needs the receiver's address
 * @param status what it answers
 */
export async function startReceiver(
  { port, status }: { readonly port: number; readonly status: number },
  secret: () => string,
  onNotified: (notified: Notified) => void,
): Promise<Receiver> {
  const server = createServer((request, response) => {
    void bodyOf(request).then(
      (body) => {
        onNotified({ body, verified: isSigned(request, body, secret()) });
        response.writeHead(status).end();
      },
      () => response.destroy(),
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function isSigned({ headers }: IncomingMessage, body: string, secret: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': given } = headers;
  if (typeof id !== 'string' || typeof given !== 'string') return false;
  const { 'webhook-signature': right } = signedHeaders(id, [secret], Number(time) * 1000, body);
  return given.split(' ').some((one) => isEqual(one, right));
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
