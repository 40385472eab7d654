/** Between statements and rows of `transactions`. */
import { type StoredStatement } from '../../payments/ledger.js';
import { type StatementKind } from '../../payments/statement.js';

/** A row as pg reads it: bigint as text, timestamptz as Date. */
export interface TransactionRow {
  webhook_event_id: string;
  ordinal: number;
  payment_id: string;
  source: string;
  event_id: string;
  kind: StatementKind;
  key: string;
  status: string;
  amount: string | null;
  currency: string | null;
  occurred_at: Date | null;
  refs: string[];
  ref_scope: string;
  groups: string[];
  account: string | null;
  livemode: boolean | null;
  final: boolean;
  implied: boolean;
  release: boolean;
  release_amount: string | null;
  born: Date | null;
  of: string | null;
  reference: string | null;
  failure_code: string | null;
  failure_message: string | null;
}

export function statementOfRow(row: TransactionRow): StoredStatement {
  return {
    webhookEventId: row.webhook_event_id,
    ordinal: row.ordinal,
    source: row.source,
    eventId: row.event_id,
    kind: row.kind,
    key: row.key,
    status: row.status,
    amount: row.amount === null ? null : BigInt(row.amount),
    currency: row.currency,
    at: row.occurred_at?.getTime() ?? 0,
    refs: row.refs,
    refScope: row.ref_scope,
    groups: row.groups,
    account: row.account,
    livemode: row.livemode,
    final: row.final,
    implied: row.implied,
    release: row.release,
    releaseAmount: row.release_amount === null ? null : BigInt(row.release_amount),
    born: row.born?.getTime() ?? 0,
    of: row.of,
    reference: row.reference,
    failure:
      row.failure_code === null && row.failure_message === null
        ? null
        : { code: row.failure_code, message: row.failure_message },
  };
}

/** A row as a recordset takes it. */
export function rowOfStatement(s: StoredStatement, paymentId: string): Record<string, unknown> {
  return {
    webhook_event_id: s.webhookEventId,
    ordinal: s.ordinal,
    payment_id: paymentId,
    source: s.source,
    event_id: s.eventId,
    kind: s.kind,
    key: s.key,
    status: s.status,
    amount: s.amount,
    currency: s.currency,
    occurred_at: timestamp(s.at),
    refs: s.refs,
    ref_scope: s.refScope,
    groups: s.groups,
    account: s.account,
    livemode: s.livemode,
    final: s.final,
    implied: s.implied,
    release: s.release,
    release_amount: s.releaseAmount,
    born: timestamp(s.born),
    of: s.of,
    reference: s.reference,
    failure_code: s.failure?.code,
    failure_message: s.failure?.message,
  };
}

/** Milliseconds since the epoch, where 0 means that none was stated. */
export function timestamp(ms: number): Date | null {
  return ms === 0 ? null : new Date(ms);
}
