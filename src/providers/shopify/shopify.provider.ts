import {
  type Provider,
  type SignedRequest,
  type Verification,
  type VerificationContext,
} from '../provider.js';
import { signatureHeader } from '../signing/headers.js';
import { equalsBase64, hmacSha256 } from '../signing/hmac.js';
import { verifyWithSecrets } from '../signing/secrets.js';
import { normaliseShopify, SHOPIFY_TOPICS } from './shopify.normaliser.js';
import { shopifyScenarios, signShopify } from './shopify.samples.js';

const MIN_SECRET_BYTES = 12;

/** https://shopify.dev/docs/apps/build/webhooks/verify-deliveries; see README.md. */
export const shopifyProvider: Provider = {
  name: 'shopify',
  title: 'Shopify',
  contentTypes: ['application/json'],
  secret: {
    variable: 'SHOPIFY_WEBHOOK_SECRET',
    description: "The app's client secret: Dev Dashboard → your app → Settings → Credentials.",
    check: (value) =>
      Buffer.byteLength(value) < MIN_SECRET_BYTES
        ? `is shorter than ${MIN_SECRET_BYTES} bytes; copy the whole client secret, \`shpss_…\``
        : null,
    make: (random) => `shpss_${random.subarray(0, 16).toString('hex')}`,
  },
  options: [],
  refScope: { account: false, livemode: false },
  alsoStates: { livemode: true },
  normaliserVersion: 1,
  refusesUnusable: false,
  keepsHeaders: [
    // A replay needs the topic.
    'x-shopify-topic',
    'shopify-topic',
    // For people who look a delivery up; nothing is decided by them.
    'x-shopify-shop-domain',
    'x-shopify-webhook-id',
    'shopify-shop-domain',
    'shopify-webhook-id',
  ],
  subscriptions: [...SHOPIFY_TOPICS.keys()],
  verify: verifyShopify,
  normalise: normaliseShopify,
  scenarios: shopifyScenarios,
  sign: signShopify,
};

/** The names of webhooks, and those of the newer Events. */
const HEADER_FAMILIES = [
  { hmac: 'X-Shopify-Hmac-SHA256', topic: 'X-Shopify-Topic' },
  { hmac: 'Shopify-Hmac-SHA256', topic: 'Shopify-Topic' },
];

/** `X-Shopify-Hmac-SHA256: <base64 HMAC-SHA256 of the body>`, or the same without the prefix. */
function verifyShopify(request: SignedRequest, { secrets }: VerificationContext): Verification {
  const invalid = { authentic: false, code: 'signature_invalid' } as const;
  const stated = HEADER_FAMILIES.filter(({ hmac, topic }) =>
    [hmac, topic].some((name) => request.headerValues(name).length > 0),
  );
  // Of two families, and of two topics, nobody could say which one is meant.
  if (stated.length > 1) return invalid;
  const [family] = stated;
  if (family === undefined) return { authentic: false, code: 'signature_missing' };
  if (request.headerValues(family.topic).length > 1) return invalid;
  const header = signatureHeader(request, family.hmac);
  if (!header.ok) return { authentic: false, code: header.code };
  // The secret signs more than webhooks: of a request through the app's proxy the sorted parameters,
  // some of which a visitor chooses. They begin with a letter at the latest, and so never with `{`.
  if (request.body[0] !== OPENING_BRACE) return invalid;
  return verifyWithSecrets(
    secrets,
    [header.value],
    (secret) => hmacSha256(secret, request.body),
    equalsBase64,
  );
}

const OPENING_BRACE = 0x7b;
