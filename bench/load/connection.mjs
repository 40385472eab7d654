/** A kept-alive connection that has one request under way at a time; made anew when it was closed. */
import { connect } from 'node:net';

export class Connection {
  /** @type {import('node:net').Socket | null} */
  #socket = null;
  /** @type {((status: number) => void) | null} */
  #answered = null;
  /** @type {Buffer} */
  #received = Buffer.alloc(0);

  constructor(/** @type {number} */ port) {
    this.port = port;
  }

  /**
   * Sends a request and calls back with the status of its answer, or 0 where the connection broke.
   * @param {Buffer} request
   * @param {(status: number) => void} answered
   */
  send(request, answered) {
    this.#answered = answered;
    this.#socket ??= this.#open();
    this.#socket.write(request);
  }

  /** A request that is under way is not called back. */
  close() {
    this.#answered = null;
    this.#socket?.destroy();
  }

  #open() {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    socket.on('data', (bytes) => this.#read(bytes));
    socket.on('error', () => undefined); // close follows
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = null;
      this.#finish(0);
    });
    return socket;
  }

  #read(/** @type {Buffer} */ bytes) {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end);
    const declared = /^content-length: *(\d+)/im.exec(head);
    const complete =
      declared === null
        ? this.#received.toString('latin1').endsWith('\r\n0\r\n\r\n')
        : this.#received.length >= end + 4 + Number(declared[1]);
    if (!complete) return;
    if (/^connection: *close/im.test(head)) {
      this.#socket?.destroy();
      this.#socket = null;
    }
    this.#finish(Number(head.slice(9, 12)));
  }

  #finish(/** @type {number} */ status) {
    this.#received = Buffer.alloc(0);
    const answered = this.#answered;
    this.#answered = null;
    answered?.(status);
  }
}
