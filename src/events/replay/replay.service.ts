import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../database/prisma.service.js';
import { type Prisma } from '../../generated/prisma/client.js';
import { ReapplyService, type ReapplyOptions } from '../../webhooks/reapply.service.js';
import { eventsWhere } from '../events-where.js';
import { differencesOf, type PaymentDifference } from './difference.js';
import { type ReapplySummaryDto, type ReplayFilterDto } from './replay.dto.js';

/** Events or payments of one transaction; bounds the memory and the time that locks are held. */
const BATCH = 200;
/** Events that one query looks through, so that a filter which few of many meet is in time. */
const WINDOW = 50_000;

/** How far it is: one step is one transaction, or the end of a window. */
export interface ReapplyStep {
  readonly summary: ReapplySummaryDto;
  readonly differences: readonly PaymentDifference[];
  /** The last event or payment looked at; `after` it a run that was stopped can be continued. */
  readonly last: string;
}

export interface RunOptions extends ReapplyOptions {
  /** Continue after this id. */
  readonly after?: string;
}

/** Replays events and reprojects payments in batches, each committed by itself. */
@Injectable()
export class ReplayService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly reapply: ReapplyService,
  ) {}

  /** Replays what meets the filters, by id ascending. */
  async *replay(
    filter: Partial<ReplayFilterDto>,
    options: RunOptions,
  ): AsyncGenerator<ReapplyStep> {
    const where = eventsWhere(filter);
    let after = options.after;
    for (;;) {
      const end = await this.endOfWindow(after);
      for (;;) {
        const page = await this.prisma.webhookEvent.findMany({
          where: { AND: [where, { id: { gt: after, lte: end } }] },
          select: { id: true },
          orderBy: { id: 'asc' },
          take: BATCH,
        });
        const last = page.at(-1)?.id;
        if (last === undefined) break;
        const ids = await this.wholePayments(
          page.map(({ id }) => id),
          where,
        );
        yield { ...(await this.replayBatch(ids, options)), last };
        after = last;
      }
      if (end === undefined) return;
      yield { summary: NOTHING, differences: [], last: end };
      after = end;
    }
  }

  /** How many events `replay` is going to look at. Reads them all once. */
  countEvents(filter: Partial<ReplayFilterDto>, after?: string): Promise<number> {
    const where = eventsWhere(filter);
    return this.prisma.webhookEvent.count({ where: { AND: [where, { id: { gt: after } }] } });
  }

  /** Replays the events of these ids; unknown ids are left out. */
  async replayBatch(ids: readonly string[], options: ReapplyOptions) {
    const { outcomes, changes } = await this.reapply.replay(ids, options);
    const count = (outcome: string) => [...outcomes.values()].filter((o) => o === outcome).length;
    const differences = differencesOf(changes);
    const summary: ReapplySummaryDto = {
      matched: outcomes.size,
      applied: count('applied'),
      ignored: count('ignored'),
      quarantined: count('quarantined'),
      unchanged: count('unchanged'),
      changedPayments: differences.length,
    };
    return { summary, differences };
  }

  /** Folds every payment again, by id ascending. */
  async *reproject(options: RunOptions): AsyncGenerator<ReapplyStep> {
    for (let after = options.after; ;) {
      const page = await this.prisma.payment.findMany({
        where: { mergedInto: null, id: { gt: after } },
        select: { id: true },
        orderBy: { id: 'asc' },
        take: BATCH,
      });
      const last = page.at(-1)?.id;
      if (last === undefined) return;
      const { matched, changes, written } = await this.reapply.reproject(
        page.map(({ id }) => id),
        options,
      );
      const differences = differencesOf(changes);
      const applied = written.length;
      const unchanged = matched - applied;
      const changedPayments = differences.length;
      const summary = { matched, applied, ignored: 0, quarantined: 0, unchanged, changedPayments };
      yield { summary, differences, last };
      after = last;
    }
  }

  /** How many payments `reproject` is going to look at. Reads them all once. */
  countPayments(after?: string): Promise<number> {
    return this.prisma.payment.count({ where: { mergedInto: null, id: { gt: after } } });
  }

  /** The last id of the window after an id; undefined in the last window. */
  private async endOfWindow(after: string | undefined): Promise<string | undefined> {
    const end = await this.prisma.webhookEvent.findFirst({
      where: { id: { gt: after } },
      select: { id: true },
      orderBy: { id: 'asc' },
      skip: WINDOW - 1,
    });
    return end?.id;
  }

  /**
   * A page of events, made whole: with the later events of the same payments, without those that an
   * earlier page took along. So each payment changes in one step and is told of once.
   */
  private async wholePayments(
    page: readonly string[],
    where: Prisma.WebhookEventWhereInput,
  ): Promise<string[]> {
    const start = page[0]!;
    const own = await this.prisma.transaction.findMany({
      where: { webhookEventId: { in: [...page] } },
      select: { paymentId: true },
      distinct: ['paymentId'],
    });
    const related = await this.prisma.transaction.findMany({
      where: { paymentId: { in: own.map(({ paymentId }) => paymentId) }, event: where },
      select: { paymentId: true, webhookEventId: true },
    });
    const done = new Set(
      related.filter((t) => t.webhookEventId < start).map(({ paymentId }) => paymentId),
    );
    const earlier = related.filter((t) => done.has(t.paymentId)).map((t) => t.webhookEventId);
    const left = related.filter((t) => !done.has(t.paymentId)).map((t) => t.webhookEventId);
    const gone = new Set(earlier);
    return [...new Set([...page, ...left])].filter((id) => !gone.has(id)).sort();
  }
}

/** Adds up the steps of a run. */
export function addSummaries(a: ReapplySummaryDto, b: ReapplySummaryDto): ReapplySummaryDto {
  return {
    matched: a.matched + b.matched,
    applied: a.applied + b.applied,
    ignored: a.ignored + b.ignored,
    quarantined: a.quarantined + b.quarantined,
    unchanged: a.unchanged + b.unchanged,
    changedPayments: a.changedPayments + b.changedPayments,
  };
}

export const NOTHING: ReapplySummaryDto = {
  matched: 0,
  applied: 0,
  ignored: 0,
  quarantined: 0,
  unchanged: 0,
  changedPayments: 0,
};
