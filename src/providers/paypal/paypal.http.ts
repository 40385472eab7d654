/** Requests to PayPal: no redirects, no proxy, TLS always checked, a bound on time and on size. */
import * as http from 'node:http';
import * as https from 'node:https';

export interface OutgoingRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** Ends the request, and with it the wait for its answer. */
  readonly deadline: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Sends one request and gives its answer, whatever the status; throws where there is none. */
export type Fetch = (request: OutgoingRequest) => Promise<Answer>;

/** A certificate has 2 to 8 KB, a verdict or a token less. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Not the global fetch: that follows redirects unless told otherwise, reads without a bound, and takes
 * the proxy of the environment where Node is told to (NODE_USE_ENV_PROXY). Here each request has a
 * connection of its own, and neither a variable nor an option switches the check of TLS off.
 */
export const fetchDirectly: Fetch = ({ url, method, headers, body, deadline }) =>
  new Promise((resolve, reject) => {
    const { request } = url.startsWith('https:') ? https : http;
    const outgoing = request(
      url,
      { method, headers, signal: deadline, agent: false, rejectUnauthorized: true },
      (incoming) => {
        readBounded(incoming).then(
          (answer) => resolve({ status: incoming.statusCode ?? 0, body: answer }),
          reject,
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });

async function readBounded(incoming: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Leaving the loop by an error closes the connection, so that no more is received.
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES)
      throw new Error(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The body of an answer 200. Any other, a redirect too, is no answer: throws. */
export async function fetchBody(fetch: Fetch, request: OutgoingRequest): Promise<Buffer> {
  const { status, body } = await fetch(request);
  if (status === 200) return body;
  throw new Error(`${new URL(request.url).host} answered ${status}`);
}
