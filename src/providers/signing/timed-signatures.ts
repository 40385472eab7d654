import { type SignedRequest, type Verification, type VerificationContext } from '../provider.js';
import { parseUnixSeconds, signatureHeader, withinTolerance } from './headers.js';
import { equalsHex, hmacSha256 } from './hmac.js';
import { verifyWithSecrets } from './secrets.js';

/** How a provider writes one time and its signatures into a header, e.g. `t=1700000000,v1=…,v1=…`. */
export interface TimedSignatures {
  readonly header: string;
  /** Between the items of the header. */
  readonly separator: string;
  /** The name of the time in unix seconds. */
  readonly time: string;
  /** The name of each signature; items of other names are skipped. */
  readonly signature: string;
  /** Between time and body in what is signed. */
  readonly joint: string;
}

/**
 * Lower-case hex HMAC-SHA256 of time, joint and body under the whole secret as text. The time is checked
 * last, so that the answer tells nothing about the clock to who cannot sign.
 */
export function verifyTimedSignatures(
  scheme: TimedSignatures,
  request: SignedRequest,
  context: VerificationContext,
): Verification {
  const header = signatureHeader(request, scheme.header);
  if (!header.ok) return { authentic: false, code: header.code };
  const parsed = parseHeader(header.value, scheme);
  if (parsed === null) return { authentic: false, code: 'signature_invalid' };

  const verification = verifyWithSecrets(
    context.secrets,
    parsed.signatures,
    (secret) => hmacSha256(secret, `${parsed.seconds}${scheme.joint}`, request.body),
    equalsHex,
  );
  if (
    verification.authentic &&
    !withinTolerance(parsed.seconds, context.now, context.toleranceSeconds)
  ) {
    return { authentic: false, code: 'timestamp_out_of_tolerance' };
  }
  return verification;
}

/** Null unless it is a list of `name=value` with one time, and each signature has the form of one. */
function parseHeader(
  value: string,
  scheme: TimedSignatures,
): { seconds: number; signatures: string[] } | null {
  const times: string[] = [];
  const signatures: string[] = [];
  for (const item of value.split(scheme.separator)) {
    const [, name, rest = ''] = /^([\w-]+)=(\S+)$/.exec(item) ?? [];
    if (name === undefined) return null;
    if (name === scheme.time) times.push(rest);
    if (name === scheme.signature) signatures.push(rest);
  }
  const [time = ''] = times;
  const seconds = parseUnixSeconds(time);
  if (times.length !== 1 || seconds === null || String(seconds) !== time) return null;
  return signatures.every((signature) => /^[0-9a-f]{64}$/.test(signature))
    ? { seconds, signatures }
    : null;
}
