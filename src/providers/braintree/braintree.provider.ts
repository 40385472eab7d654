import {
  type Provider,
  type SignedRequest,
  type Verification,
  type VerificationContext,
} from '../provider.js';
import { equalsHex } from '../signing/hmac.js';
import { BRAINTREE_KINDS, normaliseBraintree } from './braintree.normaliser.js';
import { braintreeScenarios, signBraintree } from './braintree.samples.js';
import {
  formOf,
  isChallenge,
  isPayload,
  publicKeyOf,
  signatureFor,
  signatureOf,
} from './braintree.signature.js';
import { decodeBraintree } from './braintree.xml.js';

/** Braintree's have 32 hex digits. */
const PRIVATE_KEY = /^[\x21-\x7e]{12,255}$/;
/** Without what joins pairs, and the parts of one. */
const PUBLIC_KEY = /^[A-Za-z0-9_-]{1,255}$/;

/** https://developer.paypal.com/braintree/docs/guides/webhooks/overview; see README.md. */
export const braintreeProvider: Provider = {
  name: 'braintree',
  title: 'Braintree',
  contentTypes: ['application/x-www-form-urlencoded'],
  secret: {
    variable: 'BRAINTREE_PRIVATE_KEY',
    description: 'The private key of an API key: Control Panel → Settings → API → API Keys → View.',
    check: (value) =>
      PRIVATE_KEY.test(value)
        ? null
        : 'is not 12 or more letters, digits and signs; copy the whole private key',
    make: (random) => random.subarray(0, 16).toString('hex'),
  },
  signatureInBody: true,
  options: [
    {
      name: 'merchantId',
      variable: 'BRAINTREE_MERCHANT_ID',
      description: 'The merchant whose notifications these are: Control Panel → Settings → API.',
      required: { example: 'example0merchant' },
    },
    {
      name: 'publicKey',
      variable: 'BRAINTREE_PUBLIC_KEY',
      description:
        'The public key beside the private one; of several, separated by commas, in the order of the private ones.',
      required: { example: 'example0public0k' },
      check: (value) =>
        value.split(',').every((key) => PUBLIC_KEY.test(key))
          ? null
          : 'is not letters and digits; copy the whole public key',
    },
  ],
  // A transaction's id is unique among all merchants, and its events need not state one.
  refScope: { account: false, livemode: false },
  alsoStates: { account: true },
  normaliserVersion: 1,
  refusesUnusable: false,
  subscriptions: [...BRAINTREE_KINDS.keys()],
  verify: verifyBraintree,
  challenge: answerChallenge,
  decode: decodeBraintree,
  normalise: normaliseBraintree,
  scenarios: braintreeScenarios,
  sign: signBraintree,
};

const INVALID: Verification = { authentic: false, code: 'signature_invalid' };

/** Of the pairs in `bt_signature` the one that names our public key counts, and no other. */
function verifyBraintree(request: SignedRequest, context: VerificationContext): Verification {
  const form = formOf(request.body);
  if (form === null || form.signature === '' || form.payload === '') {
    return { authentic: false, code: 'signature_missing' };
  }
  const { payload } = form;
  if (!isPayload(payload)) return INVALID;
  const used = context.secrets.find(({ value: privateKey }, index) => {
    const signature = signatureFor(publicKeyOf(context.options, index), form.signature);
    // The payload ends in a line feed, which some servers on the way take off.
    return [payload, `${payload}\n`].some(
      (text) => signature !== null && equalsHex(signature, signatureOf(text, privateKey)),
    );
  });
  return used === undefined ? INVALID : { authentic: true, verifiedWith: used.label };
}

/** `?bt_challenge=…` is answered with our public key and the challenge's signature. */
function answerChallenge(
  query: URLSearchParams,
  { secrets, options }: Pick<VerificationContext, 'secrets' | 'options'>,
): string | null {
  const [challenge = '', ...more] = query.getAll('bt_challenge');
  const [secret] = secrets;
  if (more.length > 0 || !isChallenge(challenge) || secret === undefined) return null;
  return `${publicKeyOf(options, 0)}|${signatureOf(challenge, secret.value).toString('hex')}`;
}
