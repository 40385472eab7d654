/**
 * What the tables have to hold of some events: found without the ledger and without the fold, from the
 * plain reading of the law.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Snapshot } from '../../../src/payments/fold.js';
import { type StoredStatement } from '../../../src/payments/ledger.js';
import {
  type EventSpec,
  ledgerEvent,
  snapshotOf,
  violations,
} from '../../../src/payments/testing/memory-store.js';
import {
  componentsOf,
  type Nameless,
  paymentsIn,
  paymentsOf,
} from '../../../src/payments/testing/partition.js';
import { plainFold } from '../../../src/payments/testing/plain-fold.js';
import { type Tables } from './tables.js';

/** Payments, statements and events as the database holds them, without what is identity. */
export interface Books {
  readonly payments: readonly Nameless[];
  readonly statements: readonly unknown[];
  readonly events: readonly string[];
  readonly violations: readonly string[];
}

/** What has to be stored of events that were delivered, in whatever order. */
export function booksOf(specs: readonly EventSpec[]): Books {
  const statements = specs.flatMap((spec) => [...ledgerEvent(spec, '').statements]);
  return {
    payments: sortedPayments(
      componentsOf(statements).flatMap((list) =>
        paymentsOf(list).map((payment) => ({ ...payment, ...plainFold(list) })),
      ),
    ),
    statements: sortedStatements(statements),
    events: specs.map(({ source, eventId }) => `${source} ${eventId}`).sort(),
    violations: [],
  };
}

export function booksIn({ store, events }: Tables): Books {
  return {
    payments: sortedPayments(paymentsIn(store)),
    statements: sortedStatements([...store.statements.values()].map((row) => row.statement)),
    events: events.map(({ source, eventId }) => `${source} ${eventId}`).sort(),
    violations: violations(store),
  };
}

function sortedPayments(payments: readonly Nameless[]): Nameless[] {
  // A ref belongs to one payment only.
  return [...payments].sort((a, b) => (a.refKeys[0]! < b.refKeys[0]! ? -1 : 1));
}

function sortedStatements(statements: readonly StoredStatement[]): unknown[] {
  const place = (s: StoredStatement) => `${s.source} ${s.eventId} ${s.ordinal}`;
  return [...statements]
    .sort((a, b) => (place(a) < place(b) ? -1 : 1))
    .map((s) => ({ ...s, webhookEventId: '' }));
}

/**
 * The version that each living payment has after events that came in this order, sorted: one for each
 * difference that an event made to what people see. Found by folding, after each event, all that was
 * known then; a payment is the same as long as it has the same earliest statement.
 */
export function versionsOf(specs: readonly EventSpec[]): number[] {
  const versions = new Map<string, number>();
  const snapshots = new Map<string, Snapshot>();
  const said: StoredStatement[] = [];
  let living: string[] = [];
  for (const [i, spec] of specs.entries()) {
    said.push(...ledgerEvent(spec, String(i).padStart(6, '0')).statements);
    living = componentsOf(said).map((list) => {
      const earliest = list.map((s) => `${s.webhookEventId} ${s.ordinal}`).sort()[0]!;
      const snapshot = snapshotOf(plainFold(list));
      if (!isDeepStrictEqual(snapshots.get(earliest), snapshot)) {
        versions.set(earliest, (versions.get(earliest) ?? 0) + 1);
        snapshots.set(earliest, snapshot);
      }
      return earliest;
    });
  }
  return living.map((earliest) => versions.get(earliest)!).sort((a, b) => a - b);
}
