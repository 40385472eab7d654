import { isJsonObject, type JsonObject, type JsonValue } from '../../json/json.js';
import {
  type Failure,
  type Statement,
  statement,
  type StatusOf,
} from '../../payments/statement.js';
import { minorToIso } from '../money.js';
import { type Meaning, type PaymentEvent } from '../provider.js';
import { byValue, meaningOf, namedIds, readAs, unusable, usableMoney } from '../reading.js';
import { parseRfc3339 } from '../rfc3339.js';
import { messageText, readableId } from '../text.js';
import {
  SquareDisputeDto,
  SquareEventDto,
  type SquareMoneyDto,
  SquarePaymentDto,
  SquareRefundDto,
} from './square.dto.js';

/**
 * Where Square's minor units are not those of ISO 4217: nowhere. "The smallest denomination of the
 * currency", https://developer.squareup.com/docs/build-basics/working-with-monetary-amounts.
 */
export const SQUARE_EXPONENTS: Readonly<Record<string, number>> = {};

/** The object of an event, as it stands in the body. */
interface Subject {
  readonly json: JsonObject;
  /** Its dotted path. */
  readonly path: string;
  /** The event's time in milliseconds since the epoch, for an object that states none. */
  readonly eventAt: number;
}
type Reader<T> = (object: T, subject: Subject) => Statement[];

/** By event type which field of data.object is read, and how. Every other type is ignored. */
export const SQUARE_EVENT_TYPES: ReadonlyMap<
  string,
  readonly [field: string, read: (subject: Subject) => Statement[]]
> = new Map([
  ['payment.created', ['payment', reader(SquarePaymentDto, payment)]],
  ['payment.updated', ['payment', reader(SquarePaymentDto, payment)]],
  ['refund.created', ['refund', reader(SquareRefundDto, refund)]],
  ['refund.updated', ['refund', reader(SquareRefundDto, refund)]],
  ['dispute.created', ['dispute', reader(SquareDisputeDto, dispute)]],
  ['dispute.state.updated', ['dispute', reader(SquareDisputeDto, dispute)]],
  // The same under its older name.
  ['dispute.state.changed', ['dispute', reader(SquareDisputeDto, dispute)]],
]);

export const SQUARE_PAYMENT_STATUSES: ReadonlyMap<string, Reader<SquarePaymentDto>> = new Map([
  ['PENDING', pendingPayment],
  ['APPROVED', approvedPayment],
  ['COMPLETED', completedPayment],
  ['CANCELED', canceledPayment],
  ['FAILED', failedPayment],
]);

export const SQUARE_REFUND_STATUSES: ReadonlyMap<string, StatusOf<'refund'>> = new Map([
  ['PENDING', 'pending'],
  ['COMPLETED', 'succeeded'],
  ['REJECTED', 'failed'],
  ['FAILED', 'failed'],
]);

export const SQUARE_DISPUTE_STATES: ReadonlyMap<string, StatusOf<'dispute'>> = new Map([
  ['INQUIRY_EVIDENCE_REQUIRED', 'inquiry'],
  ['INQUIRY_PROCESSING', 'inquiry'],
  ['INQUIRY_CLOSED', 'inquiry'],
  ['EVIDENCE_REQUIRED', 'open'],
  ['PROCESSING', 'open'],
  ['WON', 'won'],
  ['LOST', 'lost'],
  ['ACCEPTED', 'lost'],
]);

/** One body of Square → its one event. */
export function normaliseSquare(json: JsonObject): PaymentEvent[] {
  return [
    {
      eventId: readableId(json.event_id),
      type: readableId(json.type) ?? '',
      occurredAt: timeOf(json.created_at) ?? 0,
      account: readableId(json.merchant_id),
      // Only an unsigned header, square-environment, tells; the secret belongs to one environment.
      livemode: null,
      meaning: meaning(json),
    },
  ];
}

function meaning(json: JsonObject): Meaning {
  return meaningOf(() => {
    const event = readAs(SquareEventDto, json, '');
    const entry = SQUARE_EVENT_TYPES.get(event.type);
    if (entry === undefined) return [];
    const [field, read] = entry;
    const path = `data.object.${field}`;
    const object = childOf(childOf(childOf(json, 'data'), 'object'), field);
    if (!isJsonObject(object)) throw unusable('validation_failed', path, 'must be an object');
    return read({ json: object, path, eventAt: timeOf(event.created_at) ?? 0 });
  });
}

function childOf(parent: JsonValue | undefined, field: string): JsonValue | undefined {
  return isJsonObject(parent) && Object.hasOwn(parent, field) ? parent[field] : undefined;
}

function reader<T extends object>(Dto: new () => T, read: Reader<T>) {
  return (subject: Subject) => read(readAs(Dto, subject.json, subject.path), subject);
}

// Payments. Key of the attempt and of its capture: the payment's id.

function payment(object: SquarePaymentDto, subject: Subject): Statement[] {
  const path = `${subject.path}.status`;
  return byValue(SQUARE_PAYMENT_STATUSES, object.status, path)(object, subject);
}

function pendingPayment(object: SquarePaymentDto, subject: Subject): Statement[] {
  const common = { ...attempt(object, subject), ...money(object, 'total_money', subject) };
  return [statement('authorization', object.id, 'pending', common)];
}

function approvedPayment(object: SquarePaymentDto, subject: Subject): Statement[] {
  // What was approved may be less than what is asked for by now.
  const field = object.approved_money ? 'approved_money' : 'total_money';
  const common = { ...attempt(object, subject), ...money(object, field, subject) };
  return [statement('authorization', object.id, 'authorized', common)];
}

function completedPayment(object: SquarePaymentDto, subject: Subject): Statement[] {
  const common = { ...attempt(object, subject), ...money(object, 'total_money', subject) };
  return [statement('capture', object.id, 'succeeded', { ...common, final: true })];
}

function canceledPayment(object: SquarePaymentDto, subject: Subject): Statement[] {
  return [statement('authorization', object.id, 'voided', attempt(object, subject))];
}

function failedPayment(object: SquarePaymentDto, subject: Subject): Statement[] {
  const common = { ...attempt(object, subject), failure: failureOf(object) };
  return [statement('authorization', object.id, 'failed', common)];
}

/** Time, refs, groups and reference of a payment. */
function attempt(object: SquarePaymentDto, subject: Subject) {
  return {
    at: atOf(object, subject),
    refs: namedIds({ payment: object.id }),
    groups: namedIds({ order: object.order_id }),
    reference: object.reference_id || null,
  };
}

/** The first error of what the payment was made with. */
function failureOf(object: SquarePaymentDto): Failure | null {
  const [error] = [
    object.card_details,
    object.bank_account_details,
    object.wallet_details,
    object.buy_now_pay_later_details,
    object.square_account_details,
  ].flatMap((details) => details?.errors ?? []);
  if (error === undefined) return null;
  const failure = { code: error.code ?? null, message: messageText(error.detail) };
  return failure.code === null && failure.message === null ? null : failure;
}

// Refunds and disputes. Key: their own id.

function refund(object: SquareRefundDto, subject: Subject): Statement[] {
  const status = byValue(SQUARE_REFUND_STATUSES, object.status, `${subject.path}.status`);
  if (object.payment_id == null) {
    // Money that is sent to somebody, and no payment's money going back.
    if (object.unlinked === true) return [];
    throw unusable('no_ref', `${subject.path}.payment_id`, 'must name the payment');
  }
  return [
    statement('refund', object.id, status, {
      at: atOf(object, subject),
      refs: namedIds({ refund: object.id, payment: object.payment_id }),
      groups: namedIds({ order: object.order_id }),
      ...money(object, 'amount_money', subject),
      born: timeOf(object.created_at) ?? 0,
    }),
  ];
}

function dispute(object: SquareDisputeDto, subject: Subject): Statement[] {
  const id = object.id ?? object.dispute_id ?? '';
  const status = byValue(SQUARE_DISPUTE_STATES, object.state, `${subject.path}.state`);
  return [
    statement('dispute', id, status, {
      at: atOf(object, subject),
      refs: namedIds({ dispute: id, payment: object.disputed_payment?.payment_id }),
      ...money(object, 'amount_money', subject),
    }),
  ];
}

// What they have in common.

function atOf(object: { updated_at?: string | null }, { eventAt }: Subject): number {
  return timeOf(object.updated_at) ?? eventAt;
}

/** Milliseconds since the epoch; null for what is no time, or one before 1970. */
function timeOf(value: JsonValue | undefined): number | null {
  const time = typeof value === 'string' ? parseRfc3339(value) : null;
  return time !== null && time > 0 ? time : null;
}

/** An amount that is not stated is not invented. */
function money<F extends string>(
  object: Partial<Record<F, SquareMoneyDto | null>>,
  field: F,
  { path }: Subject,
) {
  const stated = object[field];
  if (stated == null) return { amount: null, currency: null };
  const amount = minorToIso(stated.amount.text, stated.currency, SQUARE_EXPONENTS);
  return usableMoney(amount, `${path}.${field}`, { amount: 'amount', currency: 'currency' });
}
