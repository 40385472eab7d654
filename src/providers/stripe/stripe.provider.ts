import { type Provider } from '../provider.js';
import { type TimedSignatures, verifyTimedSignatures } from '../signing/timed-signatures.js';
import { normaliseStripe, STRIPE_EVENT_TYPES } from './stripe.normaliser.js';
import { signStripe, stripeScenarios } from './stripe.samples.js';

const MIN_SECRET_BYTES = 12;

/** `Stripe-Signature: t=<unix seconds>,v1=<hex>[,v1=…][,v0=…]`; `whsec_` is part of the key, and only `v1` counts. */
const SIGNATURES: TimedSignatures = {
  header: 'Stripe-Signature',
  separator: ',',
  time: 't',
  signature: 'v1',
  joint: '.',
};

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
  verify: (request, context) => verifyTimedSignatures(SIGNATURES, request, context),
  normalise: normaliseStripe,
  scenarios: stripeScenarios,
  sign: signStripe,
};
