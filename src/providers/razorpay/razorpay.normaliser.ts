import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../json/json.js';
import { type Statement, statement, type StatusOf } from '../../payments/statement.js';
import { minorToIso } from '../money.js';
import { type NormaliseContext, type PaymentEvent } from '../provider.js';
import {
  byValue,
  meaningOf,
  merchantReference,
  namedIds,
  readAs,
  unusable,
  usableMoney,
} from '../reading.js';
import { parseUnixSeconds } from '../signing/headers.js';
import { messageText, readableId } from '../text.js';
import {
  RazorpayDisputeDto,
  RazorpayEventDto,
  RazorpayPaymentDto,
  RazorpayRefundDto,
  RazorpayTypeDto,
} from './razorpay.dto.js';

/**
 * Where Razorpay's minor units are not those of ISO 4217: nowhere, by the list of exponents in
 * https://razorpay.com/docs/payments/international-payments/#supported-currencies.
 */
export const RAZORPAY_EXPONENTS: Readonly<Record<string, number>> = {};

/** What an event tells: the entities of its payload, at a time in milliseconds since the epoch. */
interface Told {
  readonly payload: JsonValue | undefined;
  readonly at: number;
}
type Reader = (told: Told) => Statement[];

/** By event type what its entities state. Every other type moves no payment and is ignored. */
export const RAZORPAY_EVENT_TYPES: ReadonlyMap<string, Reader> = new Map([
  ['payment.authorized', authorizedPayment],
  ['payment.captured', capturedPayment],
  ['payment.failed', failedPayment],

  // Summaries, which carry the payment: what they tell of money, it says itself.
  ['order.paid', paid],
  ['invoice.paid', paid],
  ['payment_link.paid', paid],

  ['refund.created', refund],
  ['refund.processed', refund],
  ['refund.failed', refund],
  ['refund.speed_changed', refund],

  ['payment.dispute.created', dispute('open')],
  ['payment.dispute.under_review', dispute('open')],
  ['payment.dispute.action_required', dispute('open')],
  ['payment.dispute.won', dispute('won')],
  ['payment.dispute.lost', dispute('lost')],
  // Of a suspicion of fraud, after which no money moved.
  ['payment.dispute.closed', dispute('inquiry')],
]);

/** Whether money may have been taken; of a refunded payment that was never captured it was not. */
export const RAZORPAY_PAYMENT_STATUSES: ReadonlyMap<string, boolean> = new Map([
  ['created', false],
  ['authorized', false],
  ['captured', true],
  ['refunded', true],
  ['failed', false],
]);

export const RAZORPAY_REFUND_STATUSES: ReadonlyMap<string, StatusOf<'refund'>> = new Map([
  ['pending', 'pending'],
  ['processed', 'succeeded'],
  ['failed', 'failed'],
]);

/** It has to say the same as the event's type. */
export const RAZORPAY_DISPUTE_STATUSES: ReadonlyMap<string, StatusOf<'dispute'>> = new Map([
  ['open', 'open'],
  ['under_review', 'open'],
  ['won', 'won'],
  ['lost', 'lost'],
  ['closed', 'inquiry'],
]);

/** By the phase of a dispute whether its events count: a suspicion or a question moves no money. */
export const RAZORPAY_DISPUTE_PHASES: ReadonlyMap<string, 'inquiry' | null> = new Map([
  ['fraud', 'inquiry'],
  ['retrieval', 'inquiry'],
  ['chargeback', null],
  ['pre_arbitration', null],
  ['arbitration', null],
]);

/** One body of Razorpay → its one event. */
export function normaliseRazorpay(json: JsonObject, context: NormaliseContext): PaymentEvent[] {
  const created_at = createdAt(json);
  return [
    {
      // The header x-razorpay-event-id is not signed: whoever holds one signed body could give it
      // the id of an event to come.
      eventId: context.bodySha256,
      type: readableId(json.event) ?? '',
      occurredAt: timeOf(created_at),
      account: readableId(json.account_id),
      // No field tells; test and live mode have webhooks, and so secrets, of their own.
      livemode: null,
      meaning: meaningOf(() => {
        const { event } = readAs(RazorpayTypeDto, json, '');
        const read = RAZORPAY_EVENT_TYPES.get(event);
        if (read === undefined) return [];
        readAs(RazorpayEventDto, { ...json, created_at: created_at ?? null }, '');
        return read({ payload: json.payload, at: timeOf(created_at) });
      }),
    },
  ];
}

/** The time of the event; refund.speed_changed is documented with it inside of the payload. */
function createdAt({ created_at, payload }: JsonObject): JsonValue | undefined {
  return created_at ?? (isJsonObject(payload) ? payload.created_at : undefined);
}

/** Milliseconds since the epoch; 0 for what is no time. */
function timeOf(seconds: JsonValue | undefined): number {
  return seconds instanceof JsonNumber ? (parseUnixSeconds(seconds.text) ?? 0) * 1000 : 0;
}

function pathOf(entity: string): string {
  return `payload.${entity}.entity`;
}

function entityOf<T extends object>(Dto: new () => T, name: string, { payload }: Told): T {
  const wrapper = isJsonObject(payload) ? payload[name] : undefined;
  const entity = isJsonObject(wrapper) ? wrapper.entity : undefined;
  if (!isJsonObject(entity)) {
    throw unusable('validation_failed', pathOf(name), 'must be an object');
  }
  return readAs(Dto, entity, pathOf(name));
}

// Payments. Key of the attempt and of its capture: the payment's id, so that what is told of an order,
// an invoice or a link is the same capture.

function paymentOf(told: Told): RazorpayPaymentDto {
  const entity = entityOf(RazorpayPaymentDto, 'payment', told);
  byValue(RAZORPAY_PAYMENT_STATUSES, entity.status, `${pathOf('payment')}.status`);
  return entity;
}

function isTaken({ captured, status }: RazorpayPaymentDto): boolean {
  return captured && RAZORPAY_PAYMENT_STATUSES.get(status) === true;
}

function authorizedPayment(told: Told): Statement[] {
  const entity = paymentOf(told);
  const common = { ...attempt(entity, told), ...money(entity, 'payment') };
  return [statement('authorization', entity.id, 'authorized', common)];
}

function capturedPayment(told: Told): Statement[] {
  const entity = paymentOf(told);
  if (!isTaken(entity)) {
    const path = `${pathOf('payment')}.captured`;
    throw unusable('validation_failed', path, 'must be true of a captured payment, as its status');
  }
  return [capture(entity, told)];
}

function paid(told: Told): Statement[] {
  const entity = paymentOf(told);
  return isTaken(entity) ? [capture(entity, told)] : [];
}

function capture(entity: RazorpayPaymentDto, told: Told): Statement {
  const common = { ...attempt(entity, told), ...money(entity, 'payment') };
  // It captures all of a payment, or nothing.
  return statement('capture', entity.id, 'succeeded', { ...common, final: true });
}

function failedPayment(told: Told): Statement[] {
  const entity = paymentOf(told);
  const code = entity.error_code || null;
  const message = messageText(entity.error_description);
  return [
    statement('authorization', entity.id, 'failed', {
      ...attempt(entity, told),
      ...money(entity, 'payment'),
      failure: code === null && message === null ? null : { code, message },
    }),
  ];
}

/** Time, refs, groups and reference of a payment. */
function attempt(entity: RazorpayPaymentDto, { at }: Told) {
  return {
    at,
    refs: namedIds({ pay: entity.id }),
    groups: groupsOf(entity),
    reference: merchantReference(
      entity.notes,
      ['reference', 'order_id'],
      `${pathOf('payment')}.notes`,
    ),
  };
}

function groupsOf(entity: RazorpayPaymentDto): string[] {
  return namedIds({ order: entity.order_id, invoice: entity.invoice_id });
}

// Refunds. Key: their own id.

function refund(told: Told): Statement[] {
  const entity = entityOf(RazorpayRefundDto, 'refund', told);
  const status = byValue(RAZORPAY_REFUND_STATUSES, entity.status, `${pathOf('refund')}.status`);
  const payment = paymentOf(told);
  if (payment.id !== entity.payment_id) {
    throw unusable('validation_failed', `${pathOf('payment')}.id`, "must be the refund's payment");
  }
  const refs = namedIds({ rfnd: entity.id, pay: payment.id });
  if (!payment.captured) {
    // Razorpay refunds by itself what was not captured in time: the customer had paid nothing yet.
    return [statement('authorization', payment.id, 'voided', { ...attempt(payment, told), refs })];
  }
  return [
    statement('refund', entity.id, status, {
      at: told.at,
      refs,
      groups: groupsOf(payment),
      ...money(entity, 'refund'),
      born: timeOf(entity.created_at ?? undefined),
    }),
  ];
}

// Disputes. Key: their own id.

function dispute(status: StatusOf<'dispute'>): Reader {
  return (told) => {
    const entity = entityOf(RazorpayDisputeDto, 'dispute', told);
    const path = pathOf('dispute');
    if (byValue(RAZORPAY_DISPUTE_STATUSES, entity.status, `${path}.status`) !== status) {
      throw unusable('validation_failed', `${path}.status`, 'must say the same as the event');
    }
    const inquiry = byValue(RAZORPAY_DISPUTE_PHASES, entity.phase, `${path}.phase`);
    return [
      statement('dispute', entity.id, inquiry ?? status, {
        at: told.at,
        refs: namedIds({ disp: entity.id, pay: entity.payment_id }),
        ...(status === 'lost' ? lostMoney(entity) : money(entity, 'dispute')),
      }),
    ];
  };
}

/** What was taken back, which may be less than what was disputed. */
function lostMoney(entity: RazorpayDisputeDto) {
  const { currency, amount_deducted: deducted } = entity;
  return deducted == null || BigInt(deducted.text) === 0n
    ? money(entity, 'dispute')
    : money({ currency, amount: deducted }, 'dispute', 'amount_deducted');
}

function money(
  { amount, currency }: { readonly amount: JsonNumber; readonly currency: string },
  entity: string,
  field = 'amount',
) {
  const reading = minorToIso(amount.text, currency, RAZORPAY_EXPONENTS);
  return usableMoney(reading, pathOf(entity), { amount: field, currency: 'currency' });
}
