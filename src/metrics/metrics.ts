import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { PrismaService } from '../database/prisma.service.js';
import { processMetrics } from './process-metrics.js';
import { SERVICE_VERSION } from './version.js';

/** Seconds. A provider waits between 5 and 30; most answers take milliseconds. */
const ACK_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Seconds; a provider that could not deliver tries again for days. */
const AGE_BUCKETS = [0.5, 1, 5, 15, 60, 300, 1_800, 3_600, 21_600, 86_400, 259_200];

/**
 * What this process counts and measures, by the names of Prometheus. Each set of labels is closed:
 * sources and endpoints by their configured names, everything else from a list in the code, so that no
 * stranger makes a time series.
 */
@Injectable()
export class Metrics {
  /** Of this service alone; two in one process, as in tests, do not share it. */
  readonly registry = new Registry();

  readonly received = this.counter(
    'webhook_received_total',
    'Requests to /webhooks by what became of them; source is empty where no such source is configured.',
    ['source', 'outcome'],
  );
  readonly rejected = this.counter(
    'webhook_rejected_total',
    'Requests to /webhooks that were refused or could not be recorded, by the code of the answer.',
    ['source', 'code'],
  );
  readonly conflicts = this.counter(
    'webhook_conflicts_total',
    'Events that had the id of a stored event and another meaning; stored, never applied.',
    [],
  );
  readonly changes = this.counter(
    'payment_changes_total',
    'Versions of payments that were made, by the status that the payment has in it.',
    ['status'],
  );
  readonly attempts = this.counter(
    'notification_attempts_total',
    'Attempts to send a notification that have ended.',
    ['endpoint', 'result'],
  );
  readonly acknowledged = new Histogram({
    name: 'webhook_ack_duration_seconds',
    help: 'From the beginning of a request that was stored to the end of its answer.',
    buckets: ACK_BUCKETS,
    registers: [this.registry],
  });
  readonly eventAge = new Histogram({
    name: 'webhook_event_age_seconds',
    help: 'How old an event was by its provider when it was received for the first time.',
    buckets: AGE_BUCKETS,
    registers: [this.registry],
  });

  constructor({ pool }: PrismaService) {
    this.gauge('database_pool_in_use', 'Connections to Postgres that are in use.', () =>
      Promise.resolve(pool.totalCount - pool.idleCount),
    );
    this.gauge('database_pool_waiting', 'Who waits for a connection to Postgres.', () =>
      Promise.resolve(pool.waitingCount),
    );
    new Gauge({
      name: 'build_info',
      help: 'Always 1; the labels tell what runs.',
      labelNames: ['version', 'node'],
      registers: [this.registry],
    }).set({ version: SERVICE_VERSION, node: process.version }, 1);
  }

  /** Counts versions of payments; after the commit that made them. */
  countChanges(changes: readonly { readonly to: { readonly status: string } }[]): void {
    for (const { to } of changes) this.changes.inc({ status: to.status });
  }

  /** Adds a gauge that is measured when it is asked for; null where it cannot be known then. */
  gauge(name: string, help: string, measure: () => Promise<number | null>): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: async () => gauge.set((await measure()) ?? Number.NaN),
    });
  }

  /** All of them, those of the process too, in the text format of Prometheus. */
  async text(): Promise<string> {
    return (await this.registry.metrics()) + (await processMetrics().metrics());
  }

  private counter<Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
  ): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}
