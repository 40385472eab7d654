import { createHmac } from 'node:crypto';

import {
  type Sample,
  type SampleContext,
  type ScenarioName,
  type SignedSample,
  type SigningContext,
} from '../provider.js';
import { scenariosOf } from '../scenarios.js';

/** Signs a body as Square does: base64 HMAC-SHA256 of the notification URL and the body. */
export function signSquare({ body }: Sample, { secret, url }: SigningContext): SignedSample {
  const digest = createHmac('sha256', secret).update(url).update(body).digest('base64');
  return { body, headers: { 'x-square-hmacsha256-signature': digest } };
}

const PRICE = 4500;
const TIP = 499;
const PARTIAL = 1000;

type Json = Record<string, unknown>;

const eur = (amount: number) => ({ amount, currency: 'EUR' });

/** One payment at Square: its ids and the objects that events show of it. */
class SamplePayment {
  private events = 0;
  readonly samples: Sample[] = [];

  constructor(private readonly context: SampleContext) {}

  private id(prefix: string): string {
    return `${prefix}_${this.context.unique}`;
  }

  /** The next event's: one second after the event before. */
  private get time(): string {
    return new Date(this.context.now + this.events * 1000).toISOString();
  }

  private get born(): string {
    return new Date(this.context.now).toISOString();
  }

  /** Adds an event about an object as it is at that moment. */
  emit(
    type: string,
    name: string,
    id: string,
    object: Json,
    expect: Sample['expect'] = 'success',
  ): this {
    const event = {
      merchant_id: this.context.account ?? this.id('merchant'),
      type,
      event_id: `${this.id('event')}_${this.events + 1}`,
      created_at: this.time,
      data: { type: name, id, object: { [name]: object } },
    };
    this.samples.push({ body: Buffer.from(JSON.stringify(event)), expect });
    this.events += 1;
    return this;
  }

  payment(type: 'created' | 'updated', status: string, fields: Json = {}): this {
    const id = this.id('payment');
    return this.emit(`payment.${type}`, 'payment', id, {
      id,
      created_at: this.born,
      updated_at: this.time,
      amount_money: eur(PRICE),
      tip_money: eur(TIP),
      total_money: eur(PRICE + TIP),
      approved_money: eur(PRICE + TIP),
      status,
      delay_duration: 'PT168H',
      delay_action: 'CANCEL',
      source_type: 'CARD',
      card_details: {
        status: { APPROVED: 'AUTHORIZED', COMPLETED: 'CAPTURED', CANCELED: 'VOIDED' }[status],
        card: { card_brand: 'VISA', last_4: '5858', exp_month: 12, exp_year: 2030, bin: '453275' },
        entry_method: 'KEYED',
        cvv_status: 'CVV_ACCEPTED',
        avs_status: 'AVS_ACCEPTED',
        statement_description: 'SQ *EXAMPLE',
      },
      location_id: this.id('location'),
      order_id: this.id('order'),
      reference_id: `order-${this.context.unique}`,
      risk_evaluation: { created_at: this.born, risk_level: 'NORMAL' },
      version_token: `${this.id('version')}_${this.events + 1}`,
      ...fields,
    });
  }

  refund(type: 'created' | 'updated', status: string, amount: number): this {
    const id = `${this.id('payment')}_${this.id('refund')}`;
    return this.emit(`refund.${type}`, 'refund', id, {
      id,
      payment_id: this.id('payment'),
      order_id: this.id('return'),
      location_id: this.id('location'),
      status,
      amount_money: eur(amount),
      destination_type: 'CARD',
      reason: 'Returned goods',
      created_at: this.born,
      updated_at: this.time,
    });
  }

  dispute(type: 'created' | 'state.updated', state: string): this {
    const id = this.id('dispute');
    return this.emit(`dispute.${type}`, 'dispute', id, {
      id,
      amount_money: eur(PRICE + TIP),
      brand_dispute_id: this.id('brand'),
      card_brand: 'VISA',
      created_at: this.born,
      disputed_payment: { payment_id: this.id('payment') },
      due_at: new Date(this.context.now + 14 * 86_400_000).toISOString(),
      location_id: this.id('location'),
      reason: 'NO_KNOWLEDGE',
      reported_at: this.born,
      state,
      updated_at: this.time,
      version: this.events,
    });
  }

  /** The order is told beside the payment; it moves no money. */
  order(): this {
    const id = this.id('order');
    return this.emit(
      'order.updated',
      'order_updated',
      id,
      { created_at: this.born, location_id: this.id('location'), order_id: id, state: 'COMPLETED' },
      'ignored',
    );
  }

  paid(): this {
    return this.payment('created', 'APPROVED').payment('updated', 'COMPLETED');
  }

  refunded(amount: number): this {
    return this.refund('created', 'PENDING', amount)
      .refund('updated', 'COMPLETED', amount)
      .payment('updated', 'COMPLETED', { refunded_money: eur(amount) });
  }

  disputed(outcome: 'WON' | 'LOST'): this {
    return this.dispute('created', 'EVIDENCE_REQUIRED')
      .dispute('state.updated', 'PROCESSING')
      .dispute('state.updated', outcome);
  }
}

const scenario = scenariosOf(SamplePayment);

const DECLINED = {
  category: 'PAYMENT_METHOD_ERROR',
  code: 'INSUFFICIENT_FUNDS',
  detail: 'The card has insufficient funds.',
};

export const squareScenarios: Record<ScenarioName, (context: SampleContext) => readonly Sample[]> =
  {
    succeeded: scenario((payment) => payment.paid().order()),
    failed: scenario((payment) =>
      payment.payment('created', 'PENDING').payment('updated', 'FAILED', {
        approved_money: eur(0),
        card_details: { status: 'FAILED', errors: [DECLINED] },
      }),
    ),
    'authorized-captured': scenario((payment) =>
      payment
        .payment('created', 'APPROVED', { delay_action: 'COMPLETE' })
        .payment('updated', 'COMPLETED'),
    ),
    voided: scenario((payment) =>
      payment.payment('created', 'APPROVED').payment('updated', 'CANCELED'),
    ),
    refunded: scenario((payment) => payment.paid().refunded(PRICE + TIP)),
    'partially-refunded': scenario((payment) => payment.paid().refunded(PARTIAL)),
    'refund-failed': scenario((payment) =>
      payment.paid().refund('created', 'PENDING', PARTIAL).refund('updated', 'FAILED', PARTIAL),
    ),
    'disputed-won': scenario((payment) => payment.paid().disputed('WON')),
    'disputed-lost': scenario((payment) => payment.paid().disputed('LOST')),
  };
