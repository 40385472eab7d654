import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * HMAC-SHA256 over the parts, one after the other. Throws for an empty secret: anyone can sign with
 * it. The configuration refuses such a secret before anything is received.
 */
export function hmacSha256(secret: string | Buffer, ...parts: (string | Buffer)[]): Buffer {
  return hmac('sha256', secret, parts);
}

/** HMAC-SHA512, otherwise as {@link hmacSha256}. */
export function hmacSha512(secret: string | Buffer, ...parts: (string | Buffer)[]): Buffer {
  return hmac('sha512', secret, parts);
}

function hmac(
  algorithm: string,
  secret: string | Buffer,
  parts: readonly (string | Buffer)[],
): Buffer {
  if (secret.length === 0) throw new Error('an empty secret verifies nothing and signs nothing');
  const digest = createHmac(algorithm, secret);
  for (const part of parts) digest.update(part);
  return digest.digest();
}

/**
 * Whether `candidate` is the digest in lower-case hex, compared in constant time. Anything else,
 * of whatever length and characters, is false; never throws.
 */
export function equalsHex(candidate: string, digest: Buffer): boolean {
  // Buffer.from(…, 'hex') stops silently at the first foreign character; hence the check before.
  if (candidate.length !== digest.length * 2 || !/^[0-9a-f]+$/.test(candidate)) return false;
  return timingSafeEqual(Buffer.from(candidate, 'hex'), digest);
}

/**
 * Whether `candidate` is the digest in canonical base64 (standard alphabet, padded), compared in
 * constant time. Anything else is false; never throws.
 */
export function equalsBase64(candidate: string, digest: Buffer): boolean {
  if (candidate.length !== Math.ceil(digest.length / 3) * 4) return false;
  const bytes = Buffer.from(candidate, 'base64');
  // Node also reads base64url, missing padding and stray bits; none of them is what was signed.
  if (bytes.length !== digest.length || bytes.toString('base64') !== candidate) return false;
  return timingSafeEqual(bytes, digest);
}
