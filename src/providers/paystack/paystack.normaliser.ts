import { isJsonObject, type JsonObject, type JsonValue } from '../../json/json.js';
import { type Statement, statement, type StatusOf } from '../../payments/statement.js';
import { isoExponent } from '../currencies.js';
import { minorToIso } from '../money.js';
import { type NormaliseContext, type PaymentEvent } from '../provider.js';
import { byValue, meaningOf, namedIds, readAs, unusable, usableMoney } from '../reading.js';
import { parseRfc3339 } from '../rfc3339.js';
import { readableId } from '../text.js';
import {
  PaystackChargeDto,
  PaystackDisputeDto,
  PaystackEventDto,
  PaystackRefundDto,
  PaystackResolvedDisputeDto,
  subunitsOf,
} from './paystack.dto.js';

type Options = NormaliseContext['options'];
/** What the object of an event states. */
type Reader = (data: JsonObject, options: Options) => Statement[];

/** By event type what its object states. Every other type is ignored. */
export const PAYSTACK_EVENT_TYPES: ReadonlyMap<string, Reader> = new Map([
  ['charge.success', charge],

  ['refund.pending', refund('pending')],
  ['refund.processing', refund('pending')],
  ['refund.processed', refund('succeeded')],
  ['refund.failed', refund('failed')],

  ['charge.dispute.create', openDispute],
  ['charge.dispute.remind', openDispute],
  ['charge.dispute.resolve', resolvedDispute],
]);

/** Whether an object is of live money. */
export const PAYSTACK_DOMAINS: ReadonlyMap<string, boolean> = new Map([
  ['live', true],
  ['test', false],
]);

/** Whether the payer's money was taken, and not given back. */
export const PAYSTACK_TRANSACTION_STATUSES: ReadonlyMap<string, boolean> = new Map([
  ['success', true],
  ['abandoned', false],
  ['failed', false],
  ['ongoing', false],
  ['pending', false],
  ['processing', false],
  ['queued', false],
  ['reversed', false],
]);

/** It has to say the same as the event's type. */
export const PAYSTACK_REFUND_STATUSES: ReadonlyMap<string, StatusOf<'refund'>> = new Map([
  ['pending', 'pending'],
  ['processing', 'pending'],
  ['needs-attention', 'pending'],
  ['processed', 'succeeded'],
  ['failed', 'failed'],
]);

/** Whether a dispute is over. */
export const PAYSTACK_DISPUTE_STATUSES: ReadonlyMap<string, boolean> = new Map([
  ['awaiting-merchant-feedback', false],
  ['awaiting-bank-feedback', false],
  ['pending', false],
  ['resolved', true],
]);

export const PAYSTACK_DISPUTE_RESOLUTIONS: ReadonlyMap<string, StatusOf<'dispute'>> = new Map([
  ['declined', 'won'],
  ['merchant-accepted', 'lost'],
  // The merchant did not answer in time.
  ['auto-accepted', 'lost'],
]);

/** One body of Paystack → its one event. */
export function normalisePaystack(json: JsonObject, context: NormaliseContext): PaymentEvent[] {
  const data = isJsonObject(json.data) ? json.data : {};
  return [
    {
      // It gives an event no id.
      eventId: context.bodySha256,
      type: readableId(json.event) ?? '',
      occurredAt: timeOf(data.paid_at) || timeOf(data.created_at),
      account: null,
      livemode:
        typeof data.domain === 'string' ? (PAYSTACK_DOMAINS.get(data.domain) ?? null) : null,
      meaning: meaningOf(() => {
        const { event } = readAs(PaystackEventDto, json, '');
        const read = PAYSTACK_EVENT_TYPES.get(event);
        if (read === undefined) return [];
        if (data !== json.data) throw unusable('validation_failed', 'data', 'must be an object');
        return read(data, context.options);
      }),
    },
  ];
}

/** Milliseconds since the epoch; 0 for what is no time. */
function timeOf(value: JsonValue | undefined): number {
  return Math.max(0, typeof value === 'string' ? (parseRfc3339(value) ?? 0) : 0);
}

function readObject<T extends { domain: string }>(Dto: new () => T, data: JsonObject): T {
  const object = readAs(Dto, data, 'data');
  byValue(PAYSTACK_DOMAINS, object.domain, 'data.domain');
  return object;
}

function contradiction(): Error {
  return unusable('validation_failed', 'data.status', 'must say the same as the event');
}

// Charges. Key of the capture: the transaction's id.

function charge(data: JsonObject, options: Options): Statement[] {
  const object = readObject(PaystackChargeDto, data);
  if (!byValue(PAYSTACK_TRANSACTION_STATUSES, object.status, 'data.status')) throw contradiction();
  return [
    statement('capture', object.id.text, 'succeeded', {
      at: timeOf(object.paid_at ?? object.created_at),
      refs: namedIds({ transaction: object.id.text, reference: object.reference }),
      ...money(subunitsOf(object.amount), object.currency, 'amount', options),
      final: true,
      reference: object.reference,
    }),
  ];
}

// Refunds. Key: the reference that a processor gave it, else its id. Paystack documents no id of
// them and no time.

function refund(status: StatusOf<'refund'>): Reader {
  return (data, options) => {
    const object = readObject(PaystackRefundDto, data);
    if (byValue(PAYSTACK_REFUND_STATUSES, object.status, 'data.status') !== status) {
      throw contradiction();
    }
    const transaction = object.transaction_reference;
    if (transaction == null) {
      throw unusable('no_ref', 'data.transaction_reference', 'must name the transaction');
    }
    const amount = subunitsOf(object.amount);
    const id = object.refund_reference ?? object.id?.text;
    // Under a key made up for it, what is pending would stay so beside the refund that it became.
    if (id === undefined && status === 'pending') return [];
    return [
      statement('refund', id ?? `${transaction}/${amount}`, status, {
        at: 0,
        refs: namedIds({ reference: transaction }),
        ...money(amount, object.currency, 'amount', options),
      }),
    ];
  };
}

// Disputes. Key: their own id. They state when they were made, which is the same in all their events:
// the further along counts.

function openDispute(data: JsonObject, options: Options): Statement[] {
  const object = readObject(PaystackDisputeDto, data);
  if (byValue(PAYSTACK_DISPUTE_STATUSES, object.status, 'data.status')) throw contradiction();
  return [dispute(object, 'open', options)];
}

function resolvedDispute(data: JsonObject, options: Options): Statement[] {
  const object = readObject(PaystackResolvedDisputeDto, data);
  if (!byValue(PAYSTACK_DISPUTE_STATUSES, object.status, 'data.status')) throw contradiction();
  const status = byValue(PAYSTACK_DISPUTE_RESOLUTIONS, object.resolution, 'data.resolution');
  return [dispute(object, status, options)];
}

function dispute(
  object: PaystackDisputeDto,
  status: StatusOf<'dispute'>,
  options: Options,
): Statement {
  const { id, reference } = object.transaction;
  const refs = namedIds({ transaction: id?.text, reference });
  if (refs.length === 0) throw unusable('no_ref', 'data.transaction', 'must name the transaction');
  return statement('dispute', object.id.text, status, {
    at: timeOf(object.created_at),
    refs,
    ...(object.refund_amount == null
      ? {}
      : money(subunitsOf(object.refund_amount), object.currency, 'refund_amount', options)),
  });
}

/**
 * Paystack's subunit is a hundredth of all its currencies that have one. Whether it counts hundredths of
 * those that have none by ISO 4217 (XOF, RWF) is not documented, so the option has to say.
 */
function money(amount: string, currency: string, field: string, { subunits }: Options) {
  const code = currency.toUpperCase();
  const iso = isoExponent(code);
  if (iso !== null && iso !== HUNDREDTHS && subunits === undefined) {
    const message = `${code} has no hundredths: say in PAYSTACK_SUBUNITS how Paystack counts it`;
    throw unusable('currency_unknown', 'data.currency', message);
  }
  const reading = minorToIso(amount, currency, subunits === 'iso' ? {} : { [code]: HUNDREDTHS });
  return usableMoney(reading, 'data', { amount: field, currency: 'currency' });
}

const HUNDREDTHS = 2;
