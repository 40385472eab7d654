/**
 * What a notification signs, read the same way by whoever verifies, signs or normalises it: a form with
 * the payload in `bt_payload` and, in `bt_signature`, a pair `public key|hex` for each API key of the
 * merchant, joined by "&".
 * https://developer.paypal.com/braintree/docs/guides/webhooks/parse
 */
import { createHash, createHmac } from 'node:crypto';

import { type ProviderOptions } from '../provider.js';

/** Braintree sends two; more than these are an attempt to make us read. */
const MAX_FIELDS = 16;
/** Of all pairs together: about 140 API keys. */
const MAX_SIGNATURE_LENGTH = 8192;
const CHALLENGE = /^[a-f0-9]{20,32}$/;

/** The fields of a notification; '' for one that is absent. */
export interface NotificationForm {
  readonly signature: string;
  readonly payload: string;
}

/** Null for more fields than a notification has, and where one of the two stands twice. */
export function formOf(body: Buffer): NotificationForm | null {
  // A form is ASCII; any other byte becomes a character that neither field may hold.
  const text = body.toString('latin1');
  if (text.split('&', MAX_FIELDS + 1).length > MAX_FIELDS) return null;
  const form = new URLSearchParams(text);
  const [signature = '', ...signatures] = form.getAll('bt_signature');
  const [payload = '', ...payloads] = form.getAll('bt_payload');
  return signatures.length + payloads.length > 0 ? null : { signature, payload };
}

/**
 * Whether a text can be the payload of a notification: lines of base64, and no challenge, of which
 * anybody can have the signature by asking the endpoint.
 */
export function isPayload(text: string): boolean {
  return /^[A-Za-z0-9+/=\n]+$/.test(text) && !isChallenge(text);
}

/** What the check of an endpoint has signed: https://developer.paypal.com/braintree/docs/guides/webhooks/create. */
export function isChallenge(text: string): boolean {
  return CHALLENGE.test(text);
}

/** The signature of the pair that names `publicKey`; null where none does or several do, and for no key. */
export function signatureFor(publicKey: string, pairs: string): string | null {
  if (publicKey === '' || pairs.length > MAX_SIGNATURE_LENGTH) return null;
  const ours = pairs.split('&').flatMap((pair) => {
    const [key, ...parts] = pair.split('|');
    return key === publicKey ? [parts] : [];
  });
  const [[signature, ...more] = [], ...others] = ours;
  return more.length > 0 || others.length > 0 ? null : (signature ?? null);
}

/** HMAC-SHA1 under the SHA-1 of the private key. Throws for an empty key: anyone can sign with it. */
export function signatureOf(text: string, privateKey: string): Buffer {
  if (privateKey === '') throw new Error('an empty key verifies nothing and signs nothing');
  return createHmac('sha1', createHash('sha1').update(privateKey).digest()).update(text).digest();
}

/** The public key beside the private one of that index; of several they have the same order. */
export function publicKeyOf({ publicKey = '' }: ProviderOptions, index: number): string {
  const keys = publicKey.split(',');
  return keys[index] ?? keys[0] ?? '';
}
