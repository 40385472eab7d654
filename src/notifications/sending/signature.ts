import { createHmac } from 'node:crypto';

const SECRET_PREFIX = 'whsec_';

/** The headers by which a receiver knows an attempt, by Standard Webhooks. */
export interface SignedHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/**
 * Signs a body by the Standard Webhooks specification 1.0 ("Signature scheme", symmetric).
 *
 * @param secrets each `whsec_` and base64; each gives a signature, the first one first
 * @param now milliseconds since the epoch
 * @param body the exact text that is sent
 */
export function signedHeaders(
  id: string,
  secrets: readonly string[],
  now: number,
  body: string,
): SignedHeaders {
  const timestamp = String(Math.floor(now / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
