import { createHmac } from 'node:crypto';

import {
  type Sample,
  type SampleContext,
  type ScenarioName,
  type SignedSample,
  type SigningContext,
} from '../provider.js';

/** Signs a body as a sender does: lower-case hex HMAC-SHA256 of the exact bytes. */
export function signGeneric({ body }: Sample, { secret }: SigningContext): SignedSample {
  const digest = createHmac('sha256', secret).update(body).digest('hex');
  return { body, headers: { 'X-Signature': digest } };
}

type Fields = Record<string, string | boolean>;

const PRICE = { amount: '49.99', currency: 'EUR' };

/** Each step is an event type with its own fields; steps are a second apart. */
function scenario(...steps: [type: string, fields?: Fields][]) {
  return (context: SampleContext): readonly Sample[] =>
    steps.map(([type, fields], index) => ({
      body: Buffer.from(JSON.stringify(eventOf(context, index, type, fields))),
      expect: 'success',
    }));
}

function eventOf(context: SampleContext, index: number, type: string, fields: Fields = {}): Fields {
  return {
    event_type: type,
    event_id: `e_${context.unique}_${index + 1}`,
    transaction_id: `tx_${context.unique}`,
    occurred_at: new Date(context.now + index * 1000).toISOString(),
    reference: `order-${context.unique}`,
    ...fields,
  };
}

export const genericScenarios: Record<ScenarioName, (context: SampleContext) => readonly Sample[]> =
  {
    succeeded: scenario(['payment_pending', PRICE], ['payment_success', PRICE]),
    failed: scenario(
      ['payment_pending', PRICE],
      ['payment_failure', { ...PRICE, failure_reason: 'Insufficient funds' }],
    ),
    'authorized-captured': scenario(
      ['payment_authorized', PRICE],
      ['payment_captured', { amount: '20.00', currency: 'EUR', capture_id: 'cap_1' }],
      ['payment_captured', { amount: '29.99', currency: 'EUR', capture_id: 'cap_2', final: true }],
    ),
    voided: scenario(['payment_authorized', PRICE], ['payment_canceled']),
    refunded: scenario(
      ['payment_success', PRICE],
      ['payment_refunded', { ...PRICE, refund_id: 're_1' }],
    ),
    'partially-refunded': scenario(
      ['payment_success', PRICE],
      ['payment_refunded', { amount: '10.00', currency: 'EUR', refund_id: 're_1' }],
    ),
    'refund-failed': scenario(
      ['payment_success', PRICE],
      ['payment_refunded', { amount: '10.00', currency: 'EUR', refund_id: 're_1' }],
      ['payment_refund_failed', { refund_id: 're_1' }],
    ),
    'disputed-won': scenario(
      ['payment_success', PRICE],
      ['payment_disputed', { ...PRICE, dispute_id: 'dp_1' }],
      ['payment_dispute_won', { dispute_id: 'dp_1' }],
    ),
    'disputed-lost': scenario(
      ['payment_success', PRICE],
      ['payment_disputed', { ...PRICE, dispute_id: 'dp_1' }],
      ['payment_dispute_lost', { dispute_id: 'dp_1' }],
    ),
  };
