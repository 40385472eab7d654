import { readJson } from '../../json/read-json.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../json/json.js';
import {
  type Provider,
  type SignedRequest,
  type Verification,
  type VerificationContext,
} from '../provider.js';
import { signatureHeader } from '../signing/headers.js';
import { equalsBase64 } from '../signing/hmac.js';
import { ADYEN_EVENT_CODES, normaliseAdyen } from './adyen.normaliser.js';
import { adyenScenarios, signAdyen } from './adyen.samples.js';
import { isHmacKey, itemsOf, signatureOf, signedContent } from './adyen.signature.js';

const CAPTURE_MODES = ['manual', 'immediate'];
/** So that its base64 fits into a header of 1 KB. */
const MAX_BASIC_AUTH_BYTES = 500;

/** Standard notifications. https://docs.adyen.com/development-resources/webhooks; see README.md. */
export const adyenProvider: Provider = {
  name: 'adyen',
  title: 'Adyen',
  contentTypes: ['application/json'],
  secret: {
    variable: 'ADYEN_HMAC_KEY',
    description:
      "The webhook's HMAC key: Customer Area → Developers → Webhooks → Security, 64 hex digits.",
    // Anything that is not hex decodes to a shorter key, down to the empty one, with which anyone signs.
    check: (value) =>
      isHmacKey(value) ? null : 'is not 64 hex digits; copy the whole HMAC key of the webhook',
    make: (random) => random.toString('hex').toUpperCase(),
  },
  signatureInBody: true,
  options: [
    {
      name: 'basicAuth',
      variable: 'ADYEN_BASIC_AUTH',
      description:
        'The webhook\'s basic authentication as "user:password"; set, no request passes without it.',
      secret: true,
      check: (value) =>
        /^[^:]+:./s.test(value) && Buffer.byteLength(value) <= MAX_BASIC_AUTH_BYTES
          ? null
          : `is not "user:password" of at most ${MAX_BASIC_AUTH_BYTES} bytes, the two joined by a colon`,
    },
    {
      name: 'capture',
      variable: 'ADYEN_CAPTURE',
      description:
        'Whether the merchant account captures immediately, so that an authorisation is the sale.',
      default: 'manual',
      check: (value) =>
        CAPTURE_MODES.includes(value) ? null : `is neither ${CAPTURE_MODES.join(' nor ')}`,
    },
  ],
  // A reference of Adyen is unique among all accounts, and whether it is live is not signed.
  refScope: { account: false, livemode: false },
  alsoStates: { account: true, livemode: true },
  normaliserVersion: 2,
  refusesUnusable: false,
  acknowledgement: { contentType: 'text/plain', body: '[accepted]' },
  subscriptions: [...ADYEN_EVENT_CODES.keys()],
  verify: verifyAdyen,
  normalise: normaliseAdyen,
  scenarios: adyenScenarios,
  sign: signAdyen,
};

/**
 * Each item carries in `additionalData.hmacSignature` the base64 of its HMAC-SHA256. All of them have
 * to be right, and under one key: a request is signed with one, also while keys are rotated.
 */
function verifyAdyen(request: SignedRequest, context: VerificationContext): Verification {
  const { basicAuth } = context.options;
  if (basicAuth !== undefined) {
    const header = signatureHeader(request, 'Authorization');
    if (!header.ok) return { authentic: false, code: header.code };
    if (!isBasicAuth(header.value, basicAuth)) return INVALID;
  }
  // A body that cannot be read has no signature, and neither has one that names a field twice.
  const json = readJson(request.body);
  const items = json.ok ? itemsOf(json.value) : [];
  const signatures = items.map(hmacSignatureOf);
  if (items.length === 0 || signatures.some(isEmpty)) {
    return { authentic: false, code: 'signature_missing' };
  }
  const contents = items.map(signedContent);
  const used = context.secrets.find(({ value }) =>
    contents.every((content, index) => {
      const digest = content === null ? null : signatureOf(content, value);
      const signature = signatures[index];
      return typeof signature === 'string' && digest !== null && equalsBase64(signature, digest);
    }),
  );
  return used === undefined ? INVALID : { authentic: true, verifiedWith: used.label };
}

const INVALID: Verification = { authentic: false, code: 'signature_invalid' };

function hmacSignatureOf({ additionalData }: JsonObject): JsonValue | undefined {
  return isJsonObject(additionalData) ? additionalData.hmacSignature : undefined;
}

function isEmpty(signature: JsonValue | undefined): boolean {
  return signature == null || signature === '';
}

/** Whether a header is `Basic` with the base64 of "user:password", compared in constant time. */
function isBasicAuth(header: string, userAndPassword: string): boolean {
  const [scheme, credentials = '', ...more] = header.split(' ');
  return (
    scheme === 'Basic' &&
    more.length === 0 &&
    equalsBase64(credentials, Buffer.from(userAndPassword))
  );
}
