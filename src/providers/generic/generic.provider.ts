import { majorToMinor } from '../money.js';
import { type OptionDeclaration, type Provider } from '../provider.js';
import { equalsHex, hmacSha256 } from '../signing/hmac.js';
import { verifyHeader } from '../signing/secrets.js';
import { GENERIC_EVENT_TYPES } from './generic.dto.js';
import { normaliseGeneric } from './generic.normaliser.js';
import { genericScenarios, signGeneric } from './generic.samples.js';

const MIN_SECRET_BYTES = 12;
const PREFIX = 'sha256=';

/** Our own small contract, for senders that are written by the user: see README.md. */
export const genericProvider: Provider = {
  name: 'generic',
  title: 'Generic',
  contentTypes: ['application/json'],
  secret: {
    variable: 'GENERIC_WEBHOOK_SECRET',
    description:
      'Chosen by you and known to your sender, e.g. the output of `openssl rand -hex 32`.',
    check: (value) =>
      Buffer.byteLength(value) < MIN_SECRET_BYTES
        ? `is shorter than ${MIN_SECRET_BYTES} bytes; use e.g. the output of \`openssl rand -hex 32\``
        : null,
    make: (random) => random.toString('hex'),
  },
  generatedSecretInEmbeddedMode: true,
  options: [currencyOption('GENERIC_CURRENCY')],
  refScope: { account: false, livemode: false },
  normaliserVersion: 1,
  refusesUnusable: true,
  subscriptions: [...GENERIC_EVENT_TYPES.keys()],

  verify: (request, { secrets }) =>
    verifyHeader(
      request,
      secrets,
      'X-Signature',
      (secret) => hmacSha256(secret, request.body),
      (candidate, digest) => equalsHex(withoutPrefix(candidate), digest),
    ),
  normalise: normaliseGeneric,
  scenarios: genericScenarios,
  sign: signGeneric,
};

function withoutPrefix(signature: string): string {
  return signature.startsWith(PREFIX) ? signature.slice(PREFIX.length) : signature;
}

/** The option that the normaliser needs, under a variable's name. */
export function currencyOption(variable: string): OptionDeclaration {
  return {
    name: 'currency',
    variable,
    description: 'The currency of amounts that state none; XXX is ISO 4217 for "no currency".',
    default: 'XXX',
    check: (value) =>
      majorToMinor('0', value).ok
        ? null
        : 'is not an ISO 4217 currency code; use one such as EUR, or XXX for no currency',
  };
}
