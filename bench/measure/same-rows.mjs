/**
 * Whether two programs make the same rows of the same events: the ceiling is only one if it does the
 * same work.
 */
import { isDeepStrictEqual } from 'node:util';
import { Connection } from '../load/connection.mjs';
import { requestOf } from '../load/events.mjs';

/** Whole blocks of events, so that each payment has all of its own. */
const EVENTS = 384;

/** By table what is compared: all columns but generated ids and the service's own times and hashes. */
const TABLES = {
  deliveries: `SELECT to_jsonb(d) - '{id,received_at}'::text[] AS row FROM deliveries d`,
  webhook_events: `SELECT to_jsonb(e) - '{id,delivery_id,received_at,normaliser_version,options_hash}'::text[] AS row FROM webhook_events e`,
  transactions: `SELECT to_jsonb(t) - '{webhook_event_id,payment_id}'::text[] AS row FROM transactions t`,
  payments: `SELECT to_jsonb(p) - '{id,created_at,updated_at}'::text[] AS row FROM payments p`,
  payment_refs: `SELECT to_jsonb(r) - 'payment_id' || jsonb_build_object('of', p.refs) AS row
    FROM payment_refs r JOIN payments p ON p.id = r.payment_id`,
  payment_changes: `SELECT to_jsonb(c) - '{payment_id,webhook_event_id,at}'::text[] || jsonb_build_object('of', p.refs) AS row
    FROM payment_changes c JOIN payments p ON p.id = c.payment_id`,
};

/**
 * Sends the same events in the same order to each and compares what is stored.
 * @param {import('../environment/postgres.mjs').Postgres} postgres
 * @param {import('../contestants/contestant.mjs').Contestant[]} contestants
 * @param {import('../load/events.mjs').Workload} workload
 * @returns {Promise<string[]>} what differs
 */
export async function differingRows(postgres, contestants, workload) {
  const now = Date.now();
  const requests = Array.from({ length: EVENTS }, (_, n) => requestOf(workload, 'same', n, now));
  const stored = [];
  for (const contestant of contestants) {
    const database = await postgres.createDatabase(contestant.schema);
    const running = await contestant.start({ databaseUrl: database.url });
    try {
      await sendInOrder(running.urls[0] ?? '', requests);
      const tables = new Map();
      for (const [table, sql] of Object.entries(TABLES)) {
        tables.set(table, await database.query(`${sql} ORDER BY row`));
      }
      stored.push(tables);
    } finally {
      await running.stop();
      await database.drop();
    }
  }
  const [first, ...others] = stored;
  return Object.keys(TABLES).flatMap((table) =>
    others.flatMap((other) => differences(table, first?.get(table), other.get(table))),
  );
}

function differences(/** @type {string} */ table, /** @type {any[]} */ a, /** @type {any[]} */ b) {
  if (a.length !== b.length) return [`${table}: ${a.length} rows and ${b.length}`];
  const at = a.findIndex((row, i) => !isDeepStrictEqual(row, b[i]));
  return at < 0 ? [] : [`${table}: ${JSON.stringify(a[at].row)} and ${JSON.stringify(b[at].row)}`];
}

async function sendInOrder(/** @type {string} */ url, /** @type {Buffer[]} */ requests) {
  const connection = new Connection(Number(new URL(url).port));
  for (const request of requests) {
    const status = await new Promise((resolve) => connection.send(request, resolve));
    if (status !== 200) throw new Error(`${url} answered ${status} to an event of the comparison`);
  }
  connection.close();
}
