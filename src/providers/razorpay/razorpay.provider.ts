import { type Provider, type SignedRequest, type VerificationContext } from '../provider.js';
import { equalsHex, hmacSha256 } from '../signing/hmac.js';
import { verifyHeader } from '../signing/secrets.js';
import { normaliseRazorpay, RAZORPAY_EVENT_TYPES } from './razorpay.normaliser.js';
import { razorpayScenarios, signRazorpay } from './razorpay.samples.js';

const MIN_SECRET_BYTES = 12;

/** https://razorpay.com/docs/webhooks/validate-test; see README.md. */
export const razorpayProvider: Provider = {
  name: 'razorpay',
  title: 'Razorpay',
  contentTypes: ['application/json'],
  secret: {
    variable: 'RAZORPAY_WEBHOOK_SECRET',
    description:
      'The secret that you gave the webhook: Dashboard → Account & Settings → Webhooks; not the API key.',
    check: (value) =>
      Buffer.byteLength(value) < MIN_SECRET_BYTES
        ? `is shorter than ${MIN_SECRET_BYTES} bytes; give the webhook a longer secret, e.g. from: openssl rand -hex 32`
        : null,
    make: (random) => random.toString('hex'),
  },
  options: [],
  refScope: { account: true, livemode: false },
  normaliserVersion: 1,
  refusesUnusable: false,
  // For people who look a delivery up; it is not signed and decides nothing.
  keepsHeaders: ['x-razorpay-event-id'],
  subscriptions: [...RAZORPAY_EVENT_TYPES.keys()],
  verify: verifyRazorpay,
  normalise: normaliseRazorpay,
  scenarios: razorpayScenarios,
  sign: signRazorpay,
};

/** `X-Razorpay-Signature: <hex HMAC-SHA256 of the body>`. */
function verifyRazorpay(request: SignedRequest, { secrets }: VerificationContext) {
  const digestOf = (secret: string) => hmacSha256(secret, request.body);
  return verifyHeader(request, secrets, 'X-Razorpay-Signature', digestOf, equalsHex);
}
