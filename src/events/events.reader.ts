import { Injectable } from '@nestjs/common';
import { pageIds } from '../database/page-ids.js';
import { PrismaService } from '../database/prisma.service.js';
import { Prisma } from '../generated/prisma/client.js';
import { isUuid, pageOf, type Page } from '../operations/cursor.js';
import { Problem } from '../operations/problem.js';
import { statementAnswers } from '../payments/statement-answer.js';
import { EVENT_SELECTION, eventAnswer } from './event-answer.js';
import { type EventDetailDto, type EventDto } from './event.dto.js';
import { type EventsQueryDto } from './events-query.dto.js';

/** What the index of the statuses says of itself, word for word, else Postgres does not know that it may use it. */
const NOT_APPLIED = Prisma.sql`status <> 'applied'`;

/** Reads the inbox: every authentic event with its exact bytes. */
@Injectable()
export class EventsReader {
  constructor(private readonly prisma: PrismaService) {}

  /** A page by id descending, so newest first. */
  async list(query: EventsQueryDto): Promise<Page<EventDto>> {
    const ids = await this.idsOf(query, query.limit + 1);
    const rows = await this.prisma.webhookEvent.findMany({
      where: { id: { in: ids } },
      select: EVENT_SELECTION,
      orderBy: { id: 'desc' },
    });
    return pageOf(rows, query.limit, eventAnswer);
  }

  private idsOf(query: EventsQueryDto, take: number): Promise<string[]> {
    const { source, status, type, eventId, from, to, cursor } = query;
    const notApplied = status !== undefined && !status.includes('applied');
    const types = type === undefined ? undefined : [type];
    return pageIds(this.prisma, {
      table: 'webhook_events',
      always: notApplied ? [NOT_APPLIED] : [],
      columns: [
        { column: 'source', type: 'text', values: source, indexed: false },
        { column: 'status', type: 'event_status', values: status, indexed: notApplied },
        { column: 'type', type: 'text', values: types, indexed: true },
      ],
      conditions: eventId === undefined ? [] : [Prisma.sql`event_id = ${eventId}`],
      ...{ timeColumn: 'received_at', from, to, cursor, take },
    });
  }

  /** One event with what it says, at one moment. */
  async find(id: string): Promise<EventDetailDto> {
    if (!isUuid(id)) throw eventNotFound();
    return this.prisma.$transaction(
      async (tx) => {
        const event = await tx.webhookEvent.findUnique({ where: { id }, select: EVENT_SELECTION });
        if (!event) throw eventNotFound();
        const { delivery } = await tx.webhookEvent.findUniqueOrThrow({
          where: { id },
          select: { delivery: { select: { headers: true, verifiedWith: true } } },
        });
        const answer = eventAnswer(event);
        // Which statement is current is decided among all of a payment's.
        const transactions = await tx.transaction.findMany({
          where: { paymentId: { in: answer.paymentIds } },
          orderBy: [{ webhookEventId: 'asc' }, { ordinal: 'asc' }],
        });
        const statements = [...statementAnswers(transactions)]
          .filter(([row]) => row.webhookEventId === event.id)
          .sort(([a], [b]) => a.ordinal - b.ordinal)
          .map(([, statement]) => statement);
        return { ...answer, ...delivery, statements };
      },
      { isolationLevel: 'RepeatableRead' },
    );
  }

  /** The bytes exactly as they were received. */
  async body(id: string): Promise<Buffer> {
    const event = isUuid(id)
      ? await this.prisma.webhookEvent.findUnique({
          where: { id },
          select: { delivery: { select: { body: true, bodyEncoding: true } } },
        })
      : null;
    if (!event) throw eventNotFound();
    const { body, bodyEncoding } = event.delivery;
    return Buffer.from(body, bodyEncoding === 'base64' ? 'base64' : 'utf8');
  }
}

function eventNotFound(): Problem {
  return new Problem('not_found', {
    detail: 'No event has this id. Take the id from GET /api/events.',
  });
}
