import { Injectable, Logger } from '@nestjs/common';
import { classifyDatabaseError } from '../database/database-errors.js';
import { PrismaService } from '../database/prisma.service.js';
import { Metrics } from '../metrics/metrics.js';
import { OutboxSignal } from '../notifications/outbox-signal.js';
import { newId } from '../operations/ids.js';
import { Problem } from '../operations/problem.js';
import { type NormalisedDelivery, type RecordedEvent } from './delivery.js';
import { Batcher } from './record/batcher.js';
import { readOwners, recordBatch } from './record/recording.js';

/** Two batches under way keep Postgres busy while one waits for its disk; more only split the batches. */
const BATCHES = {
  concurrency: 2,
  maxItems: 256,
  maxBytes: 4 * 1024 * 1024,
  // A provider waits 5 to 30 seconds; an answer that comes later helps nobody.
  patience: 4_500,
};

/**
 * Records authentic deliveries: the event with its exact bytes, its transactions, the payment that they
 * make and its history, in one transaction. Resolves only after the commit.
 */
@Injectable()
export class PaymentsService {
  private readonly logger = new Logger(PaymentsService.name);
  private readonly batcher = new Batcher<NormalisedDelivery, RecordedEvent[] | Error>(
    (batch) => this.recordEach(batch),
    BATCHES,
  );

  constructor(
    private readonly prisma: PrismaService,
    private readonly outbox: OutboxSignal,
    private readonly metrics: Metrics,
  ) {}

  /**
   * One result per event of the delivery.
   * @throws {Problem} 503 where the commit is not certain; the provider's retry is then a duplicate
   */
  async record(delivery: NormalisedDelivery): Promise<RecordedEvent[]> {
    const result = await this.batcher
      .add(delivery, delivery.body.length)
      .catch((error: unknown) => error as Error);
    if (result instanceof Error) throw this.problemOf(result);
    return result;
  }

  /** Records a batch as a whole; where the database refuses the data, each delivery by itself. */
  private async recordEach(
    batch: readonly NormalisedDelivery[],
  ): Promise<(RecordedEvent[] | Error)[]> {
    try {
      return await this.recordTogether(batch);
    } catch (error) {
      const kind = classifyDatabaseError(error);
      if (kind !== 'rejected' && kind !== 'unstorable') return batch.map(() => error as Error);
      const [first] = batch;
      if (batch.length === 1 && first) {
        return [kind === 'unstorable' ? await this.recordBare(first, error) : (error as Error)];
      }
      const results: (RecordedEvent[] | Error)[] = [];
      for (const delivery of batch) results.push(...(await this.recordEach([delivery])));
      return results;
    }
  }

  /** What the database cannot hold is stored without its meaning: coming again would not mend it. */
  private async recordBare(
    delivery: NormalisedDelivery,
    cause: unknown,
  ): Promise<RecordedEvent[] | Error> {
    this.logger.error({ msg: 'a delivery cannot be stored with its meaning', err: cause });
    const events = delivery.events.map((event) => ({
      ...event,
      type: '',
      account: null,
      meaning: { status: 'quarantined', code: 'validation_failed' } as const,
    }));
    try {
      const [recorded] = await this.recordTogether([{ ...delivery, headers: {}, events }]);
      return recorded!;
    } catch (error) {
      return error as Error;
    }
  }

  private async recordTogether(batch: readonly NormalisedDelivery[]): Promise<RecordedEvent[][]> {
    const { results, changes, listening } = await this.prisma.commitTogether(
      (sql, owners: ReadonlyMap<string, string>) =>
        recordBatch(sql, batch, owners, { newId, now: () => new Date() }),
      (sql) => readOwners(sql, batch),
    );
    if (listening) this.outbox.raise();
    this.metrics.countChanges(changes);
    return results;
  }

  private problemOf(error: Error): Problem {
    this.logger.error({ msg: 'a delivery was not recorded', err: error });
    const full = classifyDatabaseError(error) === 'full';
    return new Problem(full ? 'storage_full' : 'storage_unavailable', { cause: error });
  }
}
