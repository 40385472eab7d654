/** The migrations in prisma/migrations: one folder each, named by its time. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The same two levels up from src/database and from dist/database. */
export const MIGRATIONS_DIR = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

/** A migration that cannot be applied, told with its cure. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** The names of the folders with a migration, oldest first. */
export async function migrationNames(directory = MIGRATIONS_DIR): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** The SQL of a migration. */
export const migrationSql = (directory: string, name: string): Promise<string> =>
  readFile(path.join(directory, name, 'migration.sql'), 'utf8');
