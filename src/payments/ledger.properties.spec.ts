import fc from 'fast-check';
import { fold } from './fold.js';
import {
  type LedgerChanges,
  type StoredStatement,
  type Told,
  type WrittenPayment,
} from './ledger.js';
import { announcedBy } from './message-type.js';
import { type Statement } from './statement.js';
import {
  batchesArb,
  eventSpecsArb,
  redeliveredArb,
  runs,
  statementsOfEventArb,
} from './testing/arbitraries.js';
import {
  identityOf,
  ledgerEvent,
  MemoryStore,
  snapshotOf,
  violations,
  type EventSpec,
} from './testing/memory-store.js';
import { componentsOf, paymentsIn, paymentsOf } from './testing/partition.js';
import { Receiver } from './testing/receiver.js';

const ONCE = ['authorized', 'partially_captured', 'captured'];

describe('ledger, for any events', () => {
  it('makes the same payments of them in any order, repetition and batching', () => {
    const deliveries = eventSpecsArb().chain((specs) =>
      redeliveredArb(specs).chain((delivered) =>
        fc.record({ specs: fc.constant(specs), batches: batchesArb(delivered) }),
      ),
    );
    let joins = 0;
    fc.assert(
      fc.property(deliveries, ({ specs, batches }) => {
        const store = storeOf(batches);
        expect(paymentsIn(store)).toEqual(paymentsOf(statementsOf(specs)));
        expect(violations(store)).toEqual([]);
        if ([...store.payments.values()].some((p) => p.mergedInto !== null)) joins += 1;
      }),
      runs(250),
    );
    expect(joins).toBeGreaterThan(50);
  });

  it('does not show where batches end', () => {
    const cuts = eventSpecsArb().chain((specs) =>
      fc.record({ one: batchesArb(specs), other: batchesArb(specs) }),
    );
    fc.assert(
      fc.property(cuts, ({ one, other }) => {
        expect(tablesOf(storeOf(one))).toEqual(tablesOf(storeOf(other)));
      }),
      runs(200),
    );
  });

  it('counts one version for each difference that an event made', () => {
    let longest = 0;
    fc.assert(
      fc.property(eventSpecsArb(12), (specs) => {
        const store = storeOf([specs]);
        const expected = versionsOf(specs);
        const living = [...store.payments.values()].filter((p) => p.mergedInto === null);
        for (const { id, version } of living) {
          expect(version).toBe(expected.get(placeOf(earliestOf(store.statementsOf(id)))));
          longest = Math.max(longest, version);
        }
        expect(living.length).toBe(expected.size);
      }),
      runs(200),
    );
    expect(longest).toBeGreaterThan(4);
  });

  it('finds nothing to change when it folds again', () => {
    fc.assert(
      fc.property(worksArb, (works) => {
        const store = new MemoryStore();
        carryOut(store, works);
        const before = tablesOf(store);
        expect(store.reproject().history).toEqual([]);
        expect(tablesOf(store)).toEqual(before);
      }),
      runs(200),
    );
  });
});

describe('what the app is told, for any events', () => {
  it('leaves one that keeps the greatest versions with the payments that are stored', () => {
    // The messages of one payment come in order; those of several come in any, some of them twice.
    const tellings = fc.record({ works: worksArb, picks: fc.infiniteStream(fc.nat()) });
    let merged = 0;
    fc.assert(
      fc.property(tellings, ({ works, picks }) => {
        const store = new MemoryStore();
        carryOut(store, works);
        const queues = new Map<string, Told[]>();
        for (const told of store.told) {
          queues.set(told.payment.id, [...(queues.get(told.payment.id) ?? []), told]);
        }
        const app = new Receiver<WrittenPayment>();
        while (queues.size > 0) {
          const ids = [...queues.keys()];
          const id = ids[picks.next().value! % ids.length]!;
          const [first, ...rest] = queues.get(id)!;
          app.take(first!.type, first!.payment);
          // An answer that got lost: it comes again, when the app may know more.
          if (picks.next().value! % 4 === 0) app.take(first!.type, first!.payment);
          if (rest.length > 0) queues.set(id, rest);
          else queues.delete(id);
        }
        const stored = [...store.payments.values()].filter((p) => p.mergedInto === null);
        expect(believed(app.living())).toEqual(believed(stored));
        merged += store.told.filter(({ type }) => type === 'payment.merged').length;
      }),
      runs(300),
    );
    expect(merged).toBeGreaterThan(50);
  });

  it('announces a status once in the life of a payment and of those that were joined into it', () => {
    const met = { announced: 0, again: 0 };
    fc.assert(
      fc.property(worksArb, (works) => {
        const store = new MemoryStore();
        carryOut(store, works);
        const announced = new Set<string>();
        for (const { type, change, payment } of store.told) {
          const status = announcedBy(type);
          const isReached = change.mergedInto === null && change.from?.status !== change.to.status;
          if (status !== undefined) {
            expect(status).toBe(change.to.status);
            for (const id of [payment.id, ...payment.mergedFrom]) {
              expect(announced).not.toContain(`${id} ${status}`);
            }
            announced.add(`${payment.id} ${status}`);
            met.announced += 1;
          } else if (isReached && ONCE.includes(change.to.status)) met.again += 1;
        }
      }),
      runs(300),
    );
    expect(met.announced).toBeGreaterThan(100);
    expect(met.again).toBeGreaterThan(5);
  });
});

describe('ledger, for events done again', () => {
  it('ends as if only what they mean now had ever been said', () => {
    const seen = { joins: 0, splits: 0, revivals: 0, emptied: 0 };
    fc.assert(
      fc.property(worksArb, (works) => {
        const store = new MemoryStore();
        const meant = carryOut(store, works, (changes) => {
          expect(violations(store)).toEqual([]);
          count(changes, store, seen);
        });
        expect(paymentsIn(store)).toEqual(paymentsOf(statementsOf([...meant.values()])));
      }),
      runs(600),
    );
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(30);
  });

  it('changes nothing where they mean what they meant', () => {
    const worksThenOne = fc.record({ works: worksArb, which: fc.nat() });
    fc.assert(
      fc.property(worksThenOne, ({ works, which }) => {
        const store = new MemoryStore();
        const meant = [...carryOut(store, works).values()];
        const before = tablesOf(store);
        const changes = store.replay(meant[which % meant.length]!);
        expect(changes.history).toEqual([]);
        expect(changes.movedStatements).toEqual([]);
        expect(changes.movedRefs).toEqual([]);
        expect(changes.removedRefs).toEqual([]);
        expect(tablesOf(store)).toEqual(before);
      }),
      runs(250),
    );
  });

  it('comes back to the first rows, ids included, when a mistaken meaning is taken back', () => {
    const mistakes = fc.record({
      specs: eventSpecsArb(8),
      which: fc.nat(),
      mistaken: fc.oneof({ weight: 5, arbitrary: statementsOfEventArb }, fc.constant([])),
    });
    let moved = 0;
    fc.assert(
      fc.property(mistakes, ({ specs, which, mistaken }) => {
        const store = storeOf([specs]);
        const before = livingOf(store);
        const spec = specs[which % specs.length]!;
        store.replay({ ...spec, statements: mistaken });
        if (livingOf(store).size !== before.size) moved += 1;
        store.replay(spec);
        expect(livingOf(store)).toEqual(before);
      }),
      runs(200),
    );
    expect(moved).toBeGreaterThan(40);
  });
});

/** Something that is done to the tables: new events in one batch, events done again, or a fold. */
type Work =
  | { readonly type: 'deliver'; readonly specs: readonly EventSpec[] }
  | { readonly type: 'replay'; readonly again: readonly Again[] }
  | { readonly type: 'reproject' };

interface Again {
  readonly which: number;
  readonly statements: readonly Statement[];
}

const againArb: fc.Arbitrary<Again> = fc.record({
  which: fc.nat(),
  statements: fc.oneof(
    { weight: 5, arbitrary: statementsOfEventArb },
    { weight: 1, arbitrary: fc.constant<Statement[]>([]) },
  ),
});

const worksArb: fc.Arbitrary<Work[]> = fc
  .record({
    first: eventSpecsArb(5),
    rest: fc.array(
      fc.oneof(
        {
          weight: 2,
          arbitrary: eventSpecsArb(3).map((specs): Work => ({ type: 'deliver', specs })),
        },
        {
          weight: 6,
          arbitrary: fc
            .oneof(
              { weight: 3, arbitrary: fc.array(againArb, { minLength: 1, maxLength: 1 }) },
              { weight: 1, arbitrary: fc.array(againArb, { minLength: 2, maxLength: 4 }) },
            )
            .map((again): Work => ({ type: 'replay', again })),
        },
        { weight: 1, arbitrary: fc.constant<Work>({ type: 'reproject' }) },
      ),
      { maxLength: 8 },
    ),
  })
  .map(({ first, rest }) => [{ type: 'deliver', specs: first }, ...rest]);

/** Returns what each event means in the end, by its identity. */
function carryOut(
  store: MemoryStore,
  works: readonly Work[],
  afterEach: (changes: LedgerChanges) => void = () => undefined,
): Map<string, EventSpec> {
  const meant = new Map<string, EventSpec>();
  for (const [round, work] of works.entries()) {
    if (work.type === 'deliver') {
      const specs = work.specs.map((s) => ({ ...s, eventId: `${s.eventId}_${round}` }));
      for (const spec of specs) meant.set(identityOf(spec), spec);
      afterEach(store.deliver(specs));
    } else if (work.type === 'replay') {
      const specs = new Map<string, EventSpec>();
      for (const { which, statements } of work.again) {
        const [identity, old] = [...meant][which % meant.size]!;
        specs.set(identity, { ...old, statements });
      }
      for (const [identity, spec] of specs) meant.set(identity, spec);
      afterEach(store.replay(...specs.values()));
    } else {
      afterEach(store.reproject());
    }
  }
  return meant;
}

function storeOf(batches: readonly (readonly EventSpec[])[]): MemoryStore {
  const store = new MemoryStore();
  for (const batch of batches) store.deliver(batch);
  return store;
}

/** The statements of events delivered in this order. */
function statementsOf(specs: readonly EventSpec[]): StoredStatement[] {
  return specs.flatMap((spec, i) => [...ledgerEvent(spec, eventNumber(i)).statements]);
}

function eventNumber(i: number): string {
  return String(i).padStart(6, '0');
}

/**
 * The version of each payment after these events, by the place of its earliest statement, found by
 * folding what was known after each event.
 */
function versionsOf(specs: readonly EventSpec[]): Map<string, number> {
  const all = statementsOf(specs);
  const versions = new Map<string, number>();
  const snapshots = new Map<string, unknown>();
  let known: Map<string, number> = new Map();
  specs.forEach((_, i) => {
    known = new Map();
    for (const list of componentsOf(all.filter((s) => s.webhookEventId <= eventNumber(i)))) {
      const place = placeOf(earliestOf(list));
      const snapshot = JSON.stringify(snapshotOf(fold(list)), (_k, v: unknown) =>
        typeof v === 'bigint' ? v.toString() : v,
      );
      if (snapshots.get(place) !== snapshot) versions.set(place, (versions.get(place) ?? 0) + 1);
      snapshots.set(place, snapshot);
      known.set(place, versions.get(place)!);
    }
  });
  return known;
}

function earliestOf(statements: readonly StoredStatement[]): StoredStatement {
  return statements.reduce((least, s) => (storageOrder(s) < storageOrder(least) ? s : least));
}

function storageOrder(s: StoredStatement): string {
  return `${s.webhookEventId} ${s.ordinal}`;
}

/** Where a statement came from, whatever id its event was stored under. */
function placeOf(s: StoredStatement): string {
  return `${s.source} ${s.eventId} ${s.ordinal}`;
}

/** All that is stored, with ids by their rank: which id is drawn when depends on the batches. */
function tablesOf(store: MemoryStore) {
  const rank = new Map([...store.payments.keys()].sort().map((id, i) => [id, i]));
  const named = (id: string | null) => (id === null ? null : rank.get(id)!);
  const events = new Map([...store.events].map(([identity, id]) => [id, identity]));
  return {
    payments: [...store.payments.values()]
      .map((p) => ({
        id: named(p.id),
        version: p.version,
        mergedInto: named(p.mergedInto),
        mergedFrom: p.mergedFrom.map(named).sort(),
        // A tombstone keeps what it last said; nobody reads it.
        projection: p.mergedInto === null ? p.projection : null,
      }))
      .sort((a, b) => a.id! - b.id!),
    refs: [...store.refs].map(([ref, id]) => [ref, named(id)]).sort(),
    statements: [...store.statements.values()]
      .map(({ statement, paymentId }) => [placeOf(statement), named(paymentId)])
      .sort(),
    history: store.history.map((c) => ({
      ...c,
      from: c.from && snapshotOf(c.from),
      to: snapshotOf(c.to),
      paymentId: named(c.paymentId),
      mergedInto: named(c.mergedInto),
      webhookEventId: c.webhookEventId && events.get(c.webhookEventId),
    })),
  };
}

/** The fold and the refs of each payment that has statements, by its id. */
function livingOf(store: MemoryStore) {
  const living = [...store.payments.values()].filter(
    (p) => p.mergedInto === null && store.statementsOf(p.id).length > 0,
  );
  return new Map(
    living.map((p) => [
      p.id,
      {
        projection: p.projection,
        refs: [...store.refs]
          .filter(([, id]) => id === p.id)
          .map(([ref]) => ref)
          .sort(),
      },
    ]),
  );
}

function count(
  changes: LedgerChanges,
  store: MemoryStore,
  seen: { joins: number; splits: number; revivals: number; emptied: number },
): void {
  const replays = changes.history.filter((c) => c.cause === 'replay');
  if (replays.some((c) => c.mergedInto !== null)) seen.joins += 1;
  if (replays.some((c) => c.from === null) && changes.movedStatements.length > 0) seen.splits += 1;
  const revived = replays.filter((c) => {
    const before = store.history.find(
      (b) => b.paymentId === c.paymentId && b.version === c.version - 1,
    );
    return before !== undefined && before.mergedInto !== null;
  });
  if (revived.length > 0) seen.revivals += 1;
  const written = changes.payments.filter((p) => p.mergedInto === null);
  if (written.some((p) => store.statementsOf(p.id).length === 0)) seen.emptied += 1;
}

/** What a payment says of money, by its id. */
function believed(payments: readonly WrittenPayment[]) {
  return Object.fromEntries(payments.map((p) => [p.id, snapshotOf(p.projection!)]));
}
