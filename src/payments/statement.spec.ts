import {
  compareBigInt,
  compareBytes,
  compareStatements,
  rankOf,
  statement,
  STATUS_RANKS,
  type PlacedStatement,
  type StatementKind,
} from './statement.js';
import { capture, dispute, place } from './testing/statements.js';

describe('statement', () => {
  it('leaves absent what is not named', () => {
    expect(statement('capture', 'pi_1', 'succeeded', { at: 5, refs: ['pi:1'] })).toEqual({
      kind: 'capture',
      key: 'pi_1',
      status: 'succeeded',
      amount: null,
      currency: null,
      at: 5,
      refs: ['pi:1'],
      groups: [],
      final: false,
      implied: false,
      release: false,
      releaseAmount: null,
      born: 0,
      of: null,
      reference: null,
      failure: null,
    });
  });

  it('keeps all that is named', () => {
    const named = {
      amount: 100n,
      currency: 'EUR',
      at: 5,
      refs: ['pi:1'],
      groups: ['order:1'],
      final: true,
      implied: true,
      release: true,
      releaseAmount: 40n,
      born: 3,
      of: 'pi_0',
      reference: 'order-42',
      failure: { code: 'declined', message: null },
    };
    expect(statement('refund', 're_1', 'pending', named)).toEqual({
      kind: 'refund',
      key: 're_1',
      status: 'pending',
      ...named,
    });
  });
});

describe('rankOf', () => {
  it('is what the law says', () => {
    expect(STATUS_RANKS).toEqual({
      authorization: { pending: 10, failed: 20, authorized: 30, expired: 40, voided: 50 },
      capture: { pending: 10, failed: 20, succeeded: 30, reversed: 40 },
      refund: { pending: 10, succeeded: 20, failed: 30 },
      refund_total: { stated: 10 },
      dispute: { inquiry: 10, open: 20, won: 30, lost: 40 },
      reversal: { succeeded: 20 },
    });
  });

  it.each<[StatementKind, string, number]>([
    ['authorization', 'voided', 50],
    ['capture', 'failed', 20],
    ['refund', 'failed', 30],
  ])('of %s %s is %i', (kind, status, rank) => {
    expect(rankOf({ kind, status })).toBe(rank);
  });

  it('refuses a status of another kind', () => {
    expect(() => rankOf({ kind: 'refund', status: 'voided' })).toThrow('no rank for refund voided');
  });
});

describe('compareStatements', () => {
  const [base] = place([capture('succeeded', 10, { at: 5, eventId: 'evt_5' })]);
  const greater: [string, Partial<PlacedStatement>][] = [
    ['a later time beats all else', { at: 6, status: 'pending', amount: null, eventId: 'a' }],
    ['then a higher rank', { status: 'reversed', amount: null, eventId: 'a' }],
    ['then a greater amount', { amount: 11n, eventId: 'a' }],
    ['then a greater event id', { eventId: 'evt_6' }],
    ['then a longer event id', { eventId: 'evt_50' }],
    ['then a greater ordinal', { ordinal: 1 }],
  ];

  it.each(greater)('%s', (_, difference) => {
    const other = { ...base!, ...difference };
    expect(compareStatements(base!, other)).toBeLessThan(0);
    expect(compareStatements(other, base!)).toBeGreaterThan(0);
  });

  it('puts an amount of zero above none', () => {
    const [none, zero] = place([capture('succeeded', null), capture('succeeded', 0)]);
    expect(compareStatements({ ...none!, eventId: 'z' }, zero!)).toBeLessThan(0);
  });

  it('tells amounts apart that a double cannot', () => {
    const amount = 2n ** 53n;
    const more = { ...base!, amount: amount + 1n, eventId: 'a' };
    expect(compareStatements({ ...base!, amount }, more)).toBeLessThan(0);
  });

  it('is zero for the same statement', () => {
    expect(compareStatements(base!, { ...base! })).toBe(0);
  });

  it('orders a dispute as it goes on, where no times are stated', () => {
    const [lost, inquiry, won, open] = place([
      dispute('lost', 1, { eventId: 'a' }),
      dispute('inquiry', 1, { eventId: 'd' }),
      dispute('won', 1, { eventId: 'b' }),
      dispute('open', 1, { eventId: 'c' }),
    ]);
    expect([lost!, inquiry!, won!, open!].sort(compareStatements)).toEqual([
      inquiry,
      open,
      won,
      lost,
    ]);
  });
});

describe('compareBytes', () => {
  it('orders by UTF-8 bytes, not by locale and not by UTF-16 units', () => {
    const sorted = ['B', 'Z', 'a', 'evt_1', 'evt_10', 'evt_2', 'é', '\uffee', '🎉'];
    expect([...sorted].reverse().sort(compareBytes)).toEqual(sorted);
  });

  it('is zero only for the same string', () => {
    expect(compareBytes('evt_1', 'evt_1')).toBe(0);
    // Both read é, in one code point and in two.
    expect(compareBytes('\u00e9', 'e\u0301')).toBeGreaterThan(0);
  });
});

describe('compareBigInt', () => {
  it.each([
    [1n, 2n, -1],
    [2n, 1n, 1],
    [-1n, 0n, -1],
    [2n ** 64n, 2n ** 64n, 0],
  ])('of %s and %s is %i', (a, b, expected) => {
    expect(compareBigInt(a, b)).toBe(expected);
  });
});
