/** The embedded Postgres of the bench, started by the project's own launcher, durable as by default. */
import { mkdir, readFile, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { DIST, WORK } from './paths.mjs';

const TMPFS = 0x01021994;
const DURABLE = ['fsync', 'synchronous_commit', 'full_page_writes'];

/**
 * @typedef {object} Postgres
 * @property {number} pid of the postmaster
 * @property {string} version
 * @property {(schema: string) => Promise<Database>} createDatabase with the tables of a schema: the
 *   service's (`service`), or those of a file of SQL
 * @property {(sql: string) => Promise<unknown[]>} query on the server's own database
 * @property {() => Promise<void>} stop also removes the data
 *
 * @typedef {object} Database
 * @property {string} url
 * @property {(sql: string, values?: unknown[]) => Promise<any[]>} query
 * @property {() => Promise<void>} drop
 */

/** @returns {Promise<Postgres>} */
export async function startPostgres() {
  const built = path.join(DIST, 'database');
  const { startEmbeddedPostgres } = await import(path.join(built, 'embedded/embedded-postgres.js'));
  const { acquireServiceLock, DataDirInUseError } = await import(
    path.join(built, 'embedded/service-lock.js')
  );
  const { applyMigrations } = await import(path.join(built, 'migrations.js'));

  const dataDir = path.join(WORK, 'postgres');
  await mkdir(dataDir, { recursive: true });
  const { type } = await statfs(dataDir);
  if (type === TMPFS) {
    throw new Error(
      `${dataDir} is in memory, where a commit costs nothing. Use a clone on a disk.`,
    );
  }
  // Two runs at once would measure each other; the lock refuses the second.
  const lock = await acquireServiceLock(dataDir).catch((/** @type {any} */ error) => {
    if (!(error instanceof DataDirInUseError)) throw error;
    throw new Error(`Another bench is running here, as process ${error.pid}. Wait for its end.`);
  });
  await removeData(dataDir);
  const server = await startEmbeddedPostgres(dataDir);
  const admin = await connect(server.url);
  const query = async (/** @type {string} */ sql) => (await admin.query(sql)).rows;

  await checkDurable(query);
  const [{ version, file }] = await query(
    `SELECT current_setting('server_version') AS version, pg_read_file('postmaster.pid') AS file`,
  );

  /** @type {Map<string, Promise<string>>} */
  const templates = new Map();
  async function makeTemplate(/** @type {string} */ schema) {
    const name = `template_${templates.size}`;
    await query(`CREATE DATABASE ${name}`);
    const url = databaseUrl(server.url, name);
    if (schema === 'service') await applyMigrations(url);
    else {
      const client = await connect(url);
      await client.query(await readFile(schema, 'utf8'));
      await client.end();
    }
    return name;
  }

  let count = 0;
  return {
    pid: Number(file.split('\n')[0]),
    version,
    query,
    async createDatabase(schema) {
      const known = templates.get(schema) ?? makeTemplate(schema);
      templates.set(schema, known);
      const name = `bench_${++count}`;
      await query(`CREATE DATABASE ${name} TEMPLATE ${await known}`);
      const url = databaseUrl(server.url, name);
      const client = await connect(url);
      return {
        url,
        query: async (sql, values) => (await client.query(sql, values)).rows,
        async drop() {
          await client.end();
          await query(`DROP DATABASE ${name} WITH (FORCE)`);
        },
      };
    },
    async stop() {
      await admin.end();
      await server.stop(30_000);
      await removeData(dataDir);
      await lock.release();
    },
  };
}

/** A run that was killed may have left a cluster, and a server on it. */
async function removeData(/** @type {string} */ dataDir) {
  const { findPostmaster, stopPostmaster } = await import(
    path.join(DIST, 'database/embedded/postmaster.js')
  );
  const cluster = path.join(dataDir, 'postgres');
  const leftover = await findPostmaster(cluster);
  if (leftover !== null) await stopPostmaster(leftover.pid, cluster, 10_000);
  await rm(cluster, { recursive: true, force: true });
}

/** A figure without durability would be worth nothing. */
async function checkDurable(/** @type {(sql: string) => Promise<any[]>} */ query) {
  for (const name of DURABLE) {
    const [row] = await query(`SHOW ${name}`);
    if (row[name] !== 'on')
      throw new Error(`${name} is ${row[name]}; the bench measures with it on.`);
  }
}

function databaseUrl(/** @type {string} */ server, /** @type {string} */ name) {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

async function connect(/** @type {string} */ url) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined); // the query reports it
  await client.connect();
  return client;
}
