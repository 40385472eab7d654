/** The secrets that the service makes itself when it runs without configuration. */
import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

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
  await createOnce(path, `${JSON.stringify(secrets, null, 2)}\n`);
  const kept = await readExisting(path);
  if (!kept) throw new Error(`${path} vanished while it was being created. Start again.`);
  return kept;
}

/** Creates the file whole and durable, or leaves the one that another process created first. */
export async function createOnce(path: string, content: string): Promise<void> {
  // Not from the injected randomness: the name must be new even where that is predictable.
  const temporary = `${path}.${randomBytes(8).toString('hex')}.tmp`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
    // Unlike rename, link never replaces: the first process wins and nobody reads half a file.
    await link(temporary, path).catch(ignore('EEXIST'));
  } finally {
    await file.close();
    await unlink(temporary);
  }
}

async function readExisting(path: string): Promise<GeneratedSecrets | null> {
  const text = await readFile(path, 'utf8').catch(ignore('ENOENT'));
  if (text === undefined) return null;
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

/** Turns an expected error of the file system into undefined. */
function ignore(code: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code !== code) throw error;
    return undefined;
  };
}
