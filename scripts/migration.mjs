// `npm run db:diff`: prints the SQL that brings the migrations to prisma/schema.prisma, without a
// download and without a database of your own. Put it into prisma/migrations/<time>_<name>/migration.sql.
// What Prisma's language has no word for (DEFERRABLE, functions, views) is written by hand.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const built = path.join(root, 'dist', 'database');
if (!existsSync(built)) {
  process.stderr.write('This needs the built service. Run: npm run build\n');
  process.exit(1);
}
const { startEmbeddedPostgres } = await import(path.join(built, 'embedded/embedded-postgres.js'));
const { applyMigrations } = await import(path.join(built, 'migrations.js'));
const { openSchemaEngine } = await import(path.join(built, 'schema-engine.js'));

const dataDir = await mkdtemp(path.join(tmpdir(), 'payment-webhooks-diff-'));
const postgres = await startEmbeddedPostgres(dataDir, { settings: { fsync: 'off' } });
try {
  await applyMigrations(postgres.url, path.join(root, 'prisma', 'migrations'));
  const engine = await openSchemaEngine(postgres.url);
  const sql = await engine.diff(await readFile(path.join(root, 'prisma', 'schema.prisma'), 'utf8'));
  await engine.close();
  process.stdout.write(sql || '-- The migrations make the tables of prisma/schema.prisma.\n');
} finally {
  await postgres.stop();
  await rm(dataDir, { recursive: true });
}
