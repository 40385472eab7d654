import { Injectable } from '@nestjs/common';
import { pageIds } from '../database/page-ids.js';
import { PrismaService } from '../database/prisma.service.js';
import { EVENT_SELECTION, eventAnswer } from '../events/event-answer.js';
import { type Payment, Prisma } from '../generated/prisma/client.js';
import { isUuid, pageOf, type Page } from '../operations/cursor.js';
import { Problem } from '../operations/problem.js';
import { GROUP_NAMESPACES } from './group-namespaces.js';
import { changeAnswer, paymentAnswer } from './payment-answer.js';
import { type PaymentDetailDto, type PaymentDto } from './payment.dto.js';
import { type PaymentsQueryDto } from './payments-query.dto.js';
import { statementAnswers } from './statement-answer.js';

/** Payments of one name that are looked up before they are read. */
const MANY = 1_000;

/**
 * Each by its index: $1 a reference, $2 what a group may be stored as. One group after the other: of all
 * together Postgres expects so many payments that it would rather read the whole table.
 */
const NAMED = `
  WITH grouped AS MATERIALIZED (
    SELECT p.id FROM unnest($2::text[]) AS name
    CROSS JOIN LATERAL (
      SELECT id FROM payments WHERE groups <> '{}' AND groups @> ARRAY[name]) p)
  (SELECT id FROM payments WHERE reference = $1 LIMIT ${MANY + 1})
  UNION (SELECT id FROM grouped LIMIT ${MANY + 1})`;

/** Neither payments that were joined into others nor those whose statements a replay took away. */
const EXISTING = Prisma.sql`merged_into IS NULL AND refs <> '{}'`;

/** Reads payments. Writes nothing: payments are made by folding what events say. */
@Injectable()
export class PaymentsReader {
  constructor(private readonly prisma: PrismaService) {}

  /** A page by id descending; ids are UUID v7, so the newest come first and never change places. */
  async list(query: PaymentsQueryDto): Promise<Page<PaymentDto>> {
    const ids = await this.idsOf(query, query.limit + 1);
    const rows = await this.prisma.payment.findMany({
      where: { id: { in: ids } },
      orderBy: { id: 'desc' },
    });
    return pageOf(rows, query.limit, paymentAnswer);
  }

  /**
   * All payments that meet the filters, newest first: at least one page, be it empty. Each page is read
   * by itself when it is asked for, so a payment is as it is then.
   */
  async *pages(
    query: Omit<PaymentsQueryDto, 'cursor' | 'limit'>,
    limit: number,
  ): AsyncGenerator<PaymentDto[]> {
    let cursor: string | undefined;
    do {
      const { data, nextCursor } = await this.list({ ...query, cursor, limit });
      yield data;
      cursor = nextCursor === null ? undefined : data.at(-1)!.id;
    } while (cursor !== undefined);
  }

  private async idsOf(query: PaymentsQueryDto, take: number): Promise<string[]> {
    const { status, source, currency, ref, reference, from, to, cursor } = query;
    const conditions: Prisma.Sql[] = [];
    if (ref !== undefined) {
      conditions.push(
        Prisma.sql`id IN (SELECT payment_id FROM payment_refs WHERE ${refNamed(ref)})`,
      );
    }
    if (reference !== undefined) conditions.push(await this.named(reference));
    const currencies = currency === undefined ? undefined : [currency];
    return pageIds(this.prisma, {
      table: 'payments',
      always: [EXISTING],
      columns: [
        { column: 'status', type: 'payment_status', values: status, indexed: true },
        { column: 'source', type: 'text', values: source, indexed: true },
        { column: 'currency', type: 'text', values: currencies, indexed: true },
      ],
      ...{ conditions, timeColumn: 'occurred_at', from, to, cursor, take },
    });
  }

  /**
   * Those of a reference or a group. The few that there mostly are, are looked up before: Postgres, which
   * takes a group that it has no statistics of for a frequent one, would walk over all payments for them.
   */
  private async named(reference: string): Promise<Prisma.Sql> {
    const groups = groupsNamed(reference);
    const { rows } = await this.prisma.pool.query<{ id: string }>(NAMED, [reference, groups]);
    // So many are met soon on any walk.
    if (rows.length > MANY) {
      return Prisma.sql`(reference = ${reference} OR groups && ${groups}::text[])`;
    }
    return Prisma.sql`id = ANY (${rows.map(({ id }) => id)}::uuid[])`;
  }

  /** One payment with all that it was made of, at one moment; for a payment that was joined away, the survivor. */
  async find(id: string): Promise<PaymentDetailDto> {
    if (!isUuid(id)) throw paymentNotFound();
    return this.prisma.$transaction(
      async (tx) => {
        const payment = await survivorOf(tx, id);
        if (!payment) throw paymentNotFound();
        const paymentId = payment.id;
        const transactions = await tx.transaction.findMany({
          where: { paymentId },
          orderBy: [{ webhookEventId: 'asc' }, { ordinal: 'asc' }],
        });
        const events = await tx.webhookEvent.findMany({
          where: { transactions: { some: { paymentId } } },
          select: EVENT_SELECTION,
          orderBy: { id: 'asc' },
        });
        const changes = await tx.paymentChange.findMany({
          where: { paymentId },
          include: { event: { select: { eventId: true } } },
          orderBy: { version: 'asc' },
        });
        return {
          ...paymentAnswer(payment),
          transactions: [...statementAnswers(transactions).values()],
          events: events.map(eventAnswer),
          history: changes.map(changeAnswer),
        };
      },
      // One snapshot for all four reads, else a version could be missing from the history.
      { isolationLevel: 'RepeatableRead' },
    );
  }
}

function paymentNotFound(): Problem {
  return new Problem('not_found', {
    detail: 'No payment has this id. Take the id from GET /api/payments.',
  });
}

/** Follows the joins; they never form a circle. */
async function survivorOf(tx: Prisma.TransactionClient, id: string): Promise<Payment | null> {
  let payment = await tx.payment.findUnique({ where: { id } });
  while (payment?.mergedInto) {
    payment = await tx.payment.findUnique({ where: { id: payment.mergedInto } });
  }
  return payment;
}

/** What a group may be stored as, when it is named with or without its namespace. */
function groupsNamed(group: string): string[] {
  return [group, ...GROUP_NAMESPACES.map((namespace) => `${namespace}:${group}`)];
}

/** A provider's id may itself have a colon, so `a:b` is both `b` in `a` and `a:b` in any namespace. */
function refNamed(ref: string): Prisma.Sql {
  const colon = ref.indexOf(':');
  const bare = Prisma.sql`id = ${ref}`;
  if (colon < 1) return bare;
  const [namespace, id] = [ref.slice(0, colon), ref.slice(colon + 1)];
  return Prisma.sql`(${bare} OR (namespace = ${namespace} AND id = ${id}))`;
}
