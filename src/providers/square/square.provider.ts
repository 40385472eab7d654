import { type Provider, type SignedRequest, type VerificationContext } from '../provider.js';
import { equalsBase64, hmacSha256 } from '../signing/hmac.js';
import { verifyHeader } from '../signing/secrets.js';
import { normaliseSquare, SQUARE_EVENT_TYPES } from './square.normaliser.js';
import { signSquare, squareScenarios } from './square.samples.js';

const MIN_SECRET_BYTES = 12;

/** https://developer.squareup.com/docs/webhooks/step3validate; see README.md. */
export const squareProvider: Provider = {
  name: 'square',
  title: 'Square',
  contentTypes: ['application/json'],
  secret: {
    variable: 'SQUARE_WEBHOOK_SIGNATURE_KEY',
    description:
      "The subscription's signature key: Developer Console → Webhooks → Subscriptions → Show.",
    check: (value) =>
      Buffer.byteLength(value) < MIN_SECRET_BYTES
        ? `is shorter than ${MIN_SECRET_BYTES} bytes; copy the whole signature key of the subscription`
        : null,
    make: (random) => random.subarray(0, 16).toString('base64url'),
  },
  options: [],
  refScope: { account: true, livemode: false },
  normaliserVersion: 1,
  refusesUnusable: false,
  // For people who look an event up: its environment and attempt are not signed and decide nothing.
  keepsHeaders: ['square-environment', 'square-subscription-id', 'square-retry-number'],
  subscriptions: [...SQUARE_EVENT_TYPES.keys()],
  verify: verifySquare,
  normalise: normaliseSquare,
  scenarios: squareScenarios,
  sign: signSquare,
};

/**
 * `x-square-hmacsha256-signature: <base64 HMAC-SHA256 of the notification URL and the body>`. The URL
 * is what PUBLIC_URL makes it: the request's own Host could be anything. The older SHA-1 header
 * `x-square-signature` never counts.
 */
function verifySquare(request: SignedRequest, { secrets, url }: VerificationContext) {
  // The key is the text as it is shown: it looks like base64 and is not decoded.
  const digestOf = (secret: string) => hmacSha256(secret, url, request.body);
  return verifyHeader(request, secrets, 'x-square-hmacsha256-signature', digestOf, equalsBase64);
}
