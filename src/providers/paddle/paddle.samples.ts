import { createHmac } from 'node:crypto';

import {
  type Provider,
  type Sample,
  type SampleContext,
  type SignedSample,
  type SigningContext,
} from '../provider.js';
import { scenariosOf } from '../scenarios.js';

/** Signs a body as Paddle does: `ts=<unix seconds>;h1=<hex HMAC-SHA256 of "ts:body">`. */
export function signPaddle({ body }: Sample, { secret, at }: SigningContext): SignedSample {
  const time = Math.floor(at / 1000);
  const digest = createHmac('sha256', secret).update(`${time}:`).update(body).digest('hex');
  return { body, headers: { 'Paddle-Signature': `ts=${time};h1=${digest}` } };
}

const TOTAL = 4999;
const TAX = 798;
const PARTIAL = 1000;

type Json = Record<string, unknown>;

/** One payment at Paddle: its ids and the entities that notifications show of it. */
class SamplePayment {
  readonly samples: Sample[] = [];

  constructor(private readonly context: SampleContext) {}

  private id(prefix: string): string {
    return `${prefix}_${this.context.unique}`;
  }

  /** Of the next event: one second after the event before, to the microsecond as Paddle writes it. */
  private get time(): string {
    return timeText(this.context.now + this.samples.length * 1000);
  }

  private get born(): string {
    return timeText(this.context.now);
  }

  /** Adds a notification about an entity as it is at that moment. */
  emit(type: string, data: Json, expect: Sample['expect'] = 'success'): this {
    const number = this.samples.length + 1;
    const event = {
      event_id: `${this.id('evt')}_${number}`,
      event_type: type,
      occurred_at: this.time,
      notification_id: `${this.id('ntf')}_${number}`,
      data,
    };
    this.samples.push({ body: Buffer.from(JSON.stringify(event)), expect });
    return this;
  }

  transaction(status: string, payments: readonly Json[] = [], fields: Json = {}): Json {
    const isPaid = status === 'paid' || status === 'completed';
    const totals = {
      subtotal: `${TOTAL - TAX}`,
      discount: '0',
      tax: `${TAX}`,
      total: `${TOTAL}`,
      credit: '0',
      credit_to_balance: '0',
      balance: isPaid ? '0' : `${TOTAL}`,
      grand_total: `${TOTAL}`,
      grand_total_tax: `${TAX}`,
      fee: status === 'completed' ? '300' : null,
      earnings: status === 'completed' ? `${TOTAL - TAX - 300}` : null,
      currency_code: 'EUR',
    };
    return {
      id: this.id('txn'),
      status,
      customer_id: this.id('ctm'),
      address_id: this.id('add'),
      business_id: null,
      custom_data: { order_id: `order-${this.context.unique}` },
      currency_code: 'EUR',
      origin: 'web',
      subscription_id: null,
      invoice_id: null,
      invoice_number: null,
      collection_mode: 'automatic',
      discount_id: null,
      billing_details: null,
      billing_period: null,
      items: [{ price: { id: this.id('pri') }, quantity: 1, proration: null }],
      details: {
        tax_rates_used: [],
        totals,
        adjusted_totals: null,
        payout_totals: null,
        adjusted_payout_totals: null,
        line_items: [],
      },
      payments,
      checkout: { url: `https://example.com/pay?_ptxn=${this.id('txn')}` },
      created_at: this.born,
      updated_at: this.time,
      billed_at: isPaid || status === 'billed' ? this.time : null,
      revised_at: null,
      ...fields,
    };
  }

  attempt(status: string, errorCode: string | null = null): Json {
    return {
      payment_attempt_id: `${this.id('attempt')}_${this.samples.length + 1}`,
      payment_method_id: this.id('paymtd'),
      stored_payment_method_id: this.id('stored'),
      amount: `${TOTAL}`,
      status,
      error_code: errorCode,
      method_details: {
        type: 'card',
        card: { type: 'visa', last4: '4242', expiry_month: 1, expiry_year: 2030 },
      },
      created_at: this.time,
      captured_at: status === 'captured' ? this.time : null,
    };
  }

  adjustment(id: string, action: string, status: string, total = TOTAL): Json {
    const tax = Math.round((total * TAX) / TOTAL);
    const totals = {
      subtotal: `${total - tax}`,
      tax: `${tax}`,
      total: `${total}`,
      fee: '0',
      retained_fee: '0',
      earnings: `${total - tax}`,
      currency_code: 'EUR',
    };
    return {
      id: this.id(id),
      action,
      type: total === TOTAL ? 'full' : 'partial',
      transaction_id: this.id('txn'),
      subscription_id: null,
      customer_id: this.id('ctm'),
      reason: 'requested_by_customer',
      credit_applied_to_balance: null,
      currency_code: 'EUR',
      status,
      items: [],
      totals,
      payout_totals: { ...totals, chargeback_fee: { amount: '0', original: null } },
      created_at: this.time,
      updated_at: this.time,
    };
  }

  /** The customer paid in the checkout. */
  paid(): this {
    this.emit('transaction.created', this.transaction('draft')).emit(
      'transaction.ready',
      this.transaction('ready'),
    );
    const payments = [this.attempt('captured')];
    return this.emit('transaction.paid', this.transaction('paid', payments)).emit(
      'transaction.completed',
      this.transaction('completed', payments),
    );
  }

  /** The seller asked for a refund, and Paddle approved or rejected it. */
  refund(total: number, outcome: 'approved' | 'rejected'): this {
    const requested = this.adjustment('adj', 'refund', 'pending_approval', total);
    return this.emit('adjustment.created', requested).emit('adjustment.updated', {
      ...requested,
      status: outcome,
      updated_at: this.time,
    });
  }

  charged(): this {
    return this.emit(
      'adjustment.created',
      this.adjustment('adj_warning', 'chargeback_warning', 'approved'),
    ).emit('adjustment.created', this.adjustment('adj_chargeback', 'chargeback', 'approved'));
  }
}

/** The time of a JavaScript date with the microseconds that it lacks. */
function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '869Z');
}

const scenario = scenariosOf(SamplePayment);

/** Paddle authorizes nothing that is captured later: money is taken at once or not at all. */
export const paddleScenarios: Provider['scenarios'] = {
  succeeded: scenario((payment) => {
    payment
      .paid()
      .emit('customer.updated', { id: 'ctm_1', name: 'Jo Bloggs', status: 'active' }, 'ignored');
  }),
  failed: scenario((payment) => {
    payment
      .emit('transaction.created', payment.transaction('draft'))
      .emit('transaction.ready', payment.transaction('ready'))
      .emit(
        'transaction.payment_failed',
        payment.transaction('ready', [payment.attempt('error', 'declined')]),
      );
  }),
  voided: scenario((payment) => {
    const invoice = { collection_mode: 'manual', invoice_number: '325-10566' };
    payment
      .emit('transaction.created', payment.transaction('draft', [], invoice))
      .emit('transaction.billed', payment.transaction('billed', [], invoice))
      .emit('transaction.canceled', payment.transaction('canceled', [], invoice));
  }),
  refunded: scenario((payment) => {
    payment.paid().refund(TOTAL, 'approved');
  }),
  'partially-refunded': scenario((payment) => {
    payment.paid().refund(PARTIAL, 'approved');
  }),
  'refund-failed': scenario((payment) => {
    payment.paid().refund(PARTIAL, 'rejected');
  }),
  'disputed-won': scenario((payment) => {
    const chargeback = payment
      .paid()
      .charged()
      .adjustment('adj_chargeback', 'chargeback', 'reversed');
    payment
      .emit(
        'adjustment.created',
        payment.adjustment('adj_reverse', 'chargeback_reverse', 'approved'),
      )
      .emit('adjustment.updated', chargeback);
  }),
  'disputed-lost': scenario((payment) => {
    payment.paid().charged();
  }),
};
