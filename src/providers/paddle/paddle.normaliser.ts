import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../json/json.js';
import { type Statement, statement, type StatusOf } from '../../payments/statement.js';
import { readDto } from '../dto.js';
import { minorToIso } from '../money.js';
import { type PaymentEvent } from '../provider.js';
import { byValue, meaningOf, namedIds, readAs, unusable, usableMoney } from '../reading.js';
import { parseRfc3339 } from '../rfc3339.js';
import { readableId } from '../text.js';
import {
  PaddleAdjustmentDto,
  PaddleEventDto,
  PaddleMovingAdjustmentDto,
  PaddleReferenceDto,
  PaddleTransactionDto,
} from './paddle.dto.js';

/**
 * Where Paddle's minor units are not those of ISO 4217: nowhere. "The lowest denomination for a
 * currency", https://developer.paddle.com/api-reference/currencies.
 */
export const PADDLE_EXPONENTS: Readonly<Record<string, number>> = {};

/** What an entity states at a time, in milliseconds since the epoch. */
type Reader<T> = (entity: T, at: number) => Statement[];

/** By event type what the entity in `data` states. Every other type moves no payment and is ignored. */
export const PADDLE_EVENT_TYPES: ReadonlyMap<string, Reader<JsonObject>> = new Map([
  ['transaction.created', transaction(pendingTransaction)],
  ['transaction.ready', transaction(pendingTransaction)],
  ['transaction.billed', transaction(pendingTransaction)],
  ['transaction.paid', transaction(paidTransaction)],
  ['transaction.completed', transaction(paidTransaction)],
  ['transaction.past_due', transaction(failedTransaction)],
  ['transaction.payment_failed', transaction(failedTransaction)],
  ['transaction.canceled', transaction(canceledTransaction)],
  ['transaction.updated', transaction(transactionByStatus)],
  ['transaction.revised', transaction(transactionByStatus)],

  ['adjustment.created', adjustment],
  ['adjustment.updated', adjustment],
]);

export const PADDLE_TRANSACTION_STATUSES: ReadonlyMap<
  string,
  Reader<PaddleTransactionDto>
> = new Map([
  ['draft', pendingTransaction],
  ['ready', pendingTransaction],
  ['billed', pendingTransaction],
  ['paid', paidTransaction],
  ['completed', paidTransaction],
  ['past_due', failedTransaction],
  ['canceled', canceledTransaction],
]);

export const PADDLE_ADJUSTMENT_ACTIONS: ReadonlyMap<string, Reader<JsonObject>> = new Map([
  ['refund', refund],
  ['chargeback', chargeback],
  ['chargeback_reverse', chargebackReverse],
  ['chargeback_warning', warning],
  ['chargeback_warning_reverse', warning],
  // To the customer's balance at Paddle, which later transactions draw on.
  ['credit', () => []],
  ['credit_reverse', () => []],
]);

export const PADDLE_REFUND_STATUSES: ReadonlyMap<string, StatusOf<'refund'>> = new Map([
  ['pending_approval', 'pending'],
  ['approved', 'succeeded'],
  ['rejected', 'failed'],
  ['reversed', 'failed'],
]);

/** Lost at once, since nothing later tells of the loss; only refunds wait for Paddle's approval. */
export const PADDLE_CHARGEBACK_STATUSES: ReadonlyMap<string, StatusOf<'dispute'>> = new Map([
  ['pending_approval', 'lost'],
  ['approved', 'lost'],
  ['rejected', 'lost'],
  ['reversed', 'won'],
]);

/** One body of Paddle → its one event. */
export function normalisePaddle(json: JsonObject): PaymentEvent[] {
  return [
    {
      eventId: readableId(json.event_id),
      type: readableId(json.event_type) ?? '',
      occurredAt: timeOf(json.occurred_at),
      account: null,
      livemode: null,
      meaning: meaningOf(() => statementsOf(json)),
    },
  ];
}

/** In milliseconds since the epoch; 0 where there is none. */
function timeOf(value: JsonValue | undefined): number {
  return Math.max(0, typeof value === 'string' ? (parseRfc3339(value) ?? 0) : 0);
}

function statementsOf(json: JsonObject): Statement[] {
  const event = readAs(PaddleEventDto, json, '');
  const read = PADDLE_EVENT_TYPES.get(event.event_type);
  if (read === undefined) return [];
  if (!isJsonObject(json.data)) throw unusable('validation_failed', 'data', 'must be an object');
  return read(json.data, timeOf(event.occurred_at));
}

// Transactions. Key of the attempt and of its capture: the transaction's id, so that what is told as
// paid and as completed is one fact.

function transaction(read: Reader<PaddleTransactionDto>): Reader<JsonObject> {
  return (json, at) => {
    const entity = readAs(PaddleTransactionDto, json, 'data');
    byValue(PADDLE_TRANSACTION_STATUSES, entity.status, 'data.status');
    return read(entity, at);
  };
}

function transactionByStatus(entity: PaddleTransactionDto, at: number): Statement[] {
  return byValue(PADDLE_TRANSACTION_STATUSES, entity.status, 'data.status')(entity, at);
}

function pendingTransaction(entity: PaddleTransactionDto, at: number): Statement[] {
  return [statement('authorization', entity.id, 'pending', attempt(entity, at))];
}

function failedTransaction(entity: PaddleTransactionDto, at: number): Statement[] {
  const code = entity.payments?.[0]?.error_code ?? null;
  const failure = code === null ? null : { code, message: null };
  return [statement('authorization', entity.id, 'failed', { ...attempt(entity, at), failure })];
}

function canceledTransaction(entity: PaddleTransactionDto, at: number): Statement[] {
  return [statement('authorization', entity.id, 'voided', attempt(entity, at))];
}

function paidTransaction(entity: PaddleTransactionDto, at: number): Statement[] {
  return [statement('capture', entity.id, 'succeeded', { ...attempt(entity, at), final: true })];
}

/** Time, refs, groups, reference and amount of a transaction. */
function attempt(entity: PaddleTransactionDto, at: number) {
  const totals = entity.details?.totals;
  return {
    at,
    refs: namedIds({ txn: entity.id }),
    groups: namedIds({ subscription: entity.subscription_id, invoice: entity.invoice_id }),
    reference: referenceOf(entity.custom_data),
    ...(totals
      ? money(totals.grand_total, totals.currency_code, 'data.details.totals', 'grand_total')
      : {}),
  };
}

/** The seller's reference: a string, or a number as it is written; an empty one is none. */
function referenceOf(data: JsonValue | undefined): string | null {
  if (!isJsonObject(data)) return null;
  for (const key of ['reference', 'order_id']) {
    const value = Object.hasOwn(data, key) ? data[key] : null;
    if (value == null || value === '') continue;
    const reference = value instanceof JsonNumber ? value.text : value;
    const reading = readDto(PaddleReferenceDto, { reference });
    if (reading.ok) return reading.dto.reference;
    const path = `data.custom_data.${key}`;
    throw unusable(reading.code, path, `${key} must be a string of 1 to 255 characters`);
  }
  return null;
}

// Adjustments. Key of a refund: its own id. Key of a dispute: the transaction's id, since a chargeback
// is reversed by another adjustment that does not name it. A warning has one beside it, so that it says
// nothing of what a chargeback came to, before it or after.

function adjustment(json: JsonObject, at: number): Statement[] {
  const { action } = readAs(PaddleAdjustmentDto, json, 'data');
  return byValue(PADDLE_ADJUSTMENT_ACTIONS, action, 'data.action')(json, at);
}

function refund(json: JsonObject, at: number): Statement[] {
  const entity = readAs(PaddleMovingAdjustmentDto, json, 'data');
  const status = byValue(PADDLE_REFUND_STATUSES, entity.status, 'data.status');
  return [statement('refund', entity.id, status, { ...adjusted(entity, at), ...total(entity) })];
}

function chargeback(json: JsonObject, at: number): Statement[] {
  const entity = readAs(PaddleMovingAdjustmentDto, json, 'data');
  const status = byValue(PADDLE_CHARGEBACK_STATUSES, entity.status, 'data.status');
  const common = { ...adjusted(entity, at), ...total(entity) };
  return [statement('dispute', entity.transaction_id, status, common)];
}

function chargebackReverse(json: JsonObject, at: number): Statement[] {
  const entity = withoutMoney(json);
  return [statement('dispute', entity.transaction_id, 'won', adjusted(entity, at))];
}

/** A question of the bank, or its end: no money has moved. */
function warning(json: JsonObject, at: number): Statement[] {
  const entity = withoutMoney(json);
  const key = `${entity.transaction_id}/warning`;
  return [statement('dispute', key, 'inquiry', adjusted(entity, at))];
}

/** An adjustment whose own amount means nothing for the dispute; its status says nothing either. */
function withoutMoney(json: JsonObject): PaddleAdjustmentDto {
  const entity = readAs(PaddleAdjustmentDto, json, 'data');
  byValue(PADDLE_CHARGEBACK_STATUSES, entity.status, 'data.status');
  return entity;
}

function adjusted(entity: PaddleAdjustmentDto, at: number) {
  return {
    at,
    refs: namedIds({ adj: entity.id, txn: entity.transaction_id }),
    groups: namedIds({ subscription: entity.subscription_id }),
  };
}

function total({ totals }: PaddleMovingAdjustmentDto) {
  return money(totals.total, totals.currency_code, 'data.totals', 'total');
}

function money(amount: string, currency: string, path: string, field: string) {
  const reading = minorToIso(amount, currency, PADDLE_EXPONENTS);
  return usableMoney(reading, path, { amount: field, currency: 'currency_code' });
}
