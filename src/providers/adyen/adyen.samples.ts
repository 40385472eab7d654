import { createHash, createHmac } from 'node:crypto';
import { stringify } from 'lossless-json';

import { isJsonObject, JsonNumber } from '../../json/json.js';
import { readJson } from '../../json/read-json.js';
import {
  type Sample,
  type SampleContext,
  type ScenarioName,
  type SignedSample,
  type SigningContext,
} from '../provider.js';
import { scenariosOf } from '../scenarios.js';
import { itemsOf, signedContent } from './adyen.signature.js';

/**
 * Signs each item of a notification as Adyen does, and adds basic authentication where it is
 * configured. A body without items stays as it is.
 */
export function signAdyen({ body }: Sample, { secret, options }: SigningContext): SignedSample {
  const { basicAuth } = options;
  const headers: Record<string, string> =
    basicAuth === undefined
      ? {}
      : { Authorization: `Basic ${Buffer.from(basicAuth).toString('base64')}` };
  const json = readJson(body);
  const items = json.ok ? itemsOf(json.value) : [];
  if (!json.ok || items.length === 0) return { body, headers };

  for (const item of items) {
    const hmac = createHmac('sha256', Buffer.from(secret, 'hex'));
    const hmacSignature = hmac.update(signedContent(item) ?? '').digest('base64');
    const additionalData = isJsonObject(item.additionalData) ? item.additionalData : {};
    item.additionalData = { ...additionalData, hmacSignature };
  }
  return { body: Buffer.from(stringify(json.value, null, 2, NUMBERS_AS_WRITTEN) ?? ''), headers };
}

const NUMBERS_AS_WRITTEN = [
  {
    test: (value: unknown) => value instanceof JsonNumber,
    stringify: (value: unknown) => (value as JsonNumber).text,
  },
];

const AMOUNT = 4999;
const PARTIAL = 1000;
const A_MINUTE = 60_000;
const AN_HOUR = 60 * A_MINUTE;

type Fields = Readonly<Record<string, unknown>>;

/** One payment at Adyen: its references and the notifications about it. */
class SamplePayment {
  private events = 0;
  readonly samples: Sample[] = [];

  constructor(private readonly context: SampleContext) {}

  /** 16 characters, like every reference of Adyen; the same for the same name within a run. */
  private pspReference(name: string): string {
    const digest = createHash('sha256').update(`${this.context.unique} ${name}`).digest('hex');
    return digest.slice(0, 16).toUpperCase();
  }

  /** The time of the next event, a minute after the one before, as Adyen writes it. */
  private eventDate(): string {
    const at = this.context.now + this.events * A_MINUTE;
    this.events += 1;
    return `${new Date(at + AN_HOUR).toISOString().slice(0, 19)}+01:00`;
  }

  private item(eventCode: string, name: string, fields: Fields): Fields {
    const { unique, account } = this.context;
    return {
      amount: { currency: 'EUR', value: AMOUNT },
      eventCode,
      eventDate: this.eventDate(),
      merchantAccountCode: account ?? 'ExampleCompanyECOM',
      merchantReference: `order-${unique}`,
      ...(name === 'payment' ? {} : { originalReference: this.pspReference('payment') }),
      paymentMethod: 'visa',
      pspReference: this.pspReference(name),
      reason: '',
      success: 'true',
      ...fields,
    };
  }

  authorisation(fields: Fields = {}): Fields {
    return this.item('AUTHORISATION', 'payment', {
      additionalData: {
        authCode: '001234',
        cardSummary: '1111',
        expiryDate: '03/2030',
        paymentMethod: 'visa',
      },
      operations: ['CANCEL', 'CAPTURE', 'REFUND'],
      reason: '001234:1111:03/2030',
      ...fields,
    });
  }

  /** Something that was done to the payment, under a reference of its own. */
  modification(eventCode: string, fields: Fields = {}, name = eventCode): Fields {
    return this.item(eventCode, name, fields);
  }

  dispute(eventCode: string): Fields {
    return this.item(eventCode, 'dispute', {
      additionalData: { chargebackReasonCode: '10.4', chargebackSchemeCode: 'visa' },
      reason: 'Other Fraud-Card Absent Environment',
    });
  }

  /** Adds one notification of these items. */
  notify(items: readonly Fields[], expect: Sample['expect'] = 'success'): this {
    const notification = {
      live: String(this.context.livemode),
      notificationItems: items.map((item) => ({ NotificationRequestItem: item })),
    };
    this.samples.push({ body: Buffer.from(JSON.stringify(notification, null, 2)), expect });
    return this;
  }

  /** The customer paid: at once where the account captures immediately, else with a capture. */
  paid(): this {
    this.notify([this.authorisation()]);
    return this.context.options.capture === 'immediate'
      ? this
      : this.notify([this.modification('CAPTURE')]);
  }

  refunded(value: number): this {
    return this.notify([this.modification('REFUND', { amount: { currency: 'EUR', value } })]);
  }

  disputed(): this {
    return this.notify([this.dispute('NOTIFICATION_OF_CHARGEBACK')])
      .notify([this.dispute('INFORMATION_SUPPLIED')], 'ignored')
      .notify([this.dispute('CHARGEBACK')]);
  }
}

const scenario = scenariosOf(SamplePayment);

export const adyenScenarios: Record<ScenarioName, (context: SampleContext) => readonly Sample[]> = {
  succeeded: scenario((payment) => {
    payment.paid();
  }),
  failed: scenario((payment) => {
    payment.notify([
      payment.authorisation({ operations: [], reason: 'Not enough balance', success: 'false' }),
    ]);
  }),
  // Two items in one notification.
  'authorized-captured': scenario((payment) => {
    payment.notify([payment.authorisation(), payment.modification('CAPTURE')]);
  }),
  voided: scenario((payment) => {
    payment.notify([payment.authorisation()]).notify([payment.modification('CANCELLATION')]);
  }),
  refunded: scenario((payment) => {
    payment.paid().refunded(AMOUNT);
  }),
  'partially-refunded': scenario((payment) => {
    payment.paid().refunded(PARTIAL);
  }),
  'refund-failed': scenario((payment) => {
    const amount = { currency: 'EUR', value: PARTIAL };
    payment
      .paid()
      .refunded(PARTIAL)
      .notify([
        payment.modification('REFUND_FAILED', { amount, reason: 'Refund Failed' }, 'REFUND'),
      ]);
  }),
  'disputed-won': scenario((payment) => {
    payment
      .paid()
      .disputed()
      .notify([payment.dispute('CHARGEBACK_REVERSED')]);
  }),
  'disputed-lost': scenario((payment) => {
    payment.paid().disputed();
  }),
};
