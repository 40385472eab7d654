import { type Payment, type PaymentChange, type Prisma } from '../generated/prisma/client.js';
import { type Flag, type PaymentStatus } from './fold.js';
import { type ChangeDto, type PaymentDto, type SnapshotDto } from './payment.dto.js';

/** A snapshot as the history keeps it: amounts are text, since JSON columns would round them. */
interface StoredSnapshot {
  status: PaymentStatus;
  currency: string;
  amountAuthorized: string;
  amountCaptured: string;
  amountRefunded: string;
  amountDisputed: string;
  amountChargedBack: string;
  reference: string | null;
  failure: { code: string | null; message: string | null } | null;
  flags: Flag[];
}

export function paymentAnswer(row: Payment): PaymentDto {
  const { failureCode: code, failureMessage: message } = row;
  return {
    id: row.id,
    source: row.source,
    provider: row.provider,
    account: row.account,
    livemode: row.livemode,
    status: row.status,
    currency: row.currency,
    amountAuthorized: toBigInt(row.amountAuthorized),
    amountCaptured: toBigInt(row.amountCaptured),
    amountRefunded: toBigInt(row.amountRefunded),
    amountDisputed: toBigInt(row.amountDisputed),
    amountChargedBack: toBigInt(row.amountChargedBack),
    reference: row.reference,
    refs: row.refs,
    groups: row.groups,
    failure: code === null && message === null ? null : { code, message },
    flags: row.flags as Flag[],
    version: row.version,
    mergedFrom: row.mergedFrom,
    occurredAt: row.occurredAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function changeAnswer(
  row: PaymentChange & { event: { eventId: string } | null },
): ChangeDto {
  return {
    version: row.version,
    cause: row.cause,
    eventId: row.event?.eventId ?? null,
    from: row.from === null ? null : snapshotAnswer(row.from),
    to: snapshotAnswer(row.to),
    at: row.at.toISOString(),
  };
}

function snapshotAnswer(json: Prisma.JsonValue): SnapshotDto {
  const stored = json as unknown as StoredSnapshot;
  return {
    status: stored.status,
    currency: stored.currency,
    amountAuthorized: BigInt(stored.amountAuthorized),
    amountCaptured: BigInt(stored.amountCaptured),
    amountRefunded: BigInt(stored.amountRefunded),
    amountDisputed: BigInt(stored.amountDisputed),
    amountChargedBack: BigInt(stored.amountChargedBack),
    reference: stored.reference,
    failure: stored.failure,
    flags: stored.flags,
  };
}

/** Numeric without a fraction. Its toString() would use an exponent from 1e21 on. */
function toBigInt(amount: Prisma.Decimal): bigint {
  return BigInt(amount.toFixed(0));
}
