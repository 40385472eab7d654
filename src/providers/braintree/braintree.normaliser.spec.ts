import { createHash } from 'node:crypto';

import { type JsonObject } from '../../json/json.js';
import { type FoldedPayment } from '../../payments/fold.js';
import { type PaymentEvent } from '../provider.js';
import { eventsOf, paymentsInEveryOrder } from '../testing/stories.js';
import {
  BRAINTREE_DISPUTE_STATUSES,
  BRAINTREE_KINDS,
  BRAINTREE_TRANSACTION_STATUSES,
  normaliseBraintree,
} from './braintree.normaliser.js';
import { braintreeProvider } from './braintree.provider.js';

const NOW = Date.UTC(2026, 10, 24, 10);
const MERCHANT = 'merchant_1';

/** The body of a notification whose elements are written as XML. */
function bodyOf(kind: string, subject: string, timestamp = '2026-11-24T10:00:00Z'): Buffer {
  return bodyOfXml(
    `<notification><timestamp type="datetime">${timestamp}</timestamp><kind>${kind}</kind>` +
      `<subject>${subject}</subject></notification>`,
  );
}

function bodyOfXml(document: string): Buffer {
  const payload = `${Buffer.from(document).toString('base64')}\n`;
  return Buffer.from(new URLSearchParams({ bt_payload: payload }).toString());
}

function eventOf(body: Buffer, options: Record<string, string> = { merchantId: MERCHANT }) {
  const json = braintreeProvider.decode?.(body);
  if (!json?.ok) throw new Error('the body cannot be read');
  const events = normaliseBraintree(json.value, { options, headers: {}, body, bodySha256: '' });
  expect(events).toHaveLength(1);
  return events[0] as PaymentEvent;
}

function statementsOf(kind: string, subject: string) {
  const { meaning } = eventOf(bodyOf(kind, subject));
  if (meaning.status !== 'applied') throw new Error(JSON.stringify(meaning));
  return meaning.statements;
}

function problemOf(kind: string, subject: string, timestamp?: string) {
  const { meaning } = eventOf(bodyOf(kind, subject, timestamp));
  if (meaning.status !== 'quarantined') throw new Error(meaning.status);
  return [meaning.code, ...(meaning.errors ?? []).map(({ field }) => field)];
}

const elements = (fields: Record<string, string | null>) =>
  Object.entries(fields)
    .map(([name, value]) =>
      value === null ? `<${name} nil="true"/>` : `<${name}>${value}</${name}>`,
    )
    .join('');

const SALE = {
  id: 'sale0001',
  status: 'settled',
  type: 'sale',
  'currency-iso-code': 'EUR',
  amount: '100.00',
  'order-id': 'order-42',
  'refunded-transaction-id': null,
};
const CREDIT = {
  ...SALE,
  id: 'credit01',
  type: 'credit',
  amount: '30.00',
  'refunded-transaction-id': 'sale0001',
};
const DISPUTE = {
  id: 'dispute1',
  'amount-disputed': '100.0',
  'amount-won': '0.00',
  'currency-iso-code': 'EUR',
  kind: 'chargeback',
  status: 'open',
};

type Fields = Record<string, string | null>;
const transaction = (fields: Fields = SALE) => `<transaction>${elements(fields)}</transaction>`;
const dispute = (fields: Fields = {}) =>
  `<dispute>${elements({ ...DISPUTE, ...fields })}<transaction><id>sale0001</id><amount>100.00</amount></transaction></dispute>`;
const subscription = (...list: string[]) =>
  `<subscription><id>sub_1</id><transactions type="array">${list.join('')}</transactions></subscription>`;
const localPayment = (name: string, inner = '') =>
  `<${name}><payment-id>PAY-1</payment-id>${inner}</${name}>`;

const EUR = { amount: 10000n, currency: 'EUR' };
const NONE = { amount: null, currency: null };
const OF_SALE = {
  refs: ['transaction:sale0001'],
  groups: ['order:order-42'],
  reference: 'order-42',
};
const C = { kind: 'capture', key: 'sale0001', ...OF_SALE, ...EUR };
const R = {
  kind: 'refund',
  key: 'credit01',
  refs: ['transaction:sale0001', 'transaction:credit01'],
  groups: ['order:order-42'],
  reference: null,
  amount: 3000n,
  currency: 'EUR',
};
const D = {
  kind: 'dispute',
  key: 'dispute1',
  refs: ['dispute:dispute1', 'transaction:sale0001'],
  ...EUR,
};
const LOCAL = { refs: ['local_payment:PAY-1'], ...NONE };
const IGNORED: object[] = [];
const RETRIEVAL = { kind: 'retrieval' };

/** docs/law.md, row by row: kind, subject, and what it states. */
const TABLE: [kind: string, subject: string, expected: object[]][] = [
  ['transaction_settled', transaction(), [{ ...C, status: 'succeeded', failure: null }]],
  ['transaction_settled', transaction(CREDIT), [{ ...R, status: 'succeeded' }]],
  ['transaction_settled', transaction({ ...CREDIT, 'refunded-transaction-id': null }), IGNORED],
  [
    'transaction_settlement_declined',
    transaction({
      ...SALE,
      status: 'settlement_declined',
      'processor-response-code': '1000',
      'processor-response-text': 'Approved',
      'processor-settlement-response-code': '4001',
      'processor-settlement-response-text': 'Settlement Declined',
    }),
    [{ ...C, status: 'failed', failure: { code: '4001', message: 'Settlement Declined' } }],
  ],
  ['transaction_settlement_declined', transaction(CREDIT), [{ ...R, status: 'failed' }]],
  ['refund_failed', transaction(CREDIT), [{ ...R, status: 'failed' }]],
  [
    'refund_failed',
    transaction({ ...CREDIT, type: null, 'refunded-transaction-id': null }),
    [{ ...R, status: 'failed', refs: ['transaction:credit01'] }],
  ],

  [
    'subscription_charged_successfully',
    subscription(transaction({ ...SALE, status: 'submitted_for_settlement' })),
    [{ ...C, status: 'succeeded', groups: ['subscription:sub_1', 'order:order-42'] }],
  ],
  [
    'subscription_charged_successfully',
    subscription(transaction(), transaction({ ...SALE, id: 'older001' })),
    [{ ...C, status: 'succeeded', groups: ['subscription:sub_1', 'order:order-42'] }],
  ],
  [
    'subscription_charged_unsuccessfully',
    subscription(
      transaction({
        ...SALE,
        status: 'processor_declined',
        'processor-response-code': '2001',
        'processor-response-text': 'Insufficient Funds',
      }),
    ),
    [
      {
        ...C,
        kind: 'authorization',
        status: 'failed',
        groups: ['subscription:sub_1', 'order:order-42'],
        failure: { code: '2001', message: 'Insufficient Funds' },
      },
    ],
  ],

  [
    'local_payment_completed',
    localPayment('local-payment', transaction()),
    [
      {
        ...OF_SALE,
        ...EUR,
        refs: ['local_payment:PAY-1', 'transaction:sale0001'],
        kind: 'capture',
        key: 'implied:PAY-1',
        status: 'succeeded',
        implied: true,
      },
    ],
  ],
  [
    'local_payment_completed',
    localPayment('local-payment'),
    [{ ...LOCAL, kind: 'authorization', key: 'PAY-1', status: 'pending' }],
  ],
  [
    'local_payment_funded',
    localPayment('local-payment-funded', transaction()),
    [
      {
        ...OF_SALE,
        ...EUR,
        refs: ['local_payment:PAY-1', 'transaction:sale0001'],
        kind: 'authorization',
        key: 'PAY-1',
        status: 'pending',
      },
    ],
  ],
  [
    'local_payment_expired',
    localPayment('local-payment-expired'),
    [{ ...LOCAL, kind: 'authorization', key: 'PAY-1', status: 'expired' }],
  ],
  [
    'local_payment_reversed',
    localPayment('local-payment-reversed'),
    [{ ...LOCAL, kind: 'capture', key: 'implied:PAY-1', status: 'reversed', implied: true }],
  ],

  ['dispute_opened', dispute(), [{ ...D, status: 'open' }]],
  ['dispute_under_review', dispute({ status: 'under_review' }), [{ ...D, status: 'open' }]],
  ['dispute_disputed', dispute({ status: 'disputed' }), [{ ...D, status: 'open' }]],
  ['dispute_won', dispute({ status: 'won' }), [{ ...D, status: 'won' }]],
  ['dispute_lost', dispute({ status: 'lost' }), [{ ...D, status: 'lost' }]],
  ['dispute_accepted', dispute({ status: 'accepted' }), [{ ...D, status: 'lost' }]],
  ['dispute_auto_accepted', dispute({ status: 'auto_accepted' }), [{ ...D, status: 'lost' }]],
  ['dispute_expired', dispute({ status: 'expired' }), [{ ...D, status: 'lost' }]],
  ['dispute_opened', dispute({ kind: 'pre_arbitration' }), [{ ...D, status: 'open' }]],
  ['dispute_opened', dispute(RETRIEVAL), [{ ...D, status: 'inquiry' }]],
  ['dispute_lost', dispute(RETRIEVAL), [{ ...D, status: 'inquiry' }]],
  ['dispute_expired', dispute(RETRIEVAL), [{ ...D, status: 'inquiry' }]],
];

describe('the table of kinds', () => {
  it('has a row for each kind', () => {
    expect([...new Set(TABLE.map(([kind]) => kind))].sort()).toEqual(
      [...BRAINTREE_KINDS.keys()].sort(),
    );
  });

  it.each(TABLE)('%s %s', (kind, subject, expected) => {
    if (expected === IGNORED) {
      expect(eventOf(bodyOf(kind, subject)).meaning).toEqual({ status: 'ignored' });
      return;
    }
    const statements = statementsOf(kind, subject);
    expect(statements).toMatchObject(expected);
    expect(statements).toHaveLength(expected.length);
    for (const { at } of statements) expect(at).toBe(NOW);
  });

  it.each([
    'transaction_disbursed',
    'transaction_retried',
    'transaction_reviewed',
    'check',
    'disbursement',
    'subscription_canceled',
    'subscription_went_past_due',
    'new_kind',
    'constructor',
    '__proto__',
  ])('%s moves no payment, whatever its subject is', (kind) => {
    for (const subject of ['', '<check type="boolean">true</check>', transaction()]) {
      expect(eventOf(bodyOf(kind, subject)).meaning).toEqual({ status: 'ignored' });
    }
  });

  it.each([...BRAINTREE_KINDS])('%s without its subject cannot be used', (kind, [field]) => {
    for (const subject of ['', '<other/>', `<${field}/>`, `<${field}>x</${field}>`]) {
      expect(problemOf(kind, subject)).toEqual([
        'validation_failed',
        `notification.subject.${field}`,
      ]);
    }
  });

  it('a subject that stands twice cannot be used', () => {
    const path = 'notification.subject.transaction';
    expect(problemOf('transaction_settled', transaction() + transaction())).toEqual([
      'validation_failed',
      path,
    ]);
    expect(
      problemOf('transaction_settled', transaction({}).replace('><', '><id>1</id><id>2</id><')),
    ).toEqual(['validation_failed', `${path}.id`]);
  });
});

describe('values that are not in the tables', () => {
  const path = 'notification.subject.transaction';

  it.each(['SALE', 'authorization', 'constructor', null])('type %s of a settlement', (type) => {
    for (const kind of ['transaction_settled', 'transaction_settlement_declined']) {
      expect(problemOf(kind, transaction({ ...SALE, type }))).toEqual([
        'unknown_status',
        `${path}.type`,
      ]);
    }
  });

  it('status of a transaction', () => {
    for (const status of BRAINTREE_TRANSACTION_STATUSES) {
      expect(statementsOf('transaction_settled', transaction({ ...SALE, status }))).toHaveLength(1);
    }
    const wrong = transaction({ ...SALE, status: 'new_status' });
    for (const kind of [
      'transaction_settled',
      'transaction_settlement_declined',
      'refund_failed',
    ]) {
      expect(problemOf(kind, wrong)).toEqual(['unknown_status', `${path}.status`]);
    }
    for (const kind of ['successfully', 'unsuccessfully']) {
      expect(problemOf(`subscription_charged_${kind}`, subscription(wrong))).toEqual([
        'unknown_status',
        'notification.subject.subscription.transactions.transaction.0.status',
      ]);
    }
    expect(problemOf('local_payment_completed', localPayment('local-payment', wrong))).toEqual([
      'unknown_status',
      'notification.subject.local-payment.transaction.status',
    ]);
  });

  it('kind and status of a dispute', () => {
    for (const status of BRAINTREE_DISPUTE_STATUSES) {
      expect(statementsOf('dispute_won', dispute({ status }))).toMatchObject([{ status: 'won' }]);
    }
    expect(problemOf('dispute_won', dispute({ status: 'new_status' }))).toEqual([
      'unknown_status',
      'notification.subject.dispute.status',
    ]);
    expect(problemOf('dispute_won', dispute({ kind: 'new_kind' }))).toEqual([
      'unknown_status',
      'notification.subject.dispute.kind',
    ]);
  });

  it('no transaction in a charge', () => {
    const list = 'notification.subject.subscription.transactions.transaction';
    for (const subject of [
      subscription(),
      '<subscription><id>sub_1</id></subscription>',
      '<subscription><id>sub_1</id><transactions type="array"/></subscription>',
    ]) {
      expect(problemOf('subscription_charged_successfully', subject)).toEqual(['no_ref', list]);
    }
  });
});

describe('amounts', () => {
  const amountOf = (amount: string | null, currency: string | null) => {
    const fields = { ...SALE, amount, 'currency-iso-code': currency };
    const { meaning } = eventOf(bodyOf('transaction_settled', transaction(fields)));
    if (meaning.status === 'applied') return meaning.statements[0]?.amount;
    return meaning.status === 'quarantined' ? meaning.code : meaning.status;
  };

  // ISO 4217: amounts are decimals.
  it.each<[string, string, bigint]>([
    ['49.99', 'EUR', 4999n],
    ['49.9', 'EUR', 4990n],
    ['49', 'eur', 4900n],
    ['10.000', 'EUR', 1000n],
    ['0.00', 'EUR', 0n],
    ['500', 'JPY', 500n],
    ['500.00', 'JPY', 500n],
    ['1.234', 'KWD', 1234n],
    ['9007199254740.991', 'KWD', 9007199254740991n],
  ])('%s %s is %s in minor units', (amount, currency, expected) => {
    expect(amountOf(amount, currency)).toBe(expected);
  });

  it.each([
    ['49.999', 'EUR', 'amount_inexact'],
    ['1.5', 'JPY', 'amount_inexact'],
    ['-1.00', 'EUR', 'validation_failed'],
    ['1e2', 'EUR', 'validation_failed'],
    ['1,00', 'EUR', 'validation_failed'],
    ['1.00', 'ZZZ', 'currency_unknown'],
    ['1.00', 'EURO', 'currency_unknown'],
    ['9007199254740.992', 'KWD', 'number_out_of_range'],
  ])('%s %s is quarantined as %s', (amount, currency, code) => {
    expect(amountOf(amount, currency)).toBe(code);
  });

  it('are not invented: without a currency there is none', () => {
    expect(amountOf('100.00', null)).toBeNull();
    expect(amountOf(null, 'EUR')).toBeNull();
    expect(amountOf(null, null)).toBeNull();
    expect(statementsOf('dispute_lost', dispute({ 'amount-disputed': null }))).toMatchObject([
      { status: 'lost', ...NONE },
    ]);
  });

  it('that are wrong are named', () => {
    const of = (fields: Fields) =>
      problemOf('transaction_settled', transaction({ ...SALE, ...fields }));
    const path = 'notification.subject.transaction';
    expect(of({ amount: 'x' })).toEqual(['validation_failed', `${path}.amount`]);
    expect(of({ 'currency-iso-code': 'x' })).toEqual([
      'currency_unknown',
      `${path}.currency-iso-code`,
    ]);
    expect(problemOf('dispute_won', dispute({ 'amount-disputed': 'x' }))).toEqual([
      'validation_failed',
      'notification.subject.dispute.amount-disputed',
    ]);
  });
});

describe('the event', () => {
  const body = bodyOf('transaction_settled', transaction());

  it('states kind, time and merchant, and no mode', () => {
    expect(eventOf(body)).toMatchObject({
      type: 'transaction_settled',
      occurredAt: NOW,
      account: MERCHANT,
      livemode: null,
    });
  });

  it('is known by its payload, whoever signed it and whether its line feed arrived', () => {
    const payload = new URLSearchParams(body.toString()).get('bt_payload') ?? '';
    const eventId = createHash('sha256').update(payload.trimEnd()).digest('hex');
    expect(payload).toMatch(/\n$/);
    for (const form of [
      { bt_payload: payload } as Record<string, string>,
      { bt_payload: payload.trimEnd() },
      { bt_signature: 'a|b', bt_payload: payload },
      { bt_signature: 'a|b&c|d', bt_payload: payload, more: 'x' },
    ]) {
      const again = Buffer.from(new URLSearchParams(form).toString());
      expect(eventOf(again).eventId).toBe(eventId);
    }
    const other = bodyOf('transaction_settled', transaction({ ...SALE, amount: '1.00' }));
    expect(eventOf(other).eventId).not.toBe(eventId);
  });

  it.each<[string, string[]]>([
    ['<notification/>', ['notification.kind', 'notification.timestamp']],
    ['<notification><kind>check</kind></notification>', ['notification.timestamp']],
    [
      '<notification><timestamp>2026-11-24T10:00:00Z</timestamp></notification>',
      ['notification.kind'],
    ],
    [
      '<notification><timestamp>yesterday</timestamp><kind>check</kind></notification>',
      ['notification.timestamp'],
    ],
    ['<other/>', ['notification.kind', 'notification.timestamp']],
  ])('of %s cannot be used', (document, fields) => {
    const { meaning, occurredAt } = eventOf(bodyOfXml(document));
    if (meaning.status !== 'quarantined') throw new Error(meaning.status);
    expect(meaning.code).toBe('validation_failed');
    expect((meaning.errors ?? []).map(({ field }) => field).sort()).toEqual(fields);
    expect(occurredAt).toBe(fields.includes('notification.timestamp') ? 0 : NOW);
  });

  it('about another merchant is quarantined, whatever its kind', () => {
    const of = (kind: string, merchant: string) =>
      eventOf(
        bodyOfXml(
          `<notification><timestamp>2026-11-24T10:00:00Z</timestamp><kind>${kind}</kind>` +
            `<source-merchant-id>${merchant}</source-merchant-id>` +
            `<subject>${transaction()}</subject></notification>`,
        ),
      );
    expect(of('transaction_settled', MERCHANT)).toMatchObject({
      account: MERCHANT,
      meaning: { status: 'applied' },
    });
    for (const kind of ['transaction_settled', 'check']) {
      expect(of(kind, 'merchant_2')).toMatchObject({
        account: 'merchant_2',
        meaning: {
          status: 'quarantined',
          code: 'account_mismatch',
          errors: [{ field: 'notification.source-merchant-id' }],
        },
      });
    }
  });

  it.each(['id', 'order-id', 'refunded-transaction-id'])('%s that is too long', (field) => {
    const fields = { ...CREDIT, [field]: 'x'.repeat(256) };
    expect(problemOf('transaction_settled', transaction(fields))).toEqual([
      'validation_failed',
      `notification.subject.transaction.${field}`,
    ]);
  });

  it('without a body has no identity', () => {
    const context = { options: {}, headers: {}, body: Buffer.alloc(0), bodySha256: '' };
    const json: JsonObject = { notification: { kind: 'check' } };
    expect(normaliseBraintree(json, context)).toMatchObject([{ eventId: null, account: null }]);
  });

  it('a message is cleaned and cut', () => {
    const message = 'x'.repeat(600);
    const fields = { ...SALE, 'processor-settlement-response-text': message };
    expect(statementsOf('transaction_settlement_declined', transaction(fields))).toMatchObject([
      { failure: { code: null, message: 'x'.repeat(500) } },
    ]);
    expect(statementsOf('transaction_settlement_declined', transaction())).toMatchObject([
      { failure: null },
    ]);
    const rejected = { ...SALE, 'gateway-rejection-reason': 'cvv' };
    expect(statementsOf('transaction_settlement_declined', transaction(rejected))).toMatchObject([
      { failure: { code: 'cvv', message: null } },
    ]);
  });
});

describe('the life of a payment', () => {
  /** A notification of the story; its place in it is its minute. */
  type Step = [kind: string, subject: string];
  const SETTLED: Step = ['transaction_settled', transaction()];
  const withDetails = transaction(SALE).replace(
    '</transaction>',
    '<local-payment><payment-id>PAY-1</payment-id></local-payment></transaction>',
  );

  const stories: [story: string, steps: Step[], expected: Partial<FoldedPayment>][] = [
    [
      'a sale that settled',
      [SETTLED, ['transaction_disbursed', transaction()]],
      {
        status: 'captured',
        amountCaptured: 10000n,
        currency: 'EUR',
        reference: 'order-42',
        flags: [],
      },
    ],
    [
      'a sale whose settlement was declined',
      [
        [
          'transaction_settlement_declined',
          transaction({ ...SALE, 'processor-settlement-response-code': '4001' }),
        ],
      ],
      { status: 'failed', amountCaptured: 0n, failure: { code: '4001', message: null } },
    ],
    [
      // F6: the later word about the capture supersedes the first.
      'a sale that settled, and was declined after all',
      [SETTLED, ['transaction_settlement_declined', transaction()]],
      { status: 'failed', amountCaptured: 0n },
    ],
    [
      // F3: the charge and the settlement are one capture.
      'a charge of a subscription that settled',
      [['subscription_charged_successfully', subscription(transaction())], SETTLED],
      { status: 'captured', amountCaptured: 10000n, amountAuthorized: 10000n, flags: [] },
    ],
    [
      'a charge that failed, and did not when it was retried',
      [
        ['subscription_charged_unsuccessfully', subscription(transaction())],
        ['subscription_charged_successfully', subscription(transaction())],
      ],
      { status: 'captured', amountCaptured: 10000n, failure: null },
    ],
    [
      'a refund in two parts',
      [
        SETTLED,
        ['transaction_settled', transaction(CREDIT)],
        ['transaction_settled', transaction({ ...CREDIT, id: 'credit02', amount: '70.00' })],
      ],
      { status: 'refunded', amountRefunded: 10000n, flags: [] },
    ],
    [
      'a refund that settled and failed, told without the sale',
      [
        SETTLED,
        ['transaction_settled', transaction(CREDIT)],
        ['refund_failed', transaction({ ...CREDIT, 'refunded-transaction-id': null })],
      ],
      { status: 'captured', amountRefunded: 0n, flags: [] },
    ],
    [
      'only a refund, of a payment from before',
      [['transaction_settled', transaction(CREDIT)]],
      { status: 'partially_refunded', amountRefunded: 3000n, flags: ['missing_parent'] },
    ],
    [
      // F9: a retrieval asks a question.
      'a question about a sale',
      [SETTLED, ['dispute_opened', dispute(RETRIEVAL)], ['dispute_expired', dispute(RETRIEVAL)]],
      { status: 'captured', amountDisputed: 0n, amountChargedBack: 0n },
    ],
    [
      'a question that became a chargeback',
      [SETTLED, ['dispute_opened', dispute(RETRIEVAL)], ['dispute_opened', dispute()]],
      { status: 'disputed', amountDisputed: 10000n },
    ],
    [
      'a dispute won',
      [
        SETTLED,
        ['dispute_opened', dispute()],
        ['dispute_disputed', dispute()],
        ['dispute_won', dispute()],
      ],
      { status: 'captured', amountDisputed: 0n, amountChargedBack: 0n, flags: [] },
    ],
    [
      'a part of a sale lost',
      [
        SETTLED,
        ['dispute_opened', dispute({ 'amount-disputed': '20.00' })],
        ['dispute_auto_accepted', dispute({ 'amount-disputed': '20.00' })],
      ],
      { status: 'charged_back', amountChargedBack: 2000n, amountCaptured: 10000n },
    ],
    [
      // F26: the dispute's own currency.
      'a dispute in another currency',
      [SETTLED, ['dispute_opened', dispute({ 'currency-iso-code': 'USD' })]],
      { status: 'disputed', currency: 'EUR', amountDisputed: 0n, flags: ['currency_mismatch'] },
    ],
    [
      'a local payment that waits for its transaction',
      [['local_payment_completed', localPayment('local-payment')]],
      { status: 'pending', amountCaptured: 0n },
    ],
    [
      'a local payment that got its transaction, and settled',
      [
        ['local_payment_completed', localPayment('local-payment')],
        ['transaction_settled', withDetails],
      ],
      { status: 'captured', amountCaptured: 10000n, flags: [] },
    ],
    [
      // F3: the summary and the settlement are one capture.
      'a local payment completed with its transaction, and settled',
      [['local_payment_completed', localPayment('local-payment', transaction())], SETTLED],
      { status: 'captured', amountCaptured: 10000n, flags: [] },
    ],
    [
      'a local payment completed and reversed',
      [
        ['local_payment_completed', localPayment('local-payment', transaction())],
        ['local_payment_reversed', localPayment('local-payment-reversed')],
      ],
      { status: 'failed', amountCaptured: 0n },
    ],
    [
      'a local payment that was reversed for want of a transaction',
      [
        ['local_payment_completed', localPayment('local-payment')],
        ['local_payment_reversed', localPayment('local-payment-reversed')],
      ],
      { status: 'failed', amountCaptured: 0n },
    ],
    [
      'a local payment that was funded, and settled',
      [['local_payment_funded', localPayment('local-payment-funded', transaction())], SETTLED],
      { status: 'captured', amountCaptured: 10000n, flags: [] },
    ],
    [
      'a local payment that ran out',
      [['local_payment_expired', localPayment('local-payment-expired')]],
      { status: 'expired' },
    ],
  ];

  it.each(stories)('%s, in any order and repeated', (_, steps, expected) => {
    const events = steps.flatMap(([kind, subject], minute) => {
      const timestamp = new Date(NOW + minute * 60_000).toISOString();
      return eventsOf(braintreeProvider, bodyOf(kind, subject, timestamp));
    });
    for (const payments of paymentsInEveryOrder(braintreeProvider, events)) {
      expect(payments).toHaveLength(1);
      expect(payments[0]).toMatchObject(expected);
    }
  });

  it('does not touch that of another transaction of the same order and subscription', () => {
    const other = transaction({ ...SALE, id: 'sale0002' });
    const events = [
      ...eventsOf(
        braintreeProvider,
        bodyOf('subscription_charged_successfully', subscription(transaction())),
      ),
      ...eventsOf(
        braintreeProvider,
        bodyOf('subscription_charged_successfully', subscription(other)),
      ),
      ...eventsOf(
        braintreeProvider,
        bodyOf('transaction_settled', transaction({ ...CREDIT, amount: '100.00' })),
      ),
    ];
    for (const payments of paymentsInEveryOrder(braintreeProvider, events)) {
      expect(payments.map(({ status }) => status).sort()).toEqual(['captured', 'refunded']);
    }
  });
});
