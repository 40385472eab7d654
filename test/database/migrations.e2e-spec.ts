import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import {
  MIGRATIONS_DIR,
  migrationNames,
  migrationSql,
} from '../../src/database/migration-files.js';
import { applyMigrations, pendingMigrations, type Query } from '../../src/database/migrations.js';
import { openSchemaEngine } from '../../src/database/schema-engine.js';
import {
  createEmptyDatabase,
  createTestDatabase,
  createTestDirectory,
  type TestDatabase,
} from '../support/database.js';

describe('migrations', () => {
  let database: TestDatabase;
  let client: pg.Client;

  const open = async (created: Promise<TestDatabase>): Promise<void> => {
    database = await created;
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  };
  const query: Query = async (sql) => (await client.query<object>(sql)).rows;

  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  it('are applied once when two processes start at the same time', async () => {
    await open(createEmptyDatabase());
    const names = await migrationNames();

    expect(await pendingMigrations(query)).toEqual(names);
    const applied = await Promise.all([
      applyMigrations(database.url),
      applyMigrations(database.url),
    ]);

    expect(applied.flat()).toEqual(names);
    expect(await pendingMigrations(query)).toEqual([]);
    expect(await applyMigrations(database.url)).toEqual([]);
  });

  it('leave the rows of `prisma migrate deploy`', async () => {
    await open(createTestDatabase());

    const rows = await query('SELECT * FROM _prisma_migrations ORDER BY migration_name');

    const expected = (await migrationNames()).map(async (name) => ({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      checksum: createHash('sha256')
        .update(await readFile(path.join(MIGRATIONS_DIR, name, 'migration.sql')))
        .digest('hex'),
      finished_at: expect.any(Date) as Date,
      migration_name: name,
      logs: null,
      rolled_back_at: null,
      started_at: expect.any(Date) as Date,
      applied_steps_count: 1,
    }));
    expect(rows).toEqual(await Promise.all(expected));
  });

  it('make the tables of schema.prisma', async () => {
    await open(createTestDatabase());
    const schema = await readFile('prisma/schema.prisma', 'utf8');
    const engine = await openSchemaEngine(database.url);
    try {
      expect(await engine.diff(schema)).toBe('');

      // and a difference would be seen
      await client.query('ALTER TABLE payments DROP COLUMN reference CASCADE');
      expect(await engine.diff(schema)).toContain('"reference"');
    } finally {
      await engine.close();
    }
  });

  it('defer the foreign key from a ref to its payment', async () => {
    await open(createTestDatabase());
    const rows = await query(
      `SELECT condeferrable, condeferred FROM pg_constraint WHERE conname = 'payment_refs_payment_id_fkey'`,
    );
    expect(rows).toEqual([{ condeferrable: true, condeferred: true }]);
  });

  it('are applied in order of name, each with its own transaction', async () => {
    await open(createEmptyDatabase());
    const directory = await migrationsDirectory({
      // A value that is added to an enum can only be used in a later transaction.
      '1_enum': `CREATE TYPE colour AS ENUM ('red');`,
      '2_value': `ALTER TYPE colour ADD VALUE 'blue';`,
      '3_use': `CREATE TABLE things (colour colour NOT NULL DEFAULT 'blue', text text DEFAULT 'a;b');`,
    });

    expect(await applyMigrations(database.url, directory)).toEqual(['1_enum', '2_value', '3_use']);

    await client.query('INSERT INTO things DEFAULT VALUES');
    expect(await query('SELECT * FROM things')).toEqual([{ colour: 'blue', text: 'a;b' }]);
  });

  it('leave nothing of one that fails, name it, and are repeated after the cure', async () => {
    await open(createEmptyDatabase());
    const directory = await migrationsDirectory({
      '1_good': 'CREATE TABLE good (id int);',
      '2_bad': 'CREATE TABLE half (id int); SELECT nonsense();',
    });

    await expect(applyMigrations(database.url, directory)).rejects.toThrow(
      /The migration 2_bad failed and nothing of it was applied: function nonsense\(\) does not exist/,
    );
    expect(await pendingMigrations(query, directory)).toEqual(['2_bad']);
    expect(await query(`SELECT to_regclass('half') AS half`)).toEqual([{ half: null }]);

    await client.query(`CREATE FUNCTION nonsense() RETURNS int LANGUAGE sql AS 'SELECT 1'`);
    expect(await applyMigrations(database.url, directory)).toEqual(['2_bad']);
  });

  it('name one that another tool began and did not end', async () => {
    await open(createEmptyDatabase());
    const directory = await migrationsDirectory({ '1_good': 'CREATE TABLE good (id int);' });
    await applyMigrations(database.url, directory);
    await client.query('UPDATE _prisma_migrations SET finished_at = NULL');

    const refused = applyMigrations(database.url, directory);

    await expect(refused).rejects.toThrow(/1_good began in this database and did not end/);
    const message = await refused.then(String, (error: Error) => error.message);
    const cure = /UPDATE .*$/.exec(message);
    await client.query(`DROP TABLE good; ${cure?.[0]}`);
    expect(await applyMigrations(database.url, directory)).toEqual(['1_good']);
  });

  it('do not mix with the tables of another program', async () => {
    await open(createEmptyDatabase());
    await client.query('CREATE TABLE customers (id int)');

    await expect(applyMigrations(database.url)).rejects.toThrow(/already holds tables .*customers/);
  });

  it('of a newer version of the service are left alone', async () => {
    await open(createTestDatabase());
    const directory = await migrationsDirectory({});
    const [first = ''] = await migrationNames();
    await mkdir(path.join(directory, first));
    await writeFile(
      path.join(directory, first, 'migration.sql'),
      await migrationSql(MIGRATIONS_DIR, first),
    );
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES (gen_random_uuid(), '', '29990101000000_future', now(), 1)`,
    );

    expect(await applyMigrations(database.url, directory)).toEqual([]);
  });
});

async function migrationsDirectory(migrations: Record<string, string>): Promise<string> {
  const directory = await createTestDirectory();
  await writeFile(path.join(directory, 'migration_lock.toml'), 'provider = "postgresql"\n');
  for (const [name, sql] of Object.entries(migrations)) {
    await mkdir(path.join(directory, name));
    await writeFile(path.join(directory, name, 'migration.sql'), sql);
  }
  return directory;
}
