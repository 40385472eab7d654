import { createHash, createPrivateKey, sign } from 'node:crypto';

import {
  type Sample,
  type SampleContext,
  type ScenarioName,
  type SignedSample,
  type SigningContext,
} from '../provider.js';
import { scenariosOf } from '../scenarios.js';
import { type PaypalKey } from './paypal.signing-key.js';
import {
  ALGORITHM,
  CERTIFICATE_URL_HEADER,
  type Environment,
  signedContent,
  TRANSMISSION_ID_HEADER,
} from './paypal.transmission.js';

const API: Readonly<Record<Environment, string>> = {
  live: 'https://api.paypal.com',
  sandbox: 'https://api.sandbox.paypal.com',
};

/** Signs a body as PayPal does, with the key that {@link loadOrCreateKey} made. */
export function signPaypal({ body }: Sample, { secret, key, at }: SigningContext): SignedSample {
  if (key === null) throw new Error('PayPal signs with a key of its own; make one by signingKey()');
  const { privateKey, certificateNames } = JSON.parse(key) as PaypalKey;
  // An event happened where its links lead to; the sandbox has certificates of its own.
  const environment = body.includes(`${API.live}/`) ? 'live' : 'sandbox';
  const id = transmissionIdOf(body);
  const time = `${new Date(at).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}Z`;
  const content = Buffer.from(signedContent({ id, time }, secret, body));
  return {
    body,
    headers: {
      [TRANSMISSION_ID_HEADER]: id,
      'PAYPAL-TRANSMISSION-TIME': time,
      'PAYPAL-TRANSMISSION-SIG': sign('sha256', content, createPrivateKey(privateKey)).toString(
        'base64',
      ),
      [CERTIFICATE_URL_HEADER]: `${API[environment]}/v1/notifications/certs/${certificateNames[environment]}`,
      'PAYPAL-AUTH-ALGO': ALGORITHM,
    },
  };
}

/** In the form of a UUID; the same for the same event, so that a repetition is one. */
function transmissionIdOf(body: Buffer): string {
  const hex = createHash('sha256').update(body).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}

const AMOUNT = '49.99';
const PARTIAL = '10.00';

type Json = Record<string, unknown>;

/** One payment at PayPal: its ids and the resources that events show of it. */
class SamplePayment {
  readonly samples: Sample[] = [];
  private readonly api: string;

  constructor(private readonly context: SampleContext) {
    this.api = context.livemode ? API.live : API.sandbox;
  }

  /** Letters and digits, as PayPal's. */
  private id(prefix: string): string {
    return `${prefix}${this.context.unique}`.toUpperCase();
  }

  /** Time of the next event: one second after the event before. */
  private get time(): string {
    return new Date(this.context.now + this.samples.length * 1000).toISOString();
  }

  /** Adds an event about a resource as it is at that moment. */
  private emit(
    event: Json & { event_type: string; resource_version: string },
    resource: Json,
    expect: Sample['expect'] = 'success',
  ): this {
    const id = `WH-${this.id('E')}-${this.samples.length + 1}`;
    const self = `${this.api}/v1/notifications/webhooks-events/${id}`;
    const body = {
      id,
      event_version: '1.0',
      create_time: this.time,
      ...event,
      resource,
      links: [link('self', self), link('resend', `${self}/resend`, 'POST')],
    };
    this.samples.push({ body: Buffer.from(JSON.stringify(body)), expect });
    return this;
  }

  private payments(path: string): string {
    return `${this.api}/v2/payments/${path}`;
  }

  private get order(): string {
    return `${this.api}/v2/checkout/orders/${this.id('O')}`;
  }

  /** Resources state whole seconds. */
  private get times(): Json {
    const time = `${this.time.slice(0, 19)}Z`;
    return { create_time: time, update_time: time };
  }

  private resource(id: string, value: string, status: string): Json {
    return {
      id,
      amount: money(value),
      status,
      custom_id: `order-${this.context.unique}`,
      ...this.times,
    };
  }

  /** The customer agreed; no money has moved. */
  approved(): this {
    return this.emit(
      {
        resource_type: 'checkout-order',
        event_type: 'CHECKOUT.ORDER.APPROVED',
        resource_version: '2.0',
        summary: 'An order has been approved by buyer',
      },
      {
        id: this.id('O'),
        intent: 'CAPTURE',
        status: 'APPROVED',
        purchase_units: [{ reference_id: 'default', amount: money(AMOUNT) }],
        create_time: this.time,
        links: [link('self', this.order), link('capture', `${this.order}/capture`, 'POST')],
      },
      'ignored',
    );
  }

  authorization(type: 'CREATED' | 'VOIDED'): this {
    const id = this.id('A');
    const self = this.payments(`authorizations/${id}`);
    return this.emit(
      {
        resource_type: 'authorization',
        event_type: `PAYMENT.AUTHORIZATION.${type}`,
        resource_version: '2.0',
        summary: `A payment authorization was ${type.toLowerCase()}`,
      },
      {
        ...this.resource(id, AMOUNT, type),
        seller_protection: { status: 'ELIGIBLE' },
        expiration_time: new Date(this.context.now + 29 * 86_400_000).toISOString(),
        supplementary_data: { related_ids: { order_id: this.id('O') } },
        links: [
          link('self', self),
          link('capture', `${self}/capture`, 'POST'),
          link('void', `${self}/void`, 'POST'),
          link('up', this.order),
        ],
      },
    );
  }

  capture(
    type: 'COMPLETED' | 'PENDING' | 'DECLINED',
    { authorized = false, ...fields }: Json & { authorized?: boolean } = {},
  ): this {
    const id = this.id('C');
    const self = this.payments(`captures/${id}`);
    const up = authorized ? this.payments(`authorizations/${this.id('A')}`) : this.order;
    return this.emit(
      {
        resource_type: 'capture',
        event_type: `PAYMENT.CAPTURE.${type}`,
        resource_version: '2.0',
        summary: `Payment ${type.toLowerCase()} for EUR ${AMOUNT}`,
      },
      {
        ...this.resource(id, AMOUNT, type),
        final_capture: true,
        seller_protection: { status: 'ELIGIBLE' },
        seller_receivable_breakdown: {
          gross_amount: money(AMOUNT),
          paypal_fee: money('1.84'),
          net_amount: money('48.15'),
        },
        supplementary_data: {
          related_ids: {
            order_id: this.id('O'),
            ...(authorized ? { authorization_id: this.id('A') } : {}),
          },
        },
        links: [link('self', self), link('refund', `${self}/refund`, 'POST'), link('up', up)],
        ...fields,
      },
    );
  }

  refund(type: 'CAPTURE.REFUNDED' | 'REFUND.PENDING' | 'REFUND.FAILED', value: string): this {
    const id = this.id('R');
    const status = { 'CAPTURE.REFUNDED': 'COMPLETED', 'REFUND.PENDING': 'PENDING' };
    return this.emit(
      {
        resource_type: 'refund',
        event_type: `PAYMENT.${type}`,
        resource_version: '2.0',
        summary: `A EUR ${value} refund of a capture`,
      },
      {
        ...this.resource(id, value, type === 'REFUND.FAILED' ? 'FAILED' : status[type]),
        ...(type === 'REFUND.PENDING' ? { status_details: { reason: 'ECHECK' } } : {}),
        seller_payable_breakdown: {
          gross_amount: money(value),
          net_amount: money(value),
          total_refunded_amount: money(value),
        },
        links: [
          link('self', this.payments(`refunds/${id}`)),
          link('up', this.payments(`captures/${this.id('C')}`)),
        ],
      },
    );
  }

  dispute(type: 'CREATED' | 'UPDATED' | 'RESOLVED', fields: Json): this {
    const id = `PP-D-${this.id('')}`;
    return this.emit(
      {
        resource_type: 'dispute',
        event_type: `CUSTOMER.DISPUTE.${type}`,
        resource_version: '1.0',
        summary: `A customer dispute case was ${type.toLowerCase()}`,
      },
      {
        dispute_id: id,
        ...this.times,
        disputed_transactions: [
          {
            seller_transaction_id: this.id('C'),
            seller: { merchant_id: '5DUA59E7UPFCA' },
            gross_amount: money(AMOUNT),
            custom: `order-${this.context.unique}`,
          },
        ],
        reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
        dispute_channel: 'INTERNAL',
        dispute_amount: money(AMOUNT),
        ...fields,
        links: [link('self', `${this.api}/v1/customer/disputes/${id}`)],
      },
    );
  }

  paid(): this {
    return this.approved().capture('COMPLETED');
  }

  /** First a question, then a claim, then PayPal's decision. */
  disputed(outcome: Json): this {
    return this.paid()
      .dispute('CREATED', {
        status: 'WAITING_FOR_SELLER_RESPONSE',
        dispute_life_cycle_stage: 'INQUIRY',
      })
      .dispute('UPDATED', { status: 'UNDER_REVIEW', dispute_life_cycle_stage: 'CHARGEBACK' })
      .dispute('RESOLVED', {
        status: 'RESOLVED',
        dispute_life_cycle_stage: 'CHARGEBACK',
        dispute_outcome: outcome,
      });
  }
}

function money(value: string): Json {
  return { currency_code: 'EUR', value };
}

function link(rel: string, href: string, method = 'GET'): Json {
  return { href, rel, method };
}

const scenario = scenariosOf(SamplePayment);

export const paypalScenarios: Record<ScenarioName, (context: SampleContext) => readonly Sample[]> =
  {
    succeeded: scenario((payment) => {
      payment.paid();
    }),
    failed: scenario((payment) => {
      payment
        .approved()
        .capture('PENDING', { status_details: { reason: 'ECHECK' } })
        .capture('DECLINED', { status_details: { reason: 'DECLINED_BY_RISK_FRAUD_FILTERS' } });
    }),
    'authorized-captured': scenario((payment) => {
      payment.approved().authorization('CREATED').capture('COMPLETED', { authorized: true });
    }),
    voided: scenario((payment) => {
      payment.approved().authorization('CREATED').authorization('VOIDED');
    }),
    refunded: scenario((payment) => {
      payment.paid().refund('CAPTURE.REFUNDED', AMOUNT);
    }),
    'partially-refunded': scenario((payment) => {
      payment.paid().refund('CAPTURE.REFUNDED', PARTIAL);
    }),
    'refund-failed': scenario((payment) => {
      payment.paid().refund('REFUND.PENDING', PARTIAL).refund('REFUND.FAILED', PARTIAL);
    }),
    'disputed-won': scenario((payment) => {
      payment.disputed({ outcome_code: 'RESOLVED_SELLER_FAVOUR' });
    }),
    'disputed-lost': scenario((payment) => {
      payment.disputed({
        outcome_code: 'RESOLVED_BUYER_FAVOUR',
        amount_refunded: money(AMOUNT),
      });
    }),
  };
