import { createHash, createHmac } from 'node:crypto';

import {
  type Sample,
  type SampleContext,
  type ScenarioName,
  type SignedSample,
  type SigningContext,
} from '../provider.js';
import { scenariosOf } from '../scenarios.js';
import { formOf, publicKeyOf } from './braintree.signature.js';

/** Adds the signature of a notification as Braintree makes it. A body without payload stays as it is. */
export function signBraintree({ body }: Sample, context: SigningContext): SignedSample {
  const payload = formOf(body)?.payload ?? '';
  if (payload === '') return { body, headers: {} };
  const key = createHash('sha1').update(context.secret).digest();
  const hex = createHmac('sha1', key).update(payload).digest('hex');
  const publicKey = publicKeyOf(context.options, 0);
  const form = new URLSearchParams({ bt_signature: `${publicKey}|${hex}`, bt_payload: payload });
  return { body: Buffer.from(form.toString()), headers: {} };
}

const PRICE = '49.99';
const PARTIAL = '10.00';
const A_MINUTE = 60_000;
/** As Ruby's Base64 breaks lines, which is what Braintree writes. */
const LINE = /.{1,60}/g;

type Element = string | boolean | null | readonly Element[] | { readonly [name: string]: Element };

/** XML as Braintree writes it: types in attributes, `nil` for nothing. */
function xml(name: string, value: Element, indent = ''): string {
  const deeper = `${indent}  `;
  if (value === null) return `${indent}<${name} nil="true"/>\n`;
  if (typeof value === 'boolean') return `${indent}<${name} type="boolean">${value}</${name}>\n`;
  if (typeof value === 'string') return `${indent}<${name}>${escaped(value)}</${name}>\n`;
  if (isList(value)) {
    const items = value.map((item) => xml(name.replace(/s$/, ''), item, deeper)).join('');
    return `${indent}<${name} type="array">\n${items}${indent}</${name}>\n`;
  }
  const fields = Object.entries(value).map(([field, inner]) => xml(field, inner, deeper));
  return `${indent}<${name}>\n${fields.join('')}${indent}</${name}>\n`;
}

function isList(value: Element): value is readonly Element[] {
  return Array.isArray(value);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** One payment at Braintree and the notifications about it. */
class SamplePayment {
  private events = 0;
  readonly samples: Sample[] = [];

  constructor(private readonly context: SampleContext) {}

  /** 8 characters, like every id of Braintree; the same for the same name within a run. */
  private id(name: string): string {
    const digest = createHash('sha256').update(`${this.context.unique} ${name}`).digest();
    return digest.readUIntBE(0, 6).toString(36).padStart(8, '0').slice(-8);
  }

  private transaction(name: string, fields: { readonly [name: string]: Element } = {}): Element {
    return {
      id: this.id(name),
      status: 'settled',
      type: 'sale',
      'currency-iso-code': 'EUR',
      amount: PRICE,
      'merchant-account-id': 'example_eur',
      'order-id': `order-${this.context.unique}`,
      'refunded-transaction-id': null,
      'payment-instrument-type': 'credit_card',
      'credit-card': { 'card-type': 'Visa', bin: '411111', 'last-4': '1111' },
      'processor-response-code': '1000',
      'processor-response-text': 'Approved',
      recurring: false,
      ...fields,
    };
  }

  /** Adds a notification, a minute after the one before. */
  private notify(kind: string, subject: Element, expect: Sample['expect'] = 'success'): this {
    const at = new Date(this.context.now + this.events * A_MINUTE);
    this.events += 1;
    const document =
      `<?xml version="1.0" encoding="UTF-8"?>\n<notification>\n` +
      `  <timestamp type="datetime">${at.toISOString().slice(0, 19)}Z</timestamp>\n` +
      `${xml('kind', kind, '  ')}${xml('subject', subject, '  ')}</notification>\n`;
    const payload = Buffer.from(document).toString('base64').replaceAll(LINE, '$&\n');
    const form = new URLSearchParams({ bt_payload: payload });
    this.samples.push({ body: Buffer.from(form.toString()), expect });
    return this;
  }

  settled(): this {
    return this.notify('transaction_settled', { transaction: this.transaction('sale') });
  }

  /** The settlement is paid out to the merchant; nothing moves for the payer. */
  disbursed(): this {
    const transaction = this.transaction('sale', {
      'disbursement-details': { success: true, 'settlement-amount': PRICE },
    });
    return this.notify('transaction_disbursed', { transaction }, 'ignored');
  }

  declined(): this {
    const transaction = this.transaction('sale', {
      status: 'settlement_declined',
      'processor-settlement-response-code': '4001',
      'processor-settlement-response-text': 'Settlement Declined',
    });
    return this.notify('transaction_settlement_declined', { transaction });
  }

  refunded(amount: string): this {
    return this.notify('transaction_settled', { transaction: this.refund(amount, 'settled') });
  }

  refundFailed(amount: string): this {
    const transaction = this.refund(amount, 'processor_declined');
    return this.notify('refund_failed', { transaction });
  }

  private refund(amount: string, status: string): Element {
    return this.transaction('refund', {
      status,
      type: 'credit',
      amount,
      'refunded-transaction-id': this.id('sale'),
    });
  }

  dispute(outcome: string, status: string = outcome): this {
    return this.notify(`dispute_${outcome}`, {
      dispute: {
        id: this.id('dispute'),
        'amount-disputed': PRICE,
        'amount-won': status === 'won' ? PRICE : '0.00',
        'currency-iso-code': 'EUR',
        kind: 'chargeback',
        status,
        reason: 'fraud',
        'case-number': this.id('case'),
        transaction: { id: this.id('sale'), amount: PRICE },
      },
    });
  }
}

const scenario = scenariosOf(SamplePayment);

/** Braintree tells of no authorization and of no void of a transaction. */
export const braintreeScenarios: Partial<
  Record<ScenarioName, (context: SampleContext) => readonly Sample[]>
> = {
  succeeded: scenario((payment) => payment.settled().disbursed()),
  failed: scenario((payment) => payment.declined()),
  refunded: scenario((payment) => payment.settled().refunded(PRICE)),
  'partially-refunded': scenario((payment) => payment.settled().refunded(PARTIAL)),
  'refund-failed': scenario((payment) => payment.settled().refunded(PARTIAL).refundFailed(PARTIAL)),
  'disputed-won': scenario((payment) =>
    payment.settled().dispute('opened', 'open').dispute('disputed').dispute('won'),
  ),
  'disputed-lost': scenario((payment) =>
    payment.settled().dispute('opened', 'open').dispute('disputed').dispute('lost'),
  ),
};
