/** HTTP to the server: connections are kept, and nothing takes longer than ten seconds. */
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

const TIMEOUT_MS = 10_000;
/** An answer of the service is far shorter; a longer one is cut, being of something else. */
const MAX_ANSWER_BYTES = 65_536;

export type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  /** There was no answer; `code` is that of the system, e.g. ECONNREFUSED, or TIMEOUT. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

export interface Sender {
  /** Sends a body by POST. Never rejects. */
  send(body: Buffer, headers: Readonly<Record<string, string>>): Promise<Answer>;
  close(): void;
}

/** A sender to one address, over at most that many connections. */
export function createSender(url: string, connections: number): Sender {
  const options = { keepAlive: true, maxSockets: connections };
  const secure = url.startsWith('https:');
  const agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
  const request = secure ? httpsRequest : httpRequest;

  const send: Sender['send'] = (body, headers) =>
    new Promise((resolve) => {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const fail = (error: NodeJS.ErrnoException): void => {
        resolve(
          signal.aborted
            ? {
                kind: 'failed',
                code: 'TIMEOUT',
                message: `no answer within ${TIMEOUT_MS / 1000} s`,
              }
            : { kind: 'failed', code: error.code ?? 'ERROR', message: messageOf(error) },
        );
      };
      const sending = request(
        url,
        {
          method: 'POST',
          agent,
          signal,
          headers: {
            ...headers,
            'Content-Length': body.length,
            'User-Agent': 'payment-webhooks-simulator',
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          let length = 0;
          response.on('data', (chunk: Buffer) => {
            if (length < MAX_ANSWER_BYTES) chunks.push(chunk);
            length += chunk.length;
          });
          response.on('error', fail);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({ kind: 'answered', status: response.statusCode ?? 0, body: text });
          });
        },
      );
      sending.on('error', fail);
      sending.end(body);
    });

  return { send, close: () => agent.destroy() };
}

/** A name with several addresses fails with one error for each, and no message of its own. */
function messageOf(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : error.message;
}
