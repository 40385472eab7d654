import { type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { newId } from '../operations/ids.js';
import {
  Problem,
  PROBLEM_CONTENT_TYPE,
  type ProblemCode,
  problemDocument,
} from '../operations/problem.js';

/** What Node's HTTP parser says is wrong, by its error code; anything else is `bad_request`. */
const CODES: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
};

/** Answers what is not HTTP, too slow or too large for the parser, and closes the connection. */
export function answerBrokenRequest(error: { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const before = responseUnderWay(socket);
  if (before !== null) {
    // What is broken came after a whole request, which has its own answer first.
    before.once('close', () => answerBrokenRequest(error, socket));
    return;
  }
  const problem = new Problem(CODES[error.code ?? ''] ?? 'bad_request');
  const id = newId();
  const body = JSON.stringify(problemDocument(problem, id));
  socket.end(
    [
      `HTTP/1.1 ${problem.getStatus()} ${problem.title}`,
      `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${id}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
  // Half-open for a peer that never closes its side: end() alone would keep the socket.
  socket.destroySoon();
}

/** The response that is being made to a request that came whole; Node keeps it on the socket. */
function responseUnderWay(socket: Socket): ServerResponse | null {
  const { _httpMessage: response } = socket as Socket & { _httpMessage?: ServerResponse | null };
  return response?.req.complete ? response : null;
}
