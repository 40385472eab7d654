import {
  type Provider,
  type SignedRequest,
  type Verification,
  type VerificationContext,
} from '../provider.js';
import { equalsHex, hmacSha256 } from '../signing/hmac.js';
import { verifyHeader } from '../signing/secrets.js';
import { GOCARDLESS_EVENT_TYPES, normaliseGocardless } from './gocardless.normaliser.js';
import { gocardlessScenarios, signGocardless } from './gocardless.samples.js';

const MIN_SECRET_BYTES = 12;

/** https://developer.gocardless.com/getting-started/stay-up-to-date-with-webhooks-v2; see README.md. */
export const gocardlessProvider: Provider = {
  name: 'gocardless',
  title: 'GoCardless',
  contentTypes: ['application/json'],
  secret: {
    variable: 'GOCARDLESS_WEBHOOK_SECRET',
    description: "The webhook endpoint's secret: GoCardless → Developers → Webhook endpoints.",
    check: (value) =>
      Buffer.byteLength(value) < MIN_SECRET_BYTES
        ? `is shorter than ${MIN_SECRET_BYTES} bytes; copy the whole secret of the webhook endpoint`
        : null,
    make: (random) => random.subarray(0, 30).toString('base64url'),
  },
  options: [],
  // Only the events of partners' apps state an account.
  refScope: { account: false, livemode: false },
  alsoStates: { account: true },
  normaliserVersion: 1,
  refusesUnusable: false,
  subscriptions: [...GOCARDLESS_EVENT_TYPES.keys()],
  verify: verifyGocardless,
  normalise: normaliseGocardless,
  scenarios: gocardlessScenarios,
  sign: signGocardless,
};

/** `Webhook-Signature: <hex HMAC-SHA256 of the body>`: one signature for all events of a request. */
function verifyGocardless(request: SignedRequest, { secrets }: VerificationContext): Verification {
  const digestOf = (secret: string) => hmacSha256(secret, request.body);
  return verifyHeader(request, secrets, 'Webhook-Signature', digestOf, equalsHex);
}
