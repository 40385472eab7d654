import { type Prisma } from '../generated/prisma/client.js';
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
