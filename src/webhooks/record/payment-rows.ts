/** Between payments and rows of `payments` and `payment_changes`. */
import { type Flag, type PaymentStatus, type Snapshot } from '../../payments/fold.js';
import { type Change, type WrittenPayment } from '../../payments/ledger.js';
import { timestamp } from './statement-rows.js';

/** A row of `payments` as pg reads it: numeric as text, timestamptz as Date. */
export interface PaymentRow {
  id: string;
  source: string;
  provider: string;
  version: number;
  merged_into: string | null;
  merged_from: string[];
  announced: string[];
  status: PaymentStatus;
  currency: string;
  amount_authorized: string;
  amount_captured: string;
  amount_refunded: string;
  amount_disputed: string;
  amount_charged_back: string;
  reference: string | null;
  refs: string[];
  groups: string[];
  account: string | null;
  livemode: boolean | null;
  occurred_at: Date | null;
  failure_code: string | null;
  failure_message: string | null;
  flags: Flag[];
  created_at: Date;
  updated_at: Date;
}

export function snapshotOfRow(row: PaymentRow): Snapshot {
  return {
    status: row.status,
    currency: row.currency,
    amountAuthorized: BigInt(row.amount_authorized),
    amountCaptured: BigInt(row.amount_captured),
    amountRefunded: BigInt(row.amount_refunded),
    amountDisputed: BigInt(row.amount_disputed),
    amountChargedBack: BigInt(row.amount_charged_back),
    reference: row.reference,
    failure:
      row.failure_code === null && row.failure_message === null
        ? null
        : { code: row.failure_code, message: row.failure_message },
    flags: row.flags,
  };
}

/**
 * A row as a recordset takes it; without a projection only the identity columns. One literal for
 * each: of so many columns put together from two objects V8 makes a dictionary, which costs ten times
 * as much to make and to write (43 us for 4).
 */
export function rowOfPayment(p: WrittenPayment): Record<string, unknown> {
  const { projection } = p;
  if (projection === null) {
    return {
      id: p.id,
      version: p.version,
      merged_into: p.mergedInto,
      merged_from: p.mergedFrom,
      announced: p.announced,
      source: p.source,
      provider: p.provider,
      created_at: p.createdAt,
      updated_at: p.updatedAt,
    };
  }
  return {
    id: p.id,
    version: p.version,
    merged_into: p.mergedInto,
    merged_from: p.mergedFrom,
    announced: p.announced,
    source: p.source,
    provider: p.provider,
    created_at: p.createdAt,
    updated_at: p.updatedAt,
    account: projection.account,
    livemode: projection.livemode,
    status: projection.status,
    currency: projection.currency,
    amount_authorized: projection.amountAuthorized.toString(),
    amount_captured: projection.amountCaptured.toString(),
    amount_refunded: projection.amountRefunded.toString(),
    amount_disputed: projection.amountDisputed.toString(),
    amount_charged_back: projection.amountChargedBack.toString(),
    reference: projection.reference,
    refs: projection.refs,
    groups: projection.groups,
    failure_code: projection.failure?.code,
    failure_message: projection.failure?.message,
    flags: projection.flags,
    occurred_at: timestamp(projection.occurredAt),
  };
}

/** A row of `payment_changes` as a recordset takes it. */
export function rowOfChange(c: Change, at: Date, silent: boolean): Record<string, unknown> {
  return {
    payment_id: c.paymentId,
    version: c.version,
    cause: c.cause,
    webhook_event_id: c.webhookEventId,
    from: c.from === null ? null : jsonOfSnapshot(c.from),
    to: jsonOfSnapshot(c.to),
    silent,
    at,
  };
}

/** A snapshot as history keeps it, read again. */
export function snapshotOfJson(json: JsonSnapshot): Snapshot {
  return {
    ...json,
    amountAuthorized: BigInt(json.amountAuthorized),
    amountCaptured: BigInt(json.amountCaptured),
    amountRefunded: BigInt(json.amountRefunded),
    amountDisputed: BigInt(json.amountDisputed),
    amountChargedBack: BigInt(json.amountChargedBack),
  };
}

/** A snapshot with its amounts as text, as history keeps it. */
export type JsonSnapshot = {
  [K in keyof Snapshot]: Snapshot[K] extends bigint ? string : Snapshot[K];
};

/** A snapshot as history keeps it: amounts as text, since jsonb readers round large numbers. */
export function jsonOfSnapshot(s: Snapshot): JsonSnapshot {
  return {
    status: s.status,
    currency: s.currency,
    amountAuthorized: s.amountAuthorized.toString(),
    amountCaptured: s.amountCaptured.toString(),
    amountRefunded: s.amountRefunded.toString(),
    amountDisputed: s.amountDisputed.toString(),
    amountChargedBack: s.amountChargedBack.toString(),
    reference: s.reference,
    failure: s.failure,
    flags: s.flags,
  };
}
