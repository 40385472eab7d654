import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { createOnce } from '../../config/generated-secrets.js';

/**
 * The text of a file that holds a private key: made at the first call and the same ever after, also
 * when several processes call for the first time at once. The file has mode 0600, a new directory 0700.
 */
export async function keyFile(path: string, make: () => string): Promise<string> {
  const existing = await readExisting(path);
  if (existing !== null) return existing;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await createOnce(path, make());
  return readFile(path, 'utf8');
}

async function readExisting(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
