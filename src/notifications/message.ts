import { stringifyJson } from '../json/stringify-json.js';
import { type Cause, type Told, type WrittenPayment } from '../payments/ledger.js';
import { type PaymentDto } from '../payments/payment.dto.js';

/** The event that made a version, as the user's app is told of it. */
export interface MessageEvent {
  /** UUID v7 of the WebhookEvent */
  readonly id: string;
  readonly source: string;
  /** The provider's event id */
  readonly eventId: string;
  readonly type: string;
}

/**
 * The exact text that is signed and sent for a version of a payment, in the form that Standard Webhooks
 * gives a payload. Amounts are JSON integers of any size.
 * @param event what made the version; null for a replay and a reprojection
 * @param at when the version was made
 */
export function messageBody(told: Told, event: MessageEvent | null, at: Date): string {
  const { type, change, payment } = told;
  const data = {
    payment:
      change.mergedInto === null
        ? paymentOf(payment)
        : { id: payment.id, version: payment.version, mergedInto: change.mergedInto },
    previousStatus: change.from?.status ?? null,
    cause: change.cause satisfies Cause,
    event,
  };
  return stringifyJson({ type, timestamp: at, data });
}

/** A payment that is being written, as /api/payments will show it. */
function paymentOf(p: WrittenPayment): PaymentDto {
  const projection = p.projection!;
  return {
    id: p.id,
    source: p.source,
    provider: p.provider,
    account: projection.account,
    livemode: projection.livemode,
    status: projection.status,
    currency: projection.currency,
    amountAuthorized: projection.amountAuthorized,
    amountCaptured: projection.amountCaptured,
    amountRefunded: projection.amountRefunded,
    amountDisputed: projection.amountDisputed,
    amountChargedBack: projection.amountChargedBack,
    reference: projection.reference,
    refs: [...projection.refs],
    groups: [...projection.groups],
    failure: projection.failure,
    flags: [...projection.flags],
    version: p.version,
    mergedFrom: [...p.mergedFrom],
    occurredAt: projection.occurredAt === 0 ? null : new Date(projection.occurredAt).toISOString(),
    createdAt: p.createdAt.toISOString(),
    updatedAt: p.updatedAt.toISOString(),
  };
}
