import { createHash, createHmac } from 'node:crypto';

import {
  type Sample,
  type SampleContext,
  type ScenarioName,
  type SignedSample,
  type SigningContext,
} from '../provider.js';
import { scenariosOf } from '../scenarios.js';

/** Signs a body as Checkout.com does, with the static Authorization where one is configured. */
export function signCheckout({ body }: Sample, { secret, options }: SigningContext): SignedSample {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const { authorization } = options;
  return {
    body,
    headers: {
      'Cko-Signature': signature,
      ...(authorization === undefined ? {} : { Authorization: authorization }),
    },
  };
}

const AMOUNT = 4999;
const PARTIAL = 1000;
const A_MINUTE = 60_000;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const ID_LENGTH = 26;

type Fields = Readonly<Record<string, unknown>>;

const APPROVED = { response_code: '10000', response_summary: 'Approved' };
const DECLINED = { response_code: '20051', response_summary: 'Insufficient Funds' };

/** One payment at Checkout.com and the events about it. */
class SamplePayment {
  private events = 0;
  readonly samples: Sample[] = [];

  constructor(private readonly context: SampleContext) {}

  /** 26 characters, like every id of Checkout.com; the same for the same name within a run. */
  private id(prefix: string, name: string): string {
    const digest = createHash('sha256').update(`${this.context.unique} ${name}`).digest();
    const text = [...digest.subarray(0, ID_LENGTH)].map((byte) => ALPHABET[byte % 32]).join('');
    return `${prefix}_${text}`;
  }

  /** The time of the next event, a minute after the one before, as Checkout.com writes it. */
  private get time(): string {
    const at = new Date(this.context.now + this.events * A_MINUTE);
    return at.toISOString().replace('Z', '4629Z');
  }

  private emit(type: string, data: Fields, expect: Sample['expect']): this {
    const id = this.id('evt', String(this.events));
    const event = {
      id,
      type,
      version: '1.0.29',
      created_on: this.time,
      data,
      _links: { self: { href: `https://api.sandbox.checkout.com/workflows/events/${id}` } },
    };
    this.events += 1;
    this.samples.push({ body: Buffer.from(JSON.stringify(event, null, 2)), expect });
    return this;
  }

  /** @param action what was done to the payment, known by an id of its own */
  payment(
    type: string,
    fields: Fields = {},
    action = type,
    expect: Sample['expect'] = 'success',
  ): this {
    const data = {
      id: this.id('pay', 'payment'),
      action_id: this.id('act', action),
      reference: `order-${this.context.unique}`,
      amount: AMOUNT,
      currency: 'EUR',
      processed_on: this.time,
      ...APPROVED,
      metadata: { coupon_code: 'NY2026' },
      ...fields,
    };
    return this.emit(`payment_${type}`, data, expect);
  }

  dispute(type: string): this {
    const data = {
      id: this.id('dsp', 'dispute'),
      date: this.time,
      category: 'fraudulent',
      amount: AMOUNT,
      currency: 'EUR',
      reason_code: '10.4',
      payment_id: this.id('pay', 'payment'),
      payment_action_id: this.id('act', 'captured'),
      payment_reference: `order-${this.context.unique}`,
      payment_method: 'VISA',
    };
    return this.emit(`dispute_${type}`, data, 'success');
  }

  paid(): this {
    return this.payment('approved').payment('captured');
  }

  refunded(amount: number): this {
    return this.payment('refund_pending', { amount }, 'refund').payment(
      'refunded',
      { amount },
      'refund',
    );
  }

  disputed(outcome: string): this {
    return this.dispute('received')
      .dispute('evidence_required')
      .dispute('evidence_submitted')
      .dispute(outcome);
  }
}

const scenario = scenariosOf(SamplePayment);

export const checkoutScenarios: Record<
  ScenarioName,
  (context: SampleContext) => readonly Sample[]
> = {
  succeeded: scenario((payment) => payment.paid()),
  failed: scenario((payment) => payment.payment('pending').payment('declined', DECLINED)),
  'authorized-captured': scenario((payment) =>
    payment.payment('approved').payment('capture_pending', {}, 'captured').payment('captured'),
  ),
  voided: scenario((payment) =>
    payment
      .payment('approved')
      .payment('void_declined', DECLINED, 'void', 'ignored')
      .payment('voided'),
  ),
  refunded: scenario((payment) => payment.paid().refunded(AMOUNT)),
  'partially-refunded': scenario((payment) => payment.paid().refunded(PARTIAL)),
  'refund-failed': scenario((payment) =>
    payment
      .paid()
      .payment('refund_pending', { amount: PARTIAL }, 'refund')
      .payment('refund_declined', { amount: PARTIAL, ...DECLINED }, 'refund'),
  ),
  'disputed-won': scenario((payment) => payment.paid().disputed('won')),
  'disputed-lost': scenario((payment) => payment.paid().disputed('lost')),
};
