import { type Provider, type SignedRequest, type VerificationContext } from '../provider.js';
import { equalsHex, hmacSha512 } from '../signing/hmac.js';
import { verifyHeader } from '../signing/secrets.js';
import { normalisePaystack, PAYSTACK_EVENT_TYPES } from './paystack.normaliser.js';
import { paystackScenarios, signPaystack } from './paystack.samples.js';

const MIN_SECRET_BYTES = 12;

/** https://paystack.com/docs/payments/webhooks; see README.md. */
export const paystackProvider: Provider = {
  name: 'paystack',
  title: 'Paystack',
  contentTypes: ['application/json'],
  secret: {
    variable: 'PAYSTACK_SECRET_KEY',
    description: 'The secret key of the API, `sk_…`: Dashboard → Settings → API Keys & Webhooks.',
    check: checkSecretKey,
    make: (random) => `sk_test_${random.subarray(0, 20).toString('hex')}`,
  },
  options: [
    {
      name: 'subunits',
      variable: 'PAYSTACK_SUBUNITS',
      description:
        'How Paystack counts amounts in XOF and RWF: `hundredths`, or `iso`, which has none of them.',
      check: (value) =>
        ['hundredths', 'iso'].includes(value) ? null : 'must be `hundredths` or `iso`',
    },
  ],
  refScope: { account: false, livemode: true },
  normaliserVersion: 1,
  refusesUnusable: false,
  subscriptions: [...PAYSTACK_EVENT_TYPES.keys()],
  verify: verifyPaystack,
  normalise: normalisePaystack,
  scenarios: paystackScenarios,
  sign: signPaystack,
};

function checkSecretKey(value: string): string | null {
  if (value.startsWith('pk_')) {
    return 'is the public key, by which anyone could sign; take the secret key, `sk_…`';
  }
  return Buffer.byteLength(value) < MIN_SECRET_BYTES
    ? `is shorter than ${MIN_SECRET_BYTES} bytes; copy the whole secret key, \`sk_…\``
    : null;
}

/** `x-paystack-signature: <hex HMAC-SHA512 of the body>`, the key being that of the API. */
function verifyPaystack(request: SignedRequest, { secrets }: VerificationContext) {
  const digestOf = (secret: string) => hmacSha512(secret, request.body);
  return verifyHeader(request, secrets, 'x-paystack-signature', digestOf, equalsHex);
}
