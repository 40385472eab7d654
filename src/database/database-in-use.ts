/** For commands: the database that the service uses, whether it runs or not. */
import { setTimeout as sleep } from 'node:timers/promises';
import { findRunningPostgres, startEmbeddedPostgres } from './embedded/embedded-postgres.js';
import {
  acquireServiceLock,
  DataDirInUseError,
  type ServiceLock,
} from './embedded/service-lock.js';

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
    if (lock !== null) return startHere(settings.dataDir, lock);
    await sleep(100);
  }
}

async function startHere(dataDir: string, lock: ServiceLock): Promise<DatabaseInUse> {
  try {
    const postgres = await startEmbeddedPostgres(dataDir);
    return {
      url: postgres.url,
      close: async () => {
        await postgres.stop();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
