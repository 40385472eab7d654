/** A way to a database that can be cut, left open without an answer, or lose what is said on it. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { type TestDatabase } from './database.js';

/** A simple query and what Postgres says when it is done (its protocol, "Message Formats"). */
const COMMIT = Buffer.from('Q\0\0\0\x0bCOMMIT\0');
const COMMITTED = Buffer.from('C\0\0\0\x0bCOMMIT\0');

export class Cable {
  /** How many commits were lost on it, either way. */
  lost = 0;

  private readonly sockets = new Set<Socket>();
  private mode: 'open' | 'cut' | 'silent' = 'open';
  private losing: 'commit' | 'reply' | null = null;

  private constructor(
    private readonly server: Server,
    /** The database at the end of it. */
    readonly url: string,
  ) {}

  static async to(database: Pick<TestDatabase, 'url'>): Promise<Cable> {
    const url = new URL(database.url);
    const target = { host: url.hostname, port: Number(url.port) };
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url.port = String((server.address() as AddressInfo).port);
    const cable = new Cable(server, url.href);
    server.on('connection', (socket) => cable.join(socket, connect(target)));
    return cable;
  }

  repair(): void {
    this.mode = 'open';
    this.losing = null;
    this.drop();
  }

  /** Ends every connection, and lets none through. */
  cut(): void {
    this.mode = 'cut';
    this.drop();
  }

  /** Keeps connections open, and takes new ones, on which nothing arrives any more. */
  silence(): void {
    this.mode = 'silent';
  }

  /**
   * The next COMMIT does not arrive, or arrives and the reply to it does not: the connection breaks
   * instead, and whoever sent it does not know which it was.
   */
  lose(what: 'commit' | 'reply'): void {
    this.losing = what;
  }

  async remove(): Promise<void> {
    this.drop();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private drop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
  }

  private join(service: Socket, database: Socket): void {
    this.carry(service, database, 'commit', COMMIT);
    this.carry(database, service, 'reply', COMMITTED);
    if (this.mode === 'cut') this.drop();
  }

  private carry(from: Socket, to: Socket, what: 'commit' | 'reply', words: Buffer): void {
    this.sockets.add(from);
    from.on('error', () => undefined);
    from.on('close', () => to.destroy());
    from.on('data', (chunk) => {
      if (this.mode !== 'open') return;
      if (this.losing === what && chunk.includes(words)) {
        this.losing = null;
        this.lost += 1;
        from.destroy();
        return;
      }
      to.write(chunk);
    });
  }
}
