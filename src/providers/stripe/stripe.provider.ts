import {
  type Provider,
  type SignedRequest,
  type Verification,
  type VerificationContext,
} from '../provider.js';
import { parseUnixSeconds, signatureHeader, withinTolerance } from '../signing/headers.js';
import { equalsHex, hmacSha256 } from '../signing/hmac.js';
import { verifyWithSecrets } from '../signing/secrets.js';
import { normaliseStripe, STRIPE_EVENT_TYPES } from './stripe.normaliser.js';
import { signStripe, stripeScenarios } from './stripe.samples.js';

const MIN_SECRET_BYTES = 12;

/** https://docs.stripe.com/webhooks; see README.md. */
export const stripeProvider: Provider = {
  name: 'stripe',
  title: 'Stripe',
  contentTypes: ['application/json'],
  secret: {
    variable: 'STRIPE_WEBHOOK_SECRET',
    description: "The endpoint's signing secret: Dashboard → Developers → Webhooks, `whsec_…`.",
    check: (value) =>
      Buffer.byteLength(value) < MIN_SECRET_BYTES
        ? `is shorter than ${MIN_SECRET_BYTES} bytes; copy the whole signing secret, \`whsec_…\``
        : null,
    make: (random) => `whsec_${random.toString('hex')}`,
  },
  signsTime: 'each-attempt',
  options: [
    {
      name: 'referenceKey',
      variable: 'STRIPE_REFERENCE_KEY',
      description:
        'The key in metadata that holds your own reference; without it `reference`, then `order_id`.',
    },
  ],
  refScope: { account: false, livemode: true },
  normaliserVersion: 1,
  refusesUnusable: false,
  subscriptions: [...STRIPE_EVENT_TYPES.keys()],
  verify: verifyStripe,
  normalise: normaliseStripe,
  scenarios: stripeScenarios,
  sign: signStripe,
};

/** `Stripe-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">[,v1=…][,v0=…]` */
function verifyStripe(request: SignedRequest, context: VerificationContext): Verification {
  const header = signatureHeader(request, 'Stripe-Signature');
  if (!header.ok) return { authentic: false, code: header.code };
  const parsed = parseHeader(header.value);
  if (parsed === null) return { authentic: false, code: 'signature_invalid' };

  const verification = verifyWithSecrets(
    context.secrets,
    parsed.signatures,
    // The key is the whole secret as text, `whsec_` included: it is not decoded.
    (secret) => hmacSha256(secret, `${parsed.seconds}.`, request.body),
    equalsHex,
  );
  // Only now, so that the answer tells nothing about the clock to who cannot sign.
  if (
    verification.authentic &&
    !withinTolerance(parsed.seconds, context.now, context.toleranceSeconds)
  ) {
    return { authentic: false, code: 'timestamp_out_of_tolerance' };
  }
  return verification;
}

/**
 * Null unless it is a list of `scheme=value` with one `t`, and each `v1` has the form of a signature.
 * Other schemes are skipped: only `v1` counts.
 */
function parseHeader(value: string): { seconds: number; signatures: string[] } | null {
  const times: string[] = [];
  const signatures: string[] = [];
  for (const item of value.split(',')) {
    const [, scheme, rest = ''] = /^([\w-]+)=(\S+)$/.exec(item) ?? [];
    if (scheme === undefined) return null;
    if (scheme === 't') times.push(rest);
    if (scheme === 'v1') signatures.push(rest);
  }
  const [time = ''] = times;
  const seconds = parseUnixSeconds(time);
  if (times.length !== 1 || seconds === null || String(seconds) !== time) return null;
  return signatures.every((signature) => /^[0-9a-f]{64}$/.test(signature))
    ? { seconds, signatures }
    : null;
}
