/** Files that only their owner may read (mode 0600), written so that nobody ever finds half of one. */
import { randomUUID } from 'node:crypto';
import { link, open, rename, unlink } from 'node:fs/promises';

/** Writes a file, or replaces it: whole or not at all. */
export async function writePrivateFile(file: string, content: string): Promise<void> {
  await rename(await writeDraft(file, content), file);
}

/** Creates a file, or leaves the one that another process created first. */
export async function createPrivateFile(file: string, content: string): Promise<void> {
  const draft = await writeDraft(file, content);
  try {
    // Unlike rename, link never replaces.
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
}

/** For `catch`: null when the file or directory is missing, otherwise the error again. */
export function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

async function writeDraft(file: string, content: string): Promise<string> {
  const draft = `${file}.${randomUUID()}.tmp`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return draft;
}
