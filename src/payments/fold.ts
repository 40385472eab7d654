/**
 * The fold: a payment as a pure function of the *set* of its statements. Order, repetition and
 * grouping of the input change nothing. The law it obeys is written in docs/law.md, section "Fold".
 */
import {
  compareBigInt,
  compareBytes,
  compareStatements,
  type Failure,
  type PlacedStatement,
  type StatementKind,
} from './statement.js';

export const PAYMENT_STATUSES = [
  'pending',
  'authorized',
  'partially_captured',
  'captured',
  'partially_refunded',
  'refunded',
  'failed',
  'canceled',
  'expired',
  'disputed',
  'charged_back',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** Observations. They never refuse an event and never change a status. */
export const FLAGS = [
  'amount_unknown',
  'captured_over_authorized',
  'currency_mismatch',
  'missing_parent',
  'refunded_over_captured',
] as const;
export type Flag = (typeof FLAGS)[number];

/** What people see of a payment's money; a change of any of these makes a version. */
export interface Snapshot {
  readonly status: PaymentStatus;
  /** ISO 4217; XXX while nobody has stated an amount. */
  readonly currency: string;
  /** This and the other amounts: minor units of `currency`; sums, so of any size. */
  readonly amountAuthorized: bigint;
  readonly amountCaptured: bigint;
  readonly amountRefunded: bigint;
  readonly amountDisputed: bigint;
  readonly amountChargedBack: bigint;
  readonly reference: string | null;
  readonly failure: Failure | null;
  /** Sorted. */
  readonly flags: readonly Flag[];
}

/** The whole fold: the snapshot, and what changes without making a version. */
export interface FoldedPayment extends Snapshot {
  /** Sorted by UTF-8 bytes, like `groups`. */
  readonly refs: readonly string[];
  readonly groups: readonly string[];
  /** The least time stated, in milliseconds since the epoch; 0 if none states one. */
  readonly occurredAt: number;
}

/** All statements of one (kind, key), reduced to what is current. */
interface Fact {
  readonly kind: StatementKind;
  readonly key: string;
  readonly statements: readonly PlacedStatement[];
  /** The greatest statement: its status is the fact's. */
  readonly latest: PlacedStatement;
  /** The greatest statement that has an amount. */
  readonly amount: PlacedStatement | null;
}

/** A fact that can be summed in the payment's currency, else why not. */
type Summand = bigint | 'unknown' | 'other_currency';

const CURRENCY_PRECEDENCE: Record<StatementKind, number> = {
  capture: 0,
  authorization: 1,
  refund: 2,
  refund_total: 2,
  reversal: 2,
  dispute: 3,
};

/** Folds the statements of one payment; at least one. */
export function fold(statements: readonly PlacedStatement[]): FoldedPayment {
  const facts = factsOf(resolveReversals(statements));
  const currency = currencyOf(statements);
  const summand = (s: PlacedStatement | null): Summand =>
    s?.amount == null ? 'unknown' : s.currency === currency ? s.amount : 'other_currency';

  const authorizations = facts.filter((f) => f.kind === 'authorization');
  const captures = countingCaptures(facts);
  const disputes = facts.filter((f) => f.kind === 'dispute');

  const succeededCaptures = withStatus(captures, 'succeeded');
  const captured = succeededCaptures.length > 0;
  // Where nothing was taken, what the provider calls a refund is a release of the authorization.
  const nothingTaken = authorizations.length + captures.length > 0 && !captured;
  const refunds = nothingTaken ? [] : countingRefunds(facts);

  const authorizedAmounts = authorizations.flatMap((f) => {
    const authorized = f.statements.filter((s) => s.status === 'authorized');
    return authorized.length > 0 ? [{ fact: f, amount: summand(greatestAmount(authorized)) }] : [];
  });
  const inForce = authorizedAmounts.filter(({ fact }) => fact.latest.status === 'authorized');
  const succeededRefunds = withStatus(refunds, 'succeeded');
  const openDisputes = withStatus(disputes, 'open');
  const lostDisputes = withStatus(disputes, 'lost');

  const amountsOf = (list: readonly Fact[]) => list.map((f) => summand(f.amount));
  const captureAmounts = amountsOf(succeededCaptures);
  const refundAmounts = amountsOf(succeededRefunds);
  const openAmounts = amountsOf(openDisputes);
  const lostAmounts = amountsOf(lostDisputes);

  const amountCaptured = sum(captureAmounts);
  const amountAuthorized = authorizedAmounts.length
    ? sum(authorizedAmounts.map(({ amount }) => amount))
    : amountCaptured;
  const residual = nothingTaken ? 0n : residualOfTotals(facts, refunds, currency);
  const amountRefunded = sum(refundAmounts) + residual;

  const { status, decidedBy } = decide({
    authorizations,
    captures,
    captured,
    lost: lostDisputes.length > 0,
    open: openDisputes.length > 0,
    refundedAll:
      amountRefunded >= amountCaptured && [...captureAmounts, ...refundAmounts].every(isKnown),
    refundedSome:
      amountRefunded > 0n || (succeededRefunds.length > 0 && !refundAmounts.every(isKnown)),
    refundWithoutPayment: succeededRefunds.length > 0 || residual > 0n,
    amountCaptured,
    amountInForce: inForce.length > 0 ? sum(inForce.map(({ amount }) => amount)) : null,
    final: statements.some((s) => s.final),
    amountRefunded,
  });

  const flags: Flag[] = [];
  const summed = [
    ...authorizedAmounts.map(({ amount }) => amount),
    ...captureAmounts,
    ...refundAmounts,
    ...openAmounts,
    ...lostAmounts,
  ];
  if (summed.includes('unknown')) flags.push('amount_unknown');
  const authorizedKnown = authorizedAmounts.some(({ amount }) => isKnown(amount));
  if (authorizedKnown && amountCaptured > amountAuthorized) flags.push('captured_over_authorized');
  const stated = facts.filter((f) => f.amount !== null).map((f) => summand(f.amount));
  if ([...summed, ...stated].includes('other_currency')) flags.push('currency_mismatch');
  const needsParent = facts.some(
    (f) =>
      f.kind === 'refund' ||
      f.kind === 'refund_total' ||
      (f.kind === 'dispute' && f.latest.status !== 'inquiry'),
  );
  const hasParent = facts.some((f) => f.kind === 'authorization' || f.kind === 'capture');
  if (needsParent && !hasParent) flags.push('missing_parent');
  if (captured && amountRefunded > amountCaptured) flags.push('refunded_over_captured');

  return {
    status,
    currency,
    amountAuthorized,
    amountCaptured,
    amountRefunded,
    amountDisputed: sum(openAmounts),
    amountChargedBack: sum(lostAmounts),
    reference: referenceOf(statements),
    failure: status === 'failed' ? (decidedBy?.failure ?? null) : null,
    flags,
    refs: union(statements.map((s) => s.refs)),
    groups: union(statements.map((s) => s.groups)),
    occurredAt: statements.reduce(
      (least, s) => (s.at > 0 && (least === 0 || s.at < least) ? s.at : least),
      0,
    ),
  };
}

/** The current statement of each (kind, key): the greatest. Keyed by `kind key`. */
export function currentStatements<S extends PlacedStatement>(statements: readonly S[]): Set<S> {
  const current = new Map<string, S>();
  for (const s of statements) {
    const id = `${s.kind} ${s.key}`;
    const known = current.get(id);
    if (!known || compareStatements(known, s) < 0) current.set(id, s);
  }
  return new Set(current.values());
}

/** A cancel-or-refund is a refund where any capture succeeded, else the void of what it names. */
function resolveReversals(statements: readonly PlacedStatement[]): readonly PlacedStatement[] {
  if (!statements.some((s) => s.kind === 'reversal')) return statements;
  const captured = withStatus(countingCaptures(factsOf(statements)), 'succeeded').length > 0;
  return statements.map((s) => {
    if (s.kind !== 'reversal') return s;
    return captured
      ? { ...s, kind: 'refund' as const, status: 'succeeded' }
      : // The void of an authorization states no amount: what was authorized stays as it was stated.
        {
          ...s,
          kind: 'authorization' as const,
          key: s.of ?? s.key,
          status: 'voided',
          amount: null,
          currency: null,
        };
  });
}

function factsOf(statements: readonly PlacedStatement[]): Fact[] {
  const byKey = new Map<string, PlacedStatement[]>();
  for (const s of statements) {
    const id = `${s.kind} ${s.key}`;
    const list = byKey.get(id);
    if (list) list.push(s);
    else byKey.set(id, [s]);
  }
  return [...byKey.values()].map((list) => {
    const latest = greatest(list)!;
    return {
      kind: latest.kind,
      key: latest.key,
      statements: list,
      latest,
      amount: greatestAmount(list),
    };
  });
}

/** The explicit captures as soon as one of them is beyond pending, else the implied ones too. */
function countingCaptures(facts: readonly Fact[]): Fact[] {
  const captures = facts.filter((f) => f.kind === 'capture');
  const explicit = captures.filter((f) => !f.latest.implied);
  return explicit.some((f) => f.latest.status !== 'pending') ? explicit : captures;
}

/** The refunds that gave money back: neither marked as a release nor matching the capture's release. */
function countingRefunds(facts: readonly Fact[]): Fact[] {
  const refunds = facts.filter((f) => f.kind === 'refund' && !f.latest.release);
  const stating = facts
    .filter((f) => f.kind === 'capture')
    .flatMap((f) => f.statements.filter((s) => s.releaseAmount !== null));
  const released = greatest(stating)?.releaseAmount ?? 0n;
  if (released <= 0n) return refunds;
  const [release] = refunds
    .filter((f) => f.amount?.amount === released)
    .sort((a, b) => bornOf(a) - bornOf(b) || compareBytes(a.key, b.key));
  return refunds.filter((f) => f !== release);
}

/** What a stated total of refunds holds beyond the refunds known by themselves at its time. */
function residualOfTotals(
  facts: readonly Fact[],
  refunds: readonly Fact[],
  currency: string,
): bigint {
  let residual = 0n;
  for (const total of facts.filter((f) => f.kind === 'refund_total')) {
    const stated = total.amount;
    if (stated?.amount == null || stated.currency !== currency) continue;
    // Pending and failed refunds are subtracted too: they are known, and are counted by themselves.
    const known = refunds
      .filter((f) => bornOf(f) <= stated.at && f.amount?.currency === currency)
      .reduce((all, f) => all + (f.amount?.amount ?? 0n), 0n);
    if (stated.amount > known) residual += stated.amount - known;
  }
  return residual;
}

/** The currency of the least statement with an amount; a stated one before XXX, a capture first. */
function currencyOf(statements: readonly PlacedStatement[]): string {
  let least: PlacedStatement | null = null;
  for (const s of statements) {
    if (s.amount !== null && (least === null || compareForCurrency(s, least) < 0)) least = s;
  }
  return least?.currency ?? 'XXX';
}

function compareForCurrency(a: PlacedStatement, b: PlacedStatement): number {
  return (
    Number(a.currency === 'XXX') - Number(b.currency === 'XXX') ||
    CURRENCY_PRECEDENCE[a.kind] - CURRENCY_PRECEDENCE[b.kind] ||
    a.at - b.at ||
    compareBytes(a.eventId, b.eventId) ||
    a.ordinal - b.ordinal
  );
}

/** Of the greatest authorization statement by (at, eventId) that states one, else of a capture. */
function referenceOf(statements: readonly PlacedStatement[]): string | null {
  for (const kind of ['authorization', 'capture'] as const) {
    const stating = statements
      .filter((s) => s.kind === kind && s.reference !== null)
      .sort((a, b) => a.at - b.at || compareBytes(a.eventId, b.eventId) || a.ordinal - b.ordinal);
    const last = stating.at(-1);
    if (last) return last.reference;
  }
  return null;
}

interface Evidence {
  readonly authorizations: readonly Fact[];
  readonly captures: readonly Fact[];
  readonly captured: boolean;
  readonly lost: boolean;
  readonly open: boolean;
  readonly refundedAll: boolean;
  readonly refundedSome: boolean;
  readonly refundWithoutPayment: boolean;
  readonly amountCaptured: bigint;
  readonly amountRefunded: bigint;
  /** Null when no authorization is in force. */
  readonly amountInForce: bigint | null;
  readonly final: boolean;
}

/** The first that holds. Facts decide, never amounts: captures of zero or of no amount exist. */
function decide(e: Evidence): { status: PaymentStatus; decidedBy?: PlacedStatement } {
  if (e.lost) return { status: 'charged_back' };
  if (e.open) return { status: 'disputed' };
  if (e.captured) {
    if (e.amountRefunded > 0n && e.refundedAll) return { status: 'refunded' };
    if (e.refundedSome) return { status: 'partially_refunded' };
    const moreCanCome = e.amountInForce !== null && !e.final && e.amountCaptured < e.amountInForce;
    return { status: moreCanCome ? 'partially_captured' : 'captured' };
  }
  const reversed = greatest(withStatus(e.captures, 'reversed').map((f) => f.latest));
  if (reversed) return { status: 'failed', decidedBy: reversed };
  if (e.amountInForce !== null) return { status: 'authorized' };
  const last = greatest([...e.authorizations, ...e.captures].map((f) => f.latest));
  if (last) {
    return { status: STATUS_OF_ATTEMPT[last.status] ?? 'pending', decidedBy: last };
  }
  return { status: e.refundWithoutPayment ? 'partially_refunded' : 'pending' };
}

const STATUS_OF_ATTEMPT: Readonly<Record<string, PaymentStatus>> = {
  pending: 'pending',
  failed: 'failed',
  voided: 'canceled',
  expired: 'expired',
};

/** When a refund was made: the least time that any of its statements gives as its birth, else 0. */
function bornOf(refund: Fact): number {
  const stated = refund.statements.filter((s) => s.born > 0).map((s) => s.born);
  return stated.length > 0 ? Math.min(...stated) : 0;
}

function withStatus(facts: readonly Fact[], status: string): Fact[] {
  return facts.filter((f) => f.latest.status === status);
}

function greatest(statements: readonly PlacedStatement[]): PlacedStatement | null {
  let found: PlacedStatement | null = null;
  for (const s of statements) if (!found || compareStatements(found, s) < 0) found = s;
  return found;
}

function greatestAmount(statements: readonly PlacedStatement[]): PlacedStatement | null {
  return greatest(statements.filter((s) => s.amount !== null));
}

function isKnown(summand: Summand): summand is bigint {
  return typeof summand === 'bigint';
}

function sum(summands: readonly Summand[]): bigint {
  return summands.filter(isKnown).reduce((all, amount) => all + amount, 0n);
}

function union(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort(compareBytes);
}

/** Whether two snapshots are the same to everyone who looks. */
export function sameSnapshot(a: Snapshot, b: Snapshot): boolean {
  return (
    a.status === b.status &&
    a.currency === b.currency &&
    compareBigInt(a.amountAuthorized, b.amountAuthorized) === 0 &&
    compareBigInt(a.amountCaptured, b.amountCaptured) === 0 &&
    compareBigInt(a.amountRefunded, b.amountRefunded) === 0 &&
    compareBigInt(a.amountDisputed, b.amountDisputed) === 0 &&
    compareBigInt(a.amountChargedBack, b.amountChargedBack) === 0 &&
    a.reference === b.reference &&
    a.failure?.code === b.failure?.code &&
    a.failure?.message === b.failure?.message &&
    (a.failure === null) === (b.failure === null) &&
    a.flags.length === b.flags.length &&
    a.flags.every((flag, i) => flag === b.flags[i])
  );
}
