import { startEmbeddedPostgres } from './embedded-postgres.js';
import { type ServiceLock } from './service-lock.js';

/** Starts Postgres under a lock that was acquired for it; `close` stops the one and releases the other. */
export async function startUnderLock(
  dataDir: string,
  lock: ServiceLock,
): Promise<{ url: string; close(within?: number): Promise<void> }> {
  try {
    const postgres = await startEmbeddedPostgres(dataDir);
    return {
      url: postgres.url,
      close: async (within) => {
        await postgres.stop(within);
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
