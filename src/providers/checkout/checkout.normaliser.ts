import { isJsonObject, type JsonObject, type JsonValue } from '../../json/json.js';
import {
  type Failure,
  type Statement,
  statement,
  type StatusOf,
} from '../../payments/statement.js';
import { minorToIso } from '../money.js';
import { type Meaning, type PaymentEvent } from '../provider.js';
import { meaningOf, namedIds, readAs, unusable, usableMoney } from '../reading.js';
import { parseRfc3339 } from '../rfc3339.js';
import { messageText, readableId } from '../text.js';
import { CheckoutDisputeDto, CheckoutEventDto, CheckoutPaymentDto } from './checkout.dto.js';

/**
 * Where Checkout.com's minor units are not those of ISO 4217:
 * https://www.checkout.com/docs/developer-resources/calculating-the-amount, and for CLF its older edition.
 */
export const CHECKOUT_EXPONENTS: Readonly<Record<string, number>> = { CLF: 0, CLP: 2 };

/** No statement: the event moves no payment. */
type Reader<T> = (object: T, at: number) => Statement[];

/** By event type what `data` states. Every other type moves no payment and is ignored. */
export const CHECKOUT_EVENT_TYPES: ReadonlyMap<string, Reader<JsonObject>> = new Map([
  ['payment_pending', payment(attempt('pending'))],
  ['payment_approved', payment(approved)],
  ['payment_declined', payment(declined)],
  ['payment_canceled', payment(attempt('voided'))],
  ['payment_voided', payment(attempt('voided'))],
  ['payment_expired', payment(attempt('expired'))],
  ['payment_authorization_incremented', payment(incremented)],

  ['payment_capture_pending', payment(capture('pending'))],
  ['payment_captured', payment(capture('succeeded'))],
  ['payment_capture_declined', payment(capture('failed'))],

  ['payment_refund_pending', payment(refund('pending'))],
  ['payment_refunded', payment(refund('succeeded'))],
  ['payment_refund_declined', payment(refund('failed'))],

  ['dispute_received', dispute('open')],
  ['dispute_evidence_required', dispute('open')],
  ['dispute_evidence_submitted', dispute('open')],
  ['dispute_evidence_acknowledged_by_scheme', dispute('open')],
  ['dispute_won', dispute('won')],
  ['dispute_canceled', dispute('won')],
  // The payment had been refunded already: it is the refund that counts.
  ['dispute_resolved', dispute('won')],
  ['dispute_arbitration_won', dispute('won')],
  ['dispute_lost', dispute('lost')],
  ['dispute_accepted', dispute('lost')],
  ['dispute_expired', dispute('lost')],
  ['dispute_arbitration_lost', dispute('lost')],
]);

/** One body of Checkout.com → its one event. */
export function normaliseCheckout(json: JsonObject): PaymentEvent[] {
  return [
    {
      eventId: readableId(json.id),
      type: readableId(json.type) ?? '',
      occurredAt: timeOf(json),
      // The key of a webhook belongs to one account and one environment; events state neither.
      account: null,
      livemode: null,
      meaning: meaning(json),
    },
  ];
}

function meaning(json: JsonObject): Meaning {
  return meaningOf(() => {
    const event = readAs(CheckoutEventDto, json, '');
    const read = CHECKOUT_EVENT_TYPES.get(event.type);
    if (read === undefined) return [];
    if (!isJsonObject(json.data)) throw unusable('validation_failed', 'data', 'must be an object');
    return read(json.data, timeOf(json));
  });
}

function payment(read: Reader<CheckoutPaymentDto>): Reader<JsonObject> {
  return (data, at) => {
    const object = readAs(CheckoutPaymentDto, data, 'data');
    // A payout to a card is approved and declined by the same types.
    return object.destination == null ? read(object, at) : [];
  };
}

// The attempt. Key: the payment's id.

function attempt(status: StatusOf<'authorization'>): Reader<CheckoutPaymentDto> {
  return (object, at) => [statement('authorization', object.id, status, ofPayment(object, at))];
}

function approved(object: CheckoutPaymentDto, at: number): Statement[] {
  const common = { ...ofPayment(object, at), ...money(object) };
  return [statement('authorization', object.id, 'authorized', common)];
}

function declined(object: CheckoutPaymentDto, at: number): Statement[] {
  const common = { ...ofPayment(object, at), failure: failureOf(object) };
  return [statement('authorization', object.id, 'failed', common)];
}

/** Whether its amount is the increment or the new total is not documented: money is not guessed. */
function incremented(): Statement[] {
  const message = 'is a type whose amount is not known to be an increment or a total';
  throw unusable('unknown_status', 'type', message);
}

// Captures and refunds. Key: the id of the action; they add up.

function capture(status: StatusOf<'capture'>): Reader<CheckoutPaymentDto> {
  return (object, at) => [
    statement('capture', actionOf(object), status, {
      ...ofPayment(object, at),
      ...money(object),
      failure: status === 'failed' ? failureOf(object) : null,
    }),
  ];
}

function refund(status: StatusOf<'refund'>): Reader<CheckoutPaymentDto> {
  return (object, at) => [
    statement('refund', actionOf(object), status, {
      ...ofPayment(object, at),
      reference: null,
      ...money(object),
      failure: status === 'failed' ? failureOf(object) : null,
    }),
  ];
}

function actionOf({ action_id: id }: CheckoutPaymentDto): string {
  if (id == null) throw unusable('validation_failed', 'data.action_id', 'must name the action');
  return id;
}

// Disputes. Key: their own id.

function dispute(status: StatusOf<'dispute'>): Reader<JsonObject> {
  return (data, at) => {
    const object = readAs(CheckoutDisputeDto, data, 'data');
    return [
      statement('dispute', object.id, status, {
        at,
        refs: namedIds({ dsp: object.id, pay: object.payment_id }),
        groups: namedIds({ reference: object.payment_reference }),
        ...money(object),
      }),
    ];
  };
}

// What they have in common.

/** Time, refs, group and reference of a payment. */
function ofPayment({ id, reference }: CheckoutPaymentDto, at: number) {
  return {
    at,
    refs: namedIds({ pay: id }),
    groups: namedIds({ reference }),
    reference: reference ?? null,
  };
}

function failureOf(object: CheckoutPaymentDto): Failure | null {
  const code = object.response_code ?? null;
  const message = messageText(object.response_summary);
  return code === null && message === null ? null : { code, message };
}

/** An amount that is not stated is not invented. */
function money({ amount, currency }: CheckoutPaymentDto | CheckoutDisputeDto) {
  if (amount == null || currency == null) return { amount: null, currency: null };
  const reading = minorToIso(amount.text, currency, CHECKOUT_EXPONENTS);
  return usableMoney(reading, 'data', { amount: 'amount', currency: 'currency' });
}

/** Milliseconds since the epoch; 0 where neither field has a time. */
function timeOf({ created_on: createdOn, timestamp }: JsonObject): number {
  return millisecondsOf(createdOn) ?? millisecondsOf(timestamp) ?? 0;
}

function millisecondsOf(value: JsonValue | undefined): number | null {
  const time = typeof value === 'string' ? parseRfc3339(value) : null;
  return time !== null && time > 0 ? time : null;
}
