import { isJsonObject, type JsonObject } from '../../json/json.js';
import {
  type Failure,
  type Statement,
  statement,
  type StatusOf,
} from '../../payments/statement.js';
import { readDto } from '../dto.js';
import { majorToMinor } from '../money.js';
import {
  type Meaning,
  type NormaliseContext,
  type PaymentEvent,
  type QuarantineCode,
} from '../provider.js';
import { meaningOf, readAs, Unusable } from '../reading.js';
import { parseRfc3339 } from '../rfc3339.js';
import { readableId } from '../text.js';
import {
  PaypalDisputeDto,
  PaypalEventDto,
  type PaypalMoneyDto,
  PaypalReferenceDto,
  PaypalTransactionDto,
} from './paypal.dto.js';
import {
  CERTIFICATE_URL_HEADER,
  parseCertificateUrl,
  TRANSMISSION_ID_HEADER,
} from './paypal.transmission.js';

/** The headers that say of an event what its body does not; both belong to what was verified. */
export const PAYPAL_KEPT_HEADERS = [TRANSMISSION_ID_HEADER, CERTIFICATE_URL_HEADER].map((name) =>
  name.toLowerCase(),
);

/** @param created the time of the event in milliseconds since the epoch */
type Reader<T> = (resource: T, created: number) => Statement[];

/** By event type what the resource in it states. Every other type moves no payment and is ignored. */
export const PAYPAL_EVENT_TYPES: ReadonlyMap<string, Reader<JsonObject>> = new Map([
  ['PAYMENT.AUTHORIZATION.CREATED', transaction(createdAuthorization)],
  ['PAYMENT.AUTHORIZATION.VOIDED', transaction(voidedAuthorization)],

  ['PAYMENT.CAPTURE.COMPLETED', transaction(capture('succeeded'))],
  ['PAYMENT.CAPTURE.PENDING', transaction(capture('pending'))],
  ['PAYMENT.CAPTURE.DENIED', transaction(capture('failed'))],
  ['PAYMENT.CAPTURE.DECLINED', transaction(capture('failed'))],
  ['PAYMENT.CAPTURE.REFUNDED', transaction(refund)],
  ['PAYMENT.CAPTURE.REVERSED', transaction(reversedCapture)],

  ['PAYMENT.REFUND.PENDING', transaction(refundIn('pending'))],
  ['PAYMENT.REFUND.FAILED', transaction(refundIn('failed'))],

  ['PAYMENT.SALE.COMPLETED', transaction(capture('succeeded'))],
  ['PAYMENT.SALE.PENDING', transaction(capture('pending'))],
  ['PAYMENT.SALE.DENIED', transaction(capture('failed'))],
  ['PAYMENT.SALE.REFUNDED', transaction(moneyBack)],
  ['PAYMENT.SALE.REVERSED', transaction(moneyBack)],

  ['CUSTOMER.DISPUTE.CREATED', read(PaypalDisputeDto, dispute)],
  ['CUSTOMER.DISPUTE.UPDATED', read(PaypalDisputeDto, dispute)],
  ['CUSTOMER.DISPUTE.RESOLVED', read(PaypalDisputeDto, resolvedDispute)],
]);

// Statuses: those of version 2, and of version 1 (which writes them small) where they differ.

export const PAYPAL_AUTHORIZATION_STATUSES: ReadonlyMap<
  string,
  StatusOf<'authorization'>
> = new Map([
  ['CREATED', 'authorized'],
  ['AUTHORIZED', 'authorized'],
  ['PARTIALLY_CAPTURED', 'authorized'],
  ['CAPTURED', 'authorized'],
  ['PENDING', 'pending'],
  ['DENIED', 'failed'],
  ['VOIDED', 'voided'],
  ['EXPIRED', 'expired'],
]);

export const PAYPAL_CAPTURE_STATUSES: ReadonlyMap<string, StatusOf<'capture'>> = new Map([
  ['COMPLETED', 'succeeded'],
  ['PARTIALLY_REFUNDED', 'succeeded'],
  ['REFUNDED', 'succeeded'],
  ['PENDING', 'pending'],
  ['DECLINED', 'failed'],
  ['DENIED', 'failed'],
  ['FAILED', 'failed'],
]);

export const PAYPAL_REFUND_STATUSES: ReadonlyMap<string, StatusOf<'refund'>> = new Map([
  ['COMPLETED', 'succeeded'],
  ['PENDING', 'pending'],
  ['FAILED', 'failed'],
  ['CANCELLED', 'failed'],
]);

/** Which disputes are over, so that their outcome counts; the stage counts for the others. */
export const PAYPAL_DISPUTE_STATUSES: ReadonlyMap<string, 'under way' | 'over'> = new Map([
  ['OPEN', 'under way'],
  ['WAITING_FOR_BUYER_RESPONSE', 'under way'],
  ['WAITING_FOR_SELLER_RESPONSE', 'under way'],
  ['UNDER_REVIEW', 'under way'],
  ['OTHER', 'under way'],
  ['RESOLVED', 'over'],
]);

export const PAYPAL_DISPUTE_STAGES: ReadonlyMap<string, StatusOf<'dispute'>> = new Map([
  ['INQUIRY', 'inquiry'],
  ['CHARGEBACK', 'open'],
  ['PRE_ARBITRATION', 'open'],
  ['ARBITRATION', 'open'],
]);

/** `NONE` is left out on purpose: it names no winner. */
export const PAYPAL_DISPUTE_OUTCOMES: ReadonlyMap<string, StatusOf<'dispute'>> = new Map([
  ['RESOLVED_BUYER_FAVOUR', 'lost'],
  ['ACCEPTED', 'lost'],
  ['RESOLVED_SELLER_FAVOUR', 'won'],
  ['RESOLVED_WITH_PAYOUT', 'won'],
  ['CANCELED_BY_BUYER', 'won'],
  ['DENIED', 'won'],
]);

/** One body of PayPal → its one event. */
export function normalisePaypal(json: JsonObject, context: NormaliseContext): PaymentEvent[] {
  const [transmissionId, certificateUrl] = PAYPAL_KEPT_HEADERS.map((name) => context.headers[name]);
  const certificate = parseCertificateUrl(certificateUrl ?? '');
  const common = {
    eventId: readableId(json.id),
    transmissionId: readableId(transmissionId) ?? undefined,
    type: readableId(json.event_type) ?? '',
    account: null,
    // No field says it. The certificate does: only PayPal's of that environment has verified the event.
    livemode: certificate === null ? null : certificate.environment === 'live',
  };
  const event = readDto(PaypalEventDto, json);
  if (!event.ok) {
    const meaning = { status: 'quarantined', code: event.code, errors: event.errors } as const;
    return [{ ...common, occurredAt: 0, meaning }];
  }
  const created = timeOf(event.dto.create_time);
  const meaning = meaningOfEvent(event.dto.event_type, json.resource, created);
  return [{ ...common, occurredAt: created, meaning }];
}

function meaningOfEvent(type: string, resource: JsonObject[string], created: number): Meaning {
  const reader = PAYPAL_EVENT_TYPES.get(type);
  if (reader === undefined) return { status: 'ignored' };
  return meaningOf(() => {
    if (!isJsonObject(resource)) throw unusable('validation_failed', '', 'must be an object');
    return reader(resource, created);
  });
}

/** Where it stands in the body. */
const RESOURCE = 'resource';

function unusable(code: QuarantineCode, field: string, message: string): Unusable {
  return new Unusable(code, [{ field: fieldPath(field), message: `${field} ${message}`.trim() }]);
}

function fieldPath(field: string): string {
  return field === '' ? RESOURCE : `${RESOURCE}.${field}`;
}

function read<T extends object>(Dto: new () => T, reader: Reader<T>): Reader<JsonObject> {
  return (json, created) => {
    return reader(readAs(Dto, json, RESOURCE), created);
  };
}

function transaction(reader: Reader<PaypalTransactionDto>): Reader<JsonObject> {
  return read(PaypalTransactionDto, reader);
}

/** What a value of one of PayPal's enums means to us; never a default. */
function byValue<T>(table: ReadonlyMap<string, T>, field: string, value: string): T {
  const found = table.get(value);
  if (found !== undefined) return found;
  const known = [...table.keys()].join(', ');
  throw unusable('unknown_status', field, `has a value that is not known; known are ${known}`);
}

/** By the resource's own status; null where it states none. */
function statusOf<T>(table: ReadonlyMap<string, T>, { status, state }: PaypalTransactionDto) {
  if (status != null) return byValue(table, 'status', status);
  return state == null ? null : byValue(table, 'state', state.toUpperCase());
}

// Authorizations. Key: their own id.

function createdAuthorization(resource: PaypalTransactionDto, created: number): Statement[] {
  const status = statusOf(PAYPAL_AUTHORIZATION_STATUSES, resource);
  if (status === null) throw unusable('validation_failed', 'status', 'must be stated');
  const { id } = resource;
  const common = attempt(resource, created);
  if (status === 'voided') return voidedAuthorization(resource, created);
  if (status === 'failed')
    return [statement('authorization', id, status, failed(resource, common))];
  const money = status === 'authorized' ? amountOf(resource) : statedAmountOf(resource);
  return [statement('authorization', id, status, { ...common, ...money })];
}

/** Also sent at the end of an authorization's validity, which nobody canceled then. */
function voidedAuthorization(resource: PaypalTransactionDto, created: number): Statement[] {
  const stated = statusOf(PAYPAL_AUTHORIZATION_STATUSES, resource);
  const common = attempt(resource, created);
  const end = resource.expiration_time ?? resource.valid_until;
  const ended = stated === 'expired' || (end != null && timeOf(end) <= common.at);
  return [statement('authorization', resource.id, ended ? 'expired' : 'voided', common)];
}

// Captures, and sales, which are captures without an authorization. Key: their own id.

function capture(status: 'pending' | 'failed' | 'succeeded'): Reader<PaypalTransactionDto> {
  return (resource, created) => {
    const stated = statusOf(PAYPAL_CAPTURE_STATUSES, resource);
    if (status === 'succeeded' && stated !== null && stated !== status) {
      throw unusable('unknown_status', 'status', 'contradicts the event type: no money was taken');
    }
    const common = attempt(resource, created);
    switch (status) {
      case 'pending':
        return [
          statement('capture', resource.id, status, { ...common, ...statedAmountOf(resource) }),
        ];
      case 'failed':
        return [statement('capture', resource.id, status, failed(resource, common))];
      case 'succeeded':
        return [
          statement('capture', resource.id, status, {
            ...common,
            ...amountOf(resource),
            final: resource.final_capture === true,
          }),
        ];
    }
  };
}

// Refunds. Key: their own id. The resource is the refund and names what it gives back.

function refund(resource: PaypalTransactionDto, created: number): Statement[] {
  const status = statusOf(PAYPAL_REFUND_STATUSES, resource) ?? 'succeeded';
  return refundStatement(resource, created, resource.id, status, amountOf(resource));
}

function refundIn(status: StatusOf<'refund'>): Reader<PaypalTransactionDto> {
  return (resource, created) => {
    statusOf(PAYPAL_REFUND_STATUSES, resource);
    return refundStatement(resource, created, resource.id, status, statedAmountOf(resource));
  };
}

/** Version 1 writes what goes back with a sign. */
function moneyBack(resource: PaypalTransactionDto, created: number): Statement[] {
  return refund(unsigned(resource), created);
}

/** The resource is a refund, which names its capture, or the capture itself, which has no such parent. */
function reversedCapture(resource: PaypalTransactionDto, created: number): Statement[] {
  if (parentsOf(resource).some(({ kind }) => kind === 'capture')) {
    return moneyBack(resource, created);
  }
  const money = amountOf(unsigned(resource));
  return refundStatement(resource, created, `reversal:${resource.id}`, 'succeeded', money);
}

function refundStatement(
  resource: PaypalTransactionDto,
  created: number,
  key: string,
  status: StatusOf<'refund'>,
  money: Partial<Money>,
): Statement[] {
  const { at, refs, groups } = placeOf(resource, created);
  const born = resource.create_time == null ? at : timeOf(resource.create_time);
  const failure = status === 'failed' ? failureOf(resource) : null;
  return [statement('refund', key, status, { at, refs, groups, ...money, born, failure })];
}

function unsigned(resource: PaypalTransactionDto): PaypalTransactionDto {
  if (resource.amount == null) return resource;
  const { value, total, ...rest } = resource.amount;
  const amount = { ...rest, value: value?.replace(/^-/, ''), total: total?.replace(/^-/, '') };
  return { ...resource, amount };
}

// Disputes. One may concern the payments of several customers: a statement for each transaction, under
// a key of its own, and no ref but the transaction's, so that they do not become one payment.

function dispute(resource: PaypalDisputeDto, created: number): Statement[] {
  const { status, dispute_life_cycle_stage: stage } = resource;
  if (status != null && byValue(PAYPAL_DISPUTE_STATUSES, 'status', status) === 'over') {
    return resolvedDispute(resource, created);
  }
  const ours =
    stage == null ? 'open' : byValue(PAYPAL_DISPUTE_STAGES, 'dispute_life_cycle_stage', stage);
  return disputeStatements(resource, created, ours);
}

function resolvedDispute(resource: PaypalDisputeDto, created: number): Statement[] {
  const outcome = resource.dispute_outcome;
  if (outcome == null) throw unusable('validation_failed', 'dispute_outcome', 'must be an object');
  const field = 'dispute_outcome.outcome_code';
  const status = byValue(PAYPAL_DISPUTE_OUTCOMES, field, outcome.outcome_code);
  return disputeStatements(resource, created, status);
}

function disputeStatements(
  resource: PaypalDisputeDto,
  created: number,
  status: StatusOf<'dispute'>,
): Statement[] {
  const transactions = resource.disputed_transactions ?? [];
  if (transactions.length === 0) {
    throw unusable('no_ref', 'disputed_transactions', 'names no transaction');
  }
  // An amount of the whole is that of a transaction only where there is no other.
  const whole = transactions.length === 1 ? wholeAmountOf(resource, status) : null;
  return transactions.map(({ seller_transaction_id: id, gross_amount: gross }, index) => {
    const path = `disputed_transactions.${index}`;
    if (id == null) throw unusable('no_ref', `${path}.seller_transaction_id`, 'is missing');
    const money = whole ?? (gross == null ? {} : minorOf(gross, `${path}.gross_amount`));
    return statement('dispute', `${resource.dispute_id}/${id}`, status, {
      at: resource.update_time == null ? created : timeOf(resource.update_time),
      refs: [`txn:${id}`],
      ...money,
    });
  });
}

/** What a lost dispute cost, else what is disputed. */
function wholeAmountOf(
  { dispute_amount: disputed, dispute_outcome }: PaypalDisputeDto,
  status: StatusOf<'dispute'>,
): Money | null {
  const refunded = status === 'lost' ? dispute_outcome?.amount_refunded : null;
  if (refunded != null) return minorOf(refunded, 'dispute_outcome.amount_refunded');
  return disputed == null ? null : minorOf(disputed, 'dispute_amount');
}

// What they have in common.

type Place = Pick<Statement, 'at' | 'refs' | 'groups'>;
type Attempt = Place & Pick<Statement, 'reference'>;
interface Money {
  readonly amount: bigint;
  readonly currency: string;
}

/** Time, refs and groups. The time is that of the resource's version, where it states one. */
function placeOf(resource: PaypalTransactionDto, created: number): Place {
  const groups = {
    order: orderOf(resource),
    parent_payment: resource.parent_payment,
    billing_agreement: resource.billing_agreement_id,
  };
  const ids = [resource.id, ...parentsOf(resource).map(({ id }) => id)];
  return {
    at: resource.update_time == null ? created : timeOf(resource.update_time),
    // Authorizations, captures, sales and refunds share one space of ids.
    refs: [...new Set(ids)].map((id) => `txn:${id}`),
    groups: Object.entries(groups).flatMap(([namespace, id]) =>
      id == null ? [] : [`${namespace}:${id}`],
    ),
  };
}

function orderOf({ supplementary_data, links }: PaypalTransactionDto): string | undefined {
  const stated = supplementary_data?.related_ids?.order_id;
  if (stated != null) return stated;
  const up = links?.filter(({ rel }) => rel === 'up').map(({ href }) => ORDER_LINK.exec(href)?.[1]);
  return up?.find((id) => id !== undefined);
}

function attempt(resource: PaypalTransactionDto, created: number): Attempt {
  return { ...placeOf(resource, created), reference: referenceOf(resource) };
}

function failed(resource: PaypalTransactionDto, common: Attempt) {
  return { ...common, failure: failureOf(resource) };
}

const ORDER_LINK = /\/v2\/checkout\/orders\/([A-Za-z0-9-]{1,255})$/;
const PARENT_LINK = /\/v[12]\/payments\/(authorization|capture|sale)s?\/([A-Za-z0-9-]{1,255})$/;

interface Parent {
  readonly kind: string;
  readonly id: string;
}

/** The transactions that a capture or a refund is part of: by field, or by link. */
function parentsOf(resource: PaypalTransactionDto): Parent[] {
  const related = resource.supplementary_data?.related_ids;
  const fields = {
    authorization: [related?.authorization_id],
    capture: [related?.capture_id, resource.capture_id],
    sale: [resource.sale_id],
  };
  const byField = Object.entries(fields).flatMap(([kind, ids]) =>
    ids.flatMap((id) => (id == null ? [] : [{ kind, id }])),
  );
  const byLink = (resource.links ?? []).flatMap(({ href, rel }) => {
    const [, kind = '', id = ''] = PARENT_LINK.exec(href) ?? [];
    // Version 1 has no `up`: its relation is what the parent is.
    return id !== '' && (rel === 'up' || rel === kind) ? [{ kind, id }] : [];
  });
  return [...byField, ...byLink].filter(({ id }) => id !== resource.id);
}

/** The merchant's reference: the first that is not empty. */
function referenceOf(resource: PaypalTransactionDto): string | null {
  for (const field of ['custom_id', 'custom', 'invoice_id', 'invoice_number'] as const) {
    const value = resource[field];
    if (value == null || value === '') continue;
    const reading = readDto(PaypalReferenceDto, { reference: value });
    if (reading.ok) return reading.dto.reference;
    throw unusable(reading.code, field, 'must be 1 to 255 characters, without NUL');
  }
  return null;
}

function failureOf({ status_details, reason_code }: PaypalTransactionDto): Failure | null {
  const code = status_details?.reason ?? reason_code ?? null;
  return code === null ? null : { code, message: null };
}

function amountOf({ amount }: PaypalTransactionDto): Money {
  if (amount == null) throw unusable('validation_failed', 'amount', 'must be an object');
  return minorOf(amount, 'amount');
}

function statedAmountOf(resource: PaypalTransactionDto): Partial<Money> {
  return resource.amount == null ? {} : amountOf(resource);
}

/** A decimal of major units, by its text: where PayPal takes no decimals (HUF, TWD) ISO still counts two. */
function minorOf({ value, currency_code, total, currency }: PaypalMoneyDto, field: string): Money {
  const reading = majorToMinor(value ?? total ?? '', currency_code ?? currency ?? '');
  if (reading.ok) return { amount: reading.amount, currency: reading.currency };
  throw new Unusable(reading.code, [{ field: fieldPath(field), message: reading.message }]);
}

/** Of a text that the DTO has checked, so that it is a time after 1970. */
function timeOf(text: string): number {
  return parseRfc3339(text) ?? 0;
}
