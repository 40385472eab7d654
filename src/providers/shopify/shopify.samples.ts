import { createHash, createHmac } from 'node:crypto';

import { stringify } from 'lossless-json';

import {
  type Sample,
  type SampleContext,
  type ScenarioName,
  type SignedSample,
  type SigningContext,
} from '../provider.js';

/** Signs a body as Shopify does: base64 HMAC-SHA256 of the exact bytes. */
export function signShopify({ body }: Sample, { secret }: SigningContext): SignedSample {
  const digest = createHmac('sha256', secret).update(body).digest('base64');
  return { body, headers: { 'X-Shopify-Hmac-SHA256': digest } };
}

const API_VERSION = '2026-07';
const CURRENCY = 'EUR';
const PRICE = '49.99';
const PARTIAL = '10.00';

type Json = Record<string, unknown>;

const moneySet = (amount: string) => ({
  shop_money: { amount, currency_code: CURRENCY },
  presentment_money: { amount, currency_code: CURRENCY },
});

/** One order at Shopify: its ids and the resources that webhooks show of it. */
class SampleOrder {
  private events = 0;
  readonly samples: Sample[] = [];

  constructor(private readonly context: SampleContext) {}

  /** Of 18 digits, as Shopify's are: more than a double can hold. */
  private id(what: string): bigint {
    const digest = createHash('sha256').update(`${what} ${this.context.unique}`).digest();
    return 10n ** 17n + (digest.readBigUInt64BE() % (9n * 10n ** 17n));
  }

  private get domain(): string {
    return 'example.myshopify.com';
  }

  /** The next event's: one second after the event before. */
  private get time(): string {
    return new Date(this.context.now + this.events * 1000).toISOString();
  }

  private get born(): string {
    return new Date(this.context.now).toISOString();
  }

  emit(topic: string, body: Json, expect: Sample['expect'] = 'success'): this {
    this.samples.push({
      body: Buffer.from(stringify(body) ?? ''),
      headers: {
        'X-Shopify-Topic': topic,
        'X-Shopify-Shop-Domain': this.domain,
        'X-Shopify-API-Version': API_VERSION,
        'X-Shopify-Webhook-Id': `${this.context.unique}-webhook-${this.events + 1}`,
        'X-Shopify-Event-Id': `${this.context.unique}-event-${this.events + 1}`,
        'X-Shopify-Triggered-At': this.time,
      },
      expect,
    });
    this.events += 1;
    return this;
  }

  order(topic: string, financialStatus: string, expect: Sample['expect'], fields: Json = {}): this {
    const id = this.id('order');
    const body = {
      id,
      admin_graphql_api_id: `gid://shopify/Order/${id}`,
      cancelled_at: null,
      confirmed: true,
      contact_email: null,
      created_at: this.born,
      currency: CURRENCY,
      current_total_price: PRICE,
      current_total_price_set: moneySet(PRICE),
      financial_status: financialStatus,
      name: `#${this.context.unique}`,
      order_status_url: `https://${this.domain}/548380009/orders/${this.context.unique}/authenticate`,
      payment_gateway_names: ['shopify_payments'],
      presentment_currency: CURRENCY,
      processed_at: this.born,
      source_name: 'web',
      test: !this.context.livemode,
      total_outstanding: financialStatus === 'paid' ? '0.00' : PRICE,
      total_price: PRICE,
      total_price_set: moneySet(PRICE),
      updated_at: this.time,
      line_items: [],
      refunds: [],
      ...fields,
    };
    return this.emit(topic, body, expect);
  }

  transaction(
    name: string,
    kind: string,
    status: string,
    amount: string,
    parent: string | null = null,
    fields: Json = {},
  ): Json {
    const id = this.id(name);
    return {
      id,
      order_id: this.id('order'),
      kind,
      gateway: 'shopify_payments',
      status,
      message: status === 'success' ? 'Transaction approved' : null,
      created_at: this.time,
      test: !this.context.livemode,
      authorization: `${this.context.unique}-${name}`,
      location_id: null,
      user_id: null,
      parent_id: parent === null ? null : this.id(parent),
      processed_at: this.time,
      device_id: null,
      error_code: null,
      source_name: 'web',
      receipt: {},
      currency_exchange_adjustment: null,
      amount,
      currency: CURRENCY,
      payment_id: `${this.context.unique}.${name}`,
      total_unsettled_set: moneySet('0.00'),
      manual_payment_gateway: false,
      admin_graphql_api_id: `gid://shopify/OrderTransaction/${id}`,
      ...fields,
    };
  }

  create(transaction: Json): this {
    return this.emit('order_transactions/create', transaction);
  }

  /** The customer paid at once. */
  paid(): this {
    return this.order('orders/create', 'pending', 'ignored')
      .create(this.transaction('sale', 'sale', 'success', PRICE))
      .order('orders/paid', 'paid', 'success');
  }

  /** The amount is held, not yet taken. */
  authorized(): this {
    return this.order('orders/create', 'authorized', 'ignored').create(
      this.transaction('authorization', 'authorization', 'success', PRICE),
    );
  }

  refunded(status: string, amount: string, fields: Json = {}): this {
    const refund = this.transaction('refund', 'refund', status, amount, 'sale', fields);
    const id = this.id('refunds');
    return this.create(refund).emit('refunds/create', {
      id,
      order_id: this.id('order'),
      created_at: this.time,
      note: 'Returned goods',
      user_id: null,
      processed_at: this.time,
      duties: [],
      restock: false,
      admin_graphql_api_id: `gid://shopify/Refund/${id}`,
      refund_line_items: [],
      transactions: [refund],
      order_adjustments: [],
    });
  }

  disputed(outcome: 'won' | 'lost'): this {
    const started = this.time;
    const body = (status: string, times: Json) => ({
      id: this.id('dispute'),
      order_id: this.id('order'),
      type: 'chargeback',
      amount: PRICE,
      currency: CURRENCY,
      reason: 'fraudulent',
      network_reason_code: '10.4',
      status,
      evidence_due_by: new Date(this.context.now + 14 * 86_400_000).toISOString(),
      evidence_sent_on: null,
      finalized_on: null,
      initiated_at: started,
      ...times,
    });
    this.emit('disputes/create', body('needs_response', {}));
    const sent = this.time;
    this.emit('disputes/update', body('under_review', { evidence_sent_on: sent }));
    return this.emit(
      'disputes/update',
      body(outcome, { evidence_sent_on: sent, finalized_on: this.time }),
    );
  }
}

function scenario(play: (order: SampleOrder) => void) {
  return (context: SampleContext): readonly Sample[] => {
    const order = new SampleOrder(context);
    play(order);
    return order.samples;
  };
}

const DECLINED = { error_code: 'card_declined', message: 'Your card was declined.' };

export const shopifyScenarios: Record<ScenarioName, (context: SampleContext) => readonly Sample[]> =
  {
    succeeded: scenario((order) => order.paid()),
    failed: scenario((order) =>
      order
        .order('orders/create', 'pending', 'ignored')
        .create(order.transaction('sale', 'sale', 'failure', PRICE, null, DECLINED)),
    ),
    'authorized-captured': scenario((order) => {
      order.authorized();
      order
        .create(order.transaction('capture', 'capture', 'success', PRICE, 'authorization'))
        .order('orders/paid', 'paid', 'success');
    }),
    voided: scenario((order) => {
      order.authorized();
      order
        .create(order.transaction('void', 'void', 'success', '0.00', 'authorization'))
        .order('orders/cancelled', 'voided', 'ignored', { cancel_reason: 'customer' });
    }),
    refunded: scenario((order) => order.paid().refunded('success', PRICE)),
    'partially-refunded': scenario((order) => order.paid().refunded('success', PARTIAL)),
    'refund-failed': scenario((order) => order.paid().refunded('failure', PARTIAL, DECLINED)),
    'disputed-won': scenario((order) => order.paid().disputed('won')),
    'disputed-lost': scenario((order) => order.paid().disputed('lost')),
  };
