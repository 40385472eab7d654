/**
 * The ledger: which statements make which payment, and what each event changed. A pure state machine
 * over payments that were loaded (and locked) before; what is to be written comes out of `changes()`.
 * Identity (id, version, tombstones) lives here, money in the fold. The law it obeys is written in
 * docs/law.md, sections "Refs and payments" and "Identity, version, history".
 */
import { fold, sameSnapshot, type FoldedPayment, type Snapshot } from './fold.js';
import { announcedBy, messageType, type MessageType } from './message-type.js';
import { compareBytes, type PlacedStatement } from './statement.js';

/** A statement with everything its row has but its payment. */
export interface StoredStatement extends PlacedStatement {
  /** UUID v7 of the WebhookEvent that made it. */
  readonly webhookEventId: string;
  readonly source: string;
  /** Account and mode that its refs belong to; '' where the provider does not state them each time. */
  readonly refScope: string;
  readonly account: string | null;
  readonly livemode: boolean | null;
}

/** A payment as it was loaded. */
export interface LoadedPayment {
  readonly id: string;
  readonly source: string;
  readonly provider: string;
  readonly version: number;
  readonly mergedInto: string | null;
  readonly mergedFrom: readonly string[];
  /** Statuses that it was told to have reached and that are told once. */
  readonly announced: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The last snapshot of its history; null for a payment without one. */
  readonly snapshot: Snapshot | null;
  /** Its refs as `refKey`s: those of its statements, or, for a tombstone, those that it last had. */
  readonly refs: readonly string[];
  readonly statements: readonly StoredStatement[];
}

export type Cause = 'event' | 'replay' | 'reprojection';

/** One version of one payment. */
export interface Change {
  readonly paymentId: string;
  readonly version: number;
  readonly cause: Cause;
  readonly webhookEventId: string | null;
  readonly from: Snapshot | null;
  readonly to: Snapshot;
  /** On the last version of a payment that was joined into another: that other's id. */
  readonly mergedInto: string | null;
}

/** The fold with what the statements say of the account and the mode. */
export interface Projection extends FoldedPayment {
  readonly account: string | null;
  readonly livemode: boolean | null;
}

/** A payment as it is to be written. */
export interface WrittenPayment {
  readonly id: string;
  readonly isNew: boolean;
  readonly source: string;
  readonly provider: string;
  readonly version: number;
  readonly mergedInto: string | null;
  readonly mergedFrom: readonly string[];
  readonly announced: readonly string[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Null: what is stored stays; only the identity is written (a tombstone keeps what it last said). */
  readonly projection: Projection | null;
}

/** A version that the user's app is told of. */
export interface Told {
  readonly type: MessageType;
  readonly change: Change;
  /** The payment as it was at that version. */
  readonly payment: WrittenPayment;
}

export interface LedgerChanges {
  readonly payments: readonly WrittenPayment[];
  readonly history: readonly Change[];
  /** One for each row of `history`; none where nobody is to be told. */
  readonly told: readonly Told[];
  readonly insertedStatements: readonly { statement: StoredStatement; paymentId: string }[];
  /** Statements that were stored before and belong to another payment now. */
  readonly movedStatements: readonly { statement: StoredStatement; paymentId: string }[];
  /** Refs whose payment differs from the one that they were loaded with. */
  readonly movedRefs: readonly { ref: string; paymentId: string }[];
  /** Refs that no statement of a payment carries any more. */
  readonly removedRefs: readonly string[];
}

/** What is stored of what events concern. */
export interface Loaded {
  readonly payments: readonly LoadedPayment[];
  /**
   * The payment that each ref concerned is stored with. One that names no loaded payment is a place
   * reserved for a new payment of that id.
   */
  readonly refs: ReadonlyMap<string, string>;
  /**
   * Refs that are new, and stored with the payment that they probably belong to. No statement has said
   * so: another transaction may have changed that payment since.
   */
  readonly guessed?: ReadonlySet<string>;
}

/** An event and the statements that it makes now. */
export interface LedgerEvent {
  /** UUID v7 of the WebhookEvent. */
  readonly webhookEventId: string;
  readonly provider: string;
  readonly source: string;
  readonly statements: readonly StoredStatement[];
}

interface Entry {
  readonly id: string;
  readonly source: string;
  readonly provider: string;
  readonly isNew: boolean;
  readonly createdAt: Date;
  updatedAt: Date;
  version: number;
  mergedInto: string | null;
  mergedFrom: string[];
  announced: readonly string[];
  snapshot: Snapshot | null;
  projection: Projection | null;
  statements: StoredStatement[];
  /** The refs a tombstone last had, as `refKey`s. */
  lastRefs: readonly string[];
  dirty: boolean;
}

/** Between the parts of a `refKey`: no name of a source, no account and no id contains it. */
const SEPARATOR = '\0';

/** A ref with all that makes it unique: source, scope and ref. */
export function refKey(source: string, scope: string, ref: string): string {
  return `${source}${SEPARATOR}${scope}${SEPARATOR}${ref}`;
}

/** The parts of a `refKey`. */
export function partsOfRefKey(key: string): { source: string; scope: string; ref: string } {
  const [source, scope, ref] = key.split(SEPARATOR) as [string, string, string];
  return { source, scope, ref };
}

/** The refs of a statement as `refKey`s. */
export function refKeysOf(s: StoredStatement): string[] {
  return s.refs.map((ref) => refKey(s.source, s.refScope, ref));
}

export class Ledger {
  private readonly entries = new Map<string, Entry>();
  private readonly owners = new Map<string, string>();
  private readonly storedOwners: Map<string, string>;
  private readonly removedRefs = new Set<string>();
  private readonly history: Change[] = [];
  private readonly told: Told[] = [];
  private readonly inserted = new Set<StoredStatement>();
  private readonly loadedOwner = new Map<StoredStatement, string>();

  /**
   * @param silent nobody is told: what is reached now can still be announced later
   */
  constructor(
    { payments, refs, guessed }: Loaded,
    private readonly now: Date,
    private readonly newId: () => string,
    private readonly silent = false,
  ) {
    this.storedOwners = new Map(refs);
    for (const p of payments) {
      this.entries.set(p.id, {
        ...p,
        isNew: false,
        mergedFrom: [...p.mergedFrom],
        statements: [...p.statements],
        projection: null,
        lastRefs: p.refs,
        dirty: false,
      });
      for (const s of p.statements) this.loadedOwner.set(s, p.id);
      if (p.mergedInto === null) for (const ref of p.refs) this.storedOwners.set(ref, p.id);
    }
    for (const [ref, id] of this.storedOwners) {
      const entry = this.survivorOf(id);
      if (entry && !guessed?.has(ref)) this.owners.set(ref, entry.id);
    }
  }

  /** Takes in a new event. Its statements join what their refs name; then each payment is folded. */
  apply(event: LedgerEvent): void {
    const touched = new Set<Entry>();
    for (const s of event.statements) {
      const refs = refKeysOf(s);
      const named = distinct(refs.map((ref) => this.ownerOf(ref)));
      const entry = named.length === 0 ? this.create(event, refs) : this.join(named, event);
      for (const ref of refs) this.owners.set(ref, entry.id);
      entry.statements.push(s);
      this.inserted.add(s);
      touched.add(entry);
    }
    for (const entry of touched) {
      const alive = this.entries.has(entry.id) && entry.mergedInto === null;
      if (alive) this.version(entry, 'event', event.webhookEventId);
    }
  }

  /**
   * Replaces the statements of an event that was taken in before. Payments are joined and split as
   * the new statements demand; nothing changes, and no version is made, where they say the same.
   */
  replace(event: LedgerEvent): void {
    const before = [...this.entries.values()].filter((e) =>
      e.statements.some((s) => s.webhookEventId === event.webhookEventId),
    );
    const named = distinct(event.statements.flatMap(refKeysOf).map((ref) => this.ownerOf(ref)));
    const involved = new Set([...before, ...named]);
    for (const entry of before) {
      entry.statements = entry.statements.filter((s) => s.webhookEventId !== event.webhookEventId);
    }
    for (const s of event.statements) this.inserted.add(s);
    this.regroup([...involved], event);
  }

  /** Folds what is stored again; parses nothing. A difference from the last snapshot is a version. */
  reproject(): void {
    for (const entry of this.entries.values()) {
      if (entry.mergedInto !== null) continue;
      this.version(entry, 'reprojection', null);
    }
  }

  changes(): LedgerChanges {
    const entries = [...this.entries.values()];
    const placed = entries.flatMap((e) =>
      e.statements.map((statement) => ({ statement, paymentId: e.id })),
    );
    return {
      payments: entries.filter((e) => e.dirty),
      history: this.history,
      told: this.told,
      insertedStatements: placed.filter(({ statement }) => this.inserted.has(statement)),
      movedStatements: placed.filter(
        ({ statement, paymentId }) =>
          !this.inserted.has(statement) && this.loadedOwner.get(statement) !== paymentId,
      ),
      movedRefs: [...this.owners]
        .filter(([ref, id]) => this.storedOwners.get(ref) !== id)
        .map(([ref, paymentId]) => ({ ref, paymentId })),
      removedRefs: [...this.removedRefs].filter((ref) => !this.owners.has(ref)),
    };
  }

  /** The payment itself, or the one that it was joined into through any number of hops. */
  private survivorOf(id: string): Entry | undefined {
    const entry = this.entries.get(id);
    return entry && entry.mergedInto !== null ? this.survivorOf(entry.mergedInto) : entry;
  }

  private ownerOf(ref: string): Entry | undefined {
    const id = this.owners.get(ref);
    return id === undefined ? undefined : this.entries.get(id);
  }

  private create(event: LedgerEvent, refs: readonly string[]): Entry {
    // The place reserved with the ref is taken where it is still free: then the ref need not be moved.
    const reserved = refs
      .map((ref) => this.storedOwners.get(ref))
      .find((id) => id !== undefined && !this.entries.has(id));
    const entry: Entry = {
      id: reserved ?? this.newId(),
      source: event.source,
      provider: event.provider,
      isNew: true,
      createdAt: this.now,
      updatedAt: this.now,
      version: 0,
      mergedInto: null,
      mergedFrom: [],
      announced: [],
      snapshot: null,
      projection: null,
      statements: [],
      lastRefs: [],
      dirty: true,
    };
    this.entries.set(entry.id, entry);
    return entry;
  }

  /** Joins payments into the one with the least id, which takes all their statements. */
  private join(entries: readonly Entry[], event: LedgerEvent): Entry {
    const [survivor, ...losers] = [...entries].sort(byId);
    for (const entry of entries) {
      // Refs that an emptied payment only kept must not connect what no statement connects.
      if (entry.statements.length === 0) this.giveUpRefs(this.refsOf(entry));
    }
    for (const loser of losers) this.bury(loser, survivor!, event, 'event');
    return survivor!;
  }

  private bury(loser: Entry, survivor: Entry, event: LedgerEvent, cause: Cause): void {
    loser.lastRefs = this.refsOf(loser);
    for (const ref of loser.lastRefs) this.owners.set(ref, survivor.id);
    survivor.statements.push(...loser.statements);
    loser.statements = [];
    if (loser.version === 0) {
      // Made by this very event and seen by nobody: it leaves no tombstone.
      this.entries.delete(loser.id);
      return;
    }
    survivor.mergedFrom = distinct([...survivor.mergedFrom, loser.id, ...loser.mergedFrom]);
    survivor.announced = distinct([...survivor.announced, ...loser.announced]);
    survivor.dirty = true;
    loser.mergedInto = survivor.id;
    loser.version += 1;
    loser.updatedAt = this.now;
    loser.dirty = true;
    this.tell('payment.merged', loser, {
      paymentId: loser.id,
      version: loser.version,
      cause,
      webhookEventId: event.webhookEventId,
      from: loser.snapshot,
      to: loser.snapshot!,
      mergedInto: survivor.id,
    });
  }

  /**
   * Finds the components that the statements of `involved` and the new ones form, and gives each its
   * payment. Of the components that have a ref of a payment, it keeps the one with the earliest
   * statement; where a lesser id has taken that, the next one; where none is left, it is joined into
   * what the first has become. What nobody keeps gets a tombstone that had one of its refs, else a
   * new payment.
   */
  private regroup(involved: readonly Entry[], event: LedgerEvent): void {
    const kept = new Map(involved.map((e) => [e, e.statements]));
    const had = new Map(involved.map((e) => [e, this.refsOf(e)]));
    const tombstones = new Map(
      distinct(involved.flatMap((e) => e.mergedFrom).map((id) => this.entries.get(id))).map((t) => [
        t,
        this.survivorOf(t.id)!,
      ]),
    );
    const components = componentsOf([...[...kept.values()].flat(), ...event.statements]);
    const homes = new Map<Component, Entry>();
    const losers = new Map<Entry, Component>();
    const split = new Set<Entry>();

    for (const e of [...involved].sort(byId)) {
      const own = components.filter((component) => touches(had.get(e)!, component.refs));
      const free = own.find((component) => !homes.has(component));
      if (free) homes.set(free, e);
      else if (own[0]) losers.set(e, own[0]);
    }
    for (const component of components.filter((c) => !homes.has(c))) {
      const [revived] = [...tombstones.keys()]
        .filter((t) => t.mergedInto !== null && touches(t.lastRefs, component.refs))
        .sort(byId);
      homes.set(component, revived ?? this.create(event, [...component.refs]));
      if (!revived) continue;
      split.add(revived).add(tombstones.get(revived)!);
      this.unbury(revived);
    }
    for (const [component, home] of homes) {
      for (const e of involved) {
        if (e === home || losers.has(e)) continue;
        if (kept.get(e)!.some((s) => component.statements.has(s))) split.add(e).add(home);
      }
    }
    for (const [loser, component] of losers) {
      this.bury(loser, homes.get(component)!, event, 'replay');
    }
    for (const [tombstone, survivor] of tombstones) {
      if (tombstone.mergedInto !== null) this.follow(tombstone, homes, kept.get(survivor)!);
    }

    // What is stored is given up as a whole and taken anew, so that no statement and no ref of before
    // stays where it no longer belongs.
    this.giveUpRefs([...had.values()].flat());
    for (const entry of involved) entry.statements = [];
    for (const [component, home] of homes) {
      home.statements = [...component.statements];
      for (const ref of component.refs) this.owners.set(ref, home.id);
    }
    const living = [...involved, ...homes.values()].filter((e) => e.mergedInto === null);
    for (const entry of new Set(living)) {
      if (entry.statements.length === 0) {
        // Emptied: it keeps its refs, so that its id comes back when the event means again what it did.
        for (const ref of had.get(entry)!)
          if (!this.owners.has(ref)) this.owners.set(ref, entry.id);
      }
      this.version(entry, 'replay', event.webhookEventId, split.has(entry));
    }
  }

  private refsOf(entry: Entry): string[] {
    return [...this.owners].filter(([, id]) => id === entry.id).map(([ref]) => ref);
  }

  private giveUpRefs(refs: readonly string[]): void {
    for (const ref of refs) if (this.owners.delete(ref)) this.removedRefs.add(ref);
  }

  /** Takes a tombstone, with all that was joined into it, out of what it was joined into. */
  private unbury(tombstone: Entry): void {
    const leaving = [tombstone.id, ...tombstone.mergedFrom];
    for (const e of this.entries.values()) {
      if (!e.mergedFrom.includes(tombstone.id)) continue;
      e.mergedFrom = e.mergedFrom.filter((id) => !leaving.includes(id));
      e.dirty = true;
    }
    tombstone.mergedInto = null;
    tombstone.dirty = true;
  }

  /** Lets a tombstone lead to where the statements that it had went when its survivor was split. */
  private follow(
    tombstone: Entry,
    homes: ReadonlyMap<Component, Entry>,
    statements: readonly StoredStatement[],
  ): void {
    const lastRefs = new Set(tombstone.lastRefs);
    const had = statements.filter((s) => touches(refKeysOf(s), lastRefs));
    const found = [...homes].filter(([component]) => had.some((s) => component.statements.has(s)));
    const survivor = this.survivorOf(tombstone.id);
    const [first] = found.map(([, home]) => home);
    if (!first || found.some(([, home]) => home === survivor)) return;
    this.unbury(tombstone);
    tombstone.mergedInto = first.id;
    first.mergedFrom = distinct([...first.mergedFrom, tombstone.id, ...tombstone.mergedFrom]);
    // As where it is joined: for what it announced an app has shipped already.
    first.announced = distinct([...first.announced, ...tombstone.announced]);
    first.dirty = true;
  }

  /** Folds a payment; a snapshot that differs from the last one is a version and a row of history. */
  private version(entry: Entry, cause: Cause, webhookEventId: string | null, always = false): void {
    const folded = fold(entry.statements);
    // Named one by one for the reason told at `statement()`.
    entry.projection = {
      status: folded.status,
      currency: folded.currency,
      amountAuthorized: folded.amountAuthorized,
      amountCaptured: folded.amountCaptured,
      amountRefunded: folded.amountRefunded,
      amountDisputed: folded.amountDisputed,
      amountChargedBack: folded.amountChargedBack,
      reference: folded.reference,
      failure: folded.failure,
      flags: folded.flags,
      refs: folded.refs,
      groups: folded.groups,
      occurredAt: folded.occurredAt,
      account: entry.statements.reduce<string | null>((a, s) => leastOf(a, s.account), null),
      livemode: livemodeOf(entry.statements),
    };
    entry.dirty = true;
    if (!always && entry.snapshot !== null && sameSnapshot(entry.snapshot, folded)) return;
    entry.version += 1;
    entry.updatedAt = this.now;
    this.tell(messageType(entry.snapshot, folded, entry.announced), entry, {
      paymentId: entry.id,
      version: entry.version,
      cause,
      webhookEventId,
      from: entry.snapshot,
      to: folded,
      mergedInto: null,
    });
    entry.snapshot = folded;
  }

  private tell(type: MessageType, entry: Entry, change: Change): void {
    this.history.push(change);
    if (this.silent) return;
    this.told.push({ type, change, payment: asOfNow(entry) });
    const announced = announcedBy(type);
    if (announced) entry.announced = [...entry.announced, announced];
  }
}

/** A copy that later versions do not change. */
function asOfNow(entry: Entry): WrittenPayment {
  return {
    id: entry.id,
    isNew: entry.isNew,
    source: entry.source,
    provider: entry.provider,
    version: entry.version,
    mergedInto: entry.mergedInto,
    mergedFrom: entry.mergedFrom,
    announced: entry.announced,
    createdAt: entry.createdAt,
    updatedAt: entry.updatedAt,
    projection: entry.projection,
  };
}

interface Component {
  readonly statements: Set<StoredStatement>;
  readonly refs: Set<string>;
}

/** The connected components of statements over refs, in the order of their earliest statement. */
function componentsOf(statements: readonly StoredStatement[]): Component[] {
  const components = new Set<Component>();
  for (const s of [...statements].sort(byStorage)) {
    const refs = refKeysOf(s);
    const [home = { statements: new Set<StoredStatement>(), refs: new Set<string>() }, ...others] =
      [...components].filter((component) => touches(refs, component.refs));
    components.add(home);
    for (const other of others) {
      for (const statement of other.statements) home.statements.add(statement);
      for (const ref of other.refs) home.refs.add(ref);
      components.delete(other);
    }
    home.statements.add(s);
    for (const ref of refs) home.refs.add(ref);
  }
  return [...components];
}

function touches(refs: readonly string[], others: ReadonlySet<string>): boolean {
  return refs.some((ref) => others.has(ref));
}

function byId(a: Entry, b: Entry): number {
  return compareBytes(a.id, b.id);
}

function byStorage(a: StoredStatement, b: StoredStatement): number {
  return compareBytes(a.webhookEventId, b.webhookEventId) || a.ordinal - b.ordinal;
}

/** False if any statement says test, else true if any says live, else null. */
function livemodeOf(statements: readonly StoredStatement[]): boolean | null {
  if (statements.some((s) => s.livemode === false)) return false;
  return statements.some((s) => s.livemode === true) ? true : null;
}

function leastOf(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return compareBytes(a, b) <= 0 ? a : b;
}

function distinct<T extends string | object>(values: readonly (T | undefined)[]): T[] {
  return [...new Set(values)].filter((v): v is T => v !== undefined);
}
