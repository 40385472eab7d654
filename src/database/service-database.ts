/** For the service itself: a database that may be written to, held until the end. */
import { type Settings } from '../config/settings.js';
import { startUnderLock } from './embedded/held-postgres.js';
import { acquireServiceLock } from './embedded/service-lock.js';
import { applyMigrations } from './migrations.js';
import { checkServer } from './server-check.js';

export interface ServiceDatabase {
  readonly url: string;
  /** Ends it within so many milliseconds, 2000 unless stated. */
  close(within?: number): Promise<void>;
}

/**
 * DATABASE_URL, or the embedded Postgres in DATA_DIR under the service lock; checked, and brought to
 * the newest tables.
 * @param warn is told of what is accepted although it is not safe
 * @throws Error that names what is wrong, with the cure
 */
export async function openServiceDatabase(
  settings: Settings,
  warn: (text: string) => void,
): Promise<ServiceDatabase> {
  const database =
    settings.databaseUrl === null
      ? await startUnderLock(settings.dataDir, await acquireServiceLock(settings.dataDir))
      : { url: settings.databaseUrl, close: () => Promise.resolve() };
  try {
    const problems = await checkServer(database.url, {
      allowUnsafe: settings.allowUnsafeDatabase,
      warn,
    });
    if (problems.length > 0) throw new Error(problems.join('\n'));
    await applyMigrations(database.url);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
