/** The little of the fold that the events of the bench need: one authorization, capture and refund. */

const KINDS = {
  payment_authorized: { kind: 'authorization', status: 'authorized', final: false },
  payment_captured: { kind: 'capture', status: 'succeeded', final: false },
  payment_success: { kind: 'capture', status: 'succeeded', final: true },
  payment_refunded: { kind: 'refund', status: 'succeeded', final: false },
};

/**
 * @param {any} event a body of the generic contract
 * @param {string} webhookEventId
 * @param {string} paymentId
 */
export function statementOf(event, webhookEventId, paymentId) {
  const tx = event.transaction_id;
  return {
    ...KINDS[/** @type {keyof typeof KINDS} */ (event.event_type)],
    webhook_event_id: webhookEventId,
    payment_id: paymentId,
    event_id: event.event_id,
    key: event.refund_id === undefined ? tx : `${tx}/${event.refund_id}`,
    amount: Math.round(Number(event.amount) * 100),
    occurred_at: event.occurred_at,
    refs: [`tx:${tx}`],
    reference: event.reference,
  };
}

/** The statements of a payment, in any order → its columns. */
export function fold(/** @type {any[]} */ statements) {
  const amount = (/** @type {string} */ kind) =>
    Number(statements.find((s) => s.kind === kind)?.amount ?? 0);
  const captured = amount('capture');
  const refunded = amount('refund');
  const stated = (/** @type {string} */ kind) => statements.some((s) => s.kind === kind);
  return {
    announced: [
      ...(stated('authorization') ? ['authorized'] : []),
      ...(stated('capture') ? ['captured'] : []),
    ],
    status: statusOf(captured, refunded),
    amount_authorized: Math.max(amount('authorization'), captured),
    amount_captured: captured,
    amount_refunded: refunded,
    reference: statements[0].reference,
    refs: statements[0].refs,
    occurred_at: new Date(Math.min(...statements.map((s) => Number(new Date(s.occurred_at))))),
  };
}

function statusOf(/** @type {number} */ captured, /** @type {number} */ refunded) {
  if (captured === 0) return 'authorized';
  if (refunded === 0) return 'captured';
  return refunded < captured ? 'partially_refunded' : 'refunded';
}

/** A payment as its history keeps it. */
export function snapshotOf(/** @type {any} */ payment) {
  return {
    status: payment.status,
    currency: 'EUR',
    amountAuthorized: String(payment.amount_authorized),
    amountCaptured: String(payment.amount_captured),
    amountRefunded: String(payment.amount_refunded),
    amountDisputed: '0',
    amountChargedBack: '0',
    reference: payment.reference,
    failure: null,
    flags: [],
  };
}
