/**
 * The fold once more, read straight off docs/law.md with no regard for speed and sharing nothing with
 * fold.ts: the judge that the properties ask. It sorts once; after that the last of a list is the
 * greatest.
 */
import { type FoldedPayment, type Flag, type PaymentStatus } from '../fold.js';
import { STATUS_RANKS, type PlacedStatement } from '../statement.js';

type Sum = { total: bigint; unknown: boolean };

/** The order of statements as a tuple, compared from the left. */
export function orderTuple(s: PlacedStatement): (bigint | string)[] {
  const rank = (STATUS_RANKS[s.kind] as Record<string, number>)[s.status]!;
  return [
    BigInt(s.at),
    BigInt(rank),
    s.amount ?? -1n,
    Buffer.from(s.eventId, 'utf8').toString('hex'),
    BigInt(s.ordinal),
  ];
}

export function compareTuples(a: readonly unknown[], b: readonly unknown[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i];
    if ((left as string) < (right as string)) return -1;
    if ((left as string) > (right as string)) return 1;
  }
  return 0;
}

export function plainFold(input: readonly PlacedStatement[]): FoldedPayment {
  const places = new Map(input.map((s) => [JSON.stringify([s.eventId, s.ordinal]), s]));
  const stated = [...places.values()].sort((a, b) => compareTuples(orderTuple(a), orderTuple(b)));

  const somethingCaptured = succeededCaptures(stated).length > 0;
  const all = stated
    .map((s) => (s.kind === 'reversal' ? reversalAs(s, somethingCaptured) : s))
    .sort((a, b) => compareTuples(orderTuple(a), orderTuple(b)));

  const currency = currencyOf(stated);
  const sumOf = (amounts: readonly (PlacedStatement | undefined)[]): Sum => ({
    total: amounts.reduce((t, s) => t + (s?.currency === currency ? s.amount! : 0n), 0n),
    unknown: amounts.some((s) => s?.amount == null),
  });
  const isForeign = (s: PlacedStatement | undefined) =>
    s?.amount != null && s.currency !== currency;

  const authorizations = listsOf(all, 'authorization');
  const captures = countingCaptures(all);
  const captured = captures.filter((l) => last(l).status === 'succeeded');
  const attempted = authorizations.length > 0 || listsOf(all, 'capture').length > 0;
  const nothingTaken = attempted && captured.length === 0;
  const refunds = nothingTaken ? [] : countingRefunds(all);
  const refunded = refunds.filter((l) => last(l).status === 'succeeded');
  const disputes = listsOf(all, 'dispute');
  const open = disputes.filter((l) => last(l).status === 'open');
  const lost = disputes.filter((l) => last(l).status === 'lost');

  const authorizedOnes = authorizations
    .map((list) => ({ list, authorized: list.filter((s) => s.status === 'authorized') }))
    .filter(({ authorized }) => authorized.length > 0)
    .map(({ list, authorized }) => ({ list, amount: amountOf(authorized) }));
  const inForce = authorizedOnes.filter(({ list }) => last(list).status === 'authorized');

  const authorizedSum = sumOf(authorizedOnes.map(({ amount }) => amount));
  const capturedSum = sumOf(captured.map(amountOf));
  const refundSum = sumOf(refunded.map(amountOf));
  const openSum = sumOf(open.map(amountOf));
  const lostSum = sumOf(lost.map(amountOf));

  const residual = nothingTaken
    ? 0n
    : listsOf(all, 'refund_total')
        .map(amountOf)
        .filter((total) => total !== undefined && !isForeign(total))
        .map((total) => {
          const seen = refunds.filter((list) => bornOf(list) <= total!.at);
          const rest = total!.amount! - sumOf(seen.map(amountOf)).total;
          return rest > 0n ? rest : 0n;
        })
        .reduce((a, b) => a + b, 0n);

  const amountCaptured = capturedSum.total;
  const amountAuthorized = authorizedOnes.length > 0 ? authorizedSum.total : amountCaptured;
  const amountRefunded = refundSum.total + residual;
  const allKnown = [...captured, ...refunded].every(
    (l) => amountOf(l) !== undefined && !isForeign(amountOf(l)),
  );
  const someUncounted = refunded.some((l) => !amountOf(l) || isForeign(amountOf(l)));

  const reversed = captures.filter((l) => last(l).status === 'reversed');
  const ends = [...authorizations, ...captures].map(last);
  const end = ends.sort((a, b) => compareTuples(orderTuple(a), orderTuple(b))).at(-1);
  const reversedEnd = ends.filter((s) => s.kind === 'capture' && s.status === 'reversed').at(-1);

  const statusAndCause = (): [PaymentStatus, PlacedStatement?] => {
    if (lost.length > 0) return ['charged_back'];
    if (open.length > 0) return ['disputed'];
    if (captured.length > 0) {
      if (amountRefunded > 0n && amountRefunded >= amountCaptured && allKnown) return ['refunded'];
      if (amountRefunded > 0n || someUncounted) return ['partially_refunded'];
      const holds = sumOf(inForce.map(({ amount }) => amount)).total;
      const rest = inForce.length > 0 && !all.some((s) => s.final) && amountCaptured < holds;
      return [rest ? 'partially_captured' : 'captured'];
    }
    if (reversed.length > 0) return ['failed', reversedEnd];
    if (inForce.length > 0) return ['authorized'];
    if (end?.status === 'pending') return ['pending'];
    if (end?.status === 'failed') return ['failed', end];
    if (end?.status === 'voided') return ['canceled'];
    if (end?.status === 'expired') return ['expired'];
    return [refunded.length > 0 || residual > 0n ? 'partially_refunded' : 'pending'];
  };
  const [status, cause] = statusAndCause();

  const everyFact = (['authorization', 'capture', 'refund', 'refund_total', 'dispute'] as const)
    .flatMap((kind) => listsOf(all, kind))
    .map(amountOf);
  const needsParent =
    listsOf(all, 'refund').length > 0 ||
    listsOf(all, 'refund_total').length > 0 ||
    disputes.some((l) => last(l).status !== 'inquiry');
  const raised: Record<Flag, boolean> = {
    amount_unknown: [authorizedSum, capturedSum, refundSum, openSum, lostSum].some(
      (s) => s.unknown,
    ),
    captured_over_authorized:
      authorizedOnes.some(({ amount }) => amount !== undefined && !isForeign(amount)) &&
      amountCaptured > amountAuthorized,
    currency_mismatch: [...everyFact, ...authorizedOnes.map(({ amount }) => amount)].some(
      isForeign,
    ),
    missing_parent: needsParent && !attempted,
    refunded_over_captured: captured.length > 0 && amountRefunded > amountCaptured,
  };

  const times = stated.map((s) => s.at).filter((at) => at > 0);
  return {
    status,
    currency,
    amountAuthorized,
    amountCaptured,
    amountRefunded,
    amountDisputed: openSum.total,
    amountChargedBack: lostSum.total,
    reference: referenceOf(stated),
    failure: status === 'failed' ? (cause?.failure ?? null) : null,
    flags: (Object.keys(raised) as Flag[]).filter((flag) => raised[flag]).sort(),
    refs: sortedUnion(stated.flatMap((s) => s.refs)),
    groups: sortedUnion(stated.flatMap((s) => s.groups)),
    occurredAt: times.length > 0 ? Math.min(...times) : 0,
  };
}

function last<T>(list: readonly T[]): T {
  return list.at(-1)!;
}

/** The statements of each key of a kind, in their order. */
function listsOf(sorted: readonly PlacedStatement[], kind: PlacedStatement['kind']) {
  const keys = new Set(sorted.filter((s) => s.kind === kind).map((s) => s.key));
  return [...keys].map((key) => sorted.filter((s) => s.kind === kind && s.key === key));
}

/** The greatest statement that has an amount. */
function amountOf(list: readonly PlacedStatement[]): PlacedStatement | undefined {
  return list.filter((s) => s.amount !== null).at(-1);
}

function countingCaptures(sorted: readonly PlacedStatement[]): PlacedStatement[][] {
  const captures = listsOf(sorted, 'capture');
  const explicit = captures.filter((l) => !last(l).implied);
  return explicit.some((l) => last(l).status !== 'pending') ? explicit : captures;
}

function succeededCaptures(sorted: readonly PlacedStatement[]): PlacedStatement[][] {
  return countingCaptures(sorted).filter((l) => last(l).status === 'succeeded');
}

function countingRefunds(sorted: readonly PlacedStatement[]): PlacedStatement[][] {
  const refunds = listsOf(sorted, 'refund').filter((l) => !last(l).release);
  const r = sorted.filter((s) => s.kind === 'capture' && s.releaseAmount !== null).at(-1);
  if (r === undefined || r.releaseAmount! <= 0n) return refunds;
  const matching = refunds.filter((l) => amountOf(l)?.amount === r.releaseAmount);
  const rank = (l: PlacedStatement[]) => [
    BigInt(bornOf(l)),
    Buffer.from(last(l).key).toString('hex'),
  ];
  const release = matching.sort((a, b) => compareTuples(rank(a), rank(b))).at(0);
  return refunds.filter((l) => l !== release);
}

function bornOf(list: readonly PlacedStatement[]): number {
  const births = list.map((s) => s.born).filter((born) => born > 0);
  return births.length > 0 ? Math.min(...births) : 0;
}

function reversalAs(s: PlacedStatement, captured: boolean): PlacedStatement {
  if (captured) return { ...s, kind: 'refund', status: 'succeeded' };
  const key = s.of ?? s.key;
  return { ...s, kind: 'authorization', key, status: 'voided', amount: null, currency: null };
}

function currencyOf(stated: readonly PlacedStatement[]): string {
  const kinds = ['capture', 'authorization', 'refund', 'dispute'];
  const kindOf = (s: PlacedStatement) =>
    s.kind === 'refund_total' || s.kind === 'reversal' ? 'refund' : s.kind;
  const tuple = (s: PlacedStatement) => [
    s.currency === 'XXX' ? 1n : 0n,
    BigInt(kinds.indexOf(kindOf(s))),
    BigInt(s.at),
    Buffer.from(s.eventId).toString('hex'),
    BigInt(s.ordinal),
  ];
  const least = stated
    .filter((s) => s.amount !== null)
    .sort((a, b) => compareTuples(tuple(a), tuple(b)))
    .at(0);
  return least?.currency ?? 'XXX';
}

function referenceOf(stated: readonly PlacedStatement[]): string | null {
  const tuple = (s: PlacedStatement) => [
    BigInt(s.at),
    Buffer.from(s.eventId).toString('hex'),
    BigInt(s.ordinal),
  ];
  const greatestOf = (kind: PlacedStatement['kind']) =>
    stated
      .filter((s) => s.kind === kind && s.reference !== null)
      .sort((a, b) => compareTuples(tuple(a), tuple(b)))
      .at(-1);
  return (greatestOf('authorization') ?? greatestOf('capture'))?.reference ?? null;
}

function sortedUnion(values: readonly string[]): string[] {
  return [...new Set(values)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
