/** One transaction that folds the stored statements of payments again. It parses nothing. */
import { isDeepStrictEqual } from 'node:util';
import { type Sql } from '../../database/transaction.js';
import { type Change, Ledger, type WrittenPayment } from '../../payments/ledger.js';
import { loadForUpdate } from './loading.js';
import {
  type JsonSnapshot,
  type PaymentRow,
  rowOfPayment,
  snapshotOfJson,
} from './payment-rows.js';
import { type RecordingContext } from './recording.js';
import { run, SELECT_LAST_CHANGES, SELECT_PAYMENTS } from './sql.js';
import { isAnybodyListening } from './telling.js';
import { write } from './writing.js';

export interface ReprojectResult {
  /** Payments that were folded: tombstones are not. */
  readonly matched: number;
  readonly changes: readonly Change[];
  /** Payments whose columns differed from their fold, whether or not anybody would be told. */
  readonly written: readonly string[];
}

/**
 * A version is made where the fold differs from the last snapshot of the history, so that columns that
 * were lost come back without anybody being told.
 */
export async function reprojectBatch(
  sql: Sql,
  paymentIds: readonly string[],
  context: RecordingContext & { readonly silent: boolean },
): Promise<ReprojectResult> {
  const loaded = await loadForUpdate(sql, { events: [], newId: context.newId, paymentIds });
  const living = loaded.payments.filter((p) => p.mergedInto === null);
  if (living.length === 0) return { matched: 0, changes: [], written: [] };
  const ids = living.map((p) => p.id);
  const told = new Map(
    (await run<{ payment_id: string; to: JsonSnapshot }>(sql, SELECT_LAST_CHANGES, ids)).map(
      (row) => [row.payment_id, snapshotOfJson(row.to)],
    ),
  );
  const stored = new Map(
    (await run<PaymentRow>(sql, SELECT_PAYMENTS, ids)).map((row) => [row.id, row]),
  );
  const now = context.now();
  const ledger = new Ledger(
    {
      payments: living.map((p) => ({ ...p, snapshot: told.get(p.id) ?? null })),
      refs: new Map(),
    },
    now,
    context.newId,
    context.silent,
  );
  ledger.reproject();
  const changes = ledger.changes();
  const written = changes.payments.filter((p) => !isStoredAs(p, stored.get(p.id)!));
  if (written.length > 0) {
    await write(
      sql,
      { ...changes, payments: written, movedRefs: [] },
      { ...context, now, telling: (await isAnybodyListening(sql)) ? new Map() : null },
    );
  }
  return { matched: living.length, changes: changes.history, written: written.map((p) => p.id) };
}

function isStoredAs(payment: WrittenPayment, row: PaymentRow): boolean {
  const columns = Object.entries(rowOfPayment(payment));
  return columns.every(([name, value]) =>
    isDeepStrictEqual(plain(row[name as keyof PaymentRow]), plain(value)),
  );
}

function plain(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : (value ?? null);
}
