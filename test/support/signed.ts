/** Webhooks as their senders sign them. */
import { createHash, randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { PROVIDERS } from '../../src/providers/index.js';
import { GENERIC_SECRET, STRIPE_SECRET } from './application.js';

export interface Signed {
  readonly body: Buffer<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Signs through the provider's own `sign`. */
export function signedBy(
  provider: string,
  body: string | Buffer,
  secret: string,
  at = Date.now(),
): Signed {
  const bytes = Buffer.from(body);
  const found = PROVIDERS.find(({ name }) => name === provider);
  if (found === undefined) throw new Error(`no provider is named ${provider}`);
  const url = `https://pay.example/webhooks/${provider}`;
  const context = { secret, key: null, at, url, options: {} };
  const signed = found.sign({ body: bytes, expect: 'success' }, context);
  return { body: Buffer.from(signed.body), headers: signed.headers };
}

/** An event of the generic contract, or exact bytes in its place. */
export function signedGeneric(body: object | string | Buffer, secret = GENERIC_SECRET): Signed {
  const exact = typeof body === 'string' || Buffer.isBuffer(body);
  return signedBy('generic', exact ? body : JSON.stringify(body), secret);
}

/** Signs as Stripe does, by its official SDK. `at` in milliseconds since the epoch. */
export function signedStripe(event: object, secret = STRIPE_SECRET, at = Date.now()): Signed {
  const payload = JSON.stringify(event, null, 2);
  const timestamp = Math.floor(at / 1000);
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
  return { body: Buffer.from(payload), headers: { 'Stripe-Signature': signature } };
}

/** 1 to 40 characters of [a-z0-9] that nothing else has. */
export function unique(): string {
  return randomUUID().replaceAll('-', '');
}

export function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
