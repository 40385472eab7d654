import { createHash } from 'node:crypto';

import { isJsonObject, type JsonObject, type JsonValue } from '../../json/json.js';
import {
  type Failure,
  type Statement,
  statement,
  type StatusOf,
} from '../../payments/statement.js';
import { majorToMinor } from '../money.js';
import { type Meaning, type NormaliseContext, type PaymentEvent } from '../provider.js';
import { byValue, meaningOf, namedIds, readAs, unusable, usableMoney } from '../reading.js';
import { parseRfc3339 } from '../rfc3339.js';
import { messageText, readableId } from '../text.js';
import {
  BraintreeDisputeDto,
  BraintreeLocalPaymentDto,
  BraintreeNotificationDto,
  BraintreeSubscriptionDto,
  BraintreeTransactionDto,
} from './braintree.dto.js';
import { formOf } from './braintree.signature.js';

/** The object that a notification is about. */
interface Subject {
  readonly json: JsonObject;
  /** Its dotted path. */
  readonly path: string;
  /** The notification's time in milliseconds since the epoch. */
  readonly at: number;
}
type Reader<T> = (object: T, subject: Subject) => Statement[];

/** By kind which field of the subject is read, and how. Every other kind is ignored. */
export const BRAINTREE_KINDS: ReadonlyMap<
  string,
  readonly [field: string, read: (subject: Subject) => Statement[]]
> = new Map([
  ['transaction_settled', transaction(settlement('succeeded'))],
  ['transaction_settlement_declined', transaction(settlement('failed'))],
  ['refund_failed', transaction(failedRefund)],

  ['subscription_charged_successfully', subscription(charge)],
  ['subscription_charged_unsuccessfully', subscription(failedCharge)],

  ['local_payment_completed', localPayment('local-payment', completed)],
  ['local_payment_funded', localPayment('local-payment-funded', awaited)],
  ['local_payment_expired', localPayment('local-payment-expired', expired)],
  ['local_payment_reversed', localPayment('local-payment-reversed', reversed)],

  ['dispute_opened', dispute('open')],
  ['dispute_under_review', dispute('open')],
  ['dispute_disputed', dispute('open')],
  ['dispute_won', dispute('won')],
  ['dispute_lost', dispute('lost')],
  ['dispute_accepted', dispute('lost')],
  ['dispute_auto_accepted', dispute('lost')],
  ['dispute_expired', dispute('lost')],
]);

/** A sale takes money; a credit gives it back, and if it names no sale, to anybody. */
export const BRAINTREE_TRANSACTION_TYPES: ReadonlyMap<
  string,
  (status: 'succeeded' | 'failed') => Reader<BraintreeTransactionDto>
> = new Map([
  ['sale', (status) => (object, subject) => [capture(object, status, subject)]],
  [
    'credit',
    (status) => (object, subject) =>
      object['refunded-transaction-id'] == null ? [] : [refund(object, status, subject)],
  ],
]);

// The kind of a notification says what happened. The statuses have to be known all the same: under one
// that is not, the object may be something else than the kind makes us believe.

export const BRAINTREE_TRANSACTION_STATUSES: ReadonlySet<string> = new Set([
  'authorization_expired',
  'authorized',
  'authorizing',
  'failed',
  'gateway_rejected',
  'processor_declined',
  'settled',
  'settlement_confirmed',
  'settlement_declined',
  'settlement_pending',
  'settling',
  'submitted_for_settlement',
  'voided',
]);

export const BRAINTREE_DISPUTE_STATUSES: ReadonlySet<string> = new Set([
  'accepted',
  'auto_accepted',
  'disputed',
  'expired',
  'lost',
  'open',
  'under_review',
  'won',
]);

/** Whether money has moved. A retrieval asks a question, whatever becomes of it. */
export const BRAINTREE_DISPUTE_KINDS: ReadonlyMap<string, boolean> = new Map([
  ['chargeback', true],
  ['pre_arbitration', true],
  ['retrieval', false],
]);

/** One notification of Braintree → its one event. */
export function normaliseBraintree(json: JsonObject, context: NormaliseContext): PaymentEvent[] {
  const notification = isJsonObject(json.notification) ? json.notification : {};
  const { merchantId = null } = context.options;
  return [
    {
      eventId: eventIdOf(context.body),
      type: readableId(notification.kind) ?? '',
      occurredAt: timeOf(notification.timestamp),
      // The key that has verified it is that merchant's.
      account: readableId(notification['source-merchant-id']) ?? merchantId,
      // Nothing tells production from sandbox but the keys, which belong to one of them.
      livemode: null,
      meaning: meaning(notification, merchantId),
    },
  ];
}

/**
 * Braintree states no id of an event. The body has a signature for each API key beside what is signed,
 * and a server on the way may have taken the payload's last line feed.
 */
function eventIdOf(body: Buffer): string | null {
  const payload = formOf(body)?.payload ?? '';
  if (payload === '') return null;
  return createHash('sha256').update(payload.replace(/\n$/, '')).digest('hex');
}

function meaning(notification: JsonObject, merchantId: string | null): Meaning {
  return meaningOf(() => {
    const event = readAs(BraintreeNotificationDto, notification, 'notification');
    const merchant = event['source-merchant-id'] ?? merchantId;
    if (merchant !== merchantId) {
      const message = 'must be the merchant that the source is configured with';
      throw unusable('account_mismatch', 'notification.source-merchant-id', message);
    }
    const entry = BRAINTREE_KINDS.get(event.kind);
    if (entry === undefined) return [];
    const [field, read] = entry;
    const path = `notification.subject.${field}`;
    const { subject } = notification;
    const object = isJsonObject(subject) && Object.hasOwn(subject, field) ? subject[field] : null;
    if (!isJsonObject(object)) throw unusable('validation_failed', path, 'must be an object');
    return read({ json: object, path, at: timeOf(event.timestamp) });
  });
}

// How a subject is read.

function transaction(read: Reader<BraintreeTransactionDto>) {
  const reader = (subject: Subject) => {
    const object = readAs(BraintreeTransactionDto, subject.json, subject.path);
    return read(known(object, subject.path), subject);
  };
  return ['transaction', reader] as const;
}

/** The charge that a notification about a subscription tells of is its newest transaction. */
function subscription(read: Reader<BraintreeTransactionDto>) {
  const reader = (subject: Subject) => {
    const { id, transactions } = readAs(BraintreeSubscriptionDto, subject.json, subject.path);
    const path = `${subject.path}.transactions.transaction`;
    const [newest] = transactions?.transaction ?? [];
    if (newest === undefined) throw unusable('no_ref', path, 'must hold the transaction');
    const object = { ...known(newest, `${path}.0`), 'subscription-id': id };
    return read(object, { ...subject, path: `${path}.0` });
  };
  return ['subscription', reader] as const;
}

function localPayment(field: string, read: Reader<BraintreeLocalPaymentDto>) {
  const reader = (subject: Subject) => {
    const object = readAs(BraintreeLocalPaymentDto, subject.json, subject.path);
    if (object.transaction) known(object.transaction, `${subject.path}.transaction`);
    return read(object, subject);
  };
  return [field, reader] as const;
}

function dispute(status: StatusOf<'dispute'>) {
  const reader = (subject: Subject): Statement[] => {
    const { path, at } = subject;
    const object = readAs(BraintreeDisputeDto, subject.json, path);
    checkKnown(BRAINTREE_DISPUTE_STATUSES, object.status, `${path}.status`);
    const moved = byValue(BRAINTREE_DISPUTE_KINDS, object.kind, `${path}.kind`);
    return [
      statement('dispute', object.id, moved ? status : 'inquiry', {
        at,
        refs: namedIds({ dispute: object.id, transaction: object.transaction?.id }),
        ...money(object['amount-disputed'], object['currency-iso-code'], path, 'amount-disputed'),
      }),
    ];
  };
  return ['dispute', reader] as const;
}

function known(object: BraintreeTransactionDto, path: string): BraintreeTransactionDto {
  checkKnown(BRAINTREE_TRANSACTION_STATUSES, object.status, `${path}.status`);
  return object;
}

function checkKnown(
  statuses: ReadonlySet<string>,
  status: string | null | undefined,
  path: string,
) {
  if (status == null || statuses.has(status)) return;
  const list = [...statuses].join(', ');
  throw unusable('unknown_status', path, `has a value that is not known; known are ${list}`);
}

// Transactions. Key of a capture, a refund and a failed attempt: the transaction's id.

function settlement(status: 'succeeded' | 'failed'): Reader<BraintreeTransactionDto> {
  return (object, subject) => {
    const type = byValue(BRAINTREE_TRANSACTION_TYPES, object.type ?? '', `${subject.path}.type`);
    return type(status)(object, subject);
  };
}

function charge(object: BraintreeTransactionDto, subject: Subject): Statement[] {
  return [capture(object, 'succeeded', subject)];
}

function failedCharge(object: BraintreeTransactionDto, subject: Subject): Statement[] {
  const common = { ...sale(object, subject), failure: failureOf(object) };
  return [statement('authorization', object.id, 'failed', common)];
}

function failedRefund(object: BraintreeTransactionDto, subject: Subject): Statement[] {
  return [refund(object, 'failed', subject)];
}

function capture(
  object: BraintreeTransactionDto,
  status: 'succeeded' | 'failed',
  subject: Subject,
): Statement {
  const failure = status === 'failed' ? failureOf(object) : null;
  return statement('capture', object.id, status, { ...sale(object, subject), failure });
}

/** A refund that names no sale is known by its own id, under which its other events name the sale. */
function refund(
  object: BraintreeTransactionDto,
  status: 'succeeded' | 'failed',
  subject: Subject,
): Statement {
  const { at, groups, amount, currency } = sale(object, subject);
  const ids = new Set([object['refunded-transaction-id'] ?? object.id, object.id]);
  return statement('refund', object.id, status, {
    at,
    refs: [...ids].map((id) => `transaction:${id}`),
    groups,
    amount,
    currency,
    failure: status === 'failed' ? failureOf(object) : null,
  });
}

/** Time, refs, groups, reference and amount of a transaction. */
function sale(object: BraintreeTransactionDto, { at, path }: Subject) {
  return {
    at,
    refs: namedIds({
      transaction: object.id,
      local_payment: object['local-payment']?.['payment-id'],
    }),
    groups: namedIds({ subscription: object['subscription-id'], order: object['order-id'] }),
    reference: object['order-id'] ?? null,
    ...money(object.amount, object['currency-iso-code'], path, 'amount'),
  };
}

function failureOf(object: BraintreeTransactionDto): Failure | null {
  const code =
    object['processor-settlement-response-code'] ??
    object['gateway-rejection-reason'] ??
    object['processor-response-code'] ??
    null;
  const message = messageText(
    object['processor-settlement-response-text'] ?? object['processor-response-text'],
  );
  return code === null && message === null ? null : { code, message };
}

// Payments by local methods. Key: the payment's id; a transaction is made of it, at once or later.

function completed(object: BraintreeLocalPaymentDto, subject: Subject): Statement[] {
  // The customer has paid, and the merchant has still to make the transaction that takes the money.
  if (!object.transaction) return awaited(object, subject);
  // The settlement tells the same capture by the transaction's id.
  const common = { ...local(object, subject), implied: true };
  return [statement('capture', impliedKey(object), 'succeeded', common)];
}

function awaited(object: BraintreeLocalPaymentDto, subject: Subject): Statement[] {
  return [statement('authorization', object['payment-id'], 'pending', local(object, subject))];
}

function expired(object: BraintreeLocalPaymentDto, subject: Subject): Statement[] {
  return [statement('authorization', object['payment-id'], 'expired', local(object, subject))];
}

function reversed(object: BraintreeLocalPaymentDto, subject: Subject): Statement[] {
  const common = { ...local(object, subject), implied: true };
  return [statement('capture', impliedKey(object), 'reversed', common)];
}

function impliedKey(object: BraintreeLocalPaymentDto): string {
  return `implied:${object['payment-id']}`;
}

function local(object: BraintreeLocalPaymentDto, { at, path }: Subject) {
  const { transaction: made } = object;
  return {
    at,
    refs: namedIds({ local_payment: object['payment-id'], transaction: made?.id }),
    groups: namedIds({ order: made?.['order-id'] }),
    reference: made?.['order-id'] ?? null,
    ...money(made?.amount, made?.['currency-iso-code'], `${path}.transaction`, 'amount'),
  };
}

// What they have in common.

/** Milliseconds since the epoch; 0 for what is no time, or one before 1970. */
function timeOf(value: JsonValue | undefined): number {
  return Math.max(0, (typeof value === 'string' ? parseRfc3339(value) : null) ?? 0);
}

/** ISO 4217 decimals. Without a currency an amount says nothing, and none is invented. */
function money(
  amount: string | null | undefined,
  currency: string | null | undefined,
  path: string,
  field: string,
) {
  if (amount == null || currency == null) return { amount: null, currency: null };
  const fields = { amount: field, currency: 'currency-iso-code' };
  return usableMoney(majorToMinor(amount, currency), path, fields);
}
