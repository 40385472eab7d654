/**
 * The events of the generic contract, recorded as the service records them: deliveries, events, refs,
 * statements, payments and history in one transaction for all requests that wait, which begins,
 * inserts, locks, reads, folds, writes and commits. Nothing else: bodies are believed, every event is
 * taken for one of the three steps of the bench, ids are never joined, duplicates are only skipped.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import * as sql from './sql.mjs';
import { fold, snapshotOf, statementOf } from './payment.mjs';

const { DATABASE_URL, PORT, SECRET = '' } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 2 });
const BATCHES = 2;
const BATCH_SIZE = 256;

/** @typedef {{ body: string, receivedAt: Date, answer: (status: number) => void }} Waiting */

/** @type {Waiting[]} */
const waiting = [];
let batches = 0;

createServer((request, response) => {
  const receivedAt = new Date();
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const bytes = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    if (!bytes || !isSigned(bytes, String(request.headers['x-signature'] ?? ''))) {
      response.writeHead(401).end();
      return;
    }
    const answer = (/** @type {number} */ status) => {
      const text = status === 200 ? '{"status":"success"}' : '';
      response.writeHead(status, { 'Content-Length': text.length }).end(text);
    };
    waiting.push({ body: bytes.toString(), receivedAt, answer });
    if (batches < BATCHES) void recordWaiting();
  });
}).listen(Number(PORT), '127.0.0.1');

function isSigned(/** @type {Buffer} */ body, /** @type {string} */ signature) {
  const expected = createHmac('sha256', SECRET).update(body).digest();
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

async function recordWaiting() {
  batches += 1;
  await new Promise(setImmediate);
  while (waiting.length > 0) {
    const batch = waiting.splice(0, BATCH_SIZE);
    const status = await record(batch).then(
      () => 200,
      (/** @type {unknown} */ error) => {
        console.error(error);
        return 503;
      },
    );
    for (const { answer } of batch) answer(status);
  }
  batches -= 1;
}

async function record(/** @type {Waiting[]} */ batch) {
  const client = await pool.connect();
  try {
    await client.query(sql.BEGIN);
    await recordTogether(client, batch);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

async function recordTogether(/** @type {pg.PoolClient} */ client, /** @type {Waiting[]} */ batch) {
  const run = async (
    /** @type {{ name: string, text: string }} */ statement,
    /** @type {unknown[]} */ ...p
  ) => (await client.query({ ...statement, values: p })).rows;

  const deliveries = batch.map((waiting) => ({
    waiting,
    event: JSON.parse(waiting.body),
    id: uuidv7(),
    deliveryId: uuidv7(),
  }));
  const inserted = await run(
    sql.INSERT_EVENTS,
    JSON.stringify(deliveries.map(eventRow)),
    JSON.stringify(deliveries.map(deliveryRow)),
  );
  const isNew = new Set(inserted.map((row) => row.id));
  const fresh = deliveries.filter(({ id }) => isNew.has(id));
  if (fresh.length === 0) return;

  const owners = await ownersOf(run, [...new Set(fresh.map(({ event }) => event.transaction_id))]);
  const stored = [...owners.values()].filter(({ isNew }) => !isNew).map(({ id }) => id);
  /** @type {Map<string, any>} */
  const payments = new Map();
  /** @type {Map<string, any[]>} */
  const statements = new Map();
  if (stored.length > 0) {
    await run(sql.LOCK_PAYMENTS, stored);
    for (const row of await run(sql.SELECT_PAYMENTS, stored)) {
      payments.set(row.id, { ...row, isNew: false });
    }
    for (const row of await run(sql.SELECT_STATEMENTS, stored)) {
      statements.set(row.payment_id, [...(statements.get(row.payment_id) ?? []), row]);
    }
  }

  const now = new Date();
  const stated = [];
  const changes = [];
  for (const { id, event } of fresh) {
    const paymentId = owners.get(event.transaction_id)?.id ?? '';
    const before = payments.get(paymentId);
    const statement = statementOf(event, id, paymentId);
    const all = [...(statements.get(paymentId) ?? []), statement];
    const after = {
      ...fold(all),
      id: paymentId,
      version: (before?.version ?? 0) + 1,
      isNew: before?.isNew ?? true,
      created_at: before?.created_at ?? now,
      updated_at: now,
    };
    payments.set(paymentId, after);
    statements.set(paymentId, all);
    stated.push(statement);
    changes.push({
      payment_id: paymentId,
      version: after.version,
      cause: 'event',
      webhook_event_id: id,
      from: before ? snapshotOf(before) : null,
      to: snapshotOf(after),
      silent: false,
      at: now,
    });
  }
  const rows = [...payments.values()];
  await run(
    sql.WRITE,
    JSON.stringify(rows.filter((p) => p.isNew)),
    JSON.stringify(rows.filter((p) => !p.isNew)),
    JSON.stringify(stated),
    JSON.stringify(changes),
  );
}

/** The payment of each transaction id: the stored one, or a place for a new one. */
async function ownersOf(
  /** @type {(s: any, ...p: unknown[]) => Promise<any[]>} */ run,
  /** @type {string[]} */ ids,
) {
  /** @type {Map<string, { id: string, isNew: boolean }>} */
  const owners = new Map();
  while (owners.size < ids.length) {
    for (const row of await run(sql.SELECT_REFS, ids)) {
      if (!owners.has(row.id)) owners.set(row.id, { id: row.payment_id, isNew: false });
    }
    const missing = ids.filter((id) => !owners.has(id)).map((id) => ({ id, payment_id: uuidv7() }));
    if (missing.length === 0) break;
    const reserved = await run(sql.INSERT_REFS, JSON.stringify(missing));
    for (const row of reserved) owners.set(row.id, { id: row.payment_id, isNew: true });
  }
  return owners;
}

function eventRow(/** @type {any} */ { waiting, event, id, deliveryId }) {
  return {
    id,
    delivery_id: deliveryId,
    event_id: event.event_id,
    type: event.event_type,
    occurred_at: event.occurred_at,
    received_at: waiting.receivedAt,
  };
}

function deliveryRow(/** @type {any} */ { waiting, deliveryId }) {
  return {
    id: deliveryId,
    body: waiting.body,
    body_sha256: createHash('sha256').update(waiting.body).digest('hex'),
    body_size: waiting.body.length,
    received_at: waiting.receivedAt,
  };
}
