/** The secrets that the service makes itself when it runs without configuration. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createPrivateFile, nullIfMissing } from '../files/private-files.js';

export interface GeneratedSecrets {
  /** Bearer token of /api. */
  readonly adminToken: string;
  /** Secret of the source that works without configuration. */
  readonly webhookSecret: string;
}

export const FILE_NAME = 'generated-secrets.json';
const SECRET_BYTES = 32;
const SECRET = /^[0-9a-f]{64}$/;

/**
 * The generated secrets kept in `dataDir`, made at the first call and the same ever after, also when
 * several processes call for the first time at once. The file has mode 0600, a new directory 0700.
 *
 * @param random makes that many random bytes
 * @throws an Error with the cure when the directory cannot be used or the file is damaged
 */
export async function loadOrCreateGeneratedSecrets(
  dataDir: string,
  random: (bytes: number) => Buffer = randomBytes,
): Promise<GeneratedSecrets> {
  const path = join(dataDir, FILE_NAME);
  const existing = await readExisting(path);
  if (existing) return existing;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const secrets: GeneratedSecrets = {
    adminToken: random(SECRET_BYTES).toString('hex'),
    webhookSecret: random(SECRET_BYTES).toString('hex'),
  };
  await createPrivateFile(path, `${JSON.stringify(secrets, null, 2)}\n`);
  const kept = await readExisting(path);
  if (!kept) throw new Error(`${path} vanished while it was being created. Start again.`);
  return kept;
}

async function readExisting(path: string): Promise<GeneratedSecrets | null> {
  const text = await readFile(path, 'utf8').catch(nullIfMissing);
  if (text === null) return null;
  const secrets = parseSecrets(text);
  if (!secrets) {
    throw new Error(
      `${path} is damaged. Restore it, or delete it to have new secrets made at the next start.`,
    );
  }
  // A copy or a restored backup may have come with a wider mode.
  if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600);
  return secrets;
}

function parseSecrets(text: string): GeneratedSecrets | null {
  try {
    const { adminToken, webhookSecret } = JSON.parse(text) as Record<string, unknown>;
    return isSecret(adminToken) && isSecret(webhookSecret) ? { adminToken, webhookSecret } : null;
  } catch {
    return null;
  }
}

function isSecret(value: unknown): value is string {
  return typeof value === 'string' && SECRET.test(value);
}
