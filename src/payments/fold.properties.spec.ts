import fc from 'fast-check';
import { FLAGS, fold, currentStatements, PAYMENT_STATUSES } from './fold.js';
import { compareStatements, statement, type PlacedStatement } from './statement.js';
import { placedStatementsArb, redeliveredArb, runs } from './testing/arbitraries.js';
import { compareTuples, orderTuple, plainFold } from './testing/plain-fold.js';

const AMOUNTS = [
  'amountAuthorized',
  'amountCaptured',
  'amountRefunded',
  'amountDisputed',
  'amountChargedBack',
] as const;

const redeliveries = placedStatementsArb.chain((statements) =>
  fc.record({ statements: fc.constant(statements), delivered: redeliveredArb(statements) }),
);

describe('fold, for any statements', () => {
  it('is the same in every order and with any repetition', () => {
    fc.assert(
      fc.property(redeliveries, ({ statements, delivered }) => {
        expect(fold(delivered)).toEqual(fold(statements));
      }),
      runs(400),
    );
  });

  it('agrees with a plain reading of the law', () => {
    fc.assert(
      fc.property(placedStatementsArb, (statements) => {
        expect(fold(statements)).toEqual(plainFold(statements));
      }),
      runs(1500),
    );
  });

  it('does not look at who else was in the event or the batch', () => {
    const grouped = placedStatementsArb.chain((statements) =>
      fc.record({
        statements: fc.constant(statements),
        eventIds: fc.array(fc.nat(2), {
          minLength: statements.length,
          maxLength: statements.length,
        }),
      }),
    );
    fc.assert(
      fc.property(grouped, ({ statements, eventIds }) => {
        // Without ties the place of a statement decides nothing, so it may be said by any event.
        const apart = statements.map((s, i) => ({ ...s, at: i + 1 }));
        const regrouped = apart.map((s, i) => ({ ...s, eventId: `g${eventIds[i]}`, ordinal: i }));
        expect(fold(regrouped)).toEqual(fold(apart));
      }),
      runs(300),
    );
  });

  it('never states a negative amount, and only known statuses and flags, sorted', () => {
    fc.assert(
      fc.property(placedStatementsArb, (statements) => {
        const folded = fold(statements);
        for (const name of AMOUNTS) expect(folded[name]).toBeGreaterThanOrEqual(0n);
        expect(PAYMENT_STATUSES).toContain(folded.status);
        expect(folded.flags).toEqual(FLAGS.filter((flag) => folded.flags.includes(flag)));
        expect(folded.failure === null || folded.status === 'failed').toBe(true);
      }),
      runs(300),
    );
  });

  it('never says that money came in unless a capture succeeded', () => {
    fc.assert(
      fc.property(placedStatementsArb, (statements) => {
        const { status, amountCaptured } = fold(
          statements.filter((s) => !(s.kind === 'capture' && s.status === 'succeeded')),
        );
        expect(amountCaptured).toBe(0n);
        expect(['captured', 'partially_captured', 'refunded']).not.toContain(status);
      }),
      runs(300),
    );
  });

  it('keeps its status when only a flag is raised', () => {
    // An inquiry moves no money; in XXX it is the last to decide the currency.
    const inquiry = {
      ...statement('dispute', 'dp_foreign', 'inquiry', {
        at: 9,
        refs: ['pi:1'],
        amount: 5n,
        currency: 'XXX',
      }),
      eventId: 'evt_foreign',
      ordinal: 0,
    };
    let raised = 0;
    fc.assert(
      fc.property(placedStatementsArb, (statements) => {
        const before = fold(statements);
        const after = fold([...statements, inquiry]);
        expect(after.status).toBe(before.status);
        for (const name of AMOUNTS) expect(after[name]).toBe(before[name]);
        if (after.flags.length > before.flags.length) raised += 1;
      }),
      runs(300),
    );
    expect(raised).toBeGreaterThan(30);
  });

  it('does not look at a dispute as it was before it was decided', () => {
    let stale = 0;
    fc.assert(
      fc.property(placedStatementsArb, (statements) => {
        const decided = [...currentStatements(statements)].filter(
          (s) => s.kind === 'dispute' && s.at > 0 && s.status !== 'open',
        );
        const opened = decided.map((s) => ({
          ...s,
          status: 'open',
          at: s.at - 1,
          eventId: 'evt_0',
        }));
        const silent = opened.map((s) => ({ ...s, amount: null, currency: null }));
        expect(fold([...statements, ...silent]).status).toBe(fold(statements).status);
        stale += silent.length;
      }),
      runs(300),
    );
    expect(stale).toBeGreaterThan(15);
  });
});

describe('currentStatements', () => {
  it('is the maximum of each kind and key', () => {
    fc.assert(
      fc.property(redeliveries, ({ statements, delivered }) => {
        const current = currentStatements(delivered);
        for (const s of statements) {
          const rivals = statements.filter((r) => r.kind === s.kind && r.key === s.key);
          const isGreatest = rivals.every((r) => compareTuples(orderTuple(r), orderTuple(s)) <= 0);
          expect(current.has(s)).toBe(isGreatest);
        }
      }),
      runs(300),
    );
  });
});

describe('compareStatements', () => {
  const trios = placedStatementsArb.filter((statements) => statements.length >= 3);

  it('is a total order: antisymmetric, transitive, and equal only to itself', () => {
    fc.assert(
      fc.property(trios, (statements) => {
        const less = (a: PlacedStatement, b: PlacedStatement) => compareStatements(a, b) < 0;
        const wrong = statements.flatMap((a) =>
          statements.filter(
            (b) =>
              (compareStatements(a, b) === 0) !== (a === b) ||
              (less(a, b) && less(b, a)) ||
              (a !== b && !less(a, b) && !less(b, a)) ||
              statements.some((c) => less(a, b) && less(b, c) && !less(a, c)),
          ),
        );
        expect(wrong).toEqual([]);
      }),
      runs(200),
    );
  });

  it('compares time, rank, amount, event id by bytes, ordinal', () => {
    fc.assert(
      fc.property(placedStatementsArb, (statements) => {
        const byComparator = [...statements].sort(compareStatements);
        const byTuple = [...statements].sort((a, b) => compareTuples(orderTuple(a), orderTuple(b)));
        expect(byComparator).toEqual(byTuple);
      }),
      runs(300),
    );
  });
});

describe('the statements made for these properties', () => {
  /** Each shape and how often, in a thousand sets of statements, it must at least occur. */
  const SHAPES: Record<string, [number, (statements: readonly PlacedStatement[]) => boolean]> = {
    'equal times of one fact': [200, (l) => rivals(l).some(([a, b]) => a.at === b.at)],
    'equal ranks and times of one fact': [
      60,
      (l) => rivals(l).some(([a, b]) => a.at === b.at && a.status === b.status),
    ],
    'equal amounts, ranks and times of one fact': [
      8,
      (l) =>
        rivals(l).some(([a, b]) => a.at === b.at && a.status === b.status && a.amount === b.amount),
    ],
    'no amount': [300, (l) => l.some((s) => s.amount === null)],
    'an amount of zero': [300, (l) => l.some((s) => s.amount === 0n)],
    'the greatest amount twice': [
      60,
      (l) => l.filter((s) => s.amount === 2n ** 53n - 1n).length > 1,
    ],
    'two currencies': [250, (l) => has(l, 'EUR') && has(l, 'USD')],
    XXX: [250, (l) => has(l, 'XXX')],
    'a release': [150, (l) => l.some((s) => s.release)],
    'a release that only the capture states': [
      10,
      (l) =>
        l.some(
          (s) =>
            s.releaseAmount !== null &&
            l.some(
              (r) =>
                r.kind === 'refund' &&
                !r.release &&
                r.amount === s.releaseAmount &&
                r.amount !== 0n,
            ),
        ),
    ],
    'a total with a refund': [100, (l) => kinds(l, 'refund_total', 'refund')],
    'a reversal with a capture': [60, (l) => kinds(l, 'reversal', 'capture')],
    'a reversal without a capture': [20, (l) => kinds(l, 'reversal') && !kinds(l, 'capture')],
    'implied and explicit captures': [
      100,
      (l) => l.some((s) => s.implied) && l.some((s) => s.kind === 'capture' && !s.implied),
    ],
    'a statement with two refs': [400, (l) => l.some((s) => s.refs.length === 2)],
    'several statements of one event': [300, (l) => l.some((s) => s.ordinal > 0)],
  };
  const STATUS_AT_LEAST = 10;

  it('have every shape and reach every status and flag often', () => {
    const sets = fc.sample(placedStatementsArb, { numRuns: 1000, seed: 1 });
    const rare = Object.entries(SHAPES)
      .map(([name, [least, test]]) => ({ name, least, found: sets.filter(test).length }))
      .filter(({ least, found }) => found < least);
    expect(rare).toEqual([]);
    const folded = sets.map(fold);
    const rareStatuses = PAYMENT_STATUSES.filter(
      (status) => folded.filter((f) => f.status === status).length < STATUS_AT_LEAST,
    );
    const rareFlags = FLAGS.filter(
      (flag) => folded.filter((f) => f.flags.includes(flag)).length < STATUS_AT_LEAST,
    );
    expect([...rareStatuses, ...rareFlags]).toEqual([]);
  });

  function rivals(list: readonly PlacedStatement[]): [PlacedStatement, PlacedStatement][] {
    return list.flatMap((a, i) =>
      list
        .slice(i + 1)
        .filter((b) => a.kind === b.kind && a.key === b.key)
        .map((b): [PlacedStatement, PlacedStatement] => [a, b]),
    );
  }

  function has(list: readonly PlacedStatement[], currency: string): boolean {
    return list.some((s) => s.currency === currency);
  }

  function kinds(list: readonly PlacedStatement[], ...wanted: PlacedStatement['kind'][]): boolean {
    return wanted.every((kind) => list.some((s) => s.kind === kind));
  }
});
