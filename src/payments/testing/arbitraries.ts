/**
 * fast-check arbitraries of statements. Their pools are small on purpose: equal times, keys, amounts
 * and refs must meet often, or the properties pass without having said anything.
 */
import fc from 'fast-check';
import {
  STATUS_RANKS,
  type Failure,
  type PlacedStatement,
  type Statement,
  type StatementKind,
} from '../statement.js';
import { type EventSpec } from './memory-store.js';

/** Runs of one property: `FC_RUNS=20000` hunts longer. */
export function runs(usual: number): fc.Parameters<unknown> {
  return { numRuns: Math.max(usual, Number(process.env.FC_RUNS ?? 0)) };
}

/** Ids whose order by UTF-8 bytes differs from that by UTF-16 units, by length or by locale. */
export const EVENT_IDS = ['evt_1', 'evt_10', 'evt_Z', 'evt_b', 'évt', '\uffeevt', '🎉evt'] as const;

export const REFS = ['pi:1', 'pi:2', 'ch:1', 'ch:2', 're:1', 'dp:1'] as const;

const KEYS: Record<StatementKind, readonly string[]> = {
  authorization: ['pi_1', 'pi_2'],
  capture: ['pi_1', 'cpt_2', 'implied:pi_1'],
  refund: ['re_1', 're_2', 'psp_2'],
  refund_total: ['ch_1', 'ch_2'],
  dispute: ['dp_1', 'dp_2'],
  reversal: ['psp_2'],
};

/** Statuses that let the others matter. */
const OFTEN: Record<StatementKind, readonly string[]> = {
  authorization: ['authorized', 'authorized', 'authorized'],
  capture: ['succeeded', 'succeeded', 'succeeded'],
  refund: ['succeeded'],
  refund_total: [],
  dispute: ['won'],
  reversal: [],
};

const KINDS: readonly fc.WeightedArbitrary<StatementKind>[] = [
  { weight: 4, arbitrary: fc.constant('authorization') },
  { weight: 5, arbitrary: fc.constant('capture') },
  { weight: 5, arbitrary: fc.constant('refund') },
  { weight: 2, arbitrary: fc.constant('refund_total') },
  { weight: 1, arbitrary: fc.constant('dispute') },
  { weight: 1, arbitrary: fc.constant('reversal') },
];

const MOST = 2n ** 53n - 1n;

const moneyArb: fc.Arbitrary<Pick<Statement, 'amount' | 'currency'>> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ amount: null, currency: null }) },
  {
    weight: 5,
    arbitrary: fc.record({
      amount: fc.constantFrom(0n, 10n, 10n, 20n, 30n, 40n, MOST),
      currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'USD', 'XXX'),
    }),
  },
);

const timeArb = fc.constantFrom(0, 0, 1, 1, 2, 3);

const failureArb: fc.Arbitrary<Failure | null> = fc.constantFrom(
  null,
  { code: 'card_declined', message: null },
  { code: null, message: 'late failure' },
);

function oftenNull<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(arbitrary, { freq: 2 });
}

/** Any statement that a normaliser may make; `refs` is overridden where refs matter. */
export function statementArb(refs: readonly string[] = REFS): fc.Arbitrary<Statement> {
  return fc.oneof(...KINDS).chain((kind) =>
    fc
      .record({
        key: fc.constantFrom(...KEYS[kind]),
        status: fc.constantFrom(...Object.keys(STATUS_RANKS[kind]), ...OFTEN[kind]),
        money: moneyArb,
        at: timeArb,
        refs: fc.uniqueArray(fc.constantFrom(...refs), { minLength: 1, maxLength: 2 }),
        groups: fc.uniqueArray(fc.constantFrom('order:1', 'order:2'), { maxLength: 2 }),
        final: fc.constantFrom(false, false, false, false, false, true),
        release: fc.constantFrom(false, false, false, true),
        releaseAmount: oftenNull(fc.constantFrom(0n, 10n, 20n)),
        born: timeArb,
        of: oftenNull(fc.constantFrom('pi_1', 'pi_2')),
        reference: oftenNull(fc.constantFrom('order-1', 'order-2')),
        failure: failureArb,
      })
      .map(({ money, ...s }): Statement => ({
        ...s,
        ...money,
        kind,
        implied: s.key.startsWith('implied:'),
        release: kind === 'refund' && s.release,
        releaseAmount: kind === 'capture' ? s.releaseAmount : null,
        born: kind === 'refund' ? s.born : 0,
        of: kind === 'reversal' ? s.of : null,
        final: kind === 'capture' && s.final,
        failure: s.status === 'failed' || s.status === 'reversed' ? s.failure : null,
      })),
  );
}

/** Statements of one payment, each in a place of its own. */
export const placedStatementsArb: fc.Arbitrary<PlacedStatement[]> = fc
  .array(fc.record({ s: statementArb(), eventId: fc.constantFrom(...EVENT_IDS) }), {
    minLength: 1,
    maxLength: 9,
  })
  .map((list) => {
    const ordinals = new Map<string, number>();
    return list.map(({ s, eventId }) => {
      const ordinal = ordinals.get(eventId) ?? 0;
      ordinals.set(eventId, ordinal + 1);
      return { ...s, eventId, ordinal };
    });
  });

/** The same things in another order, some of them again: indices into the list, all at least once. */
export function redeliveredArb<T>(items: readonly T[]): fc.Arbitrary<T[]> {
  const once = fc.shuffledSubarray([...items], { minLength: items.length });
  const again = fc.array(fc.record({ item: fc.constantFrom(...items), at: fc.nat() }), {
    maxLength: 4,
  });
  return fc.tuple(once, again).map(([order, repeated]) => {
    const delivered = [...order];
    for (const { item, at } of repeated) delivered.splice(at % (delivered.length + 1), 0, item);
    return delivered;
  });
}

/** Events of two sources; the second states account and mode with each of its events. */
export function eventSpecArb(statements = statementsOfEventArb): fc.Arbitrary<EventSpec> {
  const shop = fc.record({
    source: fc.constant('shop'),
    scope: fc.constant(''),
    account: fc.constantFrom(null, null, 'acct_1', 'acct_2'),
    livemode: fc.constantFrom(null, true, false),
  });
  const scoped = fc.constantFrom(true, false).map((livemode) => ({
    source: 'market',
    scope: livemode ? 'live' : 'test',
    account: 'acct_1',
    livemode,
  }));
  return fc
    .record({
      place: fc.oneof({ weight: 6, arbitrary: shop }, { weight: 1, arbitrary: scoped }),
      statements,
    })
    .map(({ place, statements }) => ({ ...place, eventId: '', statements }));
}

/** Mostly one statement, sometimes two or none. */
export const statementsOfEventArb: fc.Arbitrary<Statement[]> = fc.oneof(
  { weight: 6, arbitrary: fc.array(statementArb(), { minLength: 1, maxLength: 1 }) },
  { weight: 3, arbitrary: fc.array(statementArb(), { minLength: 2, maxLength: 3 }) },
);

/** Events with ids of their own: what a provider sends in the course of some payments. */
export function eventSpecsArb(maxLength = 10): fc.Arbitrary<EventSpec[]> {
  return fc
    .array(eventSpecArb(), { minLength: 1, maxLength })
    .map((specs) => specs.map((spec, i) => ({ ...spec, eventId: `evt_${i + 1}` })));
}

/** A list cut into batches of any sizes. */
export function batchesArb<T>(items: readonly T[]): fc.Arbitrary<T[][]> {
  return fc
    .array(fc.boolean(), { minLength: items.length, maxLength: items.length })
    .map((cuts) => {
      const batches: T[][] = [[]];
      items.forEach((item, i) => {
        if (cuts[i] && batches.at(-1)!.length > 0) batches.push([]);
        batches.at(-1)!.push(item);
      });
      return batches;
    });
}
