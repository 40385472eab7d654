/**
 * Locks the payments that new statements belong to and reads them. The locks are taken first and the
 * rows are read in a later statement: the snapshot of a statement that waits for a lock is older than
 * the lock, and would miss what the other transaction has just written.
 */
import { type Sql } from '../../database/transaction.js';
import {
  type LedgerEvent,
  type Loaded,
  type LoadedPayment,
  type StoredStatement,
  partsOfRefKey,
  refKey,
  refKeysOf,
} from '../../payments/ledger.js';
import { type PaymentRow, snapshotOfRow } from './payment-rows.js';
import {
  INSERT_REFS,
  LOCK_PAYMENTS,
  run,
  SELECT_PAYMENTS,
  SELECT_REFS,
  SELECT_REFS_OF_PAYMENTS,
  SELECT_STATEMENTS,
} from './sql.js';
import { statementOfRow, type TransactionRow } from './statement-rows.js';

/** Rounds of following joins that other transactions made meanwhile; more is an endless race. */
const MAX_ROUNDS = 20;

interface RefRow {
  id: string;
  namespace: string;
  source: string;
  scope: string;
  payment_id: string | null;
}

export async function loadForUpdate(
  sql: Sql,
  work: {
    events: readonly LedgerEvent[];
    newId: () => string;
    /** Payments concerned beside those that the refs name. */
    paymentIds?: readonly string[];
    /** For a regrouping: the tombstones of each payment, too. */
    withTombstones?: boolean;
    /** The owners of these refs, and of any others, as they were a moment ago. */
    refs?: ReadonlyMap<string, string>;
  },
): Promise<Loaded> {
  const statements = work.events.flatMap((event) => event.statements.map(refKeysOf));
  const keys = [...new Set(statements.flat())];
  const reserved = new Set<string>();
  const guessed = new Set<string>();
  const locked = new Set<string>();
  const joinedInto = new Set<string>();
  let refs = work.refs ? of(work.refs, keys) : await selectRefs(sql, keys);
  let payments: LoadedPayment[] = [];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    // Inserting a ref after locking leaves the common order; a deadlock is retried.
    const missing = reserve(statements, refs, reserved, work.newId);
    const inserted = await insertRefs(sql, missing);
    for (const ref of inserted) if (!reserved.has(missing.get(ref)!)) guessed.add(ref);
    // Somebody else has inserted the others meanwhile.
    if (inserted.length < missing.size) {
      refs = await selectRefs(sql, keys);
      continue;
    }
    for (const [ref, owner] of missing) refs.set(ref, owner);

    const named = new Set([...refs.values(), ...(work.paymentIds ?? []), ...joinedInto]);
    const wanted = [...named].filter((id) => !reserved.has(id) && !locked.has(id));
    if (wanted.length === 0) {
      const tombstones = work.withTombstones ? await readTombstones(sql, payments) : [];
      return { payments: [...payments, ...tombstones], refs, guessed };
    }
    for (const id of wanted) locked.add(id);
    // They travel together, and each sees what was committed when it began: those behind the lock see
    // what the lock has waited for. Refs anew: whoever held the locks may have joined these payments,
    // or given up a ref of theirs.
    const [survivors, owners, loaded] = await Promise.all([
      lock(sql, wanted),
      selectRefs(sql, keys),
      readPayments(sql, [...locked]),
    ]);
    for (const id of survivors) joinedInto.add(id);
    refs = owners;
    payments = loaded;
  }
  throw new Error(`payments were changed by others in each of ${MAX_ROUNDS} rounds`);
}

/** What a map has for some keys. */
function of(map: ReadonlyMap<string, string>, keys: readonly string[]): Map<string, string> {
  return new Map(
    keys.flatMap((key) => {
      const value = map.get(key);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}

export async function selectRefs(
  sql: Pick<Sql, 'query'>,
  keys: readonly string[],
): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map();
  const rows = await run<RefRow>(
    sql,
    SELECT_REFS,
    keys.map((key) => refRow(key, null)),
  );
  return new Map(rows.map((row) => [keyOfRefRow(row), row.payment_id!]));
}

/** Returns those that were new. */
async function insertRefs(sql: Sql, owners: ReadonlyMap<string, string>): Promise<string[]> {
  if (owners.size === 0) return [];
  const rows = [...owners].map(([ref, paymentId]) => refRow(ref, paymentId));
  return (await run<RefRow>(sql, INSERT_REFS, rows)).map(keyOfRefRow);
}

/**
 * Whose a ref will be that nobody has: the payment of another ref of its statement, else a new one.
 * A guess that keeps most refs from being moved later; the ledger has the last word. Ids of new
 * payments are added to `reserved`.
 */
function reserve(
  statements: readonly (readonly string[])[],
  known: ReadonlyMap<string, string>,
  reserved: Set<string>,
  newId: () => string,
): Map<string, string> {
  const owners = new Map<string, string>();
  for (const refs of statements) {
    const ownerOf = (ref: string) => known.get(ref) ?? owners.get(ref);
    let owner = refs.map(ownerOf).find((id) => id !== undefined);
    if (owner === undefined) {
      owner = newId();
      reserved.add(owner);
    }
    for (const ref of refs) if (ownerOf(ref) === undefined) owners.set(ref, owner);
  }
  return owners;
}

/** Locks payments in the order of their ids; returns those that they were joined into. */
async function lock(sql: Sql, ids: readonly string[]): Promise<string[]> {
  const rows = await run<{ merged_into: string | null }>(sql, LOCK_PAYMENTS, ids);
  return rows.flatMap((row) => row.merged_into ?? []);
}

/** The payments with all that the ledger needs; the caller holds their locks. */
async function readPayments(sql: Sql, ids: readonly string[]): Promise<LoadedPayment[]> {
  const [payments, rows] = await Promise.all([
    run<PaymentRow>(sql, SELECT_PAYMENTS, ids),
    run<TransactionRow>(sql, SELECT_STATEMENTS, ids),
  ]);
  const statements = new Map<string, StoredStatement[]>(payments.map((p) => [p.id, []]));
  for (const row of rows) {
    statements.get(row.payment_id)!.push(statementOfRow(row));
  }
  const refs = new Map([...statements].map(([id, list]) => [id, list.flatMap(refKeysOf)]));
  // A payment whose statements a replay took away keeps its refs, and only there do they stand.
  const emptied = payments.filter((p) => p.merged_into === null && !refs.get(p.id)!.length);
  if (emptied.length > 0) {
    const emptiedIds = emptied.map((p) => p.id);
    for (const row of await run<RefRow>(sql, SELECT_REFS_OF_PAYMENTS, emptiedIds)) {
      refs.get(row.payment_id!)!.push(keyOfRefRow(row));
    }
  }
  return payments.map((p) => loadedPayment(p, [...new Set(refs.get(p.id))], statements.get(p.id)!));
}

/**
 * The payments that were joined into the given ones, with the refs that they last had. Without the
 * locks of the living, which the caller holds, nobody changes a tombstone.
 */
async function readTombstones(
  sql: Sql,
  payments: readonly LoadedPayment[],
): Promise<LoadedPayment[]> {
  const known = new Set(payments.map((p) => p.id));
  // The refs of a tombstone are of the same account and mode as those of its survivor.
  const scopes = new Map(
    payments.flatMap((p) =>
      p.mergedFrom
        .filter((id) => !known.has(id))
        .map((id): [string, string] => [id, p.refs[0] ? partsOfRefKey(p.refs[0]).scope : '']),
    ),
  );
  if (scopes.size === 0) return [];
  const rows = await run<PaymentRow>(sql, SELECT_PAYMENTS, [...scopes.keys()]);
  return rows.map((p) =>
    loadedPayment(
      p,
      p.refs.map((ref) => refKey(p.source, scopes.get(p.id)!, ref)),
      [],
    ),
  );
}

function loadedPayment(
  row: PaymentRow,
  refs: readonly string[],
  statements: readonly StoredStatement[],
): LoadedPayment {
  return {
    id: row.id,
    source: row.source,
    provider: row.provider,
    version: row.version,
    mergedInto: row.merged_into,
    mergedFrom: row.merged_from,
    announced: row.announced,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    snapshot: snapshotOfRow(row),
    refs,
    statements,
  };
}

/** A row of `payment_refs` as a recordset takes it. */
export function refRow(ref: string, paymentId: string | null): RefRow {
  const { source, scope, ref: name } = partsOfRefKey(ref);
  const colon = name.indexOf(':');
  return {
    id: name.slice(colon + 1),
    namespace: name.slice(0, colon),
    source,
    scope,
    payment_id: paymentId,
  };
}

function keyOfRefRow(row: RefRow): string {
  return refKey(row.source, row.scope, `${row.namespace}:${row.id}`);
}
