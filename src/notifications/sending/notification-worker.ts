import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { classifyDatabaseError } from '../../database/database-errors.js';
import { Metrics } from '../../metrics/metrics.js';
import { EndpointSecrets } from '../endpoints/endpoint-secrets.js';
import { HttpSender, type Sent } from '../outbound/http-sender.js';
import { OutboxSignal } from '../outbox-signal.js';
import { Nudge } from './nudge.js';
import { type Claimed, type EndedAttempt, Outbox, type StoppedEndpoint } from './outbox.js';
import { signedHeaders } from './signature.js';
import { judge } from './verdict.js';

/** Milliseconds between two looks at the outbox while nothing happens in this process. */
const POLL = 1_000;
/** Milliseconds after which leases of attempts under way are renewed; LEASE leaves room for several. */
const RENEWAL = 5_000;
/** Milliseconds for attempts under way to end by themselves when the service stops. */
const GRACE = 2_500;

/** How an attempt ended, as the metric has it: will be tried again, or was the last. */
const RESULTS = { delivered: 'delivered', pending: 'failed', dead: 'dead' } as const;

interface Attempt {
  readonly claimed: Claimed;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/**
 * Sends what the outbox has. Any number of processes may do so: each claims what it sends, in one loop
 * that does all the writing on one connection at a time, so that sending never takes the connections of
 * recording. The attempts themselves run beside it.
 */
@Injectable()
export class NotificationWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(NotificationWorker.name);
  private readonly nudge = new Nudge();
  private readonly underWay = new Map<string, Attempt>();
  private ended: EndedAttempt[] = [];
  private renewedAt = 0;
  private troubled = false;
  private stopping = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly outbox: Outbox,
    private readonly sender: HttpSender,
    private readonly secrets: EndpointSecrets,
    private readonly signal: OutboxSignal,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    const endListening = this.signal.listen(() => this.nudge.raise());
    this.running = this.run().finally(endListening);
  }

  /** Claims nothing more; lets attempts under way end, and gives back those that do not. */
  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    this.nudge.raise();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      const found = await this.turn();
      if (!found) await this.nudge.wait(POLL);
    }
    await this.finish();
  }

  /** Writes what ended and begins what may be sent. Resolves to whether it is worth looking again. */
  private async turn(): Promise<boolean> {
    try {
      await this.writeEnded();
      await this.renewLeases();
      const claimed = await this.outbox.claim(this.countUnderWay());
      for (const one of claimed) this.begin(one);
      const aside = await this.outbox.putAside();
      if (this.troubled) this.logger.log('notifications are sent again');
      this.troubled = false;
      return claimed.length + aside > 0;
    } catch (error) {
      // Said once: what is due stays due, and the next turn tries again.
      if (!this.troubled) this.logger.error({ msg: 'no notification can be sent', err: error });
      this.troubled = true;
      return false;
    }
  }

  private begin(claimed: Claimed): void {
    const controller = new AbortController();
    const done = this.attempt(claimed, controller.signal).then(() => {
      this.underWay.delete(claimed.id);
      this.nudge.raise();
    });
    this.underWay.set(claimed.id, { claimed, controller, done });
  }

  /** Never rejects. */
  private async attempt(claimed: Claimed, signal: AbortSignal): Promise<void> {
    const start = performance.now();
    const sent = await this.send(claimed, signal);
    if (signal.aborted) return;
    const at = { now: Date.now(), random: Math.random() };
    const { status: outcome, ...verdict } = judge(sent, claimed.attempts + 1, at);
    this.metrics.attempts.inc({ endpoint: claimed.endpoint, result: RESULTS[outcome] });
    this.ended.push({
      id: claimed.id,
      fence: claimed.fence,
      endpointId: claimed.endpointId,
      duration: Math.round(performance.now() - start),
      status: sent.status,
      answer: sent.answer,
      outcome,
      ...verdict,
    });
  }

  private async send(claimed: Claimed, signal: AbortSignal): Promise<Sent> {
    const { id, endpointId, url, body } = claimed;
    try {
      const secrets = claimed.secrets.map((stored) => this.secrets.open(stored, endpointId));
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'payment-webhooks',
        ...signedHeaders(id, secrets, Date.now(), body),
      };
      return await this.sender.post(url, { headers, body: Buffer.from(body), signal });
    } catch (error) {
      // A secret that this process cannot open.
      return { status: null, retryAfter: null, answer: null, error: (error as Error).message };
    }
  }

  private async writeEnded(): Promise<void> {
    if (this.ended.length === 0) return;
    const attempts = this.ended;
    this.ended = [];
    try {
      for (const endpoint of await this.outbox.end(attempts)) this.tellOf(endpoint);
    } catch (error) {
      // Kept for the next turn: they may be written as long as nobody else has claimed them. What the
      // database refuses would hold up all others for ever; it is sent again when its lease has ended.
      if (['unavailable', 'full'].includes(classifyDatabaseError(error))) {
        this.ended.unshift(...attempts);
      }
      throw error;
    }
  }

  private tellOf({ id, name, status }: StoppedEndpoint): void {
    const why =
      status === 'off'
        ? 'is off, since it answered 410. It is told nothing any more'
        : 'is paused, since every attempt has failed for three days. What it is to be told is kept';
    this.logger.warn(
      `The endpoint "${name}" ${why}. To resume it: PATCH /api/endpoints/${id} {"status":"active"}`,
    );
  }

  private async renewLeases(): Promise<void> {
    const now = performance.now();
    if (this.underWay.size === 0 || now - this.renewedAt < RENEWAL) return;
    this.renewedAt = now;
    const attempts = [...this.underWay.values()];
    const held = await this.outbox.renew(attempts.map(({ claimed }) => claimed));
    for (const { claimed, controller } of attempts) {
      // Another worker has it by now.
      if (!held.has(claimed.id)) controller.abort();
    }
  }

  private async finish(): Promise<void> {
    const all = Promise.all([...this.underWay.values()].map(({ done }) => done));
    await Promise.race([all, sleep(GRACE, undefined, { ref: false })]);
    const unfinished = [...this.underWay.values()];
    for (const { controller } of unfinished) controller.abort();
    await all;
    try {
      await this.writeEnded();
      const held = unfinished.map(({ claimed }) => claimed);
      if (held.length > 0) await this.outbox.giveBack(held);
    } catch (error) {
      // Their leases end by themselves.
      this.logger.error({ msg: 'attempts under way were not written down', err: error });
    }
  }

  private countUnderWay(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { claimed } of this.underWay.values()) {
      counts.set(claimed.endpointId, (counts.get(claimed.endpointId) ?? 0) + 1);
    }
    return counts;
  }
}
