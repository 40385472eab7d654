/** Where things lie in DATA_DIR. */
import { mkdir, open, realpath } from 'node:fs/promises';
import path from 'node:path';

/** The directory of the Postgres cluster. */
export const clusterDir = (dataDir: string): string => path.join(dataDir, 'postgres');
export const passwordFile = (dataDir: string): string => path.join(dataDir, 'database-password');
export const portFile = (dataDir: string): string => path.join(dataDir, 'database-port');
export const logFile = (dataDir: string): string => path.join(dataDir, 'postgres.log');
export const lockFile = (dataDir: string): string => path.join(dataDir, 'service.lock');

/** An initdb that has not finished works in a directory of such a name. */
export const UNFINISHED_CLUSTER = 'postgres-unfinished-';

/** A mistake of the surroundings, told with its cure; its message needs no stack. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/**
 * Makes DATA_DIR when it is missing and answers its one true path: the same directory reached by
 * two spellings must not look like two.
 * @throws EmbeddedPostgresError when it cannot be made or written
 */
export async function openDataDir(dataDir: string): Promise<string> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    return await realpath(dataDir);
  } catch (error) {
    throw unwritable(dataDir, error);
  }
}

/** The error for a DATA_DIR that cannot be written. */
export function unwritable(dataDir: string, cause: unknown): EmbeddedPostgresError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EmbeddedPostgresError(
    `DATA_DIR ${dataDir} cannot be written (${reason}). Make it a directory that belongs to the ` +
      `user who starts the service, or set DATA_DIR to another one.`,
    { cause },
  );
}

/** Makes a rename in a directory survive a loss of power. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
