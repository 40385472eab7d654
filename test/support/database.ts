/** Databases for tests: each a copy of a template with all migrations, on one Postgres per run. */
import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import {
  findRunningPostgres,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { acquireServiceLock, DataDirInUseError } from '../../src/database/embedded/service-lock.js';
import { applyMigrations } from '../../src/database/migrations.js';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

const TEMPLATE = 'template_payments';
/** Test databases are thrown away; nothing is gained by waiting for a disk. */
const SETTINGS = {
  max_connections: '200',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
};

/** A database with all tables and no rows. Drop it in afterAll. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await testServer();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await execute(server, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY FILE_COPY`);
  return {
    url: withDatabase(server, name),
    drop: () => execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** A database without a table. */
export async function createEmptyDatabase(options = ''): Promise<TestDatabase> {
  const server = await testServer();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await execute(server, `CREATE DATABASE ${name} ${options}`);
  return {
    url: withDatabase(server, name),
    drop: () => execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/**
 * An empty directory, for a DATA_DIR for example. It is removed after the run, and a Postgres that
 * still runs in it is stopped then.
 */
export function createTestDirectory(): Promise<string> {
  return mkdtemp(path.join(runDirectory(), 'data-'));
}

/**
 * The address of the run's Postgres, which the first test to ask starts. The lock makes the others
 * wait; Postgres outlives the worker that started it.
 */
async function testServer(): Promise<string> {
  const dataDir = path.join(runDirectory(), 'server');
  for (;;) {
    const lock = await acquireServiceLock(dataDir).catch((error: unknown) => {
      if (error instanceof DataDirInUseError) return null;
      throw error;
    });
    if (lock === null) {
      await sleep(50);
      continue;
    }
    try {
      const running = await findRunningPostgres(dataDir);
      if (running !== null) return running;
      const { url } = await startEmbeddedPostgres(dataDir, { settings: SETTINGS });
      await execute(url, `CREATE DATABASE ${TEMPLATE}`);
      await applyMigrations(withDatabase(url, TEMPLATE));
      return url;
    } finally {
      await lock.release();
    }
  }
}

function runDirectory(): string {
  const directory = process.env.TEST_DIRECTORY;
  if (directory === undefined) throw new Error('Jest ran without test/support/global-setup.ts.');
  return directory;
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
