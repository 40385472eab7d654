/**
 * Which payments there should be, found without a ledger: a union-find over the refs of all
 * statements, and the fold of each component.
 */
import { fold, type FoldedPayment } from '../fold.js';
import { refKeysOf, type StoredStatement } from '../ledger.js';
import { type MemoryStore } from './memory-store.js';

/** A payment without its identity. Amounts and all: equal for equal statements. */
export interface Nameless extends FoldedPayment {
  readonly refKeys: readonly string[];
  readonly account: string | null;
  readonly livemode: boolean | null;
}

/** The payments that these statements make, sorted by their refs. */
export function paymentsOf(statements: readonly StoredStatement[]): Nameless[] {
  const components = componentsOf(statements);
  return sorted(
    components.map((list) => ({
      ...fold(list),
      refKeys: [...new Set(list.flatMap(refKeysOf))].sort(),
      account:
        list
          .map((s) => s.account)
          .filter((a) => a !== null)
          .sort()[0] ?? null,
      livemode: list.some((s) => s.livemode === false)
        ? false
        : list.some((s) => s.livemode === true) || null,
    })),
  );
}

/** The statements that refs connect, component by component. */
export function componentsOf(statements: readonly StoredStatement[]): StoredStatement[][] {
  const parents = new Map<string, string>();
  const rootOf = (ref: string): string => {
    const parent = parents.get(ref) ?? ref;
    return parent === ref ? ref : rootOf(parent);
  };
  for (const s of statements) {
    const [first, ...rest] = refKeysOf(s);
    for (const ref of rest) parents.set(rootOf(ref), rootOf(first!));
  }
  const components = new Map<string, StoredStatement[]>();
  for (const s of statements) {
    const root = rootOf(refKeysOf(s)[0]!);
    components.set(root, [...(components.get(root) ?? []), s]);
  }
  return [...components.values()];
}

/** The payments as they are stored, those left without a statement aside. */
export function paymentsIn(store: MemoryStore): Nameless[] {
  const living = [...store.payments.values()].filter(
    (row) => row.mergedInto === null && store.statementsOf(row.id).length > 0,
  );
  return sorted(
    living.map(({ id, projection }) => ({
      ...projection,
      refKeys: [...store.refs]
        .filter(([, owner]) => owner === id)
        .map(([ref]) => ref)
        .sort(),
    })),
  );
}

function sorted(payments: Nameless[]): Nameless[] {
  const name = (p: Nameless) => JSON.stringify(p.refKeys);
  return payments.sort((a, b) => (name(a) < name(b) ? -1 : 1));
}
