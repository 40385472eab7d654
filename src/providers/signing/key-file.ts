import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import { createPrivateFile, nullIfMissing } from '../../files/private-files.js';

/**
 * The text of a file that holds a private key: made at the first call and the same ever after, also
 * when several processes call for the first time at once. The file has mode 0600, a new directory 0700.
 */
export async function keyFile(path: string, make: () => string): Promise<string> {
  const existing = await readFile(path, 'utf8').catch(nullIfMissing);
  if (existing !== null) return existing;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await createPrivateFile(path, make());
  return readFile(path, 'utf8');
}
