import { Ledger, partsOfRefKey, refKey, refKeysOf, type LedgerChanges } from './ledger.js';
import { type Statement } from './statement.js';
import {
  ledgerEvent,
  MemoryStore,
  violations,
  type EventSpec,
  type PaymentRow,
} from './testing/memory-store.js';
import { authorization, capture, dispute, refund } from './testing/statements.js';

function event(eventId: string, ...statements: Statement[]): EventSpec {
  return { eventId, statements };
}

/** An event with one statement that only says that these refs belong together. */
function link(eventId: string, ...refs: string[]): EventSpec {
  return event(eventId, authorization('pending', 100, { key: eventId, refs }));
}

function delivered(...specs: EventSpec[]): MemoryStore {
  const store = new MemoryStore();
  for (const spec of specs) store.deliver([spec]);
  return store;
}

function living(store: MemoryStore): PaymentRow[] {
  return [...store.payments.values()].filter((p) => p.mergedInto === null);
}

function ownerOf(store: MemoryStore, ref: string): PaymentRow {
  return store.payments.get(store.refs.get(refKey('shop', '', ref))!)!;
}

/** The refs of each payment that has any, as people would write them. */
function partition(store: MemoryStore): string[] {
  const byPayment = new Map<string, string[]>();
  for (const [key, id] of store.refs) {
    byPayment.set(id, [...(byPayment.get(id) ?? []), partsOfRefKey(key).ref]);
  }
  return [...byPayment.values()].map((refs) => refs.sort().join(' ')).sort();
}

function causesOf(changes: LedgerChanges, id: string): string[] {
  return changes.history.filter((c) => c.paymentId === id).map((c) => c.cause);
}

describe('refKey', () => {
  it('keeps source, scope and ref apart', () => {
    expect(refKey('a', 'b', 'pi:1')).not.toBe(refKey('a","b', '', 'pi:1'));
    expect(partsOfRefKey(refKey('shop', 'acct_1/live', 'pi:"1"'))).toEqual({
      source: 'shop',
      scope: 'acct_1/live',
      ref: 'pi:"1"',
    });
  });
});

describe('apply', () => {
  it('makes a payment of the first statement, with its first version', () => {
    const store = new MemoryStore();
    const changes = store.deliver([link('evt_1', 'pi:1')]);
    const [payment] = living(store);
    expect(payment).toMatchObject({
      isNew: true,
      version: 1,
      source: 'shop',
      provider: 'acme',
      mergedFrom: [],
    });
    expect(changes.history).toMatchObject([
      { paymentId: payment!.id, version: 1, cause: 'event', from: null, to: { status: 'pending' } },
    ]);
  });

  it('makes no version where nothing that people see has changed', () => {
    const store = delivered(link('evt_1', 'pi:1'));
    const again = event(
      'evt_2',
      authorization('pending', 100, {
        key: 'evt_1',
        at: 5,
        refs: ['pi:1', 'ch:1'],
        groups: ['order:1'],
      }),
    );
    const changes = store.deliver([again]);
    expect(changes.history).toEqual([]);
    expect(living(store)).toMatchObject([
      { version: 1, projection: { refs: ['ch:1', 'pi:1'], groups: ['order:1'], occurredAt: 5 } },
    ]);
  });

  it('makes one version of an event, however many statements it makes', () => {
    const store = delivered(
      event(
        'evt_1',
        authorization('authorized', 100),
        capture('succeeded', 100),
        refund('succeeded', 10),
      ),
    );
    expect(living(store)).toMatchObject([{ version: 1, projection: { amountRefunded: 10n } }]);
  });

  it('makes a version of each event of a batch, caused by that event', () => {
    const store = new MemoryStore();
    const { history } = store.deliver([
      event('evt_1', authorization('authorized', 100)),
      event('evt_2', capture('succeeded', 100)),
    ]);
    const [first, second] = [...store.events.values()];
    expect(history).toMatchObject([
      { version: 1, webhookEventId: first, to: { status: 'authorized' } },
      { version: 2, webhookEventId: second, to: { status: 'captured' } },
    ]);
    expect(history[1]!.from).toEqual(history[0]!.to);
  });

  it('joins the refs of one statement', () => {
    const store = delivered(link('evt_1', 'pi:1'), link('evt_2', 'pi:1', 'ch:1'));
    expect(partition(store)).toEqual(['ch:1 pi:1']);
  });

  it('does not join two statements of one event', () => {
    const bothLost = event(
      'evt_1',
      dispute('lost', 10, { key: 'dp_1/txn_1', refs: ['txn:1'] }),
      dispute('lost', 20, { key: 'dp_1/txn_2', refs: ['txn:2'] }),
    );
    const store = delivered(bothLost);
    expect(partition(store)).toEqual(['txn:1', 'txn:2']);
    expect(living(store).map((p) => p.projection.amountChargedBack)).toEqual([10n, 20n]);
    expect(living(store).map((p) => p.version)).toEqual([1, 1]);
  });

  it('does not join over a group', () => {
    const store = delivered(
      event('evt_1', capture('succeeded', 30, { refs: ['pi:1'], groups: ['order:1'] })),
      event('evt_2', capture('succeeded', 70, { refs: ['pi:2'], groups: ['order:1'] })),
    );
    expect(living(store)).toHaveLength(2);
  });

  it('does not join over a ref of another source, account or mode', () => {
    const store = delivered(
      { ...link('evt_1', 'pi:1'), source: 'shop', scope: 'acct_1/live' },
      { ...link('evt_2', 'pi:1'), source: 'shop', scope: 'acct_1/test' },
      { ...link('evt_3', 'pi:1'), source: 'shop', scope: 'acct_2/live' },
      { ...link('evt_1', 'pi:1'), source: 'market', scope: 'acct_1/live' },
    );
    expect(living(store)).toHaveLength(4);
  });

  it('states account and mode as the statements do', () => {
    const store = delivered(
      { ...link('evt_1', 'pi:1'), account: null, livemode: null },
      { ...link('evt_2', 'pi:1'), account: 'acct_2', livemode: true },
      { ...link('evt_3', 'pi:1'), account: 'acct_1', livemode: true },
    );
    expect(living(store)[0]!.projection).toMatchObject({ account: 'acct_1', livemode: true });
    store.deliver([{ ...link('evt_4', 'pi:1'), livemode: false }]);
    expect(living(store)[0]!.projection.livemode).toBe(false);
  });

  describe('when a statement connects two payments', () => {
    const refunded = event('evt_1', refund('succeeded', 30, { at: 3, refs: ['re:1', 'ch:1'] }));
    const captured = event('evt_2', capture('succeeded', 100, { at: 2, refs: ['pi:1'] }));
    const connects = link('evt_3', 'ch:1', 'pi:1');

    it('leaves the one with the least id, with everything', () => {
      const store = delivered(refunded, captured);
      const [survivor, loser] = [ownerOf(store, 're:1'), ownerOf(store, 'pi:1')];
      const changes = store.deliver([connects]);
      expect(living(store)).toMatchObject([
        {
          id: survivor.id,
          version: 2,
          mergedFrom: [loser.id],
          projection: {
            status: 'partially_refunded',
            amountCaptured: 100n,
            amountRefunded: 30n,
            flags: [],
          },
        },
      ]);
      expect(partition(store)).toEqual(['ch:1 pi:1 re:1']);
      expect(store.statementsOf(survivor.id)).toHaveLength(3);
      expect(changes.movedStatements).toHaveLength(1);
    });

    it('keeps the other as a tombstone that says what it last said, and that it was joined', () => {
      const store = delivered(refunded, captured);
      const [survivor, loser] = [ownerOf(store, 're:1'), ownerOf(store, 'pi:1')];
      const { history } = store.deliver([connects]);
      expect(store.payments.get(loser.id)).toMatchObject({
        version: 2,
        mergedInto: survivor.id,
        projection: { status: 'captured', amountCaptured: 100n },
      });
      expect(history.filter((c) => c.paymentId === loser.id)).toMatchObject([
        {
          version: 2,
          cause: 'event',
          mergedInto: survivor.id,
          from: { status: 'captured' },
          to: { status: 'captured' },
        },
      ]);
    });

    it('gives the survivor no version where its snapshot stays', () => {
      const store = delivered(
        event('evt_1', capture('succeeded', 100, { at: 1, refs: ['ch:1'] })),
        event('evt_2', capture('succeeded', 100, { at: 1, refs: ['pi:1'] })),
      );
      store.deliver([event('evt_3', capture('pending', null, { refs: ['ch:1', 'pi:1'] }))]);
      expect(living(store)).toMatchObject([{ version: 1, mergedFrom: [expect.any(String)] }]);
    });
  });

  it('joins three payments by one statement', () => {
    const store = delivered(link('evt_1', 'a:1'), link('evt_2', 'b:1'), link('evt_3', 'c:1'));
    const [a, b, c] = ['a:1', 'b:1', 'c:1'].map((ref) => ownerOf(store, ref).id);
    store.deliver([link('evt_4', 'c:1', 'b:1', 'a:1')]);
    expect(living(store)).toMatchObject([{ id: a, mergedFrom: [b, c] }]);
    expect(violations(store)).toEqual([]);
  });

  it('leads over any number of hops to the survivor', () => {
    const store = delivered(link('evt_1', 'a:1'), link('evt_2', 'b:1'), link('evt_3', 'c:1'));
    const [a, b, c] = ['a:1', 'b:1', 'c:1'].map((ref) => ownerOf(store, ref).id);
    store.deliver([link('evt_4', 'c:1', 'b:1')]);
    store.deliver([link('evt_5', 'c:1', 'a:1')]);
    expect(store.payments.get(c!)).toMatchObject({ mergedInto: b, mergedFrom: [], version: 2 });
    expect(store.payments.get(b!)).toMatchObject({ mergedInto: a, mergedFrom: [c] });
    expect(living(store)).toMatchObject([{ id: a, mergedFrom: [b, c] }]);
    expect(violations(store)).toEqual([]);
  });

  it('finds a payment over a chain of refs, children first', () => {
    const store = delivered(
      link('evt_1', 'e:1', 'd:1'),
      link('evt_2', 'd:1', 'c:1'),
      link('evt_3', 'b:1', 'a:1'),
      link('evt_4', 'c:1', 'b:1'),
    );
    expect(partition(store)).toEqual(['a:1 b:1 c:1 d:1 e:1']);
    expect(living(store)).toHaveLength(1);
  });

  it('leaves no trace of a payment that an event made and joined', () => {
    const store = new MemoryStore();
    const changes = store.deliver([
      event(
        'evt_1',
        authorization('authorized', 100, { refs: ['a:1'] }),
        capture('succeeded', 100, { refs: ['b:1'] }),
        refund('succeeded', 10, { refs: ['a:1', 'b:1'] }),
      ),
    ]);
    expect([...store.payments.values()]).toMatchObject([{ version: 1, mergedFrom: [] }]);
    expect(changes.history).toHaveLength(1);
    expect(partition(store)).toEqual(['a:1 b:1']);
  });

  it('takes the id that was reserved with a ref, so that the ref need not be moved', () => {
    const reserved = new Map([[refKey('shop', '', 'pi:1'), 'reserved']]);
    const ledger = new Ledger({ payments: [], refs: reserved }, new Date(0), () => 'drawn');
    ledger.apply(ledgerEvent(link('evt_1', 'pi:1'), 'event'));
    expect(ledger.changes()).toMatchObject({
      payments: [{ id: 'reserved', isNew: true }],
      movedRefs: [],
    });
  });

  it('gives a place reserved twice to one payment only', () => {
    const reserved = new Map([
      [refKey('shop', '', 'pi:1'), 'reserved'],
      [refKey('shop', '', 'pi:2'), 'reserved'],
    ]);
    const ledger = new Ledger({ payments: [], refs: reserved }, new Date(0), () => 'drawn');
    ledger.apply(ledgerEvent(link('evt_1', 'pi:1'), 'event-1'));
    ledger.apply(ledgerEvent(link('evt_2', 'pi:2'), 'event-2'));
    const { payments, movedRefs } = ledger.changes();
    expect(payments.map((p) => p.id)).toEqual(['reserved', 'drawn']);
    expect(movedRefs).toEqual([{ ref: refKey('shop', '', 'pi:2'), paymentId: 'drawn' }]);
  });
});

describe('replace', () => {
  const authorized = event('evt_1', authorization('authorized', 100, { refs: ['pi:1'] }));
  const captured = event('evt_2', capture('succeeded', 100, { refs: ['pi:1', 'ch:1'], at: 1 }));
  const other = event('evt_3', capture('succeeded', 50, { refs: ['pi:2'], at: 1 }));
  const first = () => delivered(authorized, captured, other);

  /** What an event meant by mistake, which payments that makes, and how many ids that takes. */
  const mistakes: [string, EventSpec, string[]][] = [
    [
      'another amount',
      event('evt_2', capture('succeeded', 10000, { refs: ['pi:1', 'ch:1'], at: 1 })),
      ['ch:1 pi:1', 'pi:2'],
    ],
    [
      'another key',
      event('evt_2', capture('succeeded', 100, { key: 'evt_2', refs: ['pi:1', 'ch:1'], at: 1 })),
      ['ch:1 pi:1', 'pi:2'],
    ],
    [
      'a ref more, which joins',
      event('evt_2', capture('succeeded', 100, { refs: ['pi:1', 'ch:1', 'pi:2'], at: 1 })),
      ['ch:1 pi:1 pi:2'],
    ],
    [
      'a ref less, which splits',
      event('evt_2', capture('succeeded', 100, { refs: ['ch:1'], at: 1 })),
      ['ch:1', 'pi:1', 'pi:2'],
    ],
    [
      'the refs of another payment',
      event('evt_2', capture('succeeded', 100, { refs: ['pi:2'], at: 1 })),
      ['pi:1', 'pi:2'],
    ],
    [
      'one statement more, of another payment',
      event('evt_2', captured.statements[0]!, refund('succeeded', 5, { refs: ['pi:2'] })),
      ['ch:1 pi:1', 'pi:2'],
    ],
    [
      'two statements that no longer join',
      event(
        'evt_2',
        capture('succeeded', 100, { refs: ['ch:1'] }),
        refund('succeeded', 100, { refs: ['pi:1'] }),
      ),
      ['ch:1', 'pi:1', 'pi:2'],
    ],
    ['nothing', event('evt_2'), ['pi:1', 'pi:2']],
  ];

  it.each(mistakes)('of one event by %s, and back again', (_, mistaken, payments) => {
    const store = first();
    const before = new Map(living(store).map((p) => [p.id, { ...p.projection }]));
    store.replay(mistaken);
    expect(partition(store)).toEqual(payments);
    expect(violations(store)).toEqual([]);
    const fresh = delivered(authorized, mistaken, other);
    const projections = (s: MemoryStore) =>
      living(s)
        .map((p) => p.projection)
        .sort((a, b) => (a.refs.join() < b.refs.join() ? -1 : 1));
    expect(projections(store)).toEqual(projections(fresh));

    store.replay(captured);
    expect(violations(store)).toEqual([]);
    const restored = living(store).filter((p) => store.statementsOf(p.id).length > 0);
    expect(new Map(restored.map((p) => [p.id, p.projection]))).toEqual(before);
  });

  it('changes nothing and makes no version where the statements are the same', () => {
    const store = first();
    const changes = store.replay(captured);
    expect(changes.history).toEqual([]);
    expect(changes.movedRefs).toEqual([]);
    expect(changes.movedStatements).toEqual([]);
    expect(changes.removedRefs).toEqual([]);
    expect(living(store).map((p) => p.version)).toEqual([2, 1]);
  });

  it('makes a version with the cause of a replay, and only where something changed', () => {
    const store = first();
    const changes = store.replay(
      event('evt_2', capture('succeeded', 90, { refs: ['pi:1', 'ch:1'] })),
    );
    expect(changes.history).toMatchObject([
      {
        cause: 'replay',
        version: 3,
        webhookEventId: store.events.get('["shop","evt_2"]'),
        from: { amountCaptured: 100n },
        to: { amountCaptured: 90n },
      },
    ]);
    expect(changes.insertedStatements).toHaveLength(1);
  });

  it('takes in an event that meant nothing before', () => {
    const store = delivered(authorized, event('evt_2'));
    store.replay(captured);
    expect(living(store)).toMatchObject([{ version: 2, projection: { status: 'captured' } }]);
  });

  it('splits a payment whose only event now speaks of two', () => {
    const store = delivered(event('evt_1', refund('pending', 10, { refs: ['a:1', 'b:1'] })));
    const [{ id } = { id: '' }] = living(store);
    store.replay(
      event(
        'evt_1',
        refund('pending', 10, { refs: ['a:1'] }),
        refund('pending', 20, { key: 're_2', refs: ['b:1'] }),
      ),
    );
    expect(partition(store)).toEqual(['a:1', 'b:1']);
    expect(ownerOf(store, 'a:1').id).toBe(id);
    expect(violations(store)).toEqual([]);
  });

  describe('of the event that joined two payments', () => {
    const joins = link('evt_3', 'a:1', 'b:1');
    const apart = link('evt_3', 'a:1');
    const joined = () => delivered(link('evt_1', 'a:1'), link('evt_2', 'b:1'), joins);

    it('splits them: the one with the earliest statement keeps its id, the other gets its own back', () => {
      const before = delivered(link('evt_1', 'a:1'), link('evt_2', 'b:1'));
      const [a, b] = [ownerOf(before, 'a:1').id, ownerOf(before, 'b:1').id];
      const store = joined();
      expect(store.payments.get(b)).toMatchObject({ mergedInto: a, version: 2 });
      const changes = store.replay(apart);
      expect(living(store).map((p) => p.id)).toEqual([a, b]);
      expect(living(store).map((p) => p.mergedFrom)).toEqual([[], []]);
      expect(causesOf(changes, a)).toEqual(['replay']);
      expect(causesOf(changes, b)).toEqual(['replay']);
      expect(store.payments.get(b)!.version).toBe(3);
      expect(violations(store)).toEqual([]);
    });

    it('joins them again, the same one surviving', () => {
      const store = joined();
      const [survivor] = living(store);
      store.replay(apart);
      store.replay(joins);
      expect(living(store).map((p) => p.id)).toEqual([survivor!.id]);
      expect(violations(store)).toEqual([]);
    });

    it('gives both a version though the snapshot of neither changes', () => {
      const silent = (id: string, ...refs: string[]) =>
        event(id, authorization('pending', null, { refs }));
      const store = delivered(silent('evt_1', 'a:1'), silent('evt_2', 'b:1'));
      store.deliver([silent('evt_3', 'a:1', 'b:1')]);
      const { history } = store.replay(silent('evt_3', 'a:1'));
      expect(history.map((c) => c.version)).toEqual([2, 3]);
    });

    it('gives a part that never was a payment a new id', () => {
      const store = delivered(
        link('evt_1', 'a:1', 'b:1'),
        link('evt_2', 'a:1'),
        link('evt_3', 'b:1'),
      );
      const [{ id } = { id: '' }] = living(store);
      const { history } = store.replay(link('evt_1', 'a:1'));
      expect(ownerOf(store, 'a:1').id).toBe(id);
      expect(ownerOf(store, 'b:1').id).not.toBe(id);
      expect(history).toMatchObject([
        { paymentId: id, version: 2 },
        { paymentId: ownerOf(store, 'b:1').id, version: 1, from: null },
      ]);
    });
  });

  it('revives a tombstone, with a version, by a statement that had no part in the join', () => {
    const store = delivered(
      link('evt_1', 'a:1'),
      link('evt_2', 'b:1'),
      link('evt_3', 'a:1', 'b:1'),
    );
    const [a, b] = [...store.payments.keys()];
    store.replay(event('evt_2'));
    store.replay(link('evt_3', 'a:1'));
    expect(living(store).map((p) => p.id)).toEqual([a]);
    const { history } = store.replay(
      event(
        'evt_1',
        ...['a:1', 'b:1'].map((ref) => authorization('pending', 100, { refs: [ref] })),
      ),
    );
    expect(living(store)).toMatchObject([
      { id: a, mergedFrom: [] },
      { id: b, version: 3 },
    ]);
    expect(history.map((c) => c.paymentId)).toEqual([a, b]);
    expect(violations(store)).toEqual([]);
  });

  it('takes events one after the other that are done again together', () => {
    const joins = link('evt_3', 'a:1', 'b:1');
    const store = delivered(link('evt_1', 'a:1'), link('evt_2', 'b:1'), joins);
    const [a, b] = [...store.payments.keys()];
    const changes = store.replay(link('evt_3', 'b:1'), link('evt_1', 'a:1', 'c:1'));
    expect(partition(store)).toEqual(['a:1 c:1', 'b:1']);
    expect([ownerOf(store, 'c:1').id, ownerOf(store, 'b:1').id]).toEqual([a, b]);
    expect(changes.insertedStatements).toHaveLength(2);
    expect(violations(store)).toEqual([]);
  });

  it('takes out of a chain of tombstones the one in the middle, with what it had taken in', () => {
    const store = delivered(link('evt_1', 'a:1'), link('evt_2', 'b:1'), link('evt_3', 'c:1'));
    const [a, b, c] = ['a:1', 'b:1', 'c:1'].map((ref) => ownerOf(store, ref).id);
    store.deliver([link('evt_4', 'c:1', 'b:1')]);
    store.deliver([link('evt_5', 'b:1', 'a:1')]);
    store.replay(link('evt_5', 'a:1'));
    expect(living(store)).toMatchObject([
      { id: a, mergedFrom: [] },
      { id: b, mergedFrom: [c] },
    ]);
    expect(violations(store)).toEqual([]);
  });

  it('lets a tombstone lead to where its statements went', () => {
    const store = delivered(
      link('evt_1', 'a:1'),
      link('evt_2', 'b:1'),
      link('evt_3', 'c:1'),
      link('evt_4', 'b:1', 'a:1'),
      link('evt_5', 'c:1', 'b:1'),
    );
    const c = [...store.payments.keys()].at(2)!;
    store.replay(link('evt_4', 'a:1'));
    // b and c are one payment still, and no longer that of a.
    expect(partition(store)).toEqual(['a:1', 'b:1 c:1']);
    expect(store.payments.get(c)!.mergedInto).toBe(ownerOf(store, 'b:1').id);
    expect(violations(store)).toEqual([]);
  });

  describe('that leaves a payment without a statement', () => {
    const only = link('evt_1', 'a:1', 'b:1');
    const emptied = () => {
      const store = delivered(only);
      store.replay(event('evt_1'));
      return store;
    };

    it('keeps it, pending and without money, and keeps its refs for it', () => {
      const store = emptied();
      expect(living(store)).toMatchObject([
        { version: 2, projection: { status: 'pending', currency: 'XXX', refs: [] } },
      ]);
      expect(partition(store)).toEqual(['a:1 b:1']);
    });

    it('gives it its id again when the event means again what it did', () => {
      const store = emptied();
      const [{ id } = { id: '' }] = living(store);
      store.replay(only);
      expect(living(store)).toMatchObject([
        { id, version: 3, projection: { refs: ['a:1', 'b:1'] } },
      ]);
    });

    it('gives it to the next statement that has one of its refs', () => {
      const store = emptied();
      const [{ id } = { id: '' }] = living(store);
      store.deliver([link('evt_2', 'b:1')]);
      expect(living(store)).toMatchObject([{ id, version: 3 }]);
      expect(partition(store)).toEqual(['b:1']);
    });

    it('does not connect by it what no statement connects', () => {
      const store = emptied();
      store.deliver([link('evt_2', 'a:1')]);
      store.deliver([link('evt_3', 'b:1')]);
      expect(partition(store)).toEqual(['a:1', 'b:1']);
      expect(living(store)).toHaveLength(2);
      expect(violations(store)).toEqual([]);
    });

    it('does not connect by it what another payment takes in', () => {
      const store = emptied();
      store.deliver([link('evt_2', 'c:1')]);
      store.deliver([link('evt_3', 'c:1', 'a:1')]);
      store.deliver([link('evt_4', 'b:1')]);
      expect(partition(store)).toEqual(['a:1 c:1', 'b:1']);
      expect(violations(store)).toEqual([]);
    });
  });
});

describe('reproject', () => {
  it('makes no version where the fold is what it was', () => {
    const store = delivered(
      link('evt_1', 'a:1'),
      link('evt_2', 'b:1'),
      link('evt_3', 'a:1', 'b:1'),
    );
    expect(store.reproject().history).toEqual([]);
    expect(violations(store)).toEqual([]);
  });

  it('makes a version where the fold is another, and leaves tombstones alone', () => {
    const store = delivered(
      link('evt_1', 'a:1'),
      link('evt_2', 'b:1'),
      link('evt_3', 'a:1', 'b:1'),
    );
    for (const [id, row] of store.payments) {
      const projection = { ...row.projection, amountAuthorized: 1n };
      store.payments.set(id, { ...row, projection });
    }
    const { history } = store.reproject();
    const [survivor] = living(store);
    expect(history).toMatchObject([
      {
        paymentId: survivor!.id,
        cause: 'reprojection',
        webhookEventId: null,
        from: { amountAuthorized: 1n },
        to: { amountAuthorized: 0n },
      },
    ]);
  });
});

describe('what was announced', () => {
  it('goes with a tombstone to the payment that its statements are moved to', () => {
    const store = delivered(
      link('evt_1', 'a:1'),
      event('evt_2', authorization('authorized', 100, { key: 'b', refs: ['b:1'] })),
      link('evt_3', 'a:1', 'b:1'),
      link('evt_4', 'd:1'),
    );
    const announced = () => store.told.filter(({ type }) => type === 'payment.authorized');
    const shipped = announced()[0]!.payment.id;
    // What joined a and b turns out to join b and d: the app has shipped for b already.
    store.replay(link('evt_3', 'b:1', 'd:1'));
    const owner = ownerOf(store, 'b:1');
    expect(owner.mergedFrom).toEqual([shipped]);
    expect(owner).toMatchObject({
      announced: ['authorized'],
      projection: { status: 'authorized' },
    });
    expect(store.told.at(-1)).toMatchObject({ type: 'payment.updated', payment: { id: owner.id } });
    expect(announced()).toHaveLength(1);
  });
});

describe('refKeysOf', () => {
  it('names source and scope with each ref', () => {
    const [s] = ledgerEvent({ ...link('evt_1', 'a:1', 'b:1'), scope: 'live' }, 'event').statements;
    expect(refKeysOf(s!)).toEqual([refKey('shop', 'live', 'a:1'), refKey('shop', 'live', 'b:1')]);
  });
});
