/**
 * What a standard notification signs, read the same way by whoever verifies, signs or normalises it:
 * eight fields of each item, joined by colons and escaped in no way.
 * https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures
 */
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../json/json.js';
import { hmacSha256 } from '../signing/hmac.js';

/**
 * The items of a notification in their order, each as the object in `NotificationRequestItem`. Empty
 * where the body is no notification, also if only one of its items is none.
 */
export function itemsOf(json: JsonObject): JsonObject[] {
  const { notificationItems } = json;
  if (!Array.isArray(notificationItems)) return [];
  const items = notificationItems.map((item) =>
    isJsonObject(item) ? item.NotificationRequestItem : null,
  );
  return items.every(isJsonObject) ? items : [];
}

/**
 * The text that an item signs, from which each of the eight fields can be told again. Null where it
 * could not: for a value that is no text, number or boolean, for half a surrogate pair (signed as
 * U+FFFD, like any other), and for a colon in any field but the merchant's reference. With one there,
 * `X`, `Y:Z` and `X:Y`, `Z` would sign alike, and whoever replays an item could move the border
 * between two fields; without, three fields stand before that reference and four after it.
 */
export function signedContent(item: JsonObject): string | null {
  const amount = item.amount ?? {};
  if (!isJsonObject(amount)) return null;
  const reference = textOf(item.merchantReference);
  const before = [item.pspReference, item.originalReference, item.merchantAccountCode].map(textOf);
  const after = [amount.value, amount.currency, item.eventCode, item.success].map(textOf);
  if (reference === null) return null;
  if ([...before, ...after].some((text) => text === null || text.includes(':'))) return null;
  return [...before, reference, ...after].join(':');
}

/** An absent field is signed as an empty one. */
function textOf(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.isWellFormed() ? value : null;
  if (value instanceof JsonNumber) return value.text;
  return typeof value === 'boolean' ? String(value) : null;
}

/** HMAC-SHA256 under a key of 64 hex digits; null for any other key, which would decode to less. */
export function signatureOf(content: string, hexKey: string): Buffer | null {
  return isHmacKey(hexKey) ? hmacSha256(Buffer.from(hexKey, 'hex'), content) : null;
}

export function isHmacKey(text: string): boolean {
  return /^[0-9a-f]{64}$/i.test(text);
}
