import { type Prisma } from '../generated/prisma/client.js';
import { type EventDto } from './event.dto.js';

/** What an answer needs of an event. The body may be a megabyte and is never among it. */
export const EVENT_SELECTION = {
  id: true,
  source: true,
  provider: true,
  eventId: true,
  type: true,
  status: true,
  code: true,
  livemode: true,
  account: true,
  occurredAt: true,
  receivedAt: true,
  delivery: { select: { bodyEncoding: true, bodySha256: true, bodySize: true } },
  transactions: { select: { paymentId: true }, orderBy: { ordinal: 'asc' } },
} satisfies Prisma.WebhookEventSelect;

type SelectedEvent = Prisma.WebhookEventGetPayload<{ select: typeof EVENT_SELECTION }>;

export function eventAnswer(row: SelectedEvent): EventDto {
  return {
    id: row.id,
    source: row.source,
    provider: row.provider,
    eventId: row.eventId,
    type: row.type,
    status: row.status,
    code: row.code,
    livemode: row.livemode,
    account: row.account,
    occurredAt: row.occurredAt?.toISOString() ?? null,
    receivedAt: row.receivedAt.toISOString(),
    paymentIds: [...new Set(row.transactions.map(({ paymentId }) => paymentId))],
    bodyEncoding: row.delivery.bodyEncoding,
    bodySha256: row.delivery.bodySha256,
    bodySize: row.delivery.bodySize,
  };
}
