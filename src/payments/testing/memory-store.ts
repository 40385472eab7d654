/**
 * The tables that a ledger is loaded from and written to, in memory: as strict about keys as the
 * database, and loading no more than src/webhooks/record/loading.ts does.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  Ledger,
  refKey,
  refKeysOf,
  type Change,
  type LedgerChanges,
  type LedgerEvent,
  type LoadedPayment,
  type Projection,
  type StoredStatement,
  type Told,
  type WrittenPayment,
} from '../ledger.js';
import { type Statement } from '../statement.js';

/** What an event says; the store gives it its ids when it is delivered. */
export interface EventSpec {
  readonly eventId: string;
  readonly source?: string;
  readonly scope?: string;
  readonly account?: string | null;
  readonly livemode?: boolean | null;
  readonly statements: readonly Statement[];
}

export interface PaymentRow extends WrittenPayment {
  readonly projection: Projection;
}

interface StatementRow {
  readonly statement: StoredStatement;
  readonly paymentId: string;
}

export class MemoryStore {
  readonly payments = new Map<string, PaymentRow>();
  readonly refs = new Map<string, string>();
  readonly statements = new Map<string, StatementRow>();
  readonly history: Change[] = [];
  /** What the user's app was told, in order. */
  readonly told: Told[] = [];
  /** The webhook event ids of what was delivered, by (source, event id). */
  readonly events = new Map<string, string>();
  private clock = 0;
  private readonly scopes = new Map<string, string>();

  /** Takes in a batch. What was delivered before is skipped, as the unique key of events does. */
  deliver(specs: readonly EventSpec[]): LedgerChanges {
    const fresh: LedgerEvent[] = [];
    for (const spec of specs) {
      const identity = identityOf(spec);
      if (this.events.has(identity)) continue;
      const webhookEventId = this.newId('event');
      this.events.set(identity, webhookEventId);
      if (spec.statements.length > 0) fresh.push(ledgerEvent(spec, webhookEventId));
    }
    const ledger = this.load(fresh);
    for (const event of fresh) ledger.apply(event);
    return this.write(ledger.changes());
  }

  /** Does events again, with what they mean now: all of them in one transaction. */
  replay(...specs: readonly EventSpec[]): LedgerChanges {
    const events = specs.map((spec) => {
      const identity = identityOf(spec);
      const webhookEventId = this.events.get(identity) ?? this.newId('event');
      this.events.set(identity, webhookEventId);
      return ledgerEvent(spec, webhookEventId);
    });
    const own = [...this.statements].filter(([, row]) =>
      events.some((event) => event.webhookEventId === row.statement.webhookEventId),
    );
    const paymentIds = own.map(([, row]) => row.paymentId);
    const ledger = this.load(events, { paymentIds, tombstones: true });
    for (const event of events) ledger.replace(event);
    for (const [place] of own) this.statements.delete(place);
    return this.write(ledger.changes());
  }

  reproject(): LedgerChanges {
    const ledger = this.load([], { paymentIds: [...this.payments.keys()] });
    ledger.reproject();
    return this.write(ledger.changes());
  }

  statementsOf(paymentId: string): StoredStatement[] {
    return [...this.statements.values()]
      .filter((row) => row.paymentId === paymentId)
      .map((row) => row.statement);
  }

  private newId(kind: 'event' | 'payment'): string {
    this.clock += 1;
    return `${kind}-${String(this.clock).padStart(6, '0')}`;
  }

  private load(
    events: readonly LedgerEvent[],
    {
      paymentIds = [],
      tombstones = false,
    }: { paymentIds?: readonly string[]; tombstones?: boolean } = {},
  ): Ledger {
    const newId = () => this.newId('payment');
    const { refs, guessed } = this.reserve(events.flatMap((e) => e.statements.map(refKeysOf)));
    const wanted = [...new Set([...refs.values(), ...paymentIds])];
    const ids = new Set<string>();
    for (let id = wanted.pop(); id !== undefined; id = wanted.pop()) {
      const row = this.payments.get(id);
      if (!row || ids.has(id)) continue;
      ids.add(id);
      if (row.mergedInto !== null) wanted.push(row.mergedInto);
      if (tombstones) wanted.push(...row.mergedFrom);
    }
    const payments = [...ids].sort().map((id) => this.loaded(this.payments.get(id)!));
    return new Ledger({ payments, refs, guessed }, new Date(this.clock), newId);
  }

  /** The refs of statements with their payments; those that nobody has get a place reserved. */
  private reserve(statements: readonly (readonly string[])[]) {
    const refs = new Map<string, string>();
    const guessed = new Set<string>();
    for (const keys of statements) {
      const known = keys.map((key) => this.refs.get(key)).find((id) => id !== undefined);
      const owner = known ?? this.newId('payment');
      for (const key of keys) {
        if (!this.refs.has(key)) {
          this.refs.set(key, owner);
          if (known !== undefined && this.payments.has(known)) guessed.add(key);
        }
        refs.set(key, this.refs.get(key)!);
      }
    }
    return { refs, guessed };
  }

  private loaded(row: PaymentRow): LoadedPayment {
    const statements = this.statementsOf(row.id);
    const scope = this.scopes.get(row.id) ?? '';
    const last = row.projection.refs.map((ref) => refKey(row.source, scope, ref));
    const owned = [...this.refs].filter(([, id]) => id === row.id).map(([ref]) => ref);
    const own = statements.length > 0 ? statements.flatMap(refKeysOf) : owned;
    return {
      ...row,
      snapshot: row.projection,
      refs: [...new Set(row.mergedInto === null ? own : last)],
      statements,
    };
  }

  private write(changes: LedgerChanges): LedgerChanges {
    for (const p of changes.payments) {
      const stored = this.payments.get(p.id);
      must(p.isNew === (stored === undefined), `payment ${p.id} is new or is stored`);
      const projection = p.projection ?? stored?.projection;
      must(projection !== undefined, `new payment ${p.id} has a projection`);
      this.payments.set(p.id, { ...p, mergedFrom: [...p.mergedFrom], projection: projection! });
    }
    for (const row of changes.insertedStatements) {
      const place = placeOf(row.statement);
      must(!this.statements.has(place), `statement ${place} is inserted once`);
      this.statements.set(place, row);
    }
    for (const row of changes.movedStatements) {
      const place = placeOf(row.statement);
      must(this.statements.has(place), `statement ${place} is stored before it is moved`);
      this.statements.set(place, row);
    }
    for (const { ref, paymentId } of changes.movedRefs) {
      must(this.refs.has(ref), `ref ${ref} is stored before it is moved`);
      this.refs.set(ref, paymentId);
    }
    for (const ref of changes.removedRefs) this.refs.delete(ref);
    this.history.push(...changes.history);
    this.told.push(...changes.told);
    for (const { statement, paymentId } of this.statements.values()) {
      must(this.payments.has(paymentId), `payment ${paymentId} of a statement exists`);
      this.scopes.set(paymentId, statement.refScope);
    }
    for (const [ref, id] of this.refs) {
      must(this.payments.has(id), `payment ${id} of ref ${ref} exists`);
    }
    return changes;
  }
}

export function identityOf(spec: EventSpec): string {
  return JSON.stringify([spec.source ?? 'shop', spec.eventId]);
}

/** The event as the ledger takes it. */
export function ledgerEvent(spec: EventSpec, webhookEventId: string): LedgerEvent {
  const { eventId, source = 'shop', scope = '', account = null, livemode = null } = spec;
  const statements = spec.statements.map((s, ordinal): StoredStatement => ({
    ...s,
    eventId,
    ordinal,
    webhookEventId,
    source,
    refScope: scope,
    account,
    livemode,
  }));
  return { webhookEventId, source, provider: 'acme', statements };
}

function placeOf(s: StoredStatement): string {
  return `${s.webhookEventId} ${s.ordinal}`;
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the store demands that ${what}`);
}

/**
 * What has to hold of the tables at any time; the violations, of which there should be none:
 * statements and refs lie where they belong, tombstones lead to the living, versions are whole.
 */
export function violations(store: MemoryStore): string[] {
  const found: string[] = [];
  const demand = (holds: boolean, what: string) => {
    if (!holds) found.push(what);
  };
  for (const { statement, paymentId } of store.statements.values()) {
    demand(store.payments.get(paymentId)!.mergedInto === null, `${paymentId} buried with money`);
    for (const ref of refKeysOf(statement)) {
      demand(store.refs.get(ref) === paymentId, `ref ${ref} is not with its statement`);
    }
  }
  for (const [ref, id] of store.refs) {
    const own = store.statementsOf(id);
    demand(store.payments.get(id)!.mergedInto === null, `ref ${ref} of the tombstone ${id}`);
    const carried = own.length === 0 || own.some((s) => refKeysOf(s).includes(ref));
    demand(carried, `ref ${ref} of ${id}, which does not carry it`);
  }
  for (const row of store.payments.values()) {
    const chain = chainOf(store, row.id);
    demand(store.payments.get(chain.at(-1)!)?.mergedInto === null, `${row.id} leads nowhere`);
    for (const above of chain.slice(1)) {
      demand(
        store.payments.get(above)!.mergedFrom.includes(row.id),
        `${above} does not know that ${row.id} was joined into it`,
      );
    }
    for (const below of row.mergedFrom) {
      demand(chainOf(store, below).includes(row.id), `${below} was not joined into ${row.id}`);
    }
    demand(new Set(row.mergedFrom).size === row.mergedFrom.length, `${row.id} has one twice`);
    found.push(...violationsOfHistory(store, row));
  }
  return found;
}

function violationsOfHistory(store: MemoryStore, row: PaymentRow): string[] {
  const changes = store.history.filter((c) => c.paymentId === row.id);
  const versions = changes.map((c) => c.version);
  const found = isDeepStrictEqual(
    versions,
    [...versions.keys()].map((i) => i + 1),
  )
    ? []
    : [`the versions of ${row.id} are ${versions.join()}`];
  if (versions.at(-1) !== row.version) found.push(`${row.id} has version ${row.version}`);
  changes.forEach((c, i) => {
    const before = i === 0 ? null : snapshotOf(changes[i - 1]!.to);
    if (!isDeepStrictEqual(c.from && snapshotOf(c.from), before)) {
      found.push(`version ${c.version} of ${row.id} does not follow the one before`);
    }
  });
  const last = changes.at(-1);
  if (!last || !isDeepStrictEqual(snapshotOf(last.to), snapshotOf(row.projection))) {
    found.push(`the history of ${row.id} does not end with what is stored`);
  }
  if (last && (last.mergedInto === null) !== (row.mergedInto === null)) {
    found.push(`${row.id} was buried or came back without a version`);
  }
  return found;
}

/** What makes a version; the rest of a fold does not. */
export function snapshotOf(s: Change['to']): Change['to'] {
  const { status, currency, reference, failure, flags } = s;
  const { amountAuthorized, amountCaptured, amountRefunded, amountDisputed, amountChargedBack } = s;
  return {
    status,
    currency,
    amountAuthorized,
    amountCaptured,
    amountRefunded,
    amountDisputed,
    amountChargedBack,
    reference,
    failure,
    flags,
  };
}

/** The payment and what it was joined into, hop by hop; ends early where a hop repeats. */
function chainOf(store: MemoryStore, id: string): string[] {
  const chain = [id];
  for (;;) {
    const next = store.payments.get(chain.at(-1)!)?.mergedInto ?? null;
    if (next === null || chain.includes(next)) return chain;
    chain.push(next);
  }
}
