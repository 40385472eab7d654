/**
 * Fills the service's tables with rows as recording makes them, much faster than recording would: by
 * SQL, without checks of foreign keys, with rare checkpoints. Indexes grow as they would otherwise:
 * the ids of a provider are scattered, ours rise with time. What is stored covers a year.
 */
import { availableParallelism } from 'node:os';
import pg from 'pg';
import { fillStatements } from './fill-statements.mjs';

/** Where the disk is small: ids and amounts, and hardly anything else. */
export const SHORT_BODY = 320;
export const EVENTS_PER_PAYMENT = 2;
/** Events of one transaction. */
const CHUNK = 50_000;

/**
 * @param {import('../../environment/postgres.mjs').Postgres} postgres
 * @param {import('../../environment/postgres.mjs').Database} database
 * @param {{ from: number, to: number, total: number, bodyBytes: number }} range events; each a multiple
 *   of EVENTS_PER_PAYMENT
 * @param {(done: number) => void} tell
 */
export async function fill(postgres, database, { from, to, total, bodyBytes }, tell) {
  if (from === to) return;
  const set = async (/** @type {string} */ setting) => {
    await postgres.query(`ALTER SYSTEM ${setting}`);
    await postgres.query('SELECT pg_reload_conf()');
  };
  await set(`SET max_wal_size = '4GB'`);
  let [next, done] = [from, from];
  const session = async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      await client.query('SET session_replication_role = replica');
      while (next < to) {
        const first = next;
        const end = Math.min(first + CHUNK, to);
        next = end;
        await client.query('BEGIN');
        for (const statement of fillStatements({
          firstPayment: first / EVENTS_PER_PAYMENT,
          endPayment: end / EVENTS_PER_PAYMENT,
          payments: total / EVENTS_PER_PAYMENT,
          bodyBytes,
        })) {
          await client.query(statement);
        }
        await client.query('COMMIT');
        done += end - first;
        tell(done);
      }
    } finally {
      await client.end();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, session));
  await database.query('VACUUM ANALYZE');
  await set('RESET max_wal_size');
  await database.query('CHECKPOINT');
}
