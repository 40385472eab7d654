import {
  type Provider,
  type SignedRequest,
  type Verification,
  type VerificationContext,
} from '../provider.js';
import { parseUnixSeconds, signatureHeader, withinTolerance } from '../signing/headers.js';
import { equalsHex, hmacSha256 } from '../signing/hmac.js';
import { verifyWithSecrets } from '../signing/secrets.js';
import { normalisePaddle, PADDLE_EVENT_TYPES } from './paddle.normaliser.js';
import { paddleScenarios, signPaddle } from './paddle.samples.js';

const MIN_SECRET_BYTES = 12;

/** Paddle Billing, https://developer.paddle.com/webhooks/signature-verification; see README.md. */
export const paddleProvider: Provider = {
  name: 'paddle',
  title: 'Paddle',
  contentTypes: ['application/json'],
  secret: {
    variable: 'PADDLE_WEBHOOK_SECRET',
    description:
      "The destination's secret key: Paddle → Developer tools → Notifications, `pdl_ntfset_…`.",
    check: (value) =>
      Buffer.byteLength(value) < MIN_SECRET_BYTES
        ? `is shorter than ${MIN_SECRET_BYTES} bytes; copy the whole secret key, \`pdl_ntfset_…\``
        : null,
    make: (random) => `pdl_ntfset_${random.toString('hex')}`,
  },
  signsTime: 'each-attempt',
  options: [],
  refScope: { account: false, livemode: false },
  normaliserVersion: 1,
  refusesUnusable: false,
  subscriptions: [...PADDLE_EVENT_TYPES.keys()],
  verify: verifyPaddle,
  normalise: normalisePaddle,
  scenarios: paddleScenarios,
  sign: signPaddle,
};

/** `Paddle-Signature: ts=<unix seconds>;h1=<hex HMAC-SHA256 of "ts:body">[;h1=…]` */
function verifyPaddle(request: SignedRequest, context: VerificationContext): Verification {
  const header = signatureHeader(request, 'Paddle-Signature');
  if (!header.ok) return { authentic: false, code: header.code };
  const parsed = parseHeader(header.value);
  if (parsed === null) return { authentic: false, code: 'signature_invalid' };

  const verification = verifyWithSecrets(
    context.secrets,
    parsed.signatures,
    // The key is the whole secret as text, `pdl_ntfset_` included.
    (secret) => hmacSha256(secret, `${parsed.seconds}:`, request.body),
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
 * Null unless it is a list of `name=value` with one `ts`, and each `h1` has the form of a signature.
 * Other names are skipped: only `h1` counts.
 */
function parseHeader(value: string): { seconds: number; signatures: string[] } | null {
  const times: string[] = [];
  const signatures: string[] = [];
  for (const item of value.split(';')) {
    const [, name, rest = ''] = /^(\w+)=(\S+)$/.exec(item) ?? [];
    if (name === undefined) return null;
    if (name === 'ts') times.push(rest);
    if (name === 'h1') signatures.push(rest);
  }
  const [time = ''] = times;
  const seconds = parseUnixSeconds(time);
  if (times.length !== 1 || seconds === null || String(seconds) !== time) return null;
  return signatures.every((signature) => /^[0-9a-f]{64}$/.test(signature))
    ? { seconds, signatures }
    : null;
}
