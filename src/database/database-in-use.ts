/** For commands: the database that the service uses, whether it runs or not. */
import { setTimeout as sleep } from 'node:timers/promises';
import { findRunningPostgres } from './embedded/embedded-postgres.js';
import { startUnderLock } from './embedded/held-postgres.js';
import { acquireServiceLock, DataDirInUseError } from './embedded/service-lock.js';

export interface DatabaseInUse {
  readonly url: string;
  /** Ends what had to be started for it. */
  close(): Promise<void>;
}

/** A service that has just taken DATA_DIR has Postgres running within this (milliseconds). */
const STARTING = 10_000;

/**
 * DATABASE_URL; else the embedded Postgres that runs; else one is started, and DATA_DIR is held
 * until `close`.
 * @throws DataDirInUseError when the service holds DATA_DIR but its Postgres does not answer
 */
export async function openDatabaseInUse(settings: {
  readonly databaseUrl: string | null;
  readonly dataDir: string;
}): Promise<DatabaseInUse> {
  const close = (): Promise<void> => Promise.resolve();
  if (settings.databaseUrl !== null) return { url: settings.databaseUrl, close };

  const deadline = performance.now() + STARTING;
  for (;;) {
    const url = await findRunningPostgres(settings.dataDir);
    if (url !== null) return { url, close };
    const lock = await acquireServiceLock(settings.dataDir).catch((error: unknown) => {
      if (error instanceof DataDirInUseError && performance.now() < deadline) return null;
      throw error;
    });
    if (lock !== null) return startUnderLock(settings.dataDir, lock);
    await sleep(100);
  }
}
