import { isJsonObject, type JsonObject, type JsonValue } from '../../json/json.js';
import { type Statement, statement, type StatusOf } from '../../payments/statement.js';
import { majorToMinor } from '../money.js';
import { type PaymentEvent } from '../provider.js';
import {
  byValue,
  meaningOf,
  merchantReference,
  namedIds,
  readAs,
  unusable,
  usableMoney,
} from '../reading.js';
import { parseRfc3339 } from '../rfc3339.js';
import { messageText, readableId } from '../text.js';
import {
  MollieCaptureDto,
  MollieChargebackDto,
  MollieEventDto,
  MollieFundedPaymentDto,
  MolliePaymentDto,
  MollieRefundDto,
} from './mollie.dto.js';

const ENTITY = '_embedded.entity';

/** What an entity states at a time, in milliseconds since the epoch. */
type Reader = (entity: JsonObject, at: number) => Statement[];

/** By event type what the embedded entity states. Every other type moves no payment and is ignored. */
export const MOLLIE_EVENT_TYPES: ReadonlyMap<string, Reader> = new Map([
  ['payment.pending', attempt('pending')],
  ['payment.authorized', authorizedPayment],
  ['payment.paid', paidPayment],
  ['payment.failed', attempt('failed')],
  ['payment.canceled', attempt('voided')],
  ['payment.expired', attempt('expired')],

  ['capture.succeeded', capture('succeeded')],
  ['capture.failed', capture('failed')],

  ['refund.queued', refund('pending')],
  ['refund.pending', refund('pending')],
  ['refund.processing', refund('pending')],
  ['refund.refunded', refund('succeeded')],
  ['refund.failed', refund('failed')],
  ['refund.canceled', refund('failed')],

  // The money is gone at once, and no later event of a loss is guaranteed.
  ['chargeback.received', chargeback('lost')],
  ['chargeback.reversed', chargeback('won')],
]);

/**
 * The statuses of an entity by its `resource`; null where it has none. What happened is the event's
 * type, but a status that is not here tells of a Mollie that is not known.
 */
export const MOLLIE_STATUSES = {
  payment: setOf('open', 'pending', 'authorized', 'paid', 'canceled', 'expired', 'failed'),
  capture: setOf('pending', 'succeeded', 'failed'),
  refund: setOf('queued', 'pending', 'processing', 'refunded', 'failed', 'canceled'),
  chargeback: null,
};

/** Whether it is live, by `mode`. */
export const MOLLIE_MODES: ReadonlyMap<string, boolean> = new Map([
  ['live', true],
  ['test', false],
]);

/** One body of Mollie → its one event. */
export function normaliseMollie(json: JsonObject): PaymentEvent[] {
  const entity = isJsonObject(json._embedded) ? json._embedded.entity : null;
  return [
    {
      // A body without its entity leaves the id to the one that has it: as another meaning under the
      // same id, that one would never be applied.
      eventId: entity == null ? null : readableId(json.id),
      type: readableId(json.type) ?? '',
      occurredAt: timeOf(json.createdAt),
      account: null,
      livemode: livemodeOf(entity),
      meaning: meaningOf(() => statementsOf(json, entity)),
    },
  ];
}

/** In milliseconds since the epoch; 0 where there is none. */
function timeOf(value: JsonValue | undefined): number {
  return Math.max(0, typeof value === 'string' ? (parseRfc3339(value) ?? 0) : 0);
}

function livemodeOf(entity: JsonValue | undefined): boolean | null {
  const mode = isJsonObject(entity) && typeof entity.mode === 'string' ? entity.mode : '';
  return MOLLIE_MODES.get(mode) ?? null;
}

function statementsOf(json: JsonObject, entity: JsonValue | undefined): Statement[] {
  if (json.type === undefined && json.id !== undefined) {
    const message = 'states no event: a classic webhook only names what to fetch';
    throw unusable('fetch_required', 'type', message);
  }
  const event = readAs(MollieEventDto, json, '');
  const read = MOLLIE_EVENT_TYPES.get(event.type);
  if (read === undefined) return [];
  if (entity == null) {
    throw unusable('fetch_required', ENTITY, 'is absent: let the webhook send the full payload');
  }
  if (!isJsonObject(entity)) throw unusable('validation_failed', ENTITY, 'must be an object');
  return read(entity, timeOf(event.createdAt));
}

/** The DTO of an entity that is what the type of its event says, in a mode and a status that exist. */
function entityAs<T extends { mode?: string | null; status?: string }>(
  Dto: new () => T,
  resource: keyof typeof MOLLIE_STATUSES,
  json: JsonObject,
): T {
  if (json.resource !== resource) {
    throw unusable('validation_failed', `${ENTITY}.resource`, `resource must be ${resource}`);
  }
  const entity = readAs(Dto, json, ENTITY);
  if (entity.mode != null) byValue(MOLLIE_MODES, entity.mode, `${ENTITY}.mode`);
  const statuses = MOLLIE_STATUSES[resource];
  if (statuses !== null) byValue(statuses, entity.status ?? '', `${ENTITY}.status`);
  return entity;
}

// Payments. Key of the attempt: the payment's id.

function attempt(status: 'pending' | 'failed' | 'voided' | 'expired'): Reader {
  return (json, at) => {
    const payment = entityAs(MolliePaymentDto, 'payment', json);
    const failure = status === 'failed' ? failureOf(payment) : null;
    return [statement('authorization', payment.id, status, { ...about(payment, at), failure })];
  };
}

function authorizedPayment(json: JsonObject, at: number): Statement[] {
  const payment = entityAs(MollieFundedPaymentDto, 'payment', json);
  const common = { ...about(payment, at), ...money(payment.amount, 'amount') };
  return [statement('authorization', payment.id, 'authorized', common)];
}

/** Captures tell the same money where there are any, so this counts only while none does. */
function paidPayment(json: JsonObject, at: number): Statement[] {
  const payment = entityAs(MollieFundedPaymentDto, 'payment', json);
  const paid = payment.amountCaptured
    ? money(payment.amountCaptured, 'amountCaptured')
    : money(payment.amount, 'amount');
  const common = { ...about(payment, at), ...paid, implied: true };
  return [statement('capture', `implied:${payment.id}`, 'succeeded', common)];
}

/** Time, refs, groups and reference of a payment. */
function about(payment: MolliePaymentDto, at: number) {
  return {
    at,
    refs: namedIds({ tr: payment.id }),
    groups: namedIds({ order: payment.orderId, subscription: payment.subscriptionId }),
    reference: merchantReference(payment.metadata, ['reference', 'order_id'], `${ENTITY}.metadata`),
  };
}

function failureOf({ statusReason, details }: MolliePaymentDto) {
  const code = statusReason?.code ?? details?.failureReason ?? details?.bankReasonCode ?? null;
  const message = messageText(statusReason?.message ?? details?.bankReason);
  return code === null && message === null ? null : { code, message };
}

// Captures, refunds and chargebacks. Key: their own id; they add up.

function capture(status: 'succeeded' | 'failed'): Reader {
  return (json, at) => {
    const entity = entityAs(MollieCaptureDto, 'capture', json);
    const refs = namedIds({ cpt: entity.id, tr: entity.paymentId });
    const amount = entity.amount ? money(entity.amount, 'amount') : {};
    return [statement('capture', entity.id, status, { at, refs, ...amount })];
  };
}

function refund(status: StatusOf<'refund'>): Reader {
  return (json, at) => {
    const entity = entityAs(MollieRefundDto, 'refund', json);
    const refs = namedIds({ re: entity.id, tr: entity.paymentId });
    const common = { at, refs, ...money(entity.amount, 'amount') };
    return [statement('refund', entity.id, status, common)];
  };
}

function chargeback(status: StatusOf<'dispute'>): Reader {
  return (json, at) => {
    const entity = entityAs(MollieChargebackDto, 'chargeback', json);
    const refs = namedIds({ chb: entity.id, tr: entity.paymentId });
    const common = { at, refs, ...money(entity.amount, 'amount') };
    return [statement('dispute', entity.id, status, common)];
  };
}

/** Decimals in major units, with as many digits as ISO 4217 has. */
function money({ value, currency }: { value: string; currency: string }, field: string) {
  const reading = majorToMinor(value, currency);
  return usableMoney(reading, `${ENTITY}.${field}`, { amount: 'value', currency: 'currency' });
}

/** A table of values that say nothing further. */
function setOf(...values: string[]): ReadonlyMap<string, true> {
  return new Map(values.map((value) => [value, true]));
}
