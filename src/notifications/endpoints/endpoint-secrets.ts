import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  randomBytes,
  type DecipherGCM,
} from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '../../config/settings.module.js';
import { type Settings } from '../../config/settings.js';

/** The prefix that Standard Webhooks gives a symmetric secret; base64 follows. */
const SECRET_PREFIX = 'whsec_';
/** Standard Webhooks wants 24 to 64. */
const SECRET_BYTES = 32;

/** Marks a sealed secret and how it was sealed; `whsec_` can never begin so. */
const SEALED_PREFIX = 'sealed:v1:';
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_PURPOSE = 'payment-webhooks endpoint secret v1';

/**
 * The secrets that sign what endpoints are sent. With ENCRYPTION_KEY the database has them sealed by
 * AES-256-GCM, each bound to its endpoint, so that neither a copy of the database nor one row put in
 * the place of another gives a secret away.
 */
@Injectable()
export class EndpointSecrets {
  /** The first seals; any of them opens. */
  private readonly keys: readonly Buffer[];

  constructor(@Inject(SETTINGS) settings: Pick<Settings, 'encryptionKeys'>) {
    this.keys = settings.encryptionKeys.map(derivedKey);
  }

  /** A new secret. @param random makes that many random bytes */
  generate(random: (bytes: number) => Buffer = randomBytes): string {
    return SECRET_PREFIX + random(SECRET_BYTES).toString('base64');
  }

  /** What the database stores of a secret: without ENCRYPTION_KEY the secret as it is. */
  seal(secret: string, endpointId: string): string {
    const [key] = this.keys;
    if (key === undefined) return secret;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(endpointId));
    const sealed = Buffer.concat([nonce, cipher.update(secret), cipher.final()]);
    return SEALED_PREFIX + Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64');
  }

  /**
   * The secret of what the database stores.
   * @throws SealedSecretError where ENCRYPTION_KEY is missing or is not the one that sealed it
   */
  open(stored: string, endpointId: string): string {
    if (!stored.startsWith(SEALED_PREFIX)) return stored;
    if (this.keys.length === 0) {
      throw new SealedSecretError(
        'The secrets of endpoints are sealed, and ENCRYPTION_KEY is not set. Set the one that sealed them.',
      );
    }
    for (const key of this.keys) {
      const secret = openWith(key, stored, endpointId);
      if (secret !== null) return secret;
    }
    throw new SealedSecretError(
      `The secret of endpoint ${endpointId} was sealed with another ENCRYPTION_KEY. Set that one, ` +
        'or both, separated by a comma: the first seals, any of them opens.',
    );
  }

  /** Whether `seal` would store it in another form: it is not sealed, or by a key of before. */
  isStale(stored: string, endpointId: string): boolean {
    const [key] = this.keys;
    return key !== undefined && openWith(key, stored, endpointId) === null;
  }
}

/** A sealed secret that cannot be opened; says the cure and nothing secret. */
export class SealedSecretError extends Error {
  override readonly name = 'SealedSecretError';
}

/** ENCRYPTION_KEY is text of any length: HKDF makes a key of the cipher's length of it (RFC 5869). */
function derivedKey(text: string): Buffer {
  return Buffer.from(hkdfSync('sha256', text, '', KEY_PURPOSE, KEY_BYTES));
}

function openWith(key: Buffer, stored: string, endpointId: string): string | null {
  if (!stored.startsWith(SEALED_PREFIX)) return null;
  const bytes = Buffer.from(stored.slice(SEALED_PREFIX.length), 'base64');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const options = { authTagLength: TAG_BYTES };
  const decipher: DecipherGCM = createDecipheriv(CIPHER, key, nonce, options);
  decipher.setAAD(Buffer.from(endpointId));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const start = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([start, decipher.final()]).toString();
  } catch {
    // Not this key, not this endpoint, or not the bytes that were stored.
    return null;
  }
}
