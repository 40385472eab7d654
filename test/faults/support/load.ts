/** Webhooks sent by many at once, who come again like a provider until they are acknowledged. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer } from '../../support/application.js';
import { RawConnection } from '../../support/raw-http.js';
import { requestOf, type Webhook } from '../../properties/support/senders.js';
import { WHOLE } from './form.js';

/** Milliseconds until what was not acknowledged comes again. */
const PAUSE = 100;
/** Milliseconds after which a request without an answer hangs: twice the longest that is allowed. */
const HUNG = 20_000;
/** Milliseconds after which a load without an end is given up. */
const PATIENCE = WHOLE ? 900_000 : 120_000;

export class Load {
  /** Of those that were acknowledged, in this order. */
  readonly acknowledged = new Set<Webhook>();
  /** How often what was answered: "200", "200 duplicate", "503 overloaded"; "cut off", "refused". */
  readonly counts: Record<string, number> = {};
  /** Answers that nobody may give, and requests that got none. */
  readonly wrong: string[] = [];
  /** Milliseconds, of any answer that was not an acknowledgement. */
  slowestRefusal = 0;

  private readonly waiting: Webhook[];
  private stopped = false;

  /** @param port of the service, which may be another one later */
  constructor(
    private readonly webhooks: readonly Webhook[],
    private readonly port: () => number,
  ) {
    this.waiting = [...webhooks];
  }

  /** Sends until all are acknowledged, or it is stopped; what is under way is then waited for. */
  async run(connections: number): Promise<void> {
    const patience = setTimeout(() => {
      this.wrong.push(`not all acknowledged within ${PATIENCE} ms`);
      this.stop();
    }, PATIENCE);
    await Promise.all(Array.from({ length: connections }, () => this.sendOnOne()));
    clearTimeout(patience);
  }

  stop(): void {
    this.stopped = true;
  }

  /** Resolves when as many more are acknowledged. */
  async more(count: number): Promise<void> {
    const wanted = Math.min(this.acknowledged.size + count, this.webhooks.length);
    while (!this.stopped && this.acknowledged.size < wanted) await sleep(5);
  }

  private async sendOnOne(): Promise<void> {
    let connection: RawConnection | null = null;
    while (!this.stopped && this.acknowledged.size < this.webhooks.length) {
      const webhook = this.waiting.shift();
      if (webhook === undefined) {
        await sleep(10); // another may get back what is not acknowledged
        continue;
      }
      if (connection === null || connection.closed) {
        connection = await RawConnection.open(this.port()).catch(() => null);
      }
      if (await this.attempt(webhook, connection)) continue;
      this.waiting.push(webhook);
      await sleep(PAUSE);
    }
    connection?.close();
  }

  private async attempt(webhook: Webhook, connection: RawConnection | null): Promise<boolean> {
    if (connection === null) return this.count('refused');
    const began = performance.now();
    const hung = new AbortController();
    const answer = await Promise.race([
      connection
        .send(...requestOf(webhook))
        .answer()
        .catch(() => 'cut off' as const),
      sleep(HUNG, 'hung' as const, { signal: hung.signal, ref: false }).catch(
        () => 'hung' as const,
      ),
    ]);
    hung.abort();
    if (answer === 'hung') {
      connection.close();
      this.wrong.push(`no answer within ${HUNG} ms`);
    }
    if (typeof answer === 'string') return this.count(answer);
    const { code, duplicate } = (answer.body ?? {}) as { code?: string; duplicate?: boolean };
    this.count([answer.status, code, duplicate && 'duplicate'].filter(Boolean).join(' '));
    if (answer.status === 200) {
      this.acknowledged.add(webhook);
      return true;
    }
    this.slowestRefusal = Math.max(this.slowestRefusal, performance.now() - began);
    if (!isUnavailable(answer)) this.wrong.push(`${answer.status} ${JSON.stringify(answer.body)}`);
    return false;
  }

  private count(what: string): false {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
    return false;
  }
}

/** 503 with a time to come again. */
export function isUnavailable({ status, headers }: Answer): boolean {
  return status === 503 && Number(headers.get('retry-after')) > 0;
}
