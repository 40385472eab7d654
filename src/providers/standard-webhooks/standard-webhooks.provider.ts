import { GENERIC_EVENT_TYPES } from '../generic/generic.dto.js';
import { currencyOption } from '../generic/generic.provider.js';
import {
  type Provider,
  type SignedRequest,
  type Verification,
  type VerificationContext,
} from '../provider.js';
import {
  MAX_SIGNATURES,
  parseUnixSeconds,
  signatureHeader,
  withinTolerance,
} from '../signing/headers.js';
import { normaliseStandardWebhooks } from './standard-webhooks.normaliser.js';
import { signStandardWebhooks, standardWebhooksScenarios } from './standard-webhooks.samples.js';
import {
  checkSecret,
  HMAC_PREFIX,
  ownKeyPair,
  PUBLIC_KEY_PREFIX,
  readSecret,
} from './standard-webhooks.secrets.js';

/** https://github.com/standard-webhooks/standard-webhooks; see README.md. */
export const standardWebhooksProvider: Provider = {
  name: 'standard-webhooks',
  title: 'Standard Webhooks',
  contentTypes: ['application/json'],
  secret: {
    variable: 'STANDARD_WEBHOOKS_SECRET',
    description:
      "The endpoint's secret at the sender: `whsec_…`, or `whpk_…` where it signs with a private key.",
    check: checkSecret,
    make: (random) => HMAC_PREFIX + random.toString('base64'),
  },
  signsTime: 'each-attempt',
  options: [currencyOption('STANDARD_WEBHOOKS_CURRENCY')],
  refScope: { account: false, livemode: false },
  normaliserVersion: 1,
  refusesUnusable: false,
  keepsHeaders: ['webhook-id', 'svix-id'],
  subscriptions: [...GENERIC_EVENT_TYPES.keys()],
  verify: verifyStandardWebhooks,
  normalise: normaliseStandardWebhooks,
  scenarios: standardWebhooksScenarios,
  sign: signStandardWebhooks,
  signingKey: (directory, { secret }) =>
    secret.startsWith(PUBLIC_KEY_PREFIX) ? ownKeyPair(directory) : Promise.resolve(null),
};

/**
 * `webhook-signature: v1,<base64 HMAC-SHA256 of "id.timestamp.body">[ v1a,<base64 ed25519>][ …]`, with
 * `webhook-id` and `webhook-timestamp` beside it.
 */
function verifyStandardWebhooks(
  request: SignedRequest,
  context: VerificationContext,
): Verification {
  const prefix = headerPrefix(request);
  if (prefix === null) return { authentic: false, code: 'signature_invalid' };
  const id = signatureHeader(request, `${prefix}-id`);
  if (!id.ok) return { authentic: false, code: id.code };
  const timestamp = signatureHeader(request, `${prefix}-timestamp`);
  if (!timestamp.ok) return { authentic: false, code: timestamp.code };
  const header = signatureHeader(request, `${prefix}-signature`);
  if (!header.ok) return { authentic: false, code: header.code };

  const seconds = parseUnixSeconds(timestamp.value);
  const signatures = parseSignatures(header.value);
  const isPlain = ID.test(id.value) && String(seconds) === timestamp.value;
  if (seconds === null || signatures === null || !isPlain) {
    return { authentic: false, code: 'signature_invalid' };
  }

  const message = Buffer.concat([Buffer.from(`${id.value}.${seconds}.`), request.body]);
  const signedWith = context.secrets.find(({ value }) => {
    const secret = readSecret(value);
    const ofItsVersion = signatures.get(secret?.version ?? '') ?? [];
    return secret !== null && ofItsVersion.length > 0 && secret.accepts(ofItsVersion, message);
  });
  if (signedWith === undefined) return { authentic: false, code: 'signature_invalid' };
  // Only now, so that the answer tells nothing about the clock to who cannot sign.
  return withinTolerance(seconds, context.now, context.toleranceSeconds)
    ? { authentic: true, verifiedWith: signedWith.label }
    : { authentic: false, code: 'timestamp_out_of_tolerance' };
}

/**
 * Visible ASCII, since other characters have bytes that a header does not tell; and no dot, which
 * would let the id reach into the timestamp.
 */
const ID = /^[!-\-/-~]{1,255}$/;

/**
 * How the names of the headers begin: as in the specification, or as Svix named them before it. Null
 * where a request has both: one of its ids would be read although it is not signed.
 */
function headerPrefix(request: SignedRequest): string | null {
  const [prefix = 'webhook', another] = ['webhook', 'svix'].filter((candidate) =>
    ['id', 'timestamp', 'signature'].some(
      (name) => request.headerValues(`${candidate}-${name}`).length > 0,
    ),
  );
  return another === undefined ? prefix : null;
}

/** Signatures by version; null unless it is a list of one to eight `version,signature`. */
function parseSignatures(list: string): ReadonlyMap<string, readonly string[]> | null {
  const items = list.split(' ');
  if (items.length > MAX_SIGNATURES) return null;
  const signatures = new Map<string, string[]>();
  for (const item of items) {
    const [, version, signature] = /^(v\d+[a-z]?),([^\s,]+)$/.exec(item) ?? [];
    if (version === undefined || signature === undefined) return null;
    signatures.set(version, [...(signatures.get(version) ?? []), signature]);
  }
  return signatures;
}
