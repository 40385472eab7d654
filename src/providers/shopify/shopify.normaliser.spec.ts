import { createHash } from 'node:crypto';

import { stringify } from 'lossless-json';

import { type Nameless } from '../../payments/testing/partition.js';
import { CURRENCIES } from '../currencies.js';
import { minorToMajor } from '../money.js';
import { type PaymentEvent, type ScenarioName, SCENARIOS } from '../provider.js';
import { eventsOf, eventsOfSamples, paymentsInEveryOrder } from '../testing/stories.js';
import {
  SHOPIFY_DISPUTE_STATUSES,
  SHOPIFY_FINANCIAL_STATUSES,
  SHOPIFY_TOPICS,
  SHOPIFY_TRANSACTION_KINDS,
  SHOPIFY_TRANSACTION_STATUSES,
} from './shopify.normaliser.js';
import { shopifyProvider } from './shopify.provider.js';

const NOW = Date.UTC(2026, 10, 24, 10);
/** `seconds` after NOW, as Shopify writes times. */
const time = (seconds: number) =>
  new Date(NOW + seconds * 1000 - 5 * 3_600_000).toISOString().replace('.000Z', '-05:00');

/** Beyond 2^53: doubles cannot tell it from its neighbours. */
const ORDER = 820982911946154508n;
const REFS = [`order:${ORDER}`];
const eur = (amount: bigint) => ({ amount, currency: 'EUR' });

/** Bigints become JSON numbers of all their digits. */
const bodyOf = (body: object) => stringify(body) ?? '';

function eventOf(topic: string, body: object): PaymentEvent {
  const events = eventsOf(shopifyProvider, bodyOf(body), { 'x-shopify-topic': topic });
  expect(events).toHaveLength(1);
  return events[0]!;
}

function statementsOf(topic: string, body: object) {
  const { meaning } = eventOf(topic, body);
  if (meaning.status !== 'applied') throw new Error(JSON.stringify(meaning));
  return meaning.statements;
}

function codeOf(topic: string, body: object) {
  const { meaning } = eventOf(topic, body);
  if (meaning.status !== 'quarantined') throw new Error(JSON.stringify(meaning.status));
  return [meaning.code, ...(meaning.errors ?? []).map((error) => error.field)];
}

const moneySet = (presentment: string, shop = '55.55') => ({
  shop_money: { amount: shop, currency_code: 'USD' },
  presentment_money: { amount: presentment, currency_code: 'EUR' },
});

const PAID = {
  id: ORDER,
  name: '#1001',
  financial_status: 'paid',
  test: false,
  created_at: time(-60),
  processed_at: time(0),
  updated_at: time(9),
  currency: 'USD',
  total_price: '55.55',
  total_price_set: moneySet('49.99'),
};
const SALE = {
  id: 389404469000000001n,
  order_id: ORDER,
  kind: 'sale',
  status: 'success',
  amount: '49.99',
  currency: 'EUR',
  parent_id: null,
  test: false,
  created_at: time(-60),
  processed_at: time(5),
  error_code: null,
  message: 'Transaction approved',
};
const REFUND = {
  ...SALE,
  id: 389404469000000002n,
  kind: 'refund',
  amount: '10.00',
  parent_id: SALE.id,
};
const REFUNDS = { id: 509562969n, order_id: ORDER, created_at: time(5), transactions: [REFUND] };
const DISPUTE = {
  id: 285332461850802050n,
  order_id: ORDER,
  type: 'chargeback',
  status: 'needs_response',
  amount: '49.99',
  currency: 'EUR',
  evidence_due_by: time(999_999),
  evidence_sent_on: null,
  finalized_on: null,
  initiated_at: time(20),
};

describe('order_transactions/create', () => {
  const topic = 'order_transactions/create';
  const key = String(SALE.id);
  const parent_id = 389404469000000000n;
  const declined = { error_code: 'card_declined', message: 'Your card was declined.' };
  const failure = { code: 'card_declined', message: 'Your card was declined.' };

  const A = { kind: 'authorization', key };
  const C = { kind: 'capture', key };
  const R = { kind: 'refund', key, born: NOW + 5000 };

  it.each<[string, string, object]>([
    ['authorization', 'success', { ...A, status: 'authorized' }],
    ['authorization', 'pending', { ...A, status: 'pending' }],
    ['authorization', 'failure', { ...A, status: 'failed', failure }],
    ['authorization', 'error', { ...A, status: 'failed', failure }],
    ['emv_authorization', 'success', { ...A, status: 'authorized' }],
    ['emv_authorization', 'pending', { ...A, status: 'pending' }],
    ['emv_authorization', 'failure', { ...A, status: 'failed', failure }],
    ['emv_authorization', 'error', { ...A, status: 'failed', failure }],
    ['capture', 'success', { ...C, status: 'succeeded' }],
    ['capture', 'pending', { ...C, status: 'pending' }],
    ['capture', 'failure', { ...C, status: 'failed', failure }],
    ['capture', 'error', { ...C, status: 'failed', failure }],
    ['sale', 'success', { ...C, status: 'succeeded' }],
    ['sale', 'pending', { ...C, status: 'pending' }],
    ['sale', 'failure', { ...C, status: 'failed', failure }],
    ['sale', 'error', { ...C, status: 'failed', failure }],
    ['refund', 'success', { ...R, status: 'succeeded' }],
    ['refund', 'pending', { ...R, status: 'pending' }],
    ['refund', 'failure', { ...R, status: 'failed', failure }],
    ['refund', 'error', { ...R, status: 'failed', failure }],
  ])('%s %s', (kind, status, expected) => {
    expect(statementsOf(topic, { ...SALE, kind, status, parent_id, ...declined })).toEqual([
      expect.objectContaining({
        failure: null,
        ...eur(4999n),
        at: NOW + 5000,
        refs: REFS,
        groups: [],
        final: false,
        implied: false,
        release: false,
        reference: null,
        ...expected,
      }),
    ]);
  });

  it('void gives back what its parent holds, without an amount, once it has succeeded', () => {
    const body = { ...SALE, kind: 'void', parent_id, amount: '0.00' };
    expect(statementsOf(topic, body)).toEqual([
      expect.objectContaining({
        kind: 'authorization',
        key: String(parent_id),
        status: 'voided',
        amount: null,
        currency: null,
        at: NOW + 5000,
        refs: REFS,
      }),
    ]);
    for (const status of ['pending', 'failure', 'error']) {
      expect(eventOf(topic, { ...body, status }).meaning).toEqual({ status: 'ignored' });
    }
    expect(codeOf(topic, { ...body, parent_id: null })).toEqual(['validation_failed', 'parent_id']);
  });

  it.each(['change', 'suggested_refund'])('%s moves no money of the payment', (kind) => {
    expect(eventOf(topic, { ...SALE, kind }).meaning).toEqual({ status: 'ignored' });
  });

  it('knows every kind and status of the documentation', () => {
    expect([...SHOPIFY_TRANSACTION_KINDS.keys()].sort()).toEqual(
      // https://shopify.dev/docs/api/admin-graphql/latest/enums/OrderTransactionKind
      [
        'authorization',
        'capture',
        'change',
        'emv_authorization',
        'refund',
        'sale',
        'suggested_refund',
        'void',
      ],
    );
    expect([...SHOPIFY_TRANSACTION_STATUSES.keys()].sort()).toEqual(
      // https://shopify.dev/docs/api/admin-rest/latest/resources/transaction
      ['error', 'failure', 'pending', 'success'],
    );
  });

  it('tells the time of processing, else of creation, else none', () => {
    expect(statementsOf(topic, { ...SALE, processed_at: null })[0]?.at).toBe(NOW - 60_000);
    const timeless = { ...SALE, processed_at: null, created_at: null };
    expect(statementsOf(topic, timeless)[0]?.at).toBe(0);
  });

  it('keeps every digit of an id; F13', () => {
    const id = 18446744073709551615n;
    const [said] = statementsOf(topic, { ...SALE, id, order_id: id - 1n });
    expect(said).toMatchObject({
      key: '18446744073709551615',
      refs: ['order:18446744073709551614'],
    });
  });
});

describe('refunds/create', () => {
  const topic = 'refunds/create';

  it('tells the same refund as its transaction does', () => {
    expect(statementsOf(topic, REFUNDS)).toEqual(statementsOf('order_transactions/create', REFUND));
    expect(statementsOf(topic, REFUNDS)).toMatchObject([
      {
        kind: 'refund',
        key: String(REFUND.id),
        status: 'succeeded',
        born: NOW + 5000,
        ...eur(1000n),
      },
    ]);
  });

  it('tells each of several, and the void of what was only held', () => {
    const transactions = [
      REFUND,
      { ...REFUND, id: 3n, status: 'pending' },
      { ...REFUND, id: 4n, kind: 'void', parent_id: 1n },
    ];
    expect(statementsOf(topic, { ...REFUNDS, transactions })).toMatchObject([
      { kind: 'refund', status: 'succeeded' },
      { kind: 'refund', key: '3', status: 'pending' },
      { kind: 'authorization', key: '1', status: 'voided' },
    ]);
  });

  it('is ignored where goods came back and no money went', () => {
    const { meaning } = eventOf(topic, { ...REFUNDS, transactions: [] });
    expect(meaning).toEqual({ status: 'ignored' });
  });

  it.each<[object, string[]]>([
    [{ transactions: null }, ['validation_failed', 'transactions']],
    [{ transactions: undefined }, ['validation_failed', 'transactions']],
    [{ order_id: undefined }, ['validation_failed', 'order_id']],
    [
      { transactions: [REFUND, { ...REFUND, order_id: 1n }] },
      ['validation_failed', 'transactions.1.order_id'],
    ],
    [
      { transactions: [REFUND, { ...REFUND, status: 'sent' }] },
      ['unknown_status', 'transactions.1.status'],
    ],
    [
      { transactions: [{ ...REFUND, amount: '1.005' }] },
      ['amount_inexact', 'transactions.0.amount'],
    ],
  ])('is quarantined as a whole with %j', (fields, expected) => {
    expect(codeOf(topic, { ...REFUNDS, ...fields })).toEqual(expected);
  });
});

describe('orders/paid', () => {
  const topic = 'orders/paid';

  it('implies a capture of what the customer paid', () => {
    expect(statementsOf(topic, PAID)).toEqual([
      expect.objectContaining({
        kind: 'capture',
        key: `implied:${ORDER}`,
        status: 'succeeded',
        ...eur(4999n),
        at: NOW,
        refs: REFS,
        implied: true,
        final: false,
        reference: '#1001',
      }),
    ]);
  });

  it('tells the time of processing, else of creation', () => {
    expect(statementsOf(topic, { ...PAID, processed_at: null })[0]?.at).toBe(NOW - 60_000);
  });

  it('implies nothing unless the order itself says that it is paid', () => {
    const unpaid = [...SHOPIFY_FINANCIAL_STATUSES.keys()].filter((status) => status !== 'paid');
    expect(unpaid).toHaveLength(7);
    for (const financial_status of [...unpaid, null, undefined]) {
      expect(codeOf(topic, { ...PAID, financial_status })).toEqual([
        'validation_failed',
        'financial_status',
      ]);
    }
    for (const financial_status of ['Paid', 'paid ', 'settled', 'constructor']) {
      expect(codeOf(topic, { ...PAID, financial_status })).toEqual([
        'unknown_status',
        'financial_status',
      ]);
    }
  });

  it.each<[string, object, string[]]>([
    [
      'no total in the currency of the customer',
      { total_price_set: { shop_money: { amount: '1.00', currency_code: 'USD' } } },
      ['validation_failed', 'total_price_set.presentment_money'],
    ],
    ['no total', { total_price_set: null }, ['validation_failed', 'total_price_set']],
    [
      'a total that its currency cannot express',
      { total_price_set: moneySet('49.995') },
      ['amount_inexact', 'total_price_set.presentment_money.amount'],
    ],
    [
      'a currency that is none',
      { total_price_set: { presentment_money: { amount: '1.00', currency_code: 'BTC' } } },
      ['currency_unknown', 'total_price_set.presentment_money.currency_code'],
    ],
    ['a name with NUL', { name: '#\0' }, ['id_invalid', 'name']],
    ['no id', { id: undefined }, ['validation_failed', 'id']],
    ['an id in quotes', { id: String(ORDER) }, ['validation_failed', 'id']],
    ['a time that is none', { processed_at: 'now' }, ['validation_failed', 'processed_at']],
  ])('is quarantined with %s', (_, fields, expected) => {
    expect(codeOf(topic, { ...PAID, ...fields })).toEqual(expected);
  });
});

describe.each(['disputes/create', 'disputes/update'])('%s', (topic) => {
  it.each([
    ['chargeback', 'needs_response', 'open'],
    ['chargeback', 'under_review', 'open'],
    ['chargeback', 'prevented', 'inquiry'],
    ['chargeback', 'won', 'won'],
    ['chargeback', 'lost', 'lost'],
    ['chargeback', 'accepted', 'lost'],
    ['chargeback', 'charge_refunded', 'won'],
    ['inquiry', 'needs_response', 'inquiry'],
    ['inquiry', 'under_review', 'inquiry'],
    ['inquiry', 'prevented', 'inquiry'],
    ['inquiry', 'won', 'inquiry'],
    ['inquiry', 'lost', 'inquiry'],
    ['inquiry', 'accepted', 'inquiry'],
    ['inquiry', 'charge_refunded', 'inquiry'],
  ])('%s %s is %s', (type, status, expected) => {
    expect(statementsOf(topic, { ...DISPUTE, type, status })).toEqual([
      expect.objectContaining({
        kind: 'dispute',
        key: String(DISPUTE.id),
        status: expected,
        ...eur(4999n),
        at: NOW + 20_000,
        refs: REFS,
      }),
    ]);
    // https://shopify.dev/docs/api/admin-graphql/latest/enums/DisputeStatus
    expect([...SHOPIFY_DISPUTE_STATUSES.keys()]).toHaveLength(7);
  });

  it('is as old as the latest that happened to it, and not as what is due', () => {
    const at = (fields: object) => statementsOf(topic, { ...DISPUTE, ...fields })[0]?.at;
    expect(at({ evidence_sent_on: time(30) })).toBe(NOW + 30_000);
    expect(at({ evidence_sent_on: time(30), finalized_on: time(40) })).toBe(NOW + 40_000);
    expect(at({ evidence_sent_on: time(30), finalized_on: time(25) })).toBe(NOW + 30_000);
    expect(at({ initiated_at: null })).toBe(0);
  });

  it.each<[object, string[]]>([
    [{ order_id: null }, ['no_ref', 'order_id']],
    [{ order_id: undefined }, ['no_ref', 'order_id']],
    [{ order_id: '1' }, ['validation_failed', 'order_id']],
    [{ type: 'retrieval' }, ['unknown_status', 'type']],
    [{ status: 'arbitration' }, ['unknown_status', 'status']],
    [{ type: 'inquiry', status: 'arbitration' }, ['unknown_status', 'status']],
    [{ amount: null }, ['validation_failed', 'amount']],
    [{ currency: 'XTS' }, ['currency_unknown', 'currency']],
  ])('is quarantined with %j', (fields, expected) => {
    expect(codeOf(topic, { ...DISPUTE, ...fields })).toEqual(expected);
  });
});

describe('amounts', () => {
  const topic = 'order_transactions/create';

  it('are decimals of ISO 4217 in every currency; F14', () => {
    for (const [currency] of CURRENCIES) {
      const body = { ...SALE, amount: minorToMajor(12345n, currency), currency };
      expect(statementsOf(topic, body)).toMatchObject([{ amount: 12345n, currency }]);
    }
    expect(statementsOf(topic, { ...SALE, amount: '5000.00', currency: 'JPY' })).toMatchObject([
      { amount: 5000n, currency: 'JPY' },
    ]);
  });

  it.each([
    ['-10.00', 'validation_failed'],
    ['1e2', 'validation_failed'],
    ['', 'validation_failed'],
    ['1,000.00', 'validation_failed'],
    [49.99, 'validation_failed'],
    [null, 'validation_failed'],
    ['10.001', 'amount_inexact'],
    ['90071992547409.92', 'validation_failed'],
    ['9999999999999.99', null],
  ])('%j', (amount, code) => {
    const { meaning } = eventOf(topic, { ...SALE, amount });
    expect(meaning.status === 'quarantined' ? meaning.code : null).toBe(code);
  });
});

describe('what is quarantined of a transaction', () => {
  it.each<[object, string[]]>([
    [{ kind: 'payout' }, ['unknown_status', 'kind']],
    [{ kind: 'constructor' }, ['unknown_status', 'kind']],
    [{ kind: null }, ['validation_failed', 'kind']],
    [{ status: 'awaiting_response' }, ['unknown_status', 'status']],
    [{ kind: 'void', status: 'unknown' }, ['unknown_status', 'status']],
    [{ order_id: null }, ['validation_failed', 'order_id']],
    [{ id: 0 }, ['validation_failed', 'id']],
    [{ id: -1 }, ['validation_failed', 'id']],
    [{ id: 1.5 }, ['validation_failed', 'id']],
    [{ id: 10n ** 20n }, ['validation_failed', 'id']],
    [{ currency: null }, ['validation_failed', 'currency']],
    [{ error_code: '\0', status: 'failure' }, ['id_invalid', 'error_code']],
    [{ test: 'no' }, ['validation_failed', 'test']],
  ])('%j', (fields, expected) => {
    expect(codeOf('order_transactions/create', { ...SALE, ...fields })).toEqual(expected);
  });
});

describe('the topic, which is not signed', () => {
  const PENDING = { ...PAID, financial_status: 'pending', updated_at: time(-60) };
  const FAILED = { ...SALE, id: 7n, status: 'failure' };
  /** Every body that a merchant's app is sent, with the topics under which it is told. */
  const BODIES: [name: string, body: object, truth: string[]][] = [
    ['a paid order', PAID, ['orders/paid']],
    ['a pending order', PENDING, []],
    ['an authorized order', { ...PAID, financial_status: 'authorized' }, []],
    ['a partly paid order', { ...PAID, financial_status: 'partially_paid' }, []],
    ['a refunded order', { ...PAID, financial_status: 'refunded', refunds: [REFUNDS] }, []],
    ['an order with its transactions', { ...PENDING, transactions: [SALE], kind: 'sale' }, []],
    ['a sale', SALE, ['order_transactions/create']],
    ['a failed sale', FAILED, ['order_transactions/create']],
    ['a refund transaction', REFUND, ['order_transactions/create']],
    ['a refund', REFUNDS, ['refunds/create']],
    ['a dispute', DISPUTE, ['disputes/create', 'disputes/update']],
    ['a lost dispute', { ...DISPUTE, status: 'lost' }, ['disputes/create', 'disputes/update']],
    [
      'a tender transaction',
      {
        id: 220982911946154508n,
        order_id: ORDER,
        amount: '49.99',
        currency: 'EUR',
        user_id: null,
        test: false,
        processed_at: time(5),
        remote_reference: '1001',
        payment_method: 'credit_card',
      },
      [],
    ],
    [
      'a fulfillment',
      { id: 123456n, order_id: ORDER, status: 'success', created_at: time(5), name: '#1001.1' },
      [],
    ],
    [
      'a draft order',
      { id: 5n, order_id: ORDER, name: '#D1', status: 'completed', total_price_set: moneySet('1') },
      [],
    ],
    ['a checkout', { id: 6n, total_price: '49.99', presentment_currency: 'EUR', name: '#6' }, []],
  ];
  const TOPICS = [...SHOPIFY_TOPICS.keys(), 'orders/create', 'orders/updated', 'carts/create', ''];

  it.each(BODIES)('%s means under any topic what it says itself, or nothing', (_, body, truth) => {
    for (const topic of TOPICS) {
      const { meaning } = eventOf(topic, body);
      expect([topic, meaning.status === 'applied']).toEqual([topic, truth.includes(topic)]);
      if (SHOPIFY_TOPICS.has(topic) && !truth.includes(topic)) {
        expect([topic, meaning.status]).toEqual([topic, 'quarantined']);
      }
    }
  });

  it('makes no paid order of an unpaid one that is sent again', () => {
    // orders/create of a customer who pays later, captured and sent as if it had been paid.
    expect(eventOf('orders/create', PENDING).meaning).toEqual({ status: 'ignored' });
    expect(codeOf('orders/paid', PENDING)).toEqual(['validation_failed', 'financial_status']);
  });

  it('of a body that says paid gives the same statement, whichever webhook told it first', () => {
    expect(statementsOf('orders/paid', PAID)).toMatchObject([{ implied: true, ...eur(4999n) }]);
    expect(eventOf('orders/updated', PAID).meaning).toEqual({ status: 'ignored' });
  });

  it('is missed where it is absent, and found under its newer name', () => {
    expect(eventsOf(shopifyProvider, bodyOf(PAID))).toMatchObject([
      {
        type: '',
        meaning: { code: 'validation_failed', errors: [{ field: 'X-Shopify-Topic' }] },
      },
    ]);
    const [event] = eventsOf(shopifyProvider, bodyOf(PAID), { 'shopify-topic': 'orders/paid' });
    expect(event).toEqual(eventOf('orders/paid', PAID));
  });

  it.each([
    'orders/cancelled',
    'orders/create',
    'orders/updated',
    'ORDERS_PAID',
    'Orders/Paid',
    'orders/paid, orders/paid',
    'Order',
    'constructor',
  ])('%s is ignored', (topic) => {
    expect(eventOf(topic, PAID).meaning).toEqual({ status: 'ignored' });
  });
});

describe('the event', () => {
  it('is identified by its topic and its bytes, whatever its headers say; F38', () => {
    const id = (topic: string, body: object) => eventOf(topic, body).eventId;
    expect(id('orders/paid', { id: 1 })).toBe(
      createHash('sha256').update('orders/paid\n{"id":1}').digest('hex'),
    );
    expect(id('orders/paid', PAID)).not.toBe(id('orders/updated', PAID));
    const headers = { 'x-shopify-topic': 'orders/paid', 'x-shopify-webhook-id': 'another' };
    expect(eventsOf(shopifyProvider, bodyOf(PAID), headers)[0]?.eventId).toBe(
      id('orders/paid', PAID),
    );
  });

  it('has the topic as type, the latest of its times, and no account', () => {
    expect(eventOf('orders/paid', PAID)).toMatchObject({
      type: 'orders/paid',
      occurredAt: NOW + 9000,
      account: null,
    });
    expect(eventOf('disputes/create', DISPUTE).occurredAt).toBe(NOW + 20_000);
    expect(eventOf('orders/create', { id: 1, created_at: '1969-01-01T00:00:00Z' })).toMatchObject({
      occurredAt: 0,
    });
  });

  it.each<[string, object, boolean | null]>([
    ['orders/paid', { ...PAID, test: false }, true],
    ['orders/paid', { ...PAID, test: true }, false],
    ['orders/paid', { ...PAID, test: null }, null],
    ['orders/create', { ...PAID, test: true }, false],
    ['order_transactions/create', { ...SALE, test: true }, false],
    ['order_transactions/create', { ...SALE, test: undefined }, null],
    ['refunds/create', REFUNDS, true],
    ['refunds/create', { ...REFUNDS, transactions: [REFUND, { ...REFUND, test: true }] }, false],
    ['refunds/create', { ...REFUNDS, transactions: [] }, null],
    ['disputes/create', DISPUTE, null],
  ])('%s of a body with its own test: %#', (topic, body, livemode) => {
    expect(eventOf(topic, body).livemode).toBe(livemode);
  });
});

describe('whole lives, in every order and with a repetition', () => {
  const context = { unique: 'u1', now: NOW, options: {}, account: null, livemode: false };
  const sums = (authorized: bigint, captured: bigint, rest: Partial<Nameless> = {}) => ({
    amountAuthorized: authorized,
    amountCaptured: captured,
    amountRefunded: 0n,
    amountDisputed: 0n,
    amountChargedBack: 0n,
    flags: [],
    ...rest,
  });

  function expectOne(events: readonly PaymentEvent[], expected: Partial<Nameless>) {
    let first: Nameless[] | undefined;
    for (const payments of paymentsInEveryOrder(shopifyProvider, events)) {
      first ??= payments;
      expect(payments).toEqual(first);
    }
    expect(first).toMatchObject([expected]);
  }

  const samplesOf = (scenario: ScenarioName) =>
    shopifyProvider.scenarios[scenario]?.(context) ?? [];

  it.each<[ScenarioName, Partial<Nameless>]>([
    ['succeeded', { status: 'captured', ...sums(4999n, 4999n), reference: '#u1' }],
    [
      'failed',
      {
        status: 'failed',
        ...sums(0n, 0n),
        failure: { code: 'card_declined', message: 'Your card was declined.' },
      },
    ],
    ['authorized-captured', { status: 'captured', ...sums(4999n, 4999n) }],
    ['voided', { status: 'canceled', ...sums(4999n, 0n) }],
    ['refunded', { status: 'refunded', ...sums(4999n, 4999n, { amountRefunded: 4999n }) }],
    [
      'partially-refunded',
      { status: 'partially_refunded', ...sums(4999n, 4999n, { amountRefunded: 1000n }) },
    ],
    ['refund-failed', { status: 'captured', ...sums(4999n, 4999n) }],
    ['disputed-won', { status: 'captured', ...sums(4999n, 4999n) }],
    [
      'disputed-lost',
      { status: 'charged_back', ...sums(4999n, 4999n, { amountChargedBack: 4999n }) },
    ],
  ])('%s', (scenario, expected) => {
    expectOne(eventsOfSamples(shopifyProvider, samplesOf(scenario)), {
      currency: 'EUR',
      account: null,
      livemode: false,
      ...expected,
    });
  });

  it('plays every scenario', () => {
    expect(Object.keys(shopifyProvider.scenarios).sort()).toEqual([...SCENARIOS].sort());
  });

  it('the samples have ids beyond 2^53', () => {
    const [, sale] = samplesOf('succeeded');
    const [, digits = ''] = /^\{"id":(\d+),/.exec(sale!.body.toString()) ?? [];
    expect(BigInt(digits)).toBeGreaterThan(BigInt(Number.MAX_SAFE_INTEGER));
  });

  const transaction = (fields: object) =>
    eventOf('order_transactions/create', { ...SALE, ...fields });

  it('the summary and the transaction count once; F3', () => {
    expectOne([transaction({}), eventOf('orders/paid', PAID)], {
      status: 'captured',
      ...sums(4999n, 4999n),
    });
  });

  it('the summary alone counts, and beside a pending transaction too; F3', () => {
    expectOne([eventOf('orders/paid', PAID)], { status: 'captured', ...sums(4999n, 4999n) });
    expectOne([transaction({ status: 'pending' }), eventOf('orders/paid', PAID)], {
      status: 'captured',
      ...sums(4999n, 4999n),
    });
  });

  it('a gift card and a card are two captures of one order', () => {
    const events = [
      transaction({ amount: '30.00' }),
      transaction({ id: 8n, amount: '19.99' }),
      eventOf('orders/paid', PAID),
    ];
    expectOne(events, { status: 'captured', ...sums(4999n, 4999n), refs: REFS });
  });

  it('a declined card, then another that is taken', () => {
    const events = [
      transaction({ id: 8n, status: 'failure', processed_at: time(1), error_code: 'declined' }),
      transaction({}),
    ];
    expectOne(events, { status: 'captured', ...sums(4999n, 4999n), failure: null });
  });

  it('held, taken in part, the rest given back; F23', () => {
    const events = [
      transaction({ id: 1n, kind: 'authorization' }),
      transaction({
        id: 2n,
        kind: 'capture',
        amount: '20.00',
        parent_id: 1n,
        processed_at: time(6),
      }),
      transaction({ id: 3n, kind: 'void', amount: '29.99', parent_id: 1n, processed_at: time(7) }),
    ];
    expectOne(events.slice(0, 2), { status: 'partially_captured', ...sums(4999n, 2000n) });
    expectOne(events, { status: 'captured', ...sums(4999n, 2000n) });
  });

  it('a dispute that rises from an inquiry, and reopens after it was won; F9, F22', () => {
    const disputed = (fields: object) => eventOf('disputes/update', { ...DISPUTE, ...fields });
    const inquiry = disputed({ type: 'inquiry' });
    expectOne([transaction({}), inquiry], { status: 'captured', ...sums(4999n, 4999n) });
    const won = disputed({ status: 'won', evidence_sent_on: time(30), finalized_on: time(40) });
    const lost = disputed({ status: 'lost', evidence_sent_on: time(30), finalized_on: time(50) });
    expectOne([transaction({}), inquiry, disputed({})], {
      status: 'disputed',
      ...sums(4999n, 4999n, { amountDisputed: 4999n }),
    });
    expectOne([transaction({}), inquiry, disputed({}), won], {
      status: 'captured',
      ...sums(4999n, 4999n),
    });
    expectOne([transaction({}), inquiry, disputed({}), won, lost], {
      status: 'charged_back',
      ...sums(4999n, 4999n, { amountChargedBack: 4999n }),
    });
  });

  it('orders whose ids a double would confuse are two payments', () => {
    const events = [transaction({}), transaction({ id: 8n, order_id: ORDER + 1n })];
    for (const payments of paymentsInEveryOrder(shopifyProvider, events)) {
      expect(payments).toMatchObject([{ refs: REFS }, { refs: [`order:${ORDER + 1n}`] }]);
    }
  });
});
