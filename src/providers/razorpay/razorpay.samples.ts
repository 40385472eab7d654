import { createHmac } from 'node:crypto';

import {
  type Sample,
  type SampleContext,
  type ScenarioName,
  type SignedSample,
  type SigningContext,
} from '../provider.js';
import { scenariosOf } from '../scenarios.js';

/** Signs a body as Razorpay does: hex HMAC-SHA256 of the exact bytes. */
export function signRazorpay({ body }: Sample, { secret }: SigningContext): SignedSample {
  const digest = createHmac('sha256', secret).update(body).digest('hex');
  return { body, headers: { 'X-Razorpay-Signature': digest } };
}

const PRICE = 4999;
const PARTIAL = 1000;
const CURRENCY = 'EUR';

type Json = Record<string, unknown>;

/** One payment at Razorpay: its ids and the entities that events show of it. */
class SamplePayment {
  private events = 0;
  readonly samples: Sample[] = [];

  constructor(private readonly context: SampleContext) {}

  private id(prefix: string): string {
    return `${prefix}_${this.context.unique}`;
  }

  private get born(): number {
    return Math.floor(this.context.now / 1000);
  }

  /** Adds an event, one second after the event before, about entities as they are at that moment. */
  private emit(event: string, entities: Record<string, Json>): this {
    const body = {
      entity: 'event',
      account_id: this.context.account ?? this.id('acc'),
      event,
      contains: Object.keys(entities),
      payload: Object.fromEntries(
        Object.entries(entities).map(([name, entity]) => [name, { entity }]),
      ),
      created_at: this.born + this.events,
    };
    this.samples.push({
      body: Buffer.from(JSON.stringify(body)),
      headers: { 'x-razorpay-event-id': `${this.context.unique}${this.events + 1}` },
      expect: 'success',
    });
    this.events += 1;
    return this;
  }

  private payment(status: string, fields: Json = {}): Json {
    return {
      id: this.id('pay'),
      entity: 'payment',
      amount: PRICE,
      currency: CURRENCY,
      base_amount: PRICE,
      status,
      order_id: this.id('order'),
      invoice_id: null,
      international: true,
      method: 'card',
      amount_refunded: 0,
      amount_transferred: 0,
      refund_status: null,
      captured: status === 'captured',
      description: null,
      card_id: this.id('card'),
      bank: null,
      wallet: null,
      vpa: null,
      email: 'gaurav.kumar@example.com',
      contact: '+919876543210',
      notes: { order_id: `order-${this.context.unique}` },
      fee: status === 'captured' ? 150 : null,
      tax: status === 'captured' ? 0 : null,
      error_code: null,
      error_description: null,
      error_source: null,
      error_step: null,
      error_reason: null,
      acquirer_data: { auth_code: '828553' },
      created_at: this.born,
      ...fields,
    };
  }

  authorized(): this {
    return this.emit('payment.authorized', { payment: this.payment('authorized') });
  }

  failed(): this {
    const error = {
      error_code: 'BAD_REQUEST_ERROR',
      error_description: 'Your payment was declined by the bank.',
      error_source: 'bank',
      error_step: 'payment_authorization',
      error_reason: 'payment_failed',
    };
    return this.emit('payment.failed', { payment: this.payment('failed', error) });
  }

  captured(): this {
    return this.emit('payment.captured', { payment: this.payment('captured') });
  }

  /** The order tells the capture once more. */
  ordered(): this {
    return this.emit('order.paid', {
      payment: this.payment('captured'),
      order: {
        id: this.id('order'),
        entity: 'order',
        amount: PRICE,
        amount_paid: PRICE,
        amount_due: 0,
        currency: CURRENCY,
        receipt: `order-${this.context.unique}`,
        offer_id: null,
        status: 'paid',
        attempts: 1,
        notes: [],
        created_at: this.born,
      },
    });
  }

  private refund(event: string, status: string, amount: number, payment: Json): this {
    return this.emit(`refund.${event}`, {
      refund: {
        id: this.id('rfnd'),
        entity: 'refund',
        amount,
        currency: CURRENCY,
        payment_id: this.id('pay'),
        notes: [],
        receipt: null,
        acquirer_data: { arn: null },
        created_at: this.born,
        batch_id: null,
        status,
        speed_processed: 'normal',
        speed_requested: 'normal',
      },
      payment,
    });
  }

  refunded(amount: number, outcome: 'processed' | 'failed'): this {
    const refunded = (part: number) => ({
      amount_refunded: part,
      refund_status: part === PRICE ? 'full' : 'partial',
      status: part === PRICE ? 'refunded' : 'captured',
      captured: true,
    });
    const payment = this.payment('captured', refunded(amount));
    return this.refund('created', 'pending', amount, payment).refund(
      outcome,
      outcome,
      amount,
      payment,
    );
  }

  /** Not captured in time, so that Razorpay gives back what it held. */
  released(): this {
    const payment = this.payment('refunded', { amount_refunded: PRICE, refund_status: 'full' });
    return this.refund('created', 'processed', PRICE, payment).refund(
      'processed',
      'processed',
      PRICE,
      payment,
    );
  }

  private dispute(event: string, status: string, deducted: number): this {
    return this.emit(`payment.dispute.${event}`, {
      payment: this.payment('captured'),
      dispute: {
        id: this.id('disp'),
        entity: 'dispute',
        payment_id: this.id('pay'),
        amount: PRICE,
        currency: CURRENCY,
        amount_deducted: deducted,
        reason_code: 'goods_or_services_not_received_or_partially_received',
        respond_by: this.born + 14 * 86_400,
        status,
        phase: 'chargeback',
        created_at: this.born,
        evidence: { amount: PRICE, summary: null, others: null, submitted_at: null },
      },
    });
  }

  disputed(outcome: 'won' | 'lost'): this {
    return this.dispute('created', 'open', 0)
      .dispute('under_review', 'under_review', 0)
      .dispute(outcome, outcome, outcome === 'lost' ? PRICE : 0);
  }

  paid(): this {
    return this.authorized().captured();
  }
}

const scenario = scenariosOf(SamplePayment);

export const razorpayScenarios: Record<
  ScenarioName,
  (context: SampleContext) => readonly Sample[]
> = {
  succeeded: scenario((payment) => payment.paid().ordered()),
  failed: scenario((payment) => payment.failed()),
  'authorized-captured': scenario((payment) => payment.authorized().captured()),
  voided: scenario((payment) => payment.authorized().released()),
  refunded: scenario((payment) => payment.paid().refunded(PRICE, 'processed')),
  'partially-refunded': scenario((payment) => payment.paid().refunded(PARTIAL, 'processed')),
  'refund-failed': scenario((payment) => payment.paid().refunded(PARTIAL, 'failed')),
  'disputed-won': scenario((payment) => payment.paid().disputed('won')),
  'disputed-lost': scenario((payment) => payment.paid().disputed('lost')),
};
