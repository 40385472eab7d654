/**
 * A statement is what one event says about money: the smallest unit that is kept, ordered and folded.
 * The law it obeys is written in docs/law.md, sections "Statements" and "Order".
 */

/**
 * Every kind with its statuses and their ranks. A rank orders two statements of one fact that carry
 * the same time: the further along, the greater.
 */
export const STATUS_RANKS = {
  /** The attempt to take the payment, whatever becomes of it. Key: the attempt's id. */
  authorization: { pending: 10, failed: 20, authorized: 30, expired: 40, voided: 50 },
  /** Money taken. `reversed`: it had arrived and went away again without a refund or a dispute. */
  capture: { pending: 10, failed: 20, succeeded: 30, reversed: 40 },
  /** Money given back. `failed` ranks highest: a refund that was sent can still come back. */
  refund: { pending: 10, succeeded: 20, failed: 30 },
  /** A total of refunds stated by the charge; it fills in for refunds never seen by themselves. */
  refund_total: { stated: 10 },
  /** `inquiry`: a question was asked, no money has moved. */
  dispute: { inquiry: 10, open: 20, won: 30, lost: 40 },
  /** Cancel-or-refund: a refund where money was taken, else the void of the authorization `of`. */
  reversal: { succeeded: 20 },
} as const;

export type StatementKind = keyof typeof STATUS_RANKS;
export type StatusOf<K extends StatementKind> = keyof (typeof STATUS_RANKS)[K] & string;

export interface Failure {
  /** The provider's machine-readable code, or null. */
  code: string | null;
  message: string | null;
}

/** What a normaliser says; see {@link statement} for the defaults. A value: never mutated. */
export interface Statement {
  readonly kind: StatementKind;
  /** The provider's id of the fact (attempt, capture, refund, dispute): 1 to 255 characters. */
  readonly key: string;
  readonly status: string;
  /** ISO 4217 minor units of `currency`, 0 to 2^53-1; null where the provider states none. */
  readonly amount: bigint | null;
  /** Upper-case ISO 4217 code; null exactly when `amount` is null. */
  readonly currency: string | null;
  /** The provider's time in milliseconds since the epoch; 0 where it states none. */
  readonly at: number;
  /** Ids under which the provider knows this one payment, as `namespace:id`; at least one. They join. */
  readonly refs: readonly string[];
  /** Ids that may hold several payments (order, session), as `namespace:id`. They never join. */
  readonly groups: readonly string[];
  /** Nothing more will be captured. */
  readonly final: boolean;
  /** A summary said so; counts only while no explicit capture is beyond pending. */
  readonly implied: boolean;
  /** What the provider calls a refund is the release of an authorization. */
  readonly release: boolean;
  /** On a capture: how much of the authorization was released, in minor units. */
  readonly releaseAmount: bigint | null;
  /** On a refund: when it was made, in milliseconds since the epoch; 0 where unknown. */
  readonly born: number;
  /** On a reversal: the key of the authorization that it voids if nothing was captured. */
  readonly of: string | null;
  /** The merchant's own reference of the payment. */
  readonly reference: string | null;
  readonly failure: Failure | null;
}

/** A statement with its place: which event made it, and as which of its statements. */
export interface PlacedStatement extends Statement {
  /** The provider's event id; compared by UTF-8 bytes. */
  readonly eventId: string;
  /** 0 for the event's first statement. */
  readonly ordinal: number;
}

type Optional = Pick<
  Statement,
  | 'amount'
  | 'currency'
  | 'groups'
  | 'final'
  | 'implied'
  | 'release'
  | 'releaseAmount'
  | 'born'
  | 'of'
  | 'reference'
  | 'failure'
>;

/**
 * Builds a statement; what is not named is absent. The status must be one of the kind's. One literal:
 * of so many properties put together from two objects V8 makes a dictionary (9 us instead of 0.2).
 */
export function statement<K extends StatementKind>(
  kind: K,
  key: string,
  status: StatusOf<K>,
  rest: Pick<Statement, 'at' | 'refs'> & Partial<Optional>,
): Statement {
  return {
    kind,
    key,
    status,
    amount: rest.amount ?? null,
    currency: rest.currency ?? null,
    at: rest.at,
    refs: rest.refs,
    groups: rest.groups ?? [],
    final: rest.final ?? false,
    implied: rest.implied ?? false,
    release: rest.release ?? false,
    releaseAmount: rest.releaseAmount ?? null,
    born: rest.born ?? 0,
    of: rest.of ?? null,
    reference: rest.reference ?? null,
    failure: rest.failure ?? null,
  };
}

/** The rank of a statement's status within its kind. */
export function rankOf(s: Pick<Statement, 'kind' | 'status'>): number {
  const rank = (STATUS_RANKS[s.kind] as Record<string, number>)[s.status];
  if (rank === undefined) throw new Error(`no rank for ${s.kind} ${s.status}`);
  return rank;
}

/**
 * The one order of statements: (at, rank, amount or -1, eventId by UTF-8 bytes, ordinal).
 * Negative when `a` is the lesser. SQL never picks a winner; this does.
 */
export function compareStatements(a: PlacedStatement, b: PlacedStatement): number {
  return (
    a.at - b.at ||
    rankOf(a) - rankOf(b) ||
    compareBigInt(a.amount ?? -1n, b.amount ?? -1n) ||
    compareBytes(a.eventId, b.eventId) ||
    a.ordinal - b.ordinal
  );
}

/** Orders strings by their UTF-8 bytes, as Postgres does with COLLATE "C". */
export function compareBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function compareBigInt(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
