/**
 * Short builders of statements for tests. Amounts are minor units of EUR unless another currency is
 * named; times are small numbers, in milliseconds.
 */
import { statement, type PlacedStatement, type Statement, type StatusOf } from '../statement.js';

export type Said = Statement & { readonly eventId?: string };

export type Details = Partial<
  Omit<Statement, 'kind' | 'key' | 'status' | 'amount' | 'releaseAmount'>
> & {
  key?: string;
  /** One that says more than one thing; by default every statement is an event of its own. */
  eventId?: string;
  releaseAmount?: number;
};

type Money = number | bigint | null;

function said<K extends Statement['kind']>(
  kind: K,
  key: string,
  status: StatusOf<K>,
  amount: Money,
  { key: otherKey, eventId, releaseAmount, ...rest }: Details,
): Said {
  const money = amount === null ? {} : { amount: BigInt(amount), currency: rest.currency ?? 'EUR' };
  const built = statement(kind, otherKey ?? key, status, {
    at: 0,
    refs: ['pi:1'],
    ...rest,
    currency: null,
    ...money,
    releaseAmount: releaseAmount === undefined ? null : BigInt(releaseAmount),
  });
  return eventId === undefined ? built : { ...built, eventId };
}

export const authorization = (
  status: StatusOf<'authorization'>,
  amount: Money,
  details: Details = {},
): Said => said('authorization', 'pi_1', status, amount, details);

export const capture = (status: StatusOf<'capture'>, amount: Money, details: Details = {}): Said =>
  said('capture', 'pi_1', status, amount, details);

export const refund = (status: StatusOf<'refund'>, amount: Money, details: Details = {}): Said =>
  said('refund', 're_1', status, amount, { born: details.at ?? 0, ...details });

export const refundTotal = (amount: Money, details: Details = {}): Said =>
  said('refund_total', 'ch_1', 'stated', amount, details);

export const dispute = (status: StatusOf<'dispute'>, amount: Money, details: Details = {}): Said =>
  said('dispute', 'dp_1', status, amount, details);

export const reversal = (amount: Money, details: Details = {}): Said =>
  said('reversal', 'psp_2', 'succeeded', amount, { of: 'pi_1', ...details });

/** Gives each statement its place: an event of its own, or the next ordinal of the event it names. */
export function place(statements: readonly Said[]): PlacedStatement[] {
  const ordinals = new Map<string, number>();
  return statements.map((s, index) => {
    const eventId = s.eventId ?? `evt_${index + 1}`;
    const ordinal = ordinals.get(eventId) ?? 0;
    ordinals.set(eventId, ordinal + 1);
    return { ...s, eventId, ordinal };
  });
}
