/** The user's app as tests need it: an HTTP server that remembers what it got and answers as told. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Received {
  readonly headers: Readonly<Record<string, string>>;
  /** The header `webhook-id` */
  readonly id: string;
  readonly body: string;
  readonly path: string;
  /** Milliseconds, of a clock that only goes forward. */
  readonly at: number;
}

export type Answer = (received: Received, response: ServerResponse) => void | Promise<void>;

export class AppServer {
  readonly received: Received[] = [];
  /** Connections that were ever made. */
  connections = 0;
  /** Requests that were under way at once, at most. */
  most = 0;
  private now = 0;

  private constructor(
    private readonly server: Server,
    /** May be changed at any time. */
    public answer: Answer,
  ) {
    server.on('connection', (socket: Socket) => {
      this.connections += 1;
      socket.on('error', () => undefined);
    });
    server.on('request', (request, response) => void this.take(request, response));
  }

  static async start(answer: Answer = ok): Promise<AppServer> {
    const server = createServer();
    const app = new AppServer(server, answer);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return app;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/told`;
  }

  /** Resolves when so many requests have come. */
  async until(count: number): Promise<void> {
    while (this.received.length < count) await sleep(5);
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.most = Math.max(this.most, (this.now += 1));
    response.on('close', () => (this.now -= 1));
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return; // The sender has gone.
    }
    const headers = request.headers as Record<string, string>;
    const received = {
      headers,
      id: headers['webhook-id']!,
      body: Buffer.concat(chunks).toString(),
      path: request.url!,
      at: performance.now(),
    };
    this.received.push(received);
    await this.answer(received, response);
  }
}

export const ok: Answer = (_, response) => void response.writeHead(204).end();

export function answering(status: number, headers: Record<string, string> = {}): Answer {
  return (_, response) => void response.writeHead(status, headers).end();
}
