/** Tables as they can be compared with other tables: which id was drawn is chance, its rank is not. */
import { type MemoryStore, snapshotOf } from '../../../src/payments/testing/memory-store.js';
import { type StoredStatement } from '../../../src/payments/ledger.js';

/** All that is stored but the times of storing. */
export function ranked(store: MemoryStore) {
  const ranks = new Map([...store.payments.keys()].sort().map((id, rank) => [id, rank]));
  const rank = (id: string | null) => (id === null ? null : ranks.get(id)!);
  const events = new Map([...store.events].map(([identity, id]) => [id, identity]));
  const place = (s: StoredStatement) => `${s.source} ${s.eventId} ${s.ordinal}`;
  return {
    payments: [...store.payments.values()]
      .map(({ id, source, version, mergedInto, mergedFrom, projection }) => ({
        id: rank(id),
        source,
        version,
        mergedInto: rank(mergedInto),
        mergedFrom: mergedFrom.map(rank).sort(),
        projection: snapshotOf(projection),
      }))
      .sort((a, b) => a.id! - b.id!),
    refs: [...store.refs].map(([ref, id]) => `${ref} ${rank(id)}`).sort(),
    statements: [...store.statements.values()]
      .map(({ statement, paymentId }) => `${place(statement)} ${rank(paymentId)}`)
      .sort(),
    history: [...store.history]
      .map((change) => ({
        payment: rank(change.paymentId)!,
        version: change.version,
        cause: change.cause,
        event: change.webhookEventId && events.get(change.webhookEventId),
        mergedInto: rank(change.mergedInto),
        from: change.from && snapshotOf(change.from),
        to: snapshotOf(change.to),
      }))
      .sort((a, b) => a.payment - b.payment || a.version - b.version),
  };
}
