import { createHmac } from 'node:crypto';

import {
  type Provider,
  type Sample,
  type SampleContext,
  type SignedSample,
  type SigningContext,
} from '../provider.js';
import { scenariosOf } from '../scenarios.js';

/** Signs a body as GoCardless does: hex HMAC-SHA256 of the body. */
export function signGocardless({ body }: Sample, { secret }: SigningContext): SignedSample {
  const digest = createHmac('sha256', secret).update(body).digest('hex');
  return { body, headers: { 'Webhook-Signature': digest } };
}

type Json = Record<string, unknown>;

/** One payment at GoCardless: its ids and the webhooks with the events about it. */
class SamplePayment {
  private events = 0;
  readonly samples: Sample[] = [];

  constructor(private readonly context: SampleContext) {}

  private id(prefix: string): string {
    return `${prefix}${this.context.unique.toUpperCase()}`;
  }

  private event(resource: string, action: string, links: Json, fields: Json = {}): Json {
    this.events += 1;
    const { account, now } = this.context;
    return {
      id: `${this.id('EV')}${this.events}`,
      // One second after the event before.
      created_at: new Date(now + this.events * 1000 - 1000).toISOString(),
      resource_type: resource,
      action,
      links: account === null ? links : { ...links, organisation: account },
      details: { origin: 'gocardless', cause: `${resource.slice(0, -1)}_${action}` },
      metadata: {},
      ...fields,
    };
  }

  payment(action: string, fields: Json = {}): Json {
    return this.event(
      'payments',
      action,
      { payment: this.id('PM'), mandate: this.id('MD') },
      { resource_metadata: { reference: `order-${this.context.unique}` }, ...fields },
    );
  }

  refund(action: string): Json {
    return this.event('refunds', action, { refund: this.id('RF'), payment: this.id('PM') });
  }

  mandate(action: string): Json {
    return this.event('mandates', action, { mandate: this.id('MD') });
  }

  /** Adds one webhook with these events. */
  send(events: readonly Json[], expect: Sample['expect'] = 'success'): this {
    const meta = { webhook_id: `${this.id('WB')}${this.samples.length + 1}` };
    this.samples.push({ body: Buffer.from(JSON.stringify({ events, meta })), expect });
    return this;
  }

  /** The bank was asked for the money and sent it. */
  collected(): this {
    return this.send([this.payment('created')])
      .send([this.payment('submitted')])
      .send([this.payment('confirmed')]);
  }
}

const scenario = scenariosOf(SamplePayment);

/**
 * A direct debit is not authorized and captured later; and since no event states an amount, nobody can
 * tell from them that a refund is one of everything.
 */
export const gocardlessScenarios: Provider['scenarios'] = {
  // Several events in one webhook, one of them about something else than money.
  succeeded: scenario((payment) => {
    payment
      .send([payment.mandate('created')], 'ignored')
      .send([payment.mandate('active'), payment.payment('created'), payment.payment('submitted')])
      .send([payment.payment('confirmed'), payment.payment('paid_out')]);
  }),
  failed: scenario((payment) => {
    payment.send([payment.payment('created'), payment.payment('submitted')]).send([
      payment.payment('failed', {
        details: {
          origin: 'bank',
          cause: 'insufficient_funds',
          description: "The customer's account had insufficient funds to make this payment.",
          scheme: 'bacs',
          reason_code: 'ARUDD-0',
          will_attempt_retry: false,
        },
      }),
    ]);
  }),
  voided: scenario((payment) => {
    payment.send([payment.payment('created')]).send([payment.payment('cancelled')]);
  }),
  'partially-refunded': scenario((payment) => {
    payment
      .collected()
      .send([payment.refund('created')])
      .send([payment.refund('paid')])
      .send([payment.refund('refund_settled')], 'ignored');
  }),
  'refund-failed': scenario((payment) => {
    payment
      .collected()
      .send([payment.refund('created')])
      .send([payment.refund('failed')]);
  }),
  'disputed-won': scenario((payment) => {
    payment
      .collected()
      .send([payment.payment('charged_back')])
      .send([payment.payment('chargeback_cancelled')]);
  }),
  'disputed-lost': scenario((payment) => {
    payment
      .collected()
      .send([payment.payment('charged_back')])
      .send([payment.payment('chargeback_settled')], 'ignored');
  }),
};
