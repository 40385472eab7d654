import { isJsonObject, type JsonObject, type JsonValue } from '../../json/json.js';
import { type Statement, statement, type StatusOf } from '../../payments/statement.js';
import { type PaymentEvent } from '../provider.js';
import { meaningOf, merchantReference, namedIds, readAs, unusable } from '../reading.js';
import { parseRfc3339 } from '../rfc3339.js';
import { messageText, readableId } from '../text.js';
import { GocardlessEventDto, GocardlessMoneyEventDto } from './gocardless.dto.js';

/** What an event about money states; `path` is its place in the body. */
type Reader = (event: GocardlessMoneyEventDto, path: string) => Statement[];

/**
 * By resource type and action what an event states. Every other one moves no payment and is ignored.
 * No event states an amount, so that statements say what became of a payment, and not how much it was.
 */
export const GOCARDLESS_EVENT_TYPES: ReadonlyMap<string, Reader> = new Map([
  ['payments.created', collection('pending')],
  ['payments.customer_approval_granted', collection('pending')],
  ['payments.submitted', collection('pending')],
  ['payments.resubmission_requested', collection('pending')],
  ['payments.confirmed', collection('succeeded')],
  // Paid out is the payment itself on its way to the merchant, not a payout, which holds many.
  ['payments.paid_out', collection('succeeded')],
  // Also days after it was confirmed: the later event wins.
  ['payments.failed', collection('failed')],
  ['payments.cancelled', withdrawn],
  ['payments.customer_approval_denied', withdrawn],

  // The money is gone at once, and no later event of a loss is guaranteed.
  ['payments.charged_back', chargeback('lost')],
  ['payments.chargeback_cancelled', chargeback('won')],

  ['refunds.created', refund('pending')],
  ['refunds.paid', refund('succeeded')],
  ['refunds.failed', refund('failed')],
  ['refunds.bounced', refund('failed')],
  ['refunds.funds_returned', refund('failed')],
]);

/** One body of GoCardless → the events in it, up to 250, in their order. */
export function normaliseGocardless(json: JsonObject): PaymentEvent[] {
  const { events } = json;
  if (!Array.isArray(events) || events.length === 0) {
    return [unreadable('events', 'events must be an array of at least one event')];
  }
  return events.map((event, index) => {
    const path = `events.${index}`;
    return isJsonObject(event) ? eventOf(event, path) : unreadable(path, 'must be an object');
  });
}

function eventOf(json: JsonObject, path: string): PaymentEvent {
  return {
    eventId: readableId(json.id),
    type: typeOf(json),
    occurredAt: timeOf(json.created_at),
    // Stated to the apps of partners, which receive the events of many merchants.
    account: isJsonObject(json.links) ? readableId(json.links.organisation) : null,
    livemode: null,
    meaning: meaningOf(() => statementsOf(json, path)),
  };
}

function unreadable(field: string, message: string): PaymentEvent {
  const meaning = { status: 'quarantined', code: 'validation_failed' } as const;
  const errors = [{ field, message }];
  return {
    eventId: null,
    type: '',
    occurredAt: 0,
    account: null,
    livemode: null,
    meaning: { ...meaning, errors },
  };
}

/** `<resource type>.<action>`; '' where either is unreadable. */
function typeOf({ resource_type: resource, action }: JsonObject): string {
  const names = [readableId(resource), readableId(action)];
  return names.includes(null) ? '' : names.join('.');
}

/** In milliseconds since the epoch; 0 where there is none. */
function timeOf(value: JsonValue | undefined): number {
  return Math.max(0, typeof value === 'string' ? (parseRfc3339(value) ?? 0) : 0);
}

function statementsOf(json: JsonObject, path: string): Statement[] {
  readAs(GocardlessEventDto, json, path);
  const read = GOCARDLESS_EVENT_TYPES.get(typeOf(json));
  return read === undefined ? [] : read(readAs(GocardlessMoneyEventDto, json, path), path);
}

// Payments. Key of the attempt, of its collection and of its chargeback: the payment's id.

function collection(status: StatusOf<'capture'>): Reader {
  return (event, path) => {
    const id = paymentOf(event, path);
    const failure = status === 'failed' ? failureOf(event) : null;
    return [statement('capture', id, status, { ...aboutPayment(event, path), failure })];
  };
}

/** Nothing was collected, and nothing will be. */
function withdrawn(event: GocardlessMoneyEventDto, path: string): Statement[] {
  const id = paymentOf(event, path);
  return [statement('authorization', id, 'voided', aboutPayment(event, path))];
}

function chargeback(status: StatusOf<'dispute'>): Reader {
  return (event, path) => [
    statement('dispute', paymentOf(event, path), status, aboutPayment(event, path)),
  ];
}

function paymentOf({ links }: GocardlessMoneyEventDto, path: string): string {
  if (links.payment != null) return links.payment;
  throw unusable('no_ref', `${path}.links.payment`, 'payment must name the payment');
}

/** Time, refs, groups and reference of a payment. */
function aboutPayment(event: GocardlessMoneyEventDto, path: string) {
  return { ...about(event, { pm: event.links.payment }), reference: referenceOf(event, path) };
}

/** The payment's own metadata; that of the event is whatever the last request about it brought. */
function referenceOf({ resource_metadata: own, metadata }: GocardlessMoneyEventDto, path: string) {
  return (
    merchantReference(own, ['reference'], `${path}.resource_metadata`) ??
    merchantReference(metadata, ['reference'], `${path}.metadata`)
  );
}

function failureOf({ details }: GocardlessMoneyEventDto) {
  const code = details?.cause ?? null;
  const message = messageText(details?.description);
  return code === null && message === null ? null : { code, message };
}

// Refunds. Key: their own id; most events about one name its payment too.

function refund(status: StatusOf<'refund'>): Reader {
  return (event, path) => {
    const { refund: id, payment } = event.links;
    if (id == null) {
      throw unusable('no_ref', `${path}.links.refund`, 'refund must name the refund');
    }
    return [statement('refund', id, status, about(event, { rf: id, pm: payment }))];
  };
}

/** Time, refs and groups. */
function about(
  { created_at, links }: GocardlessMoneyEventDto,
  refs: Readonly<Record<string, string | null | undefined>>,
) {
  return {
    at: timeOf(created_at),
    refs: namedIds(refs),
    groups: namedIds({
      mandate: links.mandate,
      subscription: links.subscription,
      instalment_schedule: links.instalment_schedule,
      billing_request: links.billing_request,
    }),
  };
}
