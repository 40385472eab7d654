import { readJson, type JsonReading } from '../../json/read-json.js';
import {
  type Provider,
  type SignedRequest,
  type Verification,
  type VerificationContext,
} from '../provider.js';
import { equalsHex, hmacSha256 } from '../signing/hmac.js';
import { verifyWithSecrets } from '../signing/secrets.js';
import { MOLLIE_EVENT_TYPES, normaliseMollie } from './mollie.normaliser.js';
import { mollieScenarios, signMollie } from './mollie.samples.js';

const MIN_SECRET_BYTES = 12;

/** Next-gen webhooks, https://docs.mollie.com/reference/webhooks-new; see README.md. */
export const mollieProvider: Provider = {
  name: 'mollie',
  title: 'Mollie',
  // Mollie's API speaks HAL; a form is a classic webhook, which is unsigned and so is answered 401.
  contentTypes: ['application/json', 'application/hal+json', 'application/x-www-form-urlencoded'],
  secret: {
    variable: 'MOLLIE_WEBHOOK_SECRET',
    description: "The webhook's signing secret: Mollie → Developers → Webhooks.",
    check: (value) =>
      Buffer.byteLength(value) < MIN_SECRET_BYTES
        ? `is shorter than ${MIN_SECRET_BYTES} bytes; copy the whole signing secret of the webhook`
        : null,
    make: (random) => random.subarray(0, 24).toString('base64url'),
  },
  repeatsSignatureHeader: true,
  options: [],
  // Chargebacks state no mode.
  refScope: { account: false, livemode: false },
  alsoStates: { livemode: true },
  normaliserVersion: 1,
  refusesUnusable: false,
  subscriptions: [...MOLLIE_EVENT_TYPES.keys()],
  verify: verifyMollie,
  decode: decodeMollie,
  normalise: normaliseMollie,
  scenarios: mollieScenarios,
  sign: signMollie,
};

/** One signature; Mollie writes the prefix, its packages take it without. */
const SIGNATURE = /^(?:sha256=)?([0-9a-f]{64})$/;

/**
 * `X-Mollie-Signature: sha256=<hex HMAC-SHA256 of the body>`. For a day after a rotation the header is
 * sent twice, once for each secret; whatever stands between may have joined them by a comma.
 */
function verifyMollie(request: SignedRequest, { secrets }: VerificationContext): Verification {
  const headers = request.headerValues('X-Mollie-Signature');
  if (headers.every((value) => value.trim() === '')) {
    return { authentic: false, code: 'signature_missing' };
  }
  const signatures = headers
    .flatMap((value) => value.split(/, ?/))
    .map((item) => SIGNATURE.exec(item)?.[1] ?? null);
  if (!signatures.every((signature) => signature !== null)) {
    return { authentic: false, code: 'signature_invalid' };
  }
  return verifyWithSecrets(
    secrets,
    signatures,
    (secret) => hmacSha256(secret, request.body),
    equalsHex,
  );
}

/** A classic webhook is a form of one field, `id=tr_…`; whatever else comes is JSON. */
function decodeMollie(body: Buffer): JsonReading {
  const [, id] = /^id=([\w-]{1,255})$/.exec(body.toString('latin1', 0, MAX_FORM_BYTES)) ?? [];
  return id === undefined ? readJson(body) : { ok: true, value: { id } };
}

const MAX_FORM_BYTES = 300;
