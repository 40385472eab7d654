import { isJsonObject, type JsonNumber, type JsonObject } from '../../json/json.js';
import {
  type Failure,
  type Statement,
  statement,
  type StatusOf,
} from '../../payments/statement.js';
import { readDto } from '../dto.js';
import { minorToIso } from '../money.js';
import {
  type Meaning,
  type NormaliseContext,
  type PaymentEvent,
  type QuarantineCode,
} from '../provider.js';
import { meaningOf, readAs, Unusable } from '../reading.js';
import { parseRfc3339 } from '../rfc3339.js';
import { messageText, readableId } from '../text.js';
import {
  StripeChargeDto,
  StripeDisputeDto,
  StripeEventDto,
  StripePaymentIntentDto,
  StripeReferenceDto,
  StripeRefundDto,
} from './stripe.dto.js';

/**
 * Where Stripe's minor units are not those of ISO 4217: ISK and UGX are sent with two decimals that
 * are always 00, MGA without any. https://docs.stripe.com/currencies#zero-decimal
 */
export const STRIPE_EXPONENTS: Readonly<Record<string, number>> = { ISK: 2, MGA: 0, UGX: 2 };

/** What an object says at the time of its event. */
interface Moment {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly options: NormaliseContext['options'];
}
type Reader<T> = (object: T, moment: Moment) => Statement[];

/** By event type what the object in it states. Every other type moves no payment and is ignored. */
export const STRIPE_EVENT_TYPES: ReadonlyMap<string, Reader<JsonObject>> = new Map([
  ['payment_intent.created', intent(pendingIntent)],
  ['payment_intent.requires_action', intent(pendingIntent)],
  ['payment_intent.processing', intent(pendingIntent)],
  ['payment_intent.partially_funded', intent(pendingIntent)],
  ['payment_intent.payment_failed', intent(failedIntent)],
  // Sent again when a capture or a cancel lowers what is capturable: then it is no authorization.
  ['payment_intent.amount_capturable_updated', intent(intentByStatus)],
  ['payment_intent.succeeded', intent(succeededIntent)],
  ['payment_intent.canceled', intent(canceledIntent)],

  ['charge.pending', charge(pendingCharge)],
  ['charge.failed', charge(failedCharge)],
  ['charge.expired', charge(expiredCharge)],
  ['charge.succeeded', charge(chargeByState)],
  ['charge.captured', charge(chargeByState)],
  ['charge.updated', charge(chargeByState)],
  ['charge.refunded', charge(chargeByState)],

  ['refund.created', read(StripeRefundDto, refund)],
  ['refund.updated', read(StripeRefundDto, refund)],
  ['refund.failed', read(StripeRefundDto, refund)],
  ['charge.refund.updated', read(StripeRefundDto, refund)],

  ['charge.dispute.created', read(StripeDisputeDto, dispute)],
  ['charge.dispute.updated', read(StripeDisputeDto, dispute)],
  ['charge.dispute.closed', read(StripeDisputeDto, dispute)],
  ['charge.dispute.funds_withdrawn', read(StripeDisputeDto, dispute)],
  ['charge.dispute.funds_reinstated', read(StripeDisputeDto, dispute)],
]);

export const STRIPE_INTENT_STATUSES: ReadonlyMap<string, Reader<StripePaymentIntentDto>> = new Map([
  [
    'requires_payment_method',
    (object, moment) =>
      object.last_payment_error ? failedIntent(object, moment) : pendingIntent(object, moment),
  ],
  ['requires_confirmation', pendingIntent],
  ['requires_action', pendingIntent],
  ['processing', pendingIntent],
  ['requires_capture', capturableIntent],
  ['succeeded', succeededIntent],
  ['canceled', canceledIntent],
]);

/** How an authorization ended, by the intent's cancellation_reason; without one it was voided. */
export const STRIPE_CANCELLATION_REASONS: ReadonlyMap<string, 'voided' | 'expired'> = new Map([
  ['abandoned', 'voided'],
  ['duplicate', 'voided'],
  ['failed_invoice', 'voided'],
  ['fraudulent', 'voided'],
  ['requested_by_customer', 'voided'],
  ['void_invoice', 'voided'],
  ['automatic', 'expired'],
  ['expired', 'expired'],
]);

export const STRIPE_CHARGE_STATUSES: ReadonlyMap<string, Reader<StripeChargeDto>> = new Map([
  ['pending', pendingCharge],
  ['failed', failedCharge],
  ['succeeded', succeededCharge],
]);

export const STRIPE_REFUND_STATUSES: ReadonlyMap<string, StatusOf<'refund'>> = new Map([
  ['pending', 'pending'],
  ['requires_action', 'pending'],
  ['succeeded', 'succeeded'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
]);

export const STRIPE_DISPUTE_STATUSES: ReadonlyMap<string, StatusOf<'dispute'>> = new Map([
  ['warning_needs_response', 'inquiry'],
  ['warning_under_review', 'inquiry'],
  ['warning_closed', 'inquiry'],
  ['prevented', 'inquiry'],
  ['needs_response', 'open'],
  ['under_review', 'open'],
  ['appeal_needs_response', 'open'],
  ['appeal_under_review', 'open'],
  ['won', 'won'],
  ['lost', 'lost'],
]);

/** One body of Stripe → its one event. */
export function normaliseStripe(json: JsonObject, context: NormaliseContext): PaymentEvent[] {
  // Thin events of API v2 carry no object, only where to fetch one; none of them moves a payment.
  if (json.object === 'v2.core.event') {
    const time = typeof json.created === 'string' ? parseRfc3339(json.created) : null;
    return [{ ...identityOf(json), occurredAt: Math.max(0, time ?? 0), meaning: IGNORED }];
  }
  const event = readDto(StripeEventDto, json);
  if (!event.ok) {
    const meaning = { status: 'quarantined', code: event.code, errors: event.errors } as const;
    return [{ ...identityOf(json), occurredAt: 0, meaning }];
  }
  const occurredAt = Number(event.dto.created.text) * 1000;
  const meaning = meaningOfEvent(event.dto.type, json, {
    at: occurredAt,
    options: context.options,
  });
  return [{ ...identityOf(json), occurredAt, meaning }];
}

const IGNORED: Meaning = { status: 'ignored' };

/** As far as it can be read. */
function identityOf(
  json: JsonObject,
): Pick<PaymentEvent, 'eventId' | 'type' | 'account' | 'livemode'> {
  return {
    eventId: readableId(json.id),
    type: readableId(json.type) ?? '',
    account: readableId(json.account),
    livemode: typeof json.livemode === 'boolean' ? json.livemode : null,
  };
}

function meaningOfEvent(type: string, json: JsonObject, moment: Moment): Meaning {
  const reader = STRIPE_EVENT_TYPES.get(type);
  if (reader === undefined) return IGNORED;
  const object = isJsonObject(json.data) ? json.data.object : undefined;
  return meaningOf(() => {
    if (!isJsonObject(object)) throw unusable('validation_failed', '', 'must be an object');
    return reader(object, moment);
  });
}

/** Where the object of an event stands in the body. */
const OBJECT = 'data.object';

function unusable(code: QuarantineCode, field: string, message: string): Unusable {
  return new Unusable(code, [{ field: fieldPath(field), message: `${field} ${message}`.trim() }]);
}

function fieldPath(field: string): string {
  return field === '' ? OBJECT : `${OBJECT}.${field}`;
}

/** Fields that are an id or, where whoever made the request expanded them, the object itself. */
const EXPANDABLE = ['charge', 'invoice', 'latest_charge', 'payment_intent'];

function read<T extends object>(Dto: new () => T, reader: Reader<T>): Reader<JsonObject> {
  return (json, moment) => {
    const object = { ...json };
    for (const name of EXPANDABLE) {
      const value = object[name];
      if (isJsonObject(value)) object[name] = value.id ?? value;
    }
    return reader(readAs(Dto, object, OBJECT), moment);
  };
}

function intent(reader: Reader<StripePaymentIntentDto>): Reader<JsonObject> {
  return read(StripePaymentIntentDto, (object, moment) => {
    byValue(STRIPE_INTENT_STATUSES, 'status', object.status);
    return reader(object, moment);
  });
}

function charge(reader: Reader<StripeChargeDto>): Reader<JsonObject> {
  return read(StripeChargeDto, (object, moment) => {
    byValue(STRIPE_CHARGE_STATUSES, 'status', object.status);
    return reader(object, moment);
  });
}

/** What a value of one of Stripe's enums means to us; never a default. */
function byValue<T>(table: ReadonlyMap<string, T>, field: string, value: string): T {
  const found = table.get(value);
  if (found !== undefined) return found;
  const known = [...table.keys()].join(', ');
  throw unusable('unknown_status', field, `has a value that is not known; known are ${known}`);
}

// Payment intents. Key of the attempt and of its capture: the intent's id.

function intentByStatus(object: StripePaymentIntentDto, moment: Moment): Statement[] {
  return byValue(STRIPE_INTENT_STATUSES, 'status', object.status)(object, moment);
}

function pendingIntent(object: StripePaymentIntentDto, moment: Moment): Statement[] {
  const common = { ...attempt(object, moment), ...money(object, object.amount) };
  return [statement('authorization', object.id, 'pending', common)];
}

function failedIntent(object: StripePaymentIntentDto, moment: Moment): Statement[] {
  const error = object.last_payment_error;
  const failure = failureOf(error?.code, error?.message);
  return [statement('authorization', object.id, 'failed', { ...attempt(object, moment), failure })];
}

function capturableIntent(object: StripePaymentIntentDto, moment: Moment): Statement[] {
  const capturable = money(object, object.amount_capturable);
  const received = money(object, object.amount_received);
  // What was captured already still belongs to what was authorized.
  const authorized = { ...capturable, amount: capturable.amount + received.amount };
  return [
    statement('authorization', object.id, 'authorized', {
      ...attempt(object, moment),
      ...authorized,
    }),
    ...receivedOf(object, moment),
  ];
}

function succeededIntent(object: StripePaymentIntentDto, moment: Moment): Statement[] {
  return [
    statement('capture', object.id, 'succeeded', {
      ...attempt(object, moment),
      ...money(object, object.amount_received),
      final: true,
    }),
  ];
}

function canceledIntent(object: StripePaymentIntentDto, moment: Moment): Statement[] {
  const reason = object.cancellation_reason;
  const status =
    reason == null ? 'voided' : byValue(STRIPE_CANCELLATION_REASONS, 'cancellation_reason', reason);
  return [
    statement('authorization', object.id, status, attempt(object, moment)),
    ...receivedOf(object, moment),
  ];
}

/** The running total of captures, where anything was captured. */
function receivedOf(object: StripePaymentIntentDto, moment: Moment): Statement[] {
  const received = money(object, object.amount_received);
  if (received.amount === 0n) return [];
  const common = { ...attempt(object, moment), ...received };
  return [statement('capture', object.id, 'succeeded', common)];
}

// Charges. Key of the attempt and of its capture: the intent's id, so that the attempts of an intent
// and both of its objects speak about one fact; the charge's own where there is no intent.

function chargeByState(object: StripeChargeDto, moment: Moment): Statement[] {
  return byValue(STRIPE_CHARGE_STATUSES, 'status', object.status)(object, moment);
}

function pendingCharge(object: StripeChargeDto, moment: Moment): Statement[] {
  return [statement('authorization', keyOf(object), 'pending', attempt(object, moment))];
}

function failedCharge(object: StripeChargeDto, moment: Moment): Statement[] {
  const failure = failureOf(object.failure_code, object.failure_message);
  return [
    statement('authorization', keyOf(object), 'failed', { ...attempt(object, moment), failure }),
  ];
}

function expiredCharge(object: StripeChargeDto, moment: Moment): Statement[] {
  return [statement('authorization', keyOf(object), 'expired', attempt(object, moment))];
}

function succeededCharge(object: StripeChargeDto, moment: Moment): Statement[] {
  const common = attempt(object, moment);
  const amount = money(object, object.amount);
  if (!object.captured) {
    // Nothing was taken, so what is called refunded here is the release of the hold.
    return [
      object.refunded
        ? statement('authorization', keyOf(object), 'voided', common)
        : statement('authorization', keyOf(object), 'authorized', { ...common, ...amount }),
    ];
  }
  const captured = money(object, object.amount_captured);
  const refunded = money(object, object.amount_refunded);
  // The rest of a partial capture is released, and counted in amount_refunded although never taken.
  const released = atLeastZero(amount.amount - captured.amount);
  return [
    statement('capture', keyOf(object), 'succeeded', {
      ...common,
      ...captured,
      releaseAmount: released,
    }),
    statement('refund_total', object.id, 'stated', {
      at: common.at,
      refs: common.refs,
      groups: common.groups,
      ...refunded,
      amount: atLeastZero(refunded.amount - released),
    }),
  ];
}

function keyOf(object: StripeChargeDto): string {
  return object.payment_intent ?? object.id;
}

// Refunds and disputes. Key: their own id.

function refund(object: StripeRefundDto, moment: Moment): Statement[] {
  const status = byValue(STRIPE_REFUND_STATUSES, 'status', object.status);
  return [
    statement('refund', object.id, status, {
      at: moment.at,
      refs: refsOf({ re: object.id, ch: object.charge, pi: object.payment_intent }),
      ...money(object, object.amount),
      born: Number(object.created.text) * 1000,
      release: object.reason === 'expired_uncaptured_charge',
      failure: failureOf(object.failure_reason, null),
    }),
  ];
}

function dispute(object: StripeDisputeDto, moment: Moment): Statement[] {
  const status = byValue(STRIPE_DISPUTE_STATUSES, 'status', object.status);
  return [
    statement('dispute', object.id, status, {
      at: moment.at,
      refs: refsOf({ dp: object.id, ch: object.charge, pi: object.payment_intent }),
      ...money(object, object.amount),
    }),
  ];
}

// What they have in common.

/** Time, refs, groups and reference of an intent or a charge. */
function attempt(object: StripePaymentIntentDto | StripeChargeDto, { at, options }: Moment) {
  return {
    at,
    refs:
      object instanceof StripePaymentIntentDto
        ? refsOf({ pi: object.id, ch: object.latest_charge })
        : refsOf({ ch: object.id, pi: object.payment_intent }),
    groups: refsOf({ invoice: object.invoice, transfer_group: object.transfer_group }),
    reference: referenceOf(object.metadata ?? {}, options.referenceKey),
  };
}

/** `namespace:id` of each id that is stated. */
function refsOf(ids: Record<string, string | null | undefined>): string[] {
  return Object.entries(ids).flatMap(([namespace, id]) =>
    id == null ? [] : [`${namespace}:${id}`],
  );
}

/** The merchant's reference; Stripe deletes metadata by an empty value, which is the same as none. */
function referenceOf(metadata: JsonObject, referenceKey: string | undefined): string | null {
  for (const key of referenceKey ? [referenceKey] : ['reference', 'order_id']) {
    const value = Object.hasOwn(metadata, key) ? metadata[key] : null;
    if (value == null || value === '') continue;
    const reading = readDto(StripeReferenceDto, { reference: value });
    if (reading.ok) return reading.dto.reference;
    throw unusable(reading.code, `metadata.${key}`, 'must be a string of 1 to 255 characters');
  }
  return null;
}

function money(object: { currency: string }, amount: JsonNumber) {
  const reading = minorToIso(amount.text, object.currency, STRIPE_EXPONENTS);
  if (reading.ok) return { amount: reading.amount, currency: reading.currency };
  const field = reading.code === 'currency_unknown' ? 'currency' : 'amount';
  throw new Unusable(reading.code, [{ field: fieldPath(field), message: reading.message }]);
}

function failureOf(code: string | null | undefined, text: string | null | undefined) {
  const message = messageText(text);
  const failure: Failure = { code: code ?? null, message };
  return failure.code === null && message === null ? null : failure;
}

function atLeastZero(amount: bigint): bigint {
  return amount < 0n ? 0n : amount;
}
