import { Injectable } from '@nestjs/common';
import { PrismaService } from '../database/prisma.service.js';
import { type Sql } from '../database/transaction.js';
import { Metrics } from '../metrics/metrics.js';
import { OutboxSignal } from '../notifications/outbox-signal.js';
import { newId } from '../operations/ids.js';
import { type ReplayResult, replayBatch } from './record/replaying.js';
import { type ReprojectResult, reprojectBatch } from './record/reprojecting.js';
import { type Change } from '../payments/ledger.js';
import { Sources } from './sources.js';

export interface ReapplyOptions {
  /** Everything is done and then rolled back. */
  readonly dryRun: boolean;
  /** Versions and history are written, nobody is notified. */
  readonly silent: boolean;
}

/** Does again what was recorded, beside live traffic: the same locks in the same order. */
@Injectable()
export class ReapplyService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly sources: Sources,
    private readonly outbox: OutboxSignal,
    private readonly metrics: Metrics,
  ) {}

  /** Normalises stored events by today's code and options; one transaction. */
  replay(eventIds: readonly string[], options: ReapplyOptions): Promise<ReplayResult> {
    return this.commit(options, (sql) =>
      replayBatch(sql, eventIds, (name) => this.sources.find(name), contextOf(options)),
    );
  }

  /** Folds the stored statements of payments again; one transaction. */
  reproject(paymentIds: readonly string[], options: ReapplyOptions): Promise<ReprojectResult> {
    return this.commit(options, (sql) => reprojectBatch(sql, paymentIds, contextOf(options)));
  }

  private async commit<T extends { readonly changes: readonly Change[] }>(
    options: ReapplyOptions,
    work: (sql: Sql) => Promise<T>,
  ): Promise<T> {
    try {
      const done = await this.prisma.commitTogether(async (sql) => {
        const result = await work(sql);
        if (options.dryRun) {
          await sql.sent();
          throw new DryRun(result);
        }
        return result;
      });
      if (!options.silent) this.outbox.raise();
      this.metrics.countChanges(done.changes);
      return done;
    } catch (error) {
      if (error instanceof DryRun) return error.result as T;
      throw error;
    }
  }
}

/** Carries the result out of a transaction that is to be rolled back. */
class DryRun extends Error {
  constructor(readonly result: unknown) {
    super('dry run');
  }
}

function contextOf({ silent }: ReapplyOptions) {
  return { silent, newId, now: () => new Date() };
}
