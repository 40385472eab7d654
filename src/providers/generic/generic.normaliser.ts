import { type JsonObject } from '../../json/json.js';
import { type Statement, statement, type StatusOf } from '../../payments/statement.js';
import { readDto } from '../dto.js';
import { type Meaning, type NormaliseContext, type PaymentEvent } from '../provider.js';
import { parseRfc3339 } from '../rfc3339.js';
import { messageText, readableId } from '../text.js';
import { GENERIC_EVENT_TYPES, GenericEventDto, moneyOf } from './generic.dto.js';

/** One body of the generic contract → its one event. */
export function normaliseGeneric(json: JsonObject, context: NormaliseContext): PaymentEvent[] {
  const { event_id, event_type, occurred_at } = json;
  return [
    {
      eventId: readableId(event_id),
      type: readableId(event_type) ?? '',
      occurredAt: Math.max(
        0,
        typeof occurred_at === 'string' ? (parseRfc3339(occurred_at) ?? 0) : 0,
      ),
      account: null,
      livemode: null,
      meaning: meaningOf(json, context),
    },
  ];
}

function meaningOf(json: JsonObject, context: NormaliseContext): Meaning {
  const type = json.event_type;
  if (readableId(type) !== null && !GENERIC_EVENT_TYPES.has(type as string)) {
    const known = [...GENERIC_EVENT_TYPES.keys()].join(', ');
    return {
      status: 'quarantined',
      code: 'unhandled_event_type',
      errors: [{ field: 'event_type', message: `event_type must be one of ${known}` }],
    };
  }
  const read = readDto(GenericEventDto, {
    ...json,
    currency: json.currency ?? context.options.currency,
  });
  if (!read.ok) return { status: 'quarantined', code: read.code, errors: read.errors };
  return { status: 'applied', statements: [statementOf(read.dto, context)] };
}

function statementOf(event: GenericEventDto, context: NormaliseContext): Statement {
  const type = GENERIC_EVENT_TYPES.get(event.event_type);
  if (type === undefined) throw new Error(`${event.event_type} passed as a known event type`);
  const money = moneyOf(event);
  const failed = event.event_type === 'payment_failure';
  const message = failed ? messageText(event.failure_reason) : null;
  return statement(
    type.kind,
    keyOf(event, type.kind, context),
    type.status as StatusOf<typeof type.kind>,
    {
      at: event.occurred_at == null ? 0 : (parseRfc3339(event.occurred_at) ?? 0),
      refs: [`tx:${event.transaction_id}`],
      amount: money?.ok ? money.amount : null,
      currency: money?.ok ? money.currency : null,
      final: type.final ?? (event.event_type === 'payment_captured' && event.final === true),
      reference: event.reference ?? null,
      failure: message === null ? null : { code: null, message },
    },
  );
}

/** A sender's ids are often unique only within a payment, hence the transaction's id before them. */
function keyOf(
  event: GenericEventDto,
  kind: Statement['kind'],
  { bodySha256 }: NormaliseContext,
): string {
  const tx = event.transaction_id;
  switch (kind) {
    case 'capture':
      // Without an id of its own a capture states the total so far, which replaces the one before.
      return event.capture_id == null ? tx : `${tx}/${event.capture_id}`;
    case 'refund':
      // Without an id of its own each event is a refund of its own: two of 10.00 are 20.00.
      return `${tx}/${event.refund_id ?? `event:${event.event_id ?? bodySha256}`}`;
    case 'dispute':
      return `${tx}/${event.dispute_id ?? '-'}`;
    default:
      return tx;
  }
}
