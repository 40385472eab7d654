/**
 * Brings a database to the tables of prisma/migrations at the start, as `prisma migrate deploy` does
 * and with the same rows in `_prisma_migrations`, but without a program to download.
 */
import pg from 'pg';
import { connectionFields, describeConnection } from './connection.js';
import { MigrationError, migrationNames, MIGRATIONS_DIR } from './migration-files.js';

/** Runs a query and answers its rows. */
export type Query = (sql: string) => Promise<readonly unknown[]>;

/** Ours ("paym"). The engine takes 72707369 for itself, on another connection, while this is held. */
const ADVISORY_LOCK = 0x7061796d;

/**
 * The migrations that a database still lacks, oldest first. Ones that only the database knows, of a
 * newer version of the service, are no concern.
 */
export async function pendingMigrations(
  query: Query,
  directory = MIGRATIONS_DIR,
): Promise<string[]> {
  const names = await migrationNames(directory);
  if (!(await hasHistory(query))) return names;
  const rows = (await query(
    `SELECT migration_name AS name FROM _prisma_migrations
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
  )) as { name: string }[];
  const finished = new Set(rows.map(({ name }) => name));
  return names.filter((name) => !finished.has(name));
}

/**
 * Applies what is missing, each migration in one transaction: it is there with its row, or not at
 * all, also when the process is killed. Several processes that start at once wait for one another.
 *
 * @returns the names of those applied
 * @throws MigrationError
 */
export async function applyMigrations(url: string, directory = MIGRATIONS_DIR): Promise<string[]> {
  const client = new pg.Client(connectionFields(url));
  client.on('error', () => undefined); // the next query reports it
  const query: Query = async (sql) => (await client.query<object>(sql)).rows;
  await client.connect();
  try {
    if ((await pendingMigrations(query, directory)).length === 0) return [];
    await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
    const pending = await pendingMigrations(query, directory);
    if (pending.length === 0) return [];
    await refuseUnfinished(query, pending);
    await refuseForeignTables(query, url);
    // Loaded only when there is work: it is large.
    const { openSchemaEngine } = await import('./schema-engine.js');
    const engine = await openSchemaEngine(url);
    try {
      for (const name of pending) await engine.apply(directory, name);
    } finally {
      await engine.close();
    }
    const missing = await pendingMigrations(query, directory);
    if (missing.length > 0) {
      throw new MigrationError(
        `The migration ${missing[0]} was not recorded as applied. Start again.`,
      );
    }
    return pending;
  } finally {
    await client.end(); // releases the lock
  }
}

async function hasHistory(query: Query): Promise<boolean> {
  const [found] = (await query(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS history`,
  )) as [{ history: boolean }];
  return found.history;
}

/** A row without an end: `prisma migrate deploy` failed in it, or was killed. */
async function refuseUnfinished(query: Query, pending: readonly string[]): Promise<void> {
  if (!(await hasHistory(query))) return;
  const rows = (await query(
    `SELECT migration_name AS name FROM _prisma_migrations
     WHERE finished_at IS NULL AND rolled_back_at IS NULL ORDER BY started_at`,
  )) as { name: string }[];
  const unfinished = rows.find(({ name }) => pending.includes(name));
  if (unfinished === undefined) return;
  throw new MigrationError(
    `The migration ${unfinished.name} began in this database and did not end. Undo what is there ` +
      `of its migration.sql, then mark it so, and start again: UPDATE _prisma_migrations SET ` +
      `rolled_back_at = now() WHERE migration_name = '${unfinished.name}' AND finished_at IS NULL`,
  );
}

/** The tables of another program: ours would mix with them. */
async function refuseForeignTables(query: Query, url: string): Promise<void> {
  if (await hasHistory(query)) return;
  const [found] = (await query(
    `SELECT min(tablename) AS "table" FROM pg_tables WHERE schemaname = current_schema()`,
  )) as [{ table: string | null }];
  if (found.table === null) return;
  throw new MigrationError(
    `The database ${describeConnection(url)} already holds tables of something else (${found.table}). ` +
      `Create an empty database for this service and name it in DATABASE_URL.`,
  );
}
