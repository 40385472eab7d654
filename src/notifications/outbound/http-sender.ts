import { isIP, type LookupFunction } from 'node:net';
import { type OnApplicationShutdown } from '@nestjs/common';
import { Agent, buildConnector } from 'undici';
import { type OutboundRules } from './outbound-rules.js';
import { KEPT_BYTES, readAnswer, storableText } from './read-answer.js';

/** Milliseconds for all of it: name, connection, TLS, request and the whole answer. */
const DEADLINE = 15_000;
/** Milliseconds for which an idle connection is kept, also where the other side offers more. */
const KEEP_ALIVE = 4_000;
const MAX_KEEP_ALIVE = 30_000;

/** What came of a request. */
export interface Sent {
  /** HTTP status; null where there was no answer. */
  readonly status: number | null;
  /** The header Retry-After, as it came. */
  readonly retryAfter: string | null;
  /** The first 1,024 bytes of the answer as text; null where there was no answer. */
  readonly answer: string | null;
  /** Why there was no answer, or none that ended. */
  readonly error: string | null;
}

export interface SendOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
}

/**
 * Sends to endpoints. Every connection is checked where it is made, against the address that is really
 * called: a name may have got another address since the endpoint was created. Redirects are not
 * followed, answers not decompressed, variables such as HTTPS_PROXY not read, certificates always
 * verified (also with NODE_TLS_REJECT_UNAUTHORIZED=0). Connections are kept per origin; there are never
 * more of them than requests at once.
 */
export class HttpSender implements OnApplicationShutdown {
  private readonly agent: Agent;
  private readonly deadline: number;

  /** @param options for tests: certificates to trust instead of the system's, another deadline */
  constructor(rules: OutboundRules, options: { ca?: string; deadline?: number } = {}) {
    this.deadline = options.deadline ?? DEADLINE;
    const connect = buildConnector({
      lookup: checkedLookup(rules),
      rejectUnauthorized: true,
      ca: options.ca,
      timeout: this.deadline,
    });
    this.agent = new Agent({
      keepAliveTimeout: KEEP_ALIVE,
      keepAliveMaxTimeout: MAX_KEEP_ALIVE,
      headersTimeout: this.deadline,
      bodyTimeout: this.deadline,
      connect: (options, callback) => {
        // `lookup` is not asked about an address that needs none.
        const isLiteral = isIP(options.hostname) !== 0;
        if (isLiteral && rules.guard.faultOf(options.hostname) !== null) {
          callback(new ForbiddenAddressError(), null);
        } else {
          connect(options, callback);
        }
      },
    });
  }

  /** POSTs a body. Never rejects; what went wrong is in what came of it. */
  async post(url: string, { headers, body, signal }: SendOptions): Promise<Sent> {
    const deadline = AbortSignal.timeout(this.deadline);
    let status: number | null = null;
    let retryAfter: string | null = null;
    try {
      const { origin, pathname, search } = new URL(url);
      const response = await this.agent.request({
        origin,
        path: `${pathname}${search}`,
        method: 'POST',
        headers: { ...headers },
        body,
        signal: AbortSignal.any([deadline, signal]),
      });
      status = response.statusCode;
      const header = response.headers['retry-after'];
      retryAfter = typeof header === 'string' ? header : null;
      return { status, retryAfter, answer: await readAnswer(response.body), error: null };
    } catch (error) {
      const reason = deadline.aborted ? `no whole answer within ${this.deadline} ms` : say(error);
      return { status, retryAfter, answer: null, error: reason };
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }
}

/** The system would connect, but the address is not one that may be called. */
class ForbiddenAddressError extends Error {
  constructor() {
    super(
      'the name leads to an address that is not on the public Internet. If your app is there, add its ' +
        'network to NOTIFY_ALLOW_CIDRS',
    );
  }
}

/** Gives the addresses of a name only if all of them may be called. */
function checkedLookup({ guard, resolve }: OutboundRules): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (found) => {
        const [first] = found;
        if (first === undefined) callback(new Error(`${hostname} has no address`), []);
        else if (found.some(({ address }) => guard.faultOf(address) !== null)) {
          callback(new ForbiddenAddressError(), []);
        } else if (options.all === true) callback(null, [...found]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}

/** What an error says; where several addresses were tried, of the first. It may quote the other side. */
function say(error: unknown): string {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  const text = first instanceof Error ? first.message || first.name : String(first);
  return storableText(Buffer.from(text).subarray(0, KEPT_BYTES));
}
