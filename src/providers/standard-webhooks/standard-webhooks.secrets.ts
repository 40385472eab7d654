import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';

import { type SigningKey } from '../provider.js';
import { ed25519PublicKey, verifiesEd25519 } from '../signing/ed25519.js';
import { equalsBase64, hmacSha256 } from '../signing/hmac.js';
import { keyFile } from '../signing/key-file.js';

export const HMAC_PREFIX = 'whsec_';
export const PUBLIC_KEY_PREFIX = 'whpk_';
/** What the specification asks of a shared secret. */
const MIN_HMAC_KEY_BYTES = 24;
const MAX_HMAC_KEY_BYTES = 64;

/** A configured secret, as the one algorithm that it stands for. */
export interface VerifyingSecret {
  /** Signatures of any other version never count for it. */
  readonly version: 'v1' | 'v1a';
  /** Whether one of the signatures, each without its version, is of this message. */
  accepts(signatures: readonly string[], message: Buffer): boolean;
}

/** A secret by its prefix; null where it is not whole, and for a key under which anybody can sign. */
export function readSecret(value: string): VerifyingSecret | null {
  if (value.startsWith(HMAC_PREFIX)) return hmacSecret(value.slice(HMAC_PREFIX.length));
  if (value.startsWith(PUBLIC_KEY_PREFIX)) return publicKey(value.slice(PUBLIC_KEY_PREFIX.length));
  return null;
}

/** What is wrong with a secret and what would be right, or null. */
export function checkSecret(value: string): string | null {
  if (readSecret(value) !== null) return null;
  if (value.startsWith(HMAC_PREFIX)) {
    return `is not \`${HMAC_PREFIX}\` and the base64 of ${MIN_HMAC_KEY_BYTES} to ${MAX_HMAC_KEY_BYTES} bytes; copy the whole secret`;
  }
  if (value.startsWith(PUBLIC_KEY_PREFIX)) {
    return `is not \`${PUBLIC_KEY_PREFIX}\` and the base64 of an ed25519 public key of 32 bytes; copy the whole key`;
  }
  return `begins neither with \`${HMAC_PREFIX}\` (a shared secret) nor with \`${PUBLIC_KEY_PREFIX}\` (a public key); copy it whole`;
}

function hmacSecret(base64: string): VerifyingSecret | null {
  const key = decodeBase64(base64);
  if (!key || key.length < MIN_HMAC_KEY_BYTES || key.length > MAX_HMAC_KEY_BYTES) return null;
  return {
    version: 'v1',
    accepts: (signatures, message) => {
      const digest = hmacSha256(key, message);
      return signatures.some((signature) => equalsBase64(signature, digest));
    },
  };
}

function publicKey(base64: string): VerifyingSecret | null {
  const raw = decodeBase64(base64);
  const key = raw && ed25519PublicKey(raw);
  if (!key) return null;
  return {
    version: 'v1a',
    accepts: (signatures, message) =>
      signatures.some((signature) => verifiesEd25519(signature, message, key)),
  };
}

/** Canonical base64 only: what Node would read leniently may be another key at the sender. */
function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** A private key of our own, kept in `directory`, and the secret by which a server trusts it. */
export async function ownKeyPair(directory: string): Promise<SigningKey> {
  const path = join(directory, 'ed25519-private-key.pem');
  const key = await keyFile(path, newPrivateKey);
  return { key, secret: PUBLIC_KEY_PREFIX + rawPublicKey(key, path).toString('base64') };
}

function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function rawPublicKey(pem: string, path: string): Buffer {
  try {
    const { x = '' } = createPublicKey(createPrivateKey(pem)).export({ format: 'jwk' });
    return Buffer.from(x, 'base64url');
  } catch (cause) {
    throw new Error(`${path} is damaged. Delete it and run this again to have a new key made.`, {
      cause,
    });
  }
}
