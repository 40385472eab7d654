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

/** The filters of a list beside its times, as SQL. */
export function eventConditions(query: Partial<EventsQueryDto>): Prisma.Sql[] {
  const { source, status, type, eventId, cursor } = query;
  const all: Prisma.Sql[] = [];
  if (cursor !== undefined) all.push(Prisma.sql`id < ${cursor}::uuid`);
  if (source) all.push(Prisma.sql`source = ANY (${source}::text[])`);
  if (status) all.push(Prisma.sql`status = ANY (${status}::event_status[])`);
  if (type !== undefined) all.push(Prisma.sql`type = ${type}`);
  if (eventId !== undefined) all.push(Prisma.sql`event_id = ${eventId}`);
  return all;
}
