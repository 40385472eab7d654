/**
 * What the database holds of some events, read into the store that the tests of the pure ledger judge.
 */
import type pg from 'pg';
import { refKey } from '../../../src/payments/ledger.js';
import { MemoryStore } from '../../../src/payments/testing/memory-store.js';
import {
  type JsonSnapshot,
  type PaymentRow,
  snapshotOfJson,
  snapshotOfRow,
} from '../../../src/webhooks/record/payment-rows.js';
import {
  statementOfRow,
  type TransactionRow,
} from '../../../src/webhooks/record/statement-rows.js';

export interface Tables {
  /** Refs, ids and keys without the prefix. */
  readonly store: MemoryStore;
  readonly events: readonly StoredEvent[];
  /** Payments that were joined into others. */
  readonly tombstones: number;
}

export interface StoredEvent {
  readonly id: string;
  readonly source: string;
  readonly eventId: string;
  readonly status: string;
  /** Events of one transaction have the same. */
  readonly transaction: string;
}

interface ChangeRow {
  payment_id: string;
  version: number;
  cause: 'event' | 'replay' | 'reprojection';
  webhook_event_id: string | null;
  from: JsonSnapshot | null;
  to: JsonSnapshot;
}

/** Indexes that only these tests need, to find their few rows among those of all the others. */
export async function indexForTests(pool: pg.Pool): Promise<void> {
  await pool.query('CREATE INDEX ON webhook_events (event_id)');
  await pool.query('CREATE INDEX ON payment_changes (webhook_event_id)');
}

/** All rows that came of events whose ids begin with the prefix. */
export async function readTables(pool: pg.Pool, prefix: string): Promise<Tables> {
  const rows = async <T extends object>(sql: string, ...values: unknown[]) =>
    (await pool.query<T>(sql, values)).rows.map((row) => without(prefix, row));

  const events = await rows<StoredEvent>(
    `SELECT id, source, event_id AS "eventId", status, xmin::text AS transaction
     FROM webhook_events WHERE event_id >= $1 AND event_id < $2 ORDER BY id`,
    prefix,
    `${prefix}\u{10ffff}`,
  );
  // Every payment has a version that one of its events made.
  const payments = await rows<PaymentRow>(
    `SELECT * FROM payments WHERE id IN
       (SELECT payment_id FROM payment_changes WHERE webhook_event_id = ANY($1::uuid[]))`,
    events.map(({ id }) => id),
  );
  const ids = payments.map(({ id }) => id);
  const statements = await rows<TransactionRow>(
    'SELECT * FROM transactions WHERE payment_id = ANY($1::uuid[])',
    ids,
  );
  const refs = await rows<{
    source: string;
    scope: string;
    namespace: string;
    id: string;
    payment_id: string;
  }>('SELECT * FROM payment_refs WHERE payment_id = ANY($1::uuid[])', ids);
  const history = await rows<ChangeRow>(
    'SELECT * FROM payment_changes WHERE payment_id = ANY($1::uuid[]) ORDER BY payment_id, version',
    ids,
  );

  const store = new MemoryStore();
  const byId = new Map(payments.map((row) => [row.id, row]));
  for (const row of payments) store.payments.set(row.id, paymentOf(row));
  for (const row of statements) {
    const statement = statementOfRow(row);
    const place = `${row.webhook_event_id} ${row.ordinal}`;
    store.statements.set(place, { statement, paymentId: row.payment_id });
  }
  for (const { source, scope, namespace, id, payment_id } of refs) {
    store.refs.set(refKey(source, scope, `${namespace}:${id}`), payment_id);
  }
  for (const row of history) {
    const payment = byId.get(row.payment_id)!;
    store.history.push({
      paymentId: row.payment_id,
      version: row.version,
      cause: row.cause,
      webhookEventId: row.webhook_event_id,
      from: row.from && snapshotOfJson(row.from),
      to: snapshotOfJson(row.to),
      // Not stored: a tombstone's last version is the one that says so.
      mergedInto: row.version === payment.version ? payment.merged_into : null,
    });
  }
  for (const { source, eventId, id } of events) {
    store.events.set(JSON.stringify([source, eventId]), id);
  }
  return {
    store,
    events,
    tombstones: payments.filter((row) => row.merged_into !== null).length,
  };
}

function paymentOf(row: PaymentRow) {
  return {
    id: row.id,
    isNew: false,
    source: row.source,
    provider: row.provider,
    version: row.version,
    mergedInto: row.merged_into,
    mergedFrom: row.merged_from,
    announced: row.announced,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    projection: {
      ...snapshotOfRow(row),
      refs: row.refs,
      groups: row.groups,
      occurredAt: row.occurred_at?.getTime() ?? 0,
      account: row.account,
      livemode: row.livemode,
    },
  };
}

/** The same value with the prefix taken out of every text in it. */
function without<T>(prefix: string, value: T): T {
  if (typeof value === 'string') return value.replaceAll(prefix, '') as T;
  if (Array.isArray(value)) return value.map((item: unknown) => without(prefix, item)) as T;
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, without(prefix, inner as unknown)]),
  ) as T;
}
