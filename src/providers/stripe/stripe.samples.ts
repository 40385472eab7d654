import { createHmac } from 'node:crypto';

import {
  type Sample,
  type SampleContext,
  type ScenarioName,
  type SignedSample,
  type SigningContext,
} from '../provider.js';
import { scenariosOf } from '../scenarios.js';

/** Signs a body as Stripe does: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. */
export function signStripe({ body }: Sample, { secret, at }: SigningContext): SignedSample {
  const time = Math.floor(at / 1000);
  const digest = createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
  return { body, headers: { 'Stripe-Signature': `t=${time},v1=${digest}` } };
}

const API_VERSION = '2026-10-28.endive';
const AMOUNT = 4999;
const PARTIAL = 1000;

type Json = Record<string, unknown>;

/** One payment at Stripe: its ids and the objects that events show of it. */
class SamplePayment {
  private events = 0;
  readonly samples: Sample[] = [];

  constructor(private readonly context: SampleContext) {}

  private id(prefix: string): string {
    return `${prefix}_${this.context.unique}`;
  }

  /** Unix seconds of the next event: one second after the event before. */
  private get created(): number {
    return this.born + this.events;
  }

  /** Adds an event about an object as it is at that moment. */
  emit(type: string, object: Json, expect: Sample['expect'] = 'success'): this {
    const event = {
      id: `${this.id('evt')}_${this.events + 1}`,
      object: 'event',
      ...(this.context.account === null ? {} : { account: this.context.account }),
      api_version: API_VERSION,
      created: this.created,
      data: { object },
      livemode: this.context.livemode,
      pending_webhooks: 1,
      request: { id: `${this.id('req')}_${this.events + 1}`, idempotency_key: null },
      type,
    };
    this.samples.push({ body: Buffer.from(JSON.stringify(event, null, 2)), expect });
    this.events += 1;
    return this;
  }

  private get metadata(): Json {
    return { order_id: `order-${this.context.unique}` };
  }

  private get born(): number {
    return Math.floor(this.context.now / 1000);
  }

  intent(status: string, fields: Json = {}): Json {
    return {
      id: this.id('pi'),
      object: 'payment_intent',
      amount: AMOUNT,
      amount_capturable: 0,
      amount_details: { tip: {} },
      amount_received: 0,
      application: null,
      application_fee_amount: null,
      automatic_payment_methods: { allow_redirects: 'always', enabled: true },
      canceled_at: null,
      cancellation_reason: null,
      capture_method: 'automatic_async',
      client_secret: null,
      confirmation_method: 'automatic',
      created: this.born,
      currency: 'eur',
      customer: this.id('cus'),
      description: null,
      last_payment_error: null,
      latest_charge: this.id('ch'),
      livemode: this.context.livemode,
      metadata: this.metadata,
      next_action: null,
      on_behalf_of: null,
      payment_method: this.id('pm'),
      payment_method_types: ['card'],
      processing: null,
      receipt_email: null,
      review: null,
      setup_future_usage: null,
      shipping: null,
      source: null,
      statement_descriptor: null,
      statement_descriptor_suffix: null,
      status,
      transfer_data: null,
      transfer_group: null,
      ...fields,
    };
  }

  charge(fields: Json = {}): Json {
    return {
      id: this.id('ch'),
      object: 'charge',
      amount: AMOUNT,
      amount_captured: AMOUNT,
      amount_refunded: 0,
      application: null,
      application_fee: null,
      application_fee_amount: null,
      balance_transaction: this.id('txn'),
      billing_details: {
        address: { city: null, country: 'DE', line1: null, line2: null, postal_code: null },
        email: null,
        name: null,
        phone: null,
      },
      calculated_statement_descriptor: 'EXAMPLE',
      captured: true,
      created: this.born,
      currency: 'eur',
      customer: this.id('cus'),
      description: null,
      disputed: false,
      failure_balance_transaction: null,
      failure_code: null,
      failure_message: null,
      fraud_details: {},
      livemode: this.context.livemode,
      metadata: this.metadata,
      on_behalf_of: null,
      outcome: { network_status: 'approved_by_network', reason: null, type: 'authorized' },
      paid: true,
      payment_intent: this.id('pi'),
      payment_method: this.id('pm'),
      payment_method_details: { card: { brand: 'visa', last4: '4242' }, type: 'card' },
      receipt_email: null,
      receipt_number: null,
      receipt_url: null,
      refunded: false,
      review: null,
      shipping: null,
      source: null,
      source_transfer: null,
      statement_descriptor: null,
      statement_descriptor_suffix: null,
      status: 'succeeded',
      transfer_data: null,
      transfer_group: null,
      ...fields,
    };
  }

  refund(amount: number, status: string, fields: Json = {}): Json {
    return {
      id: this.id('re'),
      object: 'refund',
      amount,
      balance_transaction: this.id('txn_re'),
      charge: this.id('ch'),
      created: this.created,
      currency: 'eur',
      destination_details: { card: { type: 'pending' }, type: 'card' },
      metadata: {},
      payment_intent: this.id('pi'),
      reason: 'requested_by_customer',
      receipt_number: null,
      source_transfer_reversal: null,
      status,
      transfer_reversal: null,
      ...fields,
    };
  }

  dispute(status: string): Json {
    return {
      id: this.id('dp'),
      object: 'dispute',
      amount: AMOUNT,
      balance_transactions: [],
      charge: this.id('ch'),
      created: this.created,
      currency: 'eur',
      enhanced_eligibility_types: [],
      evidence: {},
      evidence_details: { due_by: null, has_evidence: false, past_due: false, submission_count: 0 },
      is_charge_refundable: false,
      livemode: this.context.livemode,
      metadata: {},
      payment_intent: this.id('pi'),
      payment_method_details: {
        card: { brand: 'visa', network_reason_code: '10.4' },
        type: 'card',
      },
      reason: 'fraudulent',
      status,
    };
  }

  session(): Json {
    return {
      id: this.id('cs'),
      object: 'checkout.session',
      amount_total: AMOUNT,
      client_reference_id: null,
      created: this.born,
      currency: 'eur',
      livemode: this.context.livemode,
      metadata: this.metadata,
      mode: 'payment',
      payment_intent: this.id('pi'),
      payment_status: 'paid',
      status: 'complete',
    };
  }

  /** The customer paid at once. */
  paid(): this {
    return this.emit(
      'payment_intent.created',
      this.intent('requires_payment_method', { latest_charge: null, payment_method: null }),
    )
      .emit('charge.succeeded', this.charge())
      .emit('payment_intent.succeeded', this.intent('succeeded', { amount_received: AMOUNT }));
  }

  /** The amount is held, not yet taken. */
  authorized(): this {
    const manual = { capture_method: 'manual' };
    return this.emit(
      'payment_intent.created',
      this.intent('requires_payment_method', { ...manual, latest_charge: null }),
    )
      .emit(
        'charge.succeeded',
        this.charge({ amount_captured: 0, balance_transaction: null, captured: false }),
      )
      .emit(
        'payment_intent.amount_capturable_updated',
        this.intent('requires_capture', { ...manual, amount_capturable: AMOUNT }),
      );
  }

  /** Money was sent back; gives the refund, for events that come later. */
  refunded(amount: number): Json {
    const refund = this.refund(amount, 'succeeded');
    this.emit('refund.created', refund).emit(
      'charge.refunded',
      this.charge({ amount_refunded: amount, refunded: amount === AMOUNT }),
    );
    return refund;
  }

  disputed(outcome: 'won' | 'lost'): this {
    const dispute = this.dispute('needs_response');
    this.emit('charge.dispute.created', dispute)
      .emit('charge.dispute.funds_withdrawn', dispute)
      .emit('charge.dispute.updated', { ...dispute, status: 'under_review' })
      .emit('charge.dispute.closed', { ...dispute, status: outcome });
    return outcome === 'won'
      ? this.emit('charge.dispute.funds_reinstated', { ...dispute, status: outcome })
      : this;
  }
}

const scenario = scenariosOf(SamplePayment);

const DECLINED = {
  code: 'card_declined',
  decline_code: 'insufficient_funds',
  message: 'Your card has insufficient funds.',
  type: 'card_error',
};

export const stripeScenarios: Record<ScenarioName, (context: SampleContext) => readonly Sample[]> =
  {
    succeeded: scenario((payment) => {
      payment.paid().emit('checkout.session.completed', payment.session(), 'ignored');
    }),
    failed: scenario((payment) => {
      payment
        .emit('payment_intent.created', payment.intent('requires_payment_method'))
        .emit(
          'charge.failed',
          payment.charge({
            amount_captured: 0,
            balance_transaction: null,
            captured: false,
            failure_code: DECLINED.code,
            failure_message: DECLINED.message,
            outcome: {
              network_status: 'declined_by_network',
              reason: DECLINED.decline_code,
              type: 'issuer_declined',
            },
            paid: false,
            status: 'failed',
          }),
        )
        .emit(
          'payment_intent.payment_failed',
          payment.intent('requires_payment_method', { last_payment_error: DECLINED }),
        );
    }),
    'authorized-captured': scenario((payment) => {
      payment
        .authorized()
        .emit('charge.captured', payment.charge())
        .emit(
          'payment_intent.succeeded',
          payment.intent('succeeded', { amount_received: AMOUNT, capture_method: 'manual' }),
        );
    }),
    voided: scenario((payment) => {
      // Stripe reports the release of a hold as a refund of the charge, though no money had moved.
      payment
        .authorized()
        .emit(
          'charge.refunded',
          payment.charge({
            amount_captured: 0,
            amount_refunded: AMOUNT,
            balance_transaction: null,
            captured: false,
            refunded: true,
          }),
        )
        .emit(
          'payment_intent.canceled',
          payment.intent('canceled', {
            cancellation_reason: 'requested_by_customer',
            capture_method: 'manual',
          }),
        );
    }),
    refunded: scenario((payment) => {
      payment.paid().refunded(AMOUNT);
    }),
    'partially-refunded': scenario((payment) => {
      payment.paid().refunded(PARTIAL);
    }),
    'refund-failed': scenario((payment) => {
      const refund = payment.paid().refunded(PARTIAL);
      payment.emit('refund.failed', {
        ...refund,
        failure_reason: 'expired_or_canceled_card',
        status: 'failed',
      });
    }),
    'disputed-won': scenario((payment) => {
      payment.paid().disputed('won');
    }),
    'disputed-lost': scenario((payment) => {
      payment.paid().disputed('lost');
    }),
  };
