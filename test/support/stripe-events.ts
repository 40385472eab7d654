/** Events of Stripe with one payment's objects: what matters of them, to be changed field by field. */
import { unique } from './signed.js';

export const CREATED = 1_795_514_400; // 2026-11-24T10:00:00Z, in seconds as Stripe has it

export function stripeEvent(type: string, object: object, fields: object = {}) {
  return {
    id: `evt_${unique()}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: CREATED,
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
    ...fields,
  };
}

export const intent = (id: string, fields: object = {}) => ({
  id: `pi_${id}`,
  object: 'payment_intent',
  amount: 4999,
  amount_capturable: 0,
  amount_received: 4999,
  created: CREATED,
  currency: 'eur',
  latest_charge: `ch_${id}`,
  metadata: { order_id: `order-${id}` },
  status: 'succeeded',
  ...fields,
});

export const charge = (id: string, fields: object = {}) => ({
  id: `ch_${id}`,
  object: 'charge',
  amount: 4999,
  amount_captured: 4999,
  amount_refunded: 0,
  captured: true,
  created: CREATED,
  currency: 'eur',
  metadata: {},
  paid: true,
  payment_intent: `pi_${id}`,
  refunded: false,
  status: 'succeeded',
  ...fields,
});

export const refund = (id: string, fields: object = {}) => ({
  id: `re_${id}`,
  object: 'refund',
  amount: 1000,
  charge: `ch_${id}`,
  created: CREATED + 1,
  currency: 'eur',
  payment_intent: null,
  reason: 'requested_by_customer',
  status: 'succeeded',
  ...fields,
});
