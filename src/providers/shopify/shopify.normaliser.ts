import { createHash } from 'node:crypto';

import { isJsonObject, type JsonObject, type JsonValue } from '../../json/json.js';
import { type Statement, statement, type StatusOf } from '../../payments/statement.js';
import { majorToMinor } from '../money.js';
import { type NormaliseContext, type PaymentEvent } from '../provider.js';
import { byValue, meaningOf, readAs, unusable, usableMoney } from '../reading.js';
import { parseRfc3339 } from '../rfc3339.js';
import { messageText } from '../text.js';
import {
  ShopifyDisputeDto,
  ShopifyOrderDto,
  ShopifyRefundDto,
  ShopifyTransactionDto,
} from './shopify.dto.js';

type Reader = (json: JsonObject) => Statement[];

/**
 * By topic how its body is read. Every other topic is ignored.
 *
 * The topic is not signed: whoever holds a signed body can send it under any topic. So it chooses the
 * reader and proves nothing: a reader demands the fields by which a body of its topic differs from
 * those of all others, and states only what these fields say.
 */
export const SHOPIFY_TOPICS: ReadonlyMap<string, Reader> = new Map([
  ['orders/paid', paidOrder],
  ['order_transactions/create', createdTransaction],
  ['refunds/create', createdRefund],
  ['disputes/create', dispute],
  ['disputes/update', dispute],
]);

/** Whether an order in this financial status was paid in full, so that its total is what was taken. */
export const SHOPIFY_FINANCIAL_STATUSES: ReadonlyMap<string, boolean> = new Map([
  ['paid', true],
  ['pending', false],
  ['authorized', false],
  ['partially_paid', false],
  ['expired', false],
  ['voided', false],
  // Taken and given back, but of an order that may have been paid in part.
  ['partially_refunded', false],
  ['refunded', false],
]);

type Outcome = 'pending' | 'succeeded' | 'failed';

export const SHOPIFY_TRANSACTION_STATUSES: ReadonlyMap<string, Outcome> = new Map([
  ['pending', 'pending'],
  ['success', 'succeeded'],
  ['failure', 'failed'],
  ['error', 'failed'],
]);

export const SHOPIFY_TRANSACTION_KINDS: ReadonlyMap<
  string,
  (object: ShopifyTransactionDto, path: string) => Statement[]
> = new Map([
  ['authorization', authorization],
  ['emv_authorization', authorization],
  ['capture', capture],
  ['sale', capture],
  ['void', voiding],
  ['refund', refund],
  // Cash handed back over the counter, and the proposal of a refund: no money of the payment moves.
  ['change', () => []],
  ['suggested_refund', () => []],
]);

/** By the type of a dispute whether its status counts: in an inquiry no money has moved. */
export const SHOPIFY_DISPUTE_TYPES: ReadonlyMap<string, 'inquiry' | null> = new Map([
  ['inquiry', 'inquiry'],
  ['chargeback', null],
]);

export const SHOPIFY_DISPUTE_STATUSES: ReadonlyMap<string, StatusOf<'dispute'>> = new Map([
  ['needs_response', 'open'],
  ['under_review', 'open'],
  ['prevented', 'inquiry'],
  ['won', 'won'],
  ['lost', 'lost'],
  ['accepted', 'lost'],
  // The money went back by a refund, which is told as such.
  ['charge_refunded', 'won'],
]);

/** One body of Shopify → its one event. */
export function normaliseShopify(json: JsonObject, context: NormaliseContext): PaymentEvent[] {
  // The verifier has seen to it that there is one of them at most.
  const topic = context.headers['x-shopify-topic'] ?? context.headers['shopify-topic'] ?? '';
  return [
    {
      // Bodies of two topics may be equal. The ids that Shopify sends in headers are not signed.
      eventId: createHash('sha256').update(topic).update('\n').update(context.body).digest('hex'),
      type: topic,
      occurredAt: latest(json, TIMES),
      // Only an unsigned header names the shop.
      account: null,
      livemode: livemodeOf(json),
      meaning: meaningOf(() => {
        if (topic === '') {
          throw unusable('validation_failed', 'X-Shopify-Topic', 'must stand among the headers');
        }
        return SHOPIFY_TOPICS.get(topic)?.(json) ?? [];
      }),
    },
  ];
}

/** An order is told by many topics with one shape; that it was paid, only its own status can say. */
function paidOrder(json: JsonObject): Statement[] {
  const order = readAs(ShopifyOrderDto, json, '');
  if (!byValue(SHOPIFY_FINANCIAL_STATUSES, order.financial_status, 'financial_status')) {
    throw unusable('validation_failed', 'financial_status', 'must be `paid`, as the topic says');
  }
  const { amount, currency_code } = order.total_price_set.presentment_money;
  return [
    statement('capture', `implied:${order.id.text}`, 'succeeded', {
      at: atOf(order),
      refs: [`order:${order.id.text}`],
      ...usableMoney(majorToMinor(amount, currency_code), 'total_price_set.presentment_money', {
        amount: 'amount',
        currency: 'currency_code',
      }),
      implied: true,
      reference: order.name ?? null,
    }),
  ];
}

function createdTransaction(json: JsonObject): Statement[] {
  return transaction(readAs(ShopifyTransactionDto, json, ''), '');
}

/** The money of a refund is in its transactions, each of which is told by itself too. */
function createdRefund(json: JsonObject): Statement[] {
  const { order_id, transactions } = readAs(ShopifyRefundDto, json, '');
  return transactions.flatMap((object, index) => {
    const path = `transactions.${index}.`;
    if (object.order_id.text !== order_id.text) {
      throw unusable('validation_failed', `${path}order_id`, "must be the refund's order");
    }
    return transaction(object, path);
  });
}

// Transactions. Key: the transaction's own id, on a void that of what it voids.

function transaction(object: ShopifyTransactionDto, path: string): Statement[] {
  return byValue(SHOPIFY_TRANSACTION_KINDS, object.kind, `${path}kind`)(object, path);
}

function authorization(object: ShopifyTransactionDto, path: string): Statement[] {
  const outcome = outcomeOf(object, path);
  const status = outcome === 'succeeded' ? 'authorized' : outcome;
  return [statement('authorization', object.id.text, status, common(object, path))];
}

function capture(object: ShopifyTransactionDto, path: string): Statement[] {
  return [statement('capture', object.id.text, outcomeOf(object, path), common(object, path))];
}

function voiding(object: ShopifyTransactionDto, path: string): Statement[] {
  // Before it has succeeded the authorization stays what it was.
  if (outcomeOf(object, path) !== 'succeeded') return [];
  if (object.parent_id == null) {
    throw unusable('validation_failed', `${path}parent_id`, 'must name what is voided');
  }
  const { at, refs } = common(object, path);
  return [statement('authorization', object.parent_id.text, 'voided', { at, refs })];
}

function refund(object: ShopifyTransactionDto, path: string): Statement[] {
  const said = common(object, path);
  return [statement('refund', object.id.text, outcomeOf(object, path), { ...said, born: said.at })];
}

function outcomeOf(object: ShopifyTransactionDto, path: string): Outcome {
  return byValue(SHOPIFY_TRANSACTION_STATUSES, object.status, `${path}status`);
}

function common(object: ShopifyTransactionDto, path: string) {
  const message = messageText(object.message);
  return {
    at: atOf(object),
    refs: [`order:${object.order_id.text}`],
    ...moneyOf(object, path),
    // A transaction that succeeds has a message too, of the gateway's.
    failure:
      outcomeOf(object, path) === 'failed' && (object.error_code != null || message !== null)
        ? { code: object.error_code ?? null, message }
        : null,
  };
}

// Disputes. Key: their own id.

function dispute(json: JsonObject): Statement[] {
  const object = readAs(ShopifyDisputeDto, json, '');
  const status = byValue(SHOPIFY_DISPUTE_STATUSES, object.status, 'status');
  const inquiry = byValue(SHOPIFY_DISPUTE_TYPES, object.type, 'type');
  if (object.order_id == null) throw unusable('no_ref', 'order_id', 'must name the order');
  return [
    statement('dispute', object.id.text, inquiry ?? status, {
      // It states no time of its version. Its times are added one by one, so the latest rises.
      at: latest(json, DISPUTE_TIMES),
      refs: [`order:${object.order_id.text}`],
      ...moneyOf(object, ''),
    }),
  ];
}

// What they have in common.

const DISPUTE_TIMES = ['initiated_at', 'evidence_sent_on', 'finalized_on'];
/** When something about an object happened; not when something is due. */
const TIMES = ['created_at', 'processed_at', 'updated_at', ...DISPUTE_TIMES];

/** The greatest of the times that stand in these fields, in milliseconds since the epoch; else 0. */
function latest(json: JsonObject, fields: readonly string[]): number {
  return Math.max(0, ...fields.map((field) => timeOf(json[field])));
}

function atOf(object: { processed_at?: string | null; created_at?: string | null }): number {
  return timeOf(object.processed_at ?? object.created_at);
}

function timeOf(value: JsonValue | undefined): number {
  return typeof value === 'string' ? (parseRfc3339(value) ?? 0) : 0;
}

/** Decimals in major units, so there is no exponent in which Shopify could differ from ISO 4217. */
function moneyOf({ amount, currency }: { amount: string; currency: string }, path: string) {
  const fields = { amount: `${path}amount`, currency: `${path}currency` };
  return usableMoney(majorToMinor(amount, currency), '', fields);
}

/** An order and a transaction state whether they are a test; a refund's transactions do. */
function livemodeOf(json: JsonObject): boolean | null {
  const parts = Array.isArray(json.transactions) ? json.transactions.filter(isJsonObject) : [];
  const tests = [json, ...parts].map(({ test }) => test);
  if (tests.includes(true)) return false;
  return tests.includes(false) ? true : null;
}
