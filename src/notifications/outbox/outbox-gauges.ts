import { Injectable } from '@nestjs/common';
import { Metrics } from '../../metrics/metrics.js';
import { OutboxTally } from './outbox-tally.js';

/** Milliseconds to wait for a counting: who asks for metrics has a timeout, and the rest is to be told. */
const PATIENCE = 1_000;

/** What waits to be sent, as metrics. Counted in the database: every process shows the same. */
@Injectable()
export class OutboxGauges {
  constructor(metrics: Metrics, tally: OutboxTally) {
    const latest = async () => (await tally.read(PATIENCE))?.value ?? null;
    metrics.gauge(
      'notification_backlog',
      'Notifications that are still to be sent; at most a million are counted.',
      async () => (await latest())?.pending ?? null,
    );
    metrics.gauge(
      'notification_oldest_age_seconds',
      'How long the oldest of them waits; 0 where none does.',
      async () => {
        const count = await latest();
        return count && (count.oldestUnsentAt ? ageOf(count.oldestUnsentAt) : 0);
      },
    );
  }
}

function ageOf(time: Date): number {
  return Math.max(0, (Date.now() - time.getTime()) / 1000);
}
