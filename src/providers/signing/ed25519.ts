import { createPublicKey, type KeyObject, verify } from 'node:crypto';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/**
 * The public keys of small order, without the bit of the sign: all zeros among them. Under such a key
 * signatures are made without any private key. https://eprint.iacr.org/2020/1244
 */
const WEAK_KEYS = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** The key of 32 raw bytes; null for another length, and for one under which anybody can sign. */
export function ed25519PublicKey(raw: Buffer): KeyObject | null {
  if (raw.length !== KEY_BYTES || isWeak(raw)) return null;
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') };
  return createPublicKey({ key: jwk, format: 'jwk' });
}

function isWeak(raw: Buffer): boolean {
  const withoutSign = Buffer.from(raw);
  withoutSign[KEY_BYTES - 1]! &= 0x7f;
  return WEAK_KEYS.has(withoutSign.toString('hex'));
}

/**
 * Whether `candidate` is, in canonical base64 (standard alphabet, padded), a signature of the message
 * (RFC 8032) by the private half of `key`. Anything else is false; never throws.
 */
export function verifiesEd25519(candidate: string, message: Buffer, key: KeyObject): boolean {
  const signature = Buffer.from(candidate, 'base64');
  // Node also reads base64url, missing padding and stray bits; none of them is what was sent.
  if (signature.length !== SIGNATURE_BYTES || signature.toString('base64') !== candidate) {
    return false;
  }
  return verify(null, message, key, signature);
}
