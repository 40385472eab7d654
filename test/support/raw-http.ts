/** HTTP as bytes on a socket, for what no client would send. */
import { connect, type Socket } from 'node:net';
import { type Answer } from './application.js';

/** One connection; what comes back is kept until it is asked for. */
export class RawConnection {
  private received = Buffer.alloc(0);
  private wake: () => void = () => undefined;
  /** The peer has closed, or the connection broke. */
  closed = false;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.wake();
    });
    socket.on('error', () => undefined);
    const onEnd = () => {
      this.closed = true;
      this.wake();
    };
    socket.on('end', onEnd).on('close', onEnd);
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
    });
    return new RawConnection(socket);
  }

  send(...parts: (string | Buffer)[]): this {
    this.socket.write(Buffer.concat(parts.map((part) => Buffer.from(part as Buffer))));
    return this;
  }

  /** Sends when there is room for it; false when the connection is no more. */
  write(part: string | Buffer): Promise<boolean> {
    return new Promise((resolve) => this.socket.write(part, (error) => resolve(!error)));
  }

  /** The next answer, 1xx included. Fails when the peer closes before it is complete. */
  async answer(): Promise<Answer> {
    for (;;) {
      const answer = this.take();
      if (answer !== null) return answer;
      if (this.closed) throw new Error(`closed after ${JSON.stringify(this.received.toString())}`);
      await this.change();
    }
  }

  /** Resolves when the peer has closed. */
  async end(): Promise<void> {
    while (!this.closed) await this.change();
  }

  /** Breaks the connection off. */
  abort(): void {
    this.socket.resetAndDestroy();
  }

  close(): void {
    this.socket.destroy();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }

  private take(): Answer | null {
    const end = this.received.indexOf('\r\n\r\n');
    if (end < 0) return null;
    const [first = '', ...lines] = this.received.subarray(0, end).toString('latin1').split('\r\n');
    const headers = new Headers(
      lines.map((line): [string, string] => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      }),
    );
    const rest = this.received.subarray(end + 4);
    const content = headers.has('transfer-encoding')
      ? chunked(rest)
      : sized(rest, Number(headers.get('content-length') ?? 0));
    if (content === null) return null;
    this.received = rest.subarray(content.length);
    const { text } = content;
    const isJson = headers.get('content-type')?.includes('json') ?? false;
    const body: unknown = text === '' ? null : isJson ? JSON.parse(text) : text;
    return { status: Number(first.split(' ')[1]), headers, body };
  }
}

/** The head of a request: a request line, and lines of headers. */
export function head(requestLine: string, ...headers: readonly string[]): string {
  return [requestLine, ...headers, '', ''].join('\r\n');
}

/** Content with the number of bytes that it takes on the wire; null until it is complete. */
interface Content {
  readonly text: string;
  readonly length: number;
}

function sized(bytes: Buffer, size: number): Content | null {
  if (bytes.length < size) return null;
  return { text: bytes.subarray(0, size).toString(), length: size };
}

function chunked(bytes: Buffer): Content | null {
  const chunks: Buffer[] = [];
  for (let start = 0; ;) {
    const line = bytes.indexOf('\r\n', start);
    if (line < 0) return null;
    const size = Number.parseInt(bytes.subarray(start, line).toString(), 16);
    const end = line + 2 + size;
    if (bytes.length < end + 2) return null;
    if (size === 0) return { text: Buffer.concat(chunks).toString(), length: end + 2 };
    chunks.push(bytes.subarray(line + 2, end));
    start = end + 2;
  }
}
