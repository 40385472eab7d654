import { isDeepStrictEqual } from 'node:util';
import { type Snapshot } from '../../payments/fold.js';
import { type Change } from '../../payments/ledger.js';

/** What a replay or a reprojection changes about one payment, field by field. */
export interface PaymentDifference {
  paymentId: string;
  /** The version that it gets. */
  version: number;
  /** The payment that it is joined into, or null. */
  mergedInto: string | null;
  differences: { field: keyof Snapshot; from: unknown; to: unknown }[];
}

/** One difference per payment, from its first snapshot to its last, in the order of the changes. */
export function differencesOf(changes: readonly Change[]): PaymentDifference[] {
  const first = new Map<string, Change>();
  const last = new Map<string, Change>();
  for (const change of changes) {
    if (!first.has(change.paymentId)) first.set(change.paymentId, change);
    last.set(change.paymentId, change);
  }
  return [...last.values()].map((change) => {
    const from = first.get(change.paymentId)!.from;
    const fields = Object.keys(change.to) as (keyof Snapshot)[];
    return {
      paymentId: change.paymentId,
      version: change.version,
      mergedInto: change.mergedInto,
      differences: fields
        .filter((field) => !SNAPSHOT_ONLY.has(field))
        .map((field) => ({ field, from: from?.[field] ?? null, to: change.to[field] }))
        .filter(({ from: before, to }) => !isDeepStrictEqual(before, to)),
    };
  });
}

/** What the fold knows beyond the snapshot; it makes no version. */
const SNAPSHOT_ONLY: ReadonlySet<string> = new Set(['refs', 'groups', 'occurredAt']);
