import { timingSafeEqual } from 'node:crypto';

import {
  type Provider,
  type SignedRequest,
  type Verification,
  type VerificationContext,
} from '../provider.js';
import { signatureHeader } from '../signing/headers.js';
import { equalsHex, hmacSha256 } from '../signing/hmac.js';
import { verifyHeader } from '../signing/secrets.js';
import { CHECKOUT_EVENT_TYPES, normaliseCheckout } from './checkout.normaliser.js';
import { checkoutScenarios, signCheckout } from './checkout.samples.js';

const MIN_SECRET_BYTES = 12;
/** What a header can carry, and no more than is looked at of one. */
const AUTHORIZATION = /^[\x21-\x7e][\x20-\x7e]{10,500}[\x21-\x7e]$/;

/** https://www.checkout.com/docs/developer-resources/event-notifications/receive-webhooks; see README.md. */
export const checkoutProvider: Provider = {
  name: 'checkout',
  title: 'Checkout.com',
  contentTypes: ['application/json'],
  secret: {
    variable: 'CHECKOUT_WEBHOOK_SECRET',
    description: "The webhook's signature key: Dashboard → Developers → Webhooks.",
    check: (value) =>
      Buffer.byteLength(value) < MIN_SECRET_BYTES
        ? `is shorter than ${MIN_SECRET_BYTES} bytes; give the webhook a longer signature key, e.g. from: openssl rand -hex 32`
        : null,
    make: (random) => random.toString('hex'),
  },
  options: [
    {
      name: 'authorization',
      variable: 'CHECKOUT_AUTHORIZATION',
      description:
        "The webhook's authorization header key, as it is; set, no request passes without it.",
      secret: true,
      check: (value) =>
        AUTHORIZATION.test(value)
          ? null
          : `is not ${MIN_SECRET_BYTES} to 502 characters of ASCII, as a header can carry them`,
    },
  ],
  refScope: { account: false, livemode: false },
  normaliserVersion: 1,
  refusesUnusable: false,
  subscriptions: [...CHECKOUT_EVENT_TYPES.keys()],
  verify: verifyCheckout,
  normalise: normaliseCheckout,
  scenarios: checkoutScenarios,
  sign: signCheckout,
};

/** `Cko-Signature: <hex HMAC-SHA256 of the body>`, in whatever case. */
function verifyCheckout(request: SignedRequest, context: VerificationContext): Verification {
  const { authorization } = context.options;
  if (authorization !== undefined) {
    const given = signatureHeader(request, 'Authorization');
    if (!given.ok) return { authentic: false, code: given.code };
    if (!equalsText(given.value, authorization)) {
      return { authentic: false, code: 'signature_invalid' };
    }
  }
  return verifyHeader(
    request,
    context.secrets,
    'Cko-Signature',
    (secret) => hmacSha256(secret, request.body),
    (candidate, digest) => equalsHex(candidate.toLowerCase(), digest),
  );
}

/** In constant time for candidates of the right length. */
function equalsText(candidate: string, text: string): boolean {
  const [a, b] = [Buffer.from(candidate), Buffer.from(text)];
  return a.length === b.length && timingSafeEqual(a, b);
}
