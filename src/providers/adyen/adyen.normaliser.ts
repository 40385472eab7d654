import { createHash } from 'node:crypto';

import { isJsonObject, type JsonObject, type JsonValue } from '../../json/json.js';
import { type Statement, statement, type StatusOf } from '../../payments/statement.js';
import { minorToIso } from '../money.js';
import { type Meaning, type NormaliseContext, type PaymentEvent } from '../provider.js';
import { meaningOf, readAs, unusable } from '../reading.js';
import { parseRfc3339 } from '../rfc3339.js';
import { messageText, readableId } from '../text.js';
import { AdyenItemDto, AdyenMoneyDto } from './adyen.dto.js';
import { itemsOf, signedContent } from './adyen.signature.js';

/**
 * Where Adyen's minor units are not those of ISO 4217 ("differs from standard"):
 * https://docs.adyen.com/development-resources/currency-codes
 */
export const ADYEN_EXPONENTS: Readonly<Record<string, number>> = { CLP: 2, CVE: 0, IDR: 0, ISK: 2 };

/**
 * What an item says. Everything that makes a statement's kind, key, status, amount and refs is signed;
 * what is not signed orders (`at`) and describes (`reason`, `orderReferences`).
 */
interface Item {
  readonly signed: AdyenItemDto;
  /** The payment: the original reference, or its own where the item is about the payment itself. */
  readonly payment: string;
  /** Throws {@link Unusable} where the item states no amount. */
  readonly money: () => { amount: bigint; currency: string };
  /** Milliseconds since the epoch; 0 where eventDate is none. */
  readonly at: number;
  readonly reason: string | null;
  /** Of an order that is paid in several payments. */
  readonly orderReferences: readonly string[];
  readonly capturesImmediately: boolean;
}
/** No statement: the item moves no payment. */
type Reader = (item: Item) => Statement[];

/**
 * By event code what an item states. Every other code moves no payment and is ignored. CAPTURE_FAILED
 * and REFUND_FAILED say `success: "true"`: it is the event that succeeded, not what it is about.
 */
export const ADYEN_EVENT_CODES: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['AUTHORISATION', whereMoneyIsAsked(bySuccess(authorised, refused))],
  ['AUTHORISATION_ADJUSTMENT', bySuccess(modification(adjusted), nothing)],
  ['CANCELLATION', bySuccess(modification(cancelled), nothing)],
  ['TECHNICAL_CANCEL', bySuccess(modification(cancelled), nothing)],
  ['EXPIRE', either(expired)],
  ['OFFER_CLOSED', either(expired)],

  ['CAPTURE', modification(bySuccess(captured, captureRefused))],
  ['CAPTURE_FAILED', modification(either(captureReversed))],

  ['CANCEL_OR_REFUND', bySuccess(modification(cancelledOrRefunded), nothing)],
  ['REFUND', modification(bySuccess(refunded, refundFailed))],
  ['REFUND_FAILED', modification(either(refundFailed))],
  ['REFUNDED_REVERSED', modification(either(refundFailed))],
  ['POSTPONED_REFUND', modification(either(refundPending))],

  ['REQUEST_FOR_INFORMATION', either(disputed('inquiry'))],
  ['NOTIFICATION_OF_CHARGEBACK', either(disputedAbout('open'))],
  // The money is gone at once, and no later event of a loss is guaranteed.
  ['CHARGEBACK', either(disputedAbout('lost'))],
  ['SECOND_CHARGEBACK', either(disputedAbout('lost'))],
  ['PREARBITRATION_LOST', either(disputedAbout('lost'))],
  ['SCHEME_ARBITRATION_LOST', either(disputedAbout('lost'))],
  ['CHARGEBACK_REVERSED', either(disputed('won'))],
  ['PREARBITRATION_WON', either(disputed('won'))],
  ['PREARBITRATION_ISSUER_WITHDRAWN', either(disputed('won'))],
  ['SCHEME_ARBITRATION_WON', either(disputed('won'))],
]);

/** One notification of Adyen → an event for each of its items, in their order. */
export function normaliseAdyen(json: JsonObject, context: NormaliseContext): PaymentEvent[] {
  const livemode = json.live === 'true' ? true : json.live === 'false' ? false : null;
  const items = itemsOf(json);
  if (items.length === 0) {
    const errors = [{ field: 'notificationItems', message: `must be ${AN_ARRAY_OF_ITEMS}` }];
    const meaning = { status: 'quarantined', code: 'validation_failed', errors } as const;
    return [{ eventId: null, type: '', occurredAt: 0, account: null, livemode, meaning }];
  }
  return items.map((item, index) => {
    const content = signedContent(item);
    return {
      // Adyen states no id of an event. Whatever it does not sign may differ from attempt to attempt.
      eventId: content === null ? null : createHash('sha256').update(content).digest('hex'),
      type: readableId(item.eventCode) ?? '',
      occurredAt: timeOf(item.eventDate),
      account: readableId(item.merchantAccountCode),
      livemode,
      meaning: meaningOfItem(item, content, fieldsOf(index), context),
    };
  });
}

const AN_ARRAY_OF_ITEMS = 'an array of objects { "NotificationRequestItem": { … } }';
const UNSIGNABLE =
  'must have text in all signed fields, and a colon in none of them but merchantReference';

function meaningOfItem(
  json: JsonObject,
  content: string | null,
  pathOf: (field: string) => string,
  { options }: NormaliseContext,
): Meaning {
  const meaning = meaningOf(() => {
    if (content === null) throw unusable('validation_failed', '', UNSIGNABLE);
    const code = typeof json.eventCode === 'string' ? json.eventCode : '';
    return ADYEN_EVENT_CODES.get(code)?.(itemOf(json, options)) ?? [];
  });
  if (meaning.status !== 'quarantined') return meaning;
  return {
    ...meaning,
    errors: meaning.errors?.map((e) => ({ ...e, field: pathOf(e.field) })) ?? [],
  };
}

function fieldsOf(index: number) {
  const item = `notificationItems.${index}.NotificationRequestItem`;
  return (field: string) => (field === '' ? item : `${item}.${field}`);
}

function itemOf(json: JsonObject, options: NormaliseContext['options']): Item {
  const signed = readAs(
    AdyenItemDto,
    {
      ...json,
      // An empty field and an absent one are signed alike, so they are the same.
      originalReference: json.originalReference === '' ? null : json.originalReference,
      merchantReference: json.merchantReference === '' ? null : json.merchantReference,
    },
    '',
  );
  const additional = isJsonObject(json.additionalData) ? json.additionalData : {};
  return {
    signed,
    payment: signed.originalReference ?? signed.pspReference,
    money: () => moneyOf(json),
    at: timeOf(json.eventDate),
    reason: messageText(typeof json.reason === 'string' ? json.reason : null),
    orderReferences: [additional.orderReference, additional.merchantOrderReference]
      .map(readableId)
      .filter((id) => id !== null),
    capturesImmediately: options.capture === 'immediate',
  };
}

function moneyOf(json: JsonObject) {
  const { amount } = readAs(AdyenMoneyDto, json, '');
  const reading = minorToIso(amount.value.text, amount.currency, ADYEN_EXPONENTS);
  if (reading.ok) return { amount: reading.amount, currency: reading.currency };
  const field = reading.code === 'currency_unknown' ? 'amount.currency' : 'amount.value';
  throw unusable(reading.code, field, reading.message);
}

/** A time that cannot be read is none: what is not signed refuses nothing. */
function timeOf(eventDate: JsonValue | undefined): number {
  return Math.max(0, (typeof eventDate === 'string' ? parseRfc3339(eventDate) : null) ?? 0);
}

// How an event code is read.

function bySuccess(succeeded: Reader, failed: Reader): Reader {
  return (item) => {
    if (item.signed.success === 'true') return succeeded(item);
    if (item.signed.success === 'false') return failed(item);
    throw unusable('unknown_status', 'success', 'success must be "true" or "false"');
  };
}

function either(reader: Reader): Reader {
  return bySuccess(reader, reader);
}

/** An authorisation of nothing verifies a card. */
function whereMoneyIsAsked(reader: Reader): Reader {
  return (item) => {
    const stated = item.signed.amount != null;
    return stated && item.money().amount === 0n ? [] : reader(item);
  };
}

/** What is done to a payment has to name it: under its own reference it would be a payment of its own. */
function modification(reader: Reader): Reader {
  return (item) => {
    if (item.signed.originalReference == null) {
      throw unusable('no_ref', 'originalReference', 'originalReference must name the payment');
    }
    return reader(item);
  };
}

function nothing(): Statement[] {
  return [];
}

// The attempt. Key: the payment's reference; an adjustment restates the total under it.

function authorised(item: Item): Statement[] {
  const { pspReference } = item.signed;
  const common = { ...about(item), ...item.money(), reference: referenceOf(item) };
  const held = statement('authorization', pspReference, 'authorized', common);
  // No CAPTURE is sent where Adyen captures by itself at once.
  return item.capturesImmediately
    ? [
        held,
        statement('capture', `implied:${pspReference}`, 'succeeded', { ...common, implied: true }),
      ]
    : [held];
}

function refused(item: Item): Statement[] {
  return [
    statement('authorization', item.signed.pspReference, 'failed', {
      ...about(item),
      reference: referenceOf(item),
      failure: failureOf(item),
    }),
  ];
}

function adjusted(item: Item): Statement[] {
  return [
    statement('authorization', item.payment, 'authorized', { ...about(item), ...item.money() }),
  ];
}

function cancelled(item: Item): Statement[] {
  return [statement('authorization', item.payment, 'voided', about(item))];
}

function expired(item: Item): Statement[] {
  return [statement('authorization', item.payment, 'expired', about(item))];
}

// Captures and refunds. Key: the reference of the modification; they add up.

function captured(item: Item): Statement[] {
  const common = { ...about(item), ...item.money() };
  return [statement('capture', item.signed.pspReference, 'succeeded', common)];
}

function captureRefused(item: Item): Statement[] {
  const common = { ...about(item), failure: failureOf(item) };
  return [statement('capture', item.signed.pspReference, 'failed', common)];
}

function captureReversed(item: Item): Statement[] {
  const common = { ...about(item), failure: failureOf(item) };
  return [statement('capture', item.signed.pspReference, 'reversed', common)];
}

/** Which of both it was says only a field that is not signed; the captures of the payment decide. */
function cancelledOrRefunded(item: Item): Statement[] {
  const common = { ...about(item), ...item.money(), of: item.payment };
  return [statement('reversal', item.signed.pspReference, 'succeeded', common)];
}

function refunded(item: Item): Statement[] {
  const common = { ...about(item), ...item.money() };
  return [statement('refund', item.signed.pspReference, 'succeeded', common)];
}

function refundFailed(item: Item): Statement[] {
  const common = { ...about(item), failure: failureOf(item) };
  return [statement('refund', item.signed.pspReference, 'failed', common)];
}

function refundPending(item: Item): Statement[] {
  return [statement('refund', item.signed.pspReference, 'pending', about(item))];
}

// Disputes. Key: the reference of the dispute, which all of its events share; some name only it.

function disputed(status: StatusOf<'dispute'>): Reader {
  return (item) => [statement('dispute', item.signed.pspReference, status, aboutDispute(item))];
}

function disputedAbout(status: StatusOf<'dispute'>): Reader {
  return (item) => {
    const common = { ...aboutDispute(item), ...item.money() };
    return [statement('dispute', item.signed.pspReference, status, common)];
  };
}

// What they have in common.

/** Time, refs and groups. */
function about({ at, payment, signed, orderReferences }: Item) {
  const { merchantReference } = signed;
  return {
    at,
    refs: [`psp:${payment}`],
    groups: [
      ...orderReferences.map((id) => `order:${id}`),
      ...(merchantReference == null ? [] : [`merchant_reference:${merchantReference}`]),
    ],
  };
}

function aboutDispute(item: Item) {
  const refs = new Set([`psp:${item.payment}`, `psp:${item.signed.pspReference}`]);
  return { ...about(item), refs: [...refs] };
}

/** The merchant's reference of the payment; a modification states its own under the same name. */
function referenceOf(item: Item): string | null {
  return item.signed.merchantReference ?? null;
}

function failureOf({ reason }: Item) {
  return reason === null ? null : { code: null, message: reason };
}
