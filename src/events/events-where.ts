import { Prisma } from '../generated/prisma/client.js';
import { type EventsQueryDto } from './events-query.dto.js';

/** The filters of a replay. */
export function eventsWhere(query: Partial<EventsQueryDto>): Prisma.WebhookEventWhereInput {
  const { source, status, type, eventId, from, to, cursor } = query;
  return {
    id: cursor === undefined ? undefined : { lt: cursor },
    source: source && { in: source },
    status: status && { in: status },
    type,
    eventId,
    receivedAt: from || to ? { gte: from, lt: to } : undefined,
  };
}

/** What the index of the statuses says of itself, word for word: else Postgres would not know that it may be used. */
export const NOT_APPLIED = Prisma.sql`status <> 'applied'`;

/** The filters of a list beside its times and its cursor, as SQL. */
export function eventConditions(query: Partial<EventsQueryDto>): Prisma.Sql[] {
  const { source, status, type, eventId } = query;
  const all: Prisma.Sql[] = [];
  if (source) all.push(Prisma.sql`source = ANY (${source}::text[])`);
  if (status) all.push(Prisma.sql`status = ANY (${status}::event_status[])`);
  if (status && !status.includes('applied')) all.push(NOT_APPLIED);
  if (type !== undefined) all.push(Prisma.sql`type = ${type}`);
  if (eventId !== undefined) all.push(Prisma.sql`event_id = ${eventId}`);
  return all;
}
