import { Injectable, Logger } from '@nestjs/common';
import { type Response } from 'express';
import { Metrics } from '../metrics/metrics.js';
import { problemCodeOf } from '../operations/problem.filter.js';
import { requestIdOf } from '../operations/request-id.js';
import { Acknowledgements } from './acknowledgements.js';
import { type RecordedEvent } from './delivery.js';
import { type Outcome, outcomeOf, OUTCOMES } from './outcome.js';
import { Sources } from './sources.js';
import { sourceNameIn, type WebhookRequest } from './webhook-request.js';

/** Outcomes that somebody has to look into. */
const WORRYING: ReadonlySet<Outcome> = new Set(['quarantined', 'rejected', 'unavailable']);
/** Refusals that a wrong secret or clock makes: counted from 0, so that the first one is seen. */
const SIGNATURE_CODES = ['signature_missing', 'signature_invalid', 'timestamp_out_of_tolerance'];

type Recorded = NonNullable<WebhookRequest['recorded']>;

/** Counts, times and logs each request to /webhooks, after its answer: no provider waits for it. */
@Injectable()
export class WebhookObserver {
  private readonly logger = new Logger('webhooks');

  constructor(
    private readonly sources: Sources,
    private readonly acknowledgements: Acknowledgements,
    private readonly metrics: Metrics,
  ) {
    // A source that is silent from the start must be seen as silent, not as missing.
    for (const { name: source } of sources.all) {
      for (const outcome of OUTCOMES) metrics.received.inc({ source, outcome }, 0);
      for (const code of SIGNATURE_CODES) metrics.rejected.inc({ source, code }, 0);
    }
  }

  /** Looks after a request that has just come in. */
  observe(request: WebhookRequest, response: Response): void {
    const begin = performance.now();
    response.once('close', () => this.end(request, response, performance.now() - begin));
  }

  private end(request: WebhookRequest, response: Response, ms: number): void {
    const { recorded } = request;
    const answered = response.writableFinished;
    // Who went away was told nothing; what is stored of it counts all the same.
    const outcome = answered || recorded ? outcomeOf(recorded?.events, response.statusCode) : null;
    const source = this.sourceOf(request);
    const code = problemCodeOf(response);
    if (answered && recorded) {
      this.acknowledgements.add(ms);
      this.metrics.acknowledged.observe(ms / 1000);
    }
    if (outcome !== null) {
      this.metrics.received.inc({ source, outcome });
      if (!recorded && code !== null) this.metrics.rejected.inc({ source, code });
    }
    if (recorded) this.measureEvents(recorded);
    const [first] = recorded?.delivery.events ?? [];
    const line = {
      msg: 'webhook',
      requestId: requestIdOf(request),
      source: source === '' ? null : source,
      eventId: first?.eventId ?? null,
      type: first?.type ?? null,
      events: recorded?.events.length ?? 0,
      outcome: outcome ?? (answered ? 'answered' : 'aborted'),
      code: recorded?.events.find((event) => event.code !== null)?.code ?? code,
      status: answered ? response.statusCode : null,
      bytes: request.webhook?.bytes.length ?? null,
      ms: Math.round(ms * 10) / 10,
    };
    // What strangers send to no source of ours is nobody's worry.
    if (outcome !== null && WORRYING.has(outcome) && source !== '') this.logger.warn(line);
    else this.logger.log(line);
  }

  /** The configured source of a request, as the label that it is counted by; '' where it names none. */
  private sourceOf(request: WebhookRequest): string {
    if (request.webhook) return request.webhook.source.name;
    const name = sourceNameIn(request);
    return name !== null && this.sources.find(name) ? name : '';
  }

  private measureEvents({ delivery, events }: Recorded): void {
    const now = delivery.receivedAt.getTime();
    delivery.events.forEach(({ occurredAt }, i) => {
      const { duplicate, code }: RecordedEvent = events[i]!;
      if (duplicate) return;
      if (code === 'event_id_conflict') this.metrics.conflicts.inc();
      if (occurredAt > 0) this.metrics.eventAge.observe(Math.max(0, now - occurredAt) / 1000);
    });
  }
}
