import { type Secret, type SignedRequest, type Verification } from '../provider.js';
import { MAX_SIGNATURES, signatureHeader } from './headers.js';

/**
 * The commonest scheme: a header that stands once and holds one signature. `digestOf` and `equals` as
 * with {@link verifyWithSecrets}.
 */
export function verifyHeader(
  request: SignedRequest,
  secrets: readonly Secret[],
  name: string,
  digestOf: (secret: string) => Buffer,
  equals: (candidate: string, digest: Buffer) => boolean,
): Verification {
  const header = signatureHeader(request, name);
  return header.ok
    ? verifyWithSecrets(secrets, [header.value], digestOf, equals)
    : { authentic: false, code: header.code };
}

/**
 * Tries each secret against each signature of a request. `digestOf` computes what a secret would
 * have signed, `equals` compares it with one signature (equalsHex, equalsBase64). No signature, or
 * more than {@link MAX_SIGNATURES}, is invalid without computing anything.
 */
export function verifyWithSecrets(
  secrets: readonly Secret[],
  signatures: readonly string[],
  digestOf: (secret: string) => Buffer,
  equals: (candidate: string, digest: Buffer) => boolean,
): Verification {
  if (signatures.length > 0 && signatures.length <= MAX_SIGNATURES) {
    for (const { label, value } of secrets) {
      const digest = digestOf(value);
      if (signatures.some((signature) => equals(signature, digest))) {
        return { authentic: true, verifiedWith: label };
      }
    }
  }
  return { authentic: false, code: 'signature_invalid' };
}
