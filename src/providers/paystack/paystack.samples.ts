import { createHash, createHmac } from 'node:crypto';

import {
  type Provider,
  type Sample,
  type SampleContext,
  type SignedSample,
  type SigningContext,
} from '../provider.js';
import { scenariosOf } from '../scenarios.js';

/** Signs a body as Paystack does: hex HMAC-SHA512 of the exact bytes with the key of the API. */
export function signPaystack({ body }: Sample, { secret }: SigningContext): SignedSample {
  const digest = createHmac('sha512', secret).update(body).digest('hex');
  return { body, headers: { 'x-paystack-signature': digest } };
}

const PRICE = 4999;
const PARTIAL = 1000;
const CURRENCY = 'EUR';

type Json = Record<string, unknown>;

/** One payment at Paystack: its ids and the objects that events show of it. */
class SamplePayment {
  readonly samples: Sample[] = [];

  constructor(private readonly context: SampleContext) {}

  /** Of ten digits. */
  private id(what: string): number {
    const digest = createHash('sha256').update(`${what} ${this.context.unique}`).digest();
    return 1_000_000_000 + (digest.readUIntBE(0, 6) % 9_000_000_000);
  }

  private time(seconds: number): string {
    return new Date(this.context.now + seconds * 1000).toISOString();
  }

  private get reference(): string {
    return `order-${this.context.unique}`;
  }

  private get domain(): string {
    return this.context.livemode ? 'live' : 'test';
  }

  private get customer(): Json {
    return {
      id: this.id('customer'),
      first_name: 'Ada',
      last_name: 'Obi',
      email: 'ada@example.com',
      customer_code: `CUS_${this.context.unique}`,
      phone: null,
      metadata: null,
      risk_action: 'default',
    };
  }

  private emit(event: string, data: Json, expect: Sample['expect'] = 'success'): this {
    this.samples.push({ body: Buffer.from(JSON.stringify({ event, data })), expect });
    return this;
  }

  private transaction(status: string): Json {
    return {
      id: this.id('transaction'),
      domain: this.domain,
      status,
      reference: this.reference,
      amount: PRICE,
      message: null,
      gateway_response: 'Approved',
      paid_at: this.time(0),
      created_at: this.time(0),
      channel: 'card',
      currency: CURRENCY,
      ip_address: '203.0.113.7',
      metadata: '',
      fees: 75,
      plan: {},
    };
  }

  paid(): this {
    return this.emit('charge.success', {
      ...this.transaction('success'),
      customer: this.customer,
      authorization: {
        authorization_code: `AUTH_${this.context.unique}`,
        bin: '408408',
        last4: '4081',
        exp_month: '12',
        exp_year: '2030',
        card_type: 'visa',
        bank: 'TEST BANK',
        country_code: 'NG',
        brand: 'visa',
      },
    });
  }

  private refund(status: string, amount: number, reference: string | null): this {
    const data = {
      status,
      transaction_reference: this.reference,
      refund_reference: reference,
      // As Paystack writes it.
      amount: `${amount}`,
      currency: CURRENCY,
      processor: 'mpgs_zen',
      customer: { first_name: 'Ada', last_name: 'Obi', email: 'ada@example.com' },
      integration: 412829,
      domain: this.domain,
    };
    return this.emit(`refund.${status}`, data, reference === null ? 'ignored' : 'success');
  }

  /** Before a refund is done it has no id, and says nothing that counts. */
  refunded(amount: number, outcome: 'processed' | 'failed'): this {
    return this.refund('pending', amount, null)
      .refund('processing', amount, null)
      .refund(outcome, amount, `${this.id('refund')}`);
  }

  private dispute(event: string, seconds: number, fields: Json): this {
    return this.emit(`charge.dispute.${event}`, {
      id: this.id('dispute'),
      refund_amount: PRICE,
      currency: CURRENCY,
      status: 'awaiting-merchant-feedback',
      resolution: null,
      domain: this.domain,
      transaction: this.transaction('success'),
      transaction_reference: null,
      category: 'chargeback',
      customer: this.customer,
      bin: '408408',
      last4: '4081',
      dueAt: this.time(86_400),
      resolvedAt: null,
      evidence: null,
      attachments: null,
      note: null,
      created_at: this.time(1),
      updated_at: this.time(seconds),
      ...fields,
    });
  }

  disputed(outcome: 'won' | 'lost'): this {
    const resolution = outcome === 'won' ? 'declined' : 'merchant-accepted';
    const resolved = { status: 'resolved', resolution, resolvedAt: this.time(3) };
    const reversed = outcome === 'lost' ? { transaction: this.transaction('reversed') } : {};
    return this.dispute('create', 1, {})
      .dispute('remind', 2, {})
      .dispute('resolve', 3, { ...resolved, ...reversed });
  }
}

const scenario = scenariosOf(SamplePayment);

/** Paystack tells of charges that succeeded, and neither of failed ones nor of authorizations. */
export const paystackScenarios: Provider['scenarios'] = {
  succeeded: scenario((payment) => payment.paid()),
  refunded: scenario((payment) => payment.paid().refunded(PRICE, 'processed')),
  'partially-refunded': scenario((payment) => payment.paid().refunded(PARTIAL, 'processed')),
  'refund-failed': scenario((payment) => payment.paid().refunded(PARTIAL, 'failed')),
  'disputed-won': scenario((payment) => payment.paid().disputed('won')),
  'disputed-lost': scenario((payment) => payment.paid().disputed('lost')),
};
