import { createHmac } from 'node:crypto';

import {
  type Sample,
  type SampleContext,
  type ScenarioName,
  type SignedSample,
  type SigningContext,
} from '../provider.js';
import { scenariosOf } from '../scenarios.js';

/** Signs a body as Mollie does: `sha256=<hex HMAC-SHA256 of the body>`. */
export function signMollie({ body }: Sample, { secret }: SigningContext): SignedSample {
  const digest = createHmac('sha256', secret).update(body).digest('hex');
  return { body, headers: { 'X-Mollie-Signature': `sha256=${digest}` } };
}

const AMOUNT = '49.99';
const PARTIAL = '10.00';
const API = 'https://api.mollie.com/v2';

type Json = Record<string, unknown>;

const eur = (value: string) => ({ currency: 'EUR', value });

function hal(path: string) {
  return { href: `${API}/${path}`, type: 'application/hal+json' };
}

/** One payment at Mollie: its ids and the entities that events embed. */
class SamplePayment {
  readonly samples: Sample[] = [];

  constructor(private readonly context: SampleContext) {}

  private id(prefix: string): string {
    return `${prefix}_${this.context.unique}`;
  }

  /** The next event's: one second after the event before. */
  private get time(): string {
    return new Date(this.context.now + this.samples.length * 1000).toISOString();
  }

  private get mode(): string {
    return this.context.livemode ? 'live' : 'test';
  }

  /** Adds an event with an entity as it is at that moment. */
  emit(type: string, entity: Json & { id: string }, expect: Sample['expect'] = 'success'): this {
    const id = `${this.id('event')}_${this.samples.length + 1}`;
    const event = {
      resource: 'event',
      id,
      type,
      entityId: entity.id,
      createdAt: this.time,
      _embedded: { entity },
      _links: { self: hal(`events/${id}`) },
    };
    this.samples.push({ body: Buffer.from(JSON.stringify(event)), expect });
    return this;
  }

  payment(status: string, fields: Json = {}): this {
    const id = this.id('tr');
    return this.emit(`payment.${status}`, {
      resource: 'payment',
      id,
      mode: this.mode,
      amount: eur(AMOUNT),
      description: `Order ${this.context.unique}`,
      method: 'creditcard',
      metadata: { order_id: `order-${this.context.unique}` },
      profileId: 'pfl_QkEhN94Ba',
      sequenceType: 'oneoff',
      status,
      redirectUrl: 'https://shop.example/thanks',
      createdAt: new Date(this.context.now).toISOString(),
      _links: { self: hal(`payments/${id}`) },
      ...fields,
    });
  }

  /** The customer paid, and the money was taken at once. */
  paid(): this {
    return this.payment('pending').payment('paid', { amountCaptured: eur(AMOUNT) });
  }

  /** The money is held and taken later. */
  authorized(): this {
    return this.payment('authorized', { captureMode: 'manual' });
  }

  capture(status: string): this {
    const [id, paymentId] = [this.id('cpt'), this.id('tr')];
    return this.emit(`capture.${status}`, {
      resource: 'capture',
      id,
      mode: this.mode,
      amount: eur(AMOUNT),
      status,
      paymentId,
      createdAt: this.time,
      _links: { self: hal(`payments/${paymentId}/captures/${id}`) },
    });
  }

  refund(value: string, status: string): this {
    const [id, paymentId] = [this.id('re'), this.id('tr')];
    return this.emit(`refund.${status}`, {
      resource: 'refund',
      id,
      mode: this.mode,
      amount: eur(value),
      description: 'Returned goods',
      metadata: null,
      status,
      paymentId,
      createdAt: this.time,
      _links: { self: hal(`payments/${paymentId}/refunds/${id}`) },
    });
  }

  chargeback(type: 'received' | 'reversed'): this {
    const [id, paymentId] = [this.id('chb'), this.id('tr')];
    return this.emit(`chargeback.${type}`, {
      resource: 'chargeback',
      id,
      amount: eur(AMOUNT),
      settlementAmount: eur(`-${AMOUNT}`),
      paymentId,
      createdAt: this.time,
      reversedAt: type === 'reversed' ? this.time : null,
      _links: { self: hal(`payments/${paymentId}/chargebacks/${id}`) },
    });
  }
}

const scenario = scenariosOf(SamplePayment);

export const mollieScenarios: Record<ScenarioName, (context: SampleContext) => readonly Sample[]> =
  {
    succeeded: scenario((payment) => {
      payment.paid().emit('payment-link.paid', { resource: 'payment-link', id: 'pl_1' }, 'ignored');
    }),
    failed: scenario((payment) => {
      payment.payment('failed', {
        statusReason: { code: 'insufficient_funds', message: 'Not enough balance' },
      });
    }),
    'authorized-captured': scenario((payment) => {
      payment
        .authorized()
        .capture('succeeded')
        .payment('paid', { amountCaptured: eur(AMOUNT) });
    }),
    voided: scenario((payment) => {
      payment.authorized().payment('canceled');
    }),
    refunded: scenario((payment) => {
      payment
        .paid()
        .refund(AMOUNT, 'pending')
        .refund(AMOUNT, 'processing')
        .refund(AMOUNT, 'refunded');
    }),
    'partially-refunded': scenario((payment) => {
      payment.paid().refund(PARTIAL, 'pending').refund(PARTIAL, 'refunded');
    }),
    'refund-failed': scenario((payment) => {
      payment.paid().refund(PARTIAL, 'pending').refund(PARTIAL, 'failed');
    }),
    'disputed-won': scenario((payment) => {
      payment.paid().chargeback('received').chargeback('reversed');
    }),
    'disputed-lost': scenario((payment) => {
      payment.paid().chargeback('received');
    }),
  };
