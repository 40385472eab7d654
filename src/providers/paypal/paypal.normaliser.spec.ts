import { JsonNumber, type JsonObject, type JsonValue } from '../../json/json.js';
import { fold, type FoldedPayment } from '../../payments/fold.js';
import { type Statement } from '../../payments/statement.js';
import { MemoryStore } from '../../payments/testing/memory-store.js';
import { ordersOf } from '../../payments/testing/orders.js';
import { paymentsIn } from '../../payments/testing/partition.js';
import { place } from '../../payments/testing/statements.js';
import { type PaymentEvent } from '../provider.js';
import { paymentsInEveryOrder } from '../testing/stories.js';
import { normalisePaypal, PAYPAL_DISPUTE_OUTCOMES } from './paypal.normaliser.js';
import { paypalProvider } from './paypal.provider.js';

const NOW = Date.UTC(2026, 10, 24, 10);
const UPDATED = NOW - 2000;

const iso = (at: number) => new Date(at).toISOString();
const usd = (value: string) => ({ currency_code: 'USD', value });
const money = (amount: bigint, currency = 'USD') => ({ amount, currency });
const NONE = { amount: null, currency: null };

/** Numbers become what readJson makes of them. */
function json(value: unknown): JsonValue {
  if (typeof value === 'number') return new JsonNumber(String(value));
  if (Array.isArray(value)) return value.map(json);
  if (value === null || typeof value !== 'object') return value as JsonValue;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, json(v)]));
}

function eventOf(
  event_type: string,
  resource: unknown,
  fields: object = {},
  headers: Record<string, string> = {},
): PaymentEvent {
  const event = { id: 'WH-1', create_time: iso(NOW), event_type, resource, ...fields };
  const events = normalisePaypal(json(event) as JsonObject, {
    options: {},
    headers,
    body: Buffer.alloc(0),
    bodySha256: '0'.repeat(64),
  });
  expect(events).toHaveLength(1);
  return events[0] as PaymentEvent;
}

function statementsOf(type: string, resource: unknown, fields: object = {}) {
  const { meaning } = eventOf(type, resource, fields);
  if (meaning.status !== 'applied') throw new Error(JSON.stringify(meaning));
  return meaning.statements;
}

function codeOf(type: string, resource: unknown, fields: object = {}) {
  const { meaning } = eventOf(type, resource, fields);
  if (meaning.status !== 'quarantined') throw new Error(JSON.stringify(meaning.status));
  return [meaning.code, ...(meaning.errors ?? []).map((error) => error.field)];
}

const V2 = 'https://api.sandbox.paypal.com/v2/payments';
const up = (path: string) => ({ links: [{ rel: 'up', href: `${V2}/${path}`, method: 'GET' }] });

const AUTHORIZATION = {
  id: 'AUTH1',
  status: 'CREATED',
  amount: usd('100.00'),
  custom_id: 'order-1',
  invoice_id: 'invoice-1',
  expiration_time: iso(NOW + 29 * 86_400_000),
  supplementary_data: { related_ids: { order_id: 'ORDER1' } },
  create_time: iso(UPDATED),
  update_time: iso(UPDATED),
};
const CAPTURE = {
  id: 'CAP1',
  status: 'COMPLETED',
  amount: usd('100.00'),
  custom_id: 'order-1',
  final_capture: true,
  supplementary_data: { related_ids: { order_id: 'ORDER1', authorization_id: 'AUTH1' } },
  create_time: iso(UPDATED),
  update_time: iso(UPDATED),
};
const REFUND = {
  id: 'REF1',
  status: 'COMPLETED',
  amount: usd('30.00'),
  create_time: iso(UPDATED - 1000),
  update_time: iso(UPDATED),
  seller_payable_breakdown: { total_refunded_amount: usd('90.00') },
  ...up('captures/CAP1'),
};
const SALE = {
  id: 'SALE1',
  state: 'completed',
  amount: { total: '20.00', currency: 'USD', details: { subtotal: '20.00' } },
  parent_payment: 'PAY-1',
  billing_agreement_id: 'I-1',
  custom: '',
  invoice_number: 'invoice-1',
  create_time: iso(UPDATED),
  update_time: iso(UPDATED),
};
const DISPUTE = {
  dispute_id: 'PP-D-1',
  create_time: iso(UPDATED),
  update_time: iso(UPDATED),
  status: 'OPEN',
  dispute_life_cycle_stage: 'CHARGEBACK',
  dispute_amount: usd('25.00'),
  disputed_transactions: [{ seller_transaction_id: 'CAP1', gross_amount: usd('100.00') }],
};

describe('authorizations', () => {
  const A = { kind: 'authorization', key: 'AUTH1' };
  const CREATED = 'PAYMENT.AUTHORIZATION.CREATED';
  const VOIDED = 'PAYMENT.AUTHORIZATION.VOIDED';
  const failure = { code: 'PENDING_REVIEW', message: null };

  it.each<[string, object, object]>([
    [CREATED, {}, { status: 'authorized', ...money(10000n) }],
    [CREATED, { status: 'CAPTURED' }, { status: 'authorized', ...money(10000n) }],
    [CREATED, { status: 'PARTIALLY_CAPTURED' }, { status: 'authorized', ...money(10000n) }],
    [CREATED, { status: 'PENDING' }, { status: 'pending', ...money(10000n) }],
    [CREATED, { status: 'PENDING', amount: null }, { status: 'pending', ...NONE }],
    [CREATED, { status: 'DENIED' }, { status: 'failed', ...NONE, failure: null }],
    [
      CREATED,
      { status: 'DENIED', status_details: { reason: 'PENDING_REVIEW' } },
      { status: 'failed', failure },
    ],
    [CREATED, { status: 'VOIDED' }, { status: 'voided', ...NONE }],
    [CREATED, { status: null, state: 'authorized' }, { status: 'authorized' }],
    [CREATED, { status: null, state: 'expired' }, { status: 'expired' }],
    [VOIDED, { status: 'VOIDED' }, { status: 'voided', ...NONE }],
    // F38: sent when the validity ends, too.
    [VOIDED, { status: 'VOIDED', expiration_time: iso(UPDATED) }, { status: 'expired' }],
    [VOIDED, { status: 'VOIDED', expiration_time: iso(UPDATED + 1) }, { status: 'voided' }],
    [VOIDED, { expiration_time: null, valid_until: iso(UPDATED) }, { status: 'expired' }],
    [VOIDED, { expiration_time: null }, { status: 'voided' }],
    [VOIDED, { status: null, state: 'expired' }, { status: 'expired' }],
  ])('%s %j', (type, fields, expected) => {
    expect(statementsOf(type, { ...AUTHORIZATION, ...fields })).toMatchObject([
      {
        ...A,
        ...expected,
        at: UPDATED,
        refs: ['txn:AUTH1'],
        groups: ['order:ORDER1'],
        reference: 'order-1',
      },
    ]);
  });
});

describe('captures and sales', () => {
  const C = { kind: 'capture', key: 'CAP1', at: UPDATED, reference: 'order-1' };

  it.each<[string, object, object]>([
    ['COMPLETED', {}, { status: 'succeeded', ...money(10000n), final: true }],
    ['COMPLETED', { final_capture: false }, { status: 'succeeded', final: false }],
    ['COMPLETED', { final_capture: null }, { status: 'succeeded', final: false }],
    ['COMPLETED', { status: 'PARTIALLY_REFUNDED' }, { status: 'succeeded' }],
    ['COMPLETED', { status: 'REFUNDED' }, { status: 'succeeded' }],
    ['COMPLETED', { status: null }, { status: 'succeeded' }],
    ['PENDING', { status: 'PENDING' }, { status: 'pending', ...money(10000n), final: false }],
    ['DENIED', { status: 'DENIED' }, { status: 'failed', ...NONE, failure: null }],
    [
      'DECLINED',
      { status: 'DECLINED', status_details: { reason: 'BUYER_COMPLAINT' } },
      { status: 'failed', failure: { code: 'BUYER_COMPLAINT', message: null } },
    ],
  ])('PAYMENT.CAPTURE.%s %j', (type, fields, expected) => {
    expect(statementsOf(`PAYMENT.CAPTURE.${type}`, { ...CAPTURE, ...fields })).toMatchObject([
      { ...C, ...expected, refs: ['txn:CAP1', 'txn:AUTH1'], groups: ['order:ORDER1'] },
    ]);
  });

  it.each<[object, string[], string[]]>([
    [{ supplementary_data: null }, ['txn:CAP1'], []],
    [{ supplementary_data: {} }, ['txn:CAP1'], []],
    [{ supplementary_data: null, ...up('authorizations/AUTH2') }, ['txn:CAP1', 'txn:AUTH2'], []],
    [{ ...up('authorizations/AUTH1') }, ['txn:CAP1', 'txn:AUTH1'], ['order:ORDER1']],
    [
      {
        supplementary_data: null,
        links: [{ rel: 'up', href: 'https://api.paypal.com/v2/checkout/orders/ORDER2' }],
      },
      ['txn:CAP1'],
      ['order:ORDER2'],
    ],
    [
      {
        supplementary_data: null,
        links: [
          { rel: 'self', href: `${V2}/captures/CAP2` },
          { rel: 'refund', href: `${V2}/captures/CAP2/refund` },
          { rel: 'authorization', href: 'https://api.paypal.com/v1/payments/authorization/AUTH3' },
        ],
      },
      ['txn:CAP1', 'txn:AUTH3'],
      [],
    ],
  ])('what they are part of: %j', (fields, refs, groups) => {
    expect(statementsOf('PAYMENT.CAPTURE.COMPLETED', { ...CAPTURE, ...fields })).toMatchObject([
      { refs, groups },
    ]);
  });

  it.each<[string, object, object]>([
    ['COMPLETED', {}, { status: 'succeeded', ...money(2000n) }],
    ['PENDING', { state: 'pending' }, { status: 'pending', ...money(2000n) }],
    [
      'DENIED',
      { state: 'denied', reason_code: 'RISK' },
      { status: 'failed', failure: { code: 'RISK', message: null } },
    ],
  ])('PAYMENT.SALE.%s %j', (type, fields, expected) => {
    expect(statementsOf(`PAYMENT.SALE.${type}`, { ...SALE, ...fields })).toMatchObject([
      {
        kind: 'capture',
        key: 'SALE1',
        ...expected,
        at: UPDATED,
        refs: ['txn:SALE1'],
        groups: ['parent_payment:PAY-1', 'billing_agreement:I-1'],
        reference: 'invoice-1',
      },
    ]);
  });
});

describe('refunds', () => {
  const R = { kind: 'refund', key: 'REF1', at: UPDATED, reference: null };
  const refs = ['txn:REF1', 'txn:CAP1'];

  it.each<[string, object, object]>([
    ['PAYMENT.CAPTURE.REFUNDED', {}, { status: 'succeeded' }],
    ['PAYMENT.CAPTURE.REFUNDED', { status: 'PENDING' }, { status: 'pending' }],
    ['PAYMENT.CAPTURE.REFUNDED', { status: 'FAILED' }, { status: 'failed' }],
    ['PAYMENT.CAPTURE.REFUNDED', { status: 'CANCELLED' }, { status: 'failed' }],
    ['PAYMENT.CAPTURE.REFUNDED', { status: null, state: 'completed' }, { status: 'succeeded' }],
    ['PAYMENT.REFUND.PENDING', { status: 'PENDING' }, { status: 'pending' }],
    [
      'PAYMENT.REFUND.FAILED',
      { status: 'FAILED', status_details: { reason: 'ECHECK' } },
      { status: 'failed', failure: { code: 'ECHECK', message: null } },
    ],
    // Version 1 has no `up`.
    ['PAYMENT.CAPTURE.REFUNDED', { links: [], capture_id: 'CAP1' }, { status: 'succeeded' }],
    [
      'PAYMENT.CAPTURE.REFUNDED',
      { links: null, supplementary_data: { related_ids: { capture_id: 'CAP1' } } },
      { status: 'succeeded' },
    ],
    ['PAYMENT.CAPTURE.REVERSED', {}, { status: 'succeeded' }],
    ['PAYMENT.CAPTURE.REVERSED', { amount: usd('-30.00') }, { status: 'succeeded' }],
  ])('%s %j', (type, fields, expected) => {
    expect(statementsOf(type, { ...REFUND, ...fields })).toMatchObject([
      { ...R, ...expected, ...money(3000n), refs, born: UPDATED - 1000 },
    ]);
  });

  it('of a sale state their amount with a sign', () => {
    const refund = {
      id: 'REF1',
      state: 'completed',
      amount: { total: '-0.49', currency: 'USD' },
      sale_id: 'SALE1',
      parent_payment: 'PAY-1',
      update_time: iso(UPDATED),
    };
    for (const type of ['PAYMENT.SALE.REFUNDED', 'PAYMENT.SALE.REVERSED']) {
      expect(statementsOf(type, refund)).toMatchObject([
        {
          ...R,
          status: 'succeeded',
          ...money(49n),
          refs: ['txn:REF1', 'txn:SALE1'],
          groups: ['parent_payment:PAY-1'],
          born: UPDATED,
        },
      ]);
    }
    const { sale_id, ...orphan } = refund;
    expect(sale_id).toBe('SALE1');
    expect(statementsOf('PAYMENT.SALE.REVERSED', orphan)).toMatchObject([{ refs: ['txn:REF1'] }]);
    expect(codeOf('PAYMENT.CAPTURE.REFUNDED', refund)).toEqual([
      'validation_failed',
      'resource.amount',
    ]);
  });

  it('F32: a reversal that is told by the capture itself has a key of its own', () => {
    for (const amount of [usd('100.00'), usd('-100.00')]) {
      expect(
        statementsOf('PAYMENT.CAPTURE.REVERSED', {
          ...CAPTURE,
          amount,
          status: 'REVERSED',
          capture_id: 'CAP1',
          ...up('authorizations/AUTH1'),
        }),
      ).toMatchObject([
        {
          kind: 'refund',
          key: 'reversal:CAP1',
          status: 'succeeded',
          ...money(10000n),
          refs: ['txn:CAP1', 'txn:AUTH1'],
        },
      ]);
    }
  });
});

describe('disputes', () => {
  const D = { kind: 'dispute', key: 'PP-D-1/CAP1', at: UPDATED, refs: ['txn:CAP1'], groups: [] };
  const outcome = (outcome_code: string, amount_refunded?: object) => ({
    status: 'RESOLVED',
    dispute_outcome: { outcome_code, amount_refunded: amount_refunded ?? null },
  });

  it.each<[string, object, object]>([
    // F9: no money has moved.
    ['CREATED', { dispute_life_cycle_stage: 'INQUIRY' }, { status: 'inquiry', ...money(2500n) }],
    ['CREATED', {}, { status: 'open', ...money(2500n) }],
    ['CREATED', { dispute_life_cycle_stage: null, status: null }, { status: 'open' }],
    ['UPDATED', { dispute_life_cycle_stage: 'PRE_ARBITRATION' }, { status: 'open' }],
    ['UPDATED', { dispute_life_cycle_stage: 'ARBITRATION' }, { status: 'open' }],
    ['UPDATED', { status: 'WAITING_FOR_BUYER_RESPONSE' }, { status: 'open' }],
    ['UPDATED', { status: 'WAITING_FOR_SELLER_RESPONSE' }, { status: 'open' }],
    ['UPDATED', { status: 'UNDER_REVIEW' }, { status: 'open' }],
    ['UPDATED', { status: 'OTHER' }, { status: 'open' }],
    ['UPDATED', outcome('RESOLVED_SELLER_FAVOUR'), { status: 'won' }],
    ['RESOLVED', outcome('RESOLVED_BUYER_FAVOUR'), { status: 'lost', ...money(2500n) }],
    [
      'RESOLVED',
      outcome('RESOLVED_BUYER_FAVOUR', usd('12.5')),
      { status: 'lost', ...money(1250n) },
    ],
    ['RESOLVED', outcome('ACCEPTED', usd('25.00')), { status: 'lost', ...money(2500n) }],
    ['RESOLVED', outcome('RESOLVED_SELLER_FAVOUR'), { status: 'won', ...money(2500n) }],
    ['RESOLVED', outcome('RESOLVED_WITH_PAYOUT', usd('25.00')), { status: 'won' }],
    ['RESOLVED', outcome('CANCELED_BY_BUYER'), { status: 'won' }],
    ['RESOLVED', outcome('DENIED'), { status: 'won' }],
    ['RESOLVED', { ...outcome('DENIED'), status: null }, { status: 'won' }],
    ['RESOLVED', { ...outcome('DENIED'), dispute_life_cycle_stage: 'INQUIRY' }, { status: 'won' }],
    ['CREATED', { dispute_amount: null }, { status: 'open', ...money(10000n) }],
    [
      'CREATED',
      { dispute_amount: null, disputed_transactions: [{ seller_transaction_id: 'CAP1' }] },
      { status: 'open', ...NONE },
    ],
  ])('CUSTOMER.DISPUTE.%s %j', (type, fields, expected) => {
    expect(statementsOf(`CUSTOMER.DISPUTE.${type}`, { ...DISPUTE, ...fields })).toMatchObject([
      { ...D, ...expected },
    ]);
  });

  it('F11: of several transactions are as many disputes, which join nothing', () => {
    const disputed_transactions = [
      { seller_transaction_id: 'CAP1', gross_amount: usd('10.00') },
      { seller_transaction_id: 'CAP2', gross_amount: usd('15.00') },
      { seller_transaction_id: 'CAP3' },
    ];
    const lost = outcome('RESOLVED_BUYER_FAVOUR', usd('25.00'));
    for (const [type, fields, status] of [
      ['CREATED', {}, 'open'],
      ['RESOLVED', lost, 'lost'],
    ] as const) {
      const resource = { ...DISPUTE, ...fields, disputed_transactions };
      expect(statementsOf(`CUSTOMER.DISPUTE.${type}`, resource)).toMatchObject([
        { ...D, status, ...money(1000n) },
        { ...D, key: 'PP-D-1/CAP2', refs: ['txn:CAP2'], status, ...money(1500n) },
        { ...D, key: 'PP-D-1/CAP3', refs: ['txn:CAP3'], status, ...NONE },
      ]);
    }
  });

  it.each([
    [{ disputed_transactions: [] }, 'resource.disputed_transactions'],
    [{ disputed_transactions: null }, 'resource.disputed_transactions'],
    [
      { disputed_transactions: [{ seller_transaction_id: 'CAP1' }, {}] },
      'resource.disputed_transactions.1.seller_transaction_id',
    ],
  ])('that name no transaction concern no payment: %j', (fields, field) => {
    const resource = { ...DISPUTE, ...fields };
    expect(codeOf('CUSTOMER.DISPUTE.CREATED', resource)).toEqual(['no_ref', field]);
  });
});

describe('amounts', () => {
  it.each([
    ['HUF', '100', 10000n],
    ['HUF', '100.00', 10000n],
    ['TWD', '100', 10000n],
    ['JPY', '500', 500n],
    ['JPY', '500.00', 500n],
    ['USD', '0.1', 10n],
    ['usd', '10', 1000n],
    ['KWD', '1.234', 1234n],
  ])('%s %s is %s in ISO minor units', (currency_code, value, amount) => {
    const resource = { ...CAPTURE, amount: { currency_code, value } };
    expect(statementsOf('PAYMENT.CAPTURE.COMPLETED', resource)).toMatchObject([
      money(amount, currency_code.toUpperCase()),
    ]);
  });

  it.each<[object | null, string]>([
    [{ currency_code: 'JPY', value: '1.5' }, 'amount_inexact'],
    [{ currency_code: 'USD', value: '1.005' }, 'amount_inexact'],
    [{ currency_code: 'ZZZ', value: '1.00' }, 'currency_unknown'],
    [{ value: '1.00' }, 'currency_unknown'],
    [{ currency_code: 'USD' }, 'validation_failed'],
    [{ currency_code: 'USD', value: '-1.00' }, 'validation_failed'],
    [{ currency_code: 'USD', value: '1e2' }, 'validation_failed'],
    [{ currency_code: 'USD', value: '1,000.00' }, 'validation_failed'],
    [{ currency_code: 'USD', value: '' }, 'validation_failed'],
    [{ currency_code: 'USD', value: '9007199254740992' }, 'validation_failed'],
    [{ currency_code: 'IDR', value: '9999999999999.99' }, 'applied'],
    [null, 'validation_failed'],
  ])('%j: %s', (amount, expected) => {
    const { meaning } = eventOf('PAYMENT.CAPTURE.COMPLETED', { ...CAPTURE, amount });
    expect(meaning.status === 'quarantined' ? meaning.code : meaning.status).toBe(expected);
  });

  it('are decimals in text, never numbers', () => {
    const resource = { ...CAPTURE, amount: { currency_code: 'USD', value: 10 } };
    expect(codeOf('PAYMENT.CAPTURE.COMPLETED', resource)).toEqual([
      'validation_failed',
      'resource.amount.value',
    ]);
  });
});

describe('what is quarantined', () => {
  it.each<[string, object, string, string]>([
    ['PAYMENT.AUTHORIZATION.CREATED', { status: 'NEW' }, 'unknown_status', 'status'],
    ['PAYMENT.AUTHORIZATION.CREATED', { status: 'created' }, 'unknown_status', 'status'],
    ['PAYMENT.AUTHORIZATION.CREATED', { status: null }, 'validation_failed', 'status'],
    ['PAYMENT.AUTHORIZATION.VOIDED', { status: 'constructor' }, 'unknown_status', 'status'],
    ['PAYMENT.CAPTURE.COMPLETED', { status: 'NEW' }, 'unknown_status', 'status'],
    ['PAYMENT.CAPTURE.COMPLETED', { status: 'PENDING' }, 'unknown_status', 'status'],
    ['PAYMENT.CAPTURE.COMPLETED', { status: 'DECLINED' }, 'unknown_status', 'status'],
    ['PAYMENT.CAPTURE.DENIED', { status: 'NEW' }, 'unknown_status', 'status'],
    ['PAYMENT.CAPTURE.REFUNDED', { status: 'NEW' }, 'unknown_status', 'status'],
    ['PAYMENT.REFUND.FAILED', { status: 'NEW' }, 'unknown_status', 'status'],
    ['PAYMENT.SALE.COMPLETED', { status: null, state: 'new' }, 'unknown_status', 'state'],
    ['PAYMENT.CAPTURE.COMPLETED', { id: 7 }, 'validation_failed', 'id'],
    ['PAYMENT.CAPTURE.COMPLETED', { id: 'C\0' }, 'id_invalid', 'id'],
    ['PAYMENT.CAPTURE.COMPLETED', { update_time: 'now' }, 'validation_failed', 'update_time'],
    ['PAYMENT.CAPTURE.COMPLETED', { custom_id: '\ud800' }, 'id_invalid', 'custom_id'],
    ['PAYMENT.CAPTURE.COMPLETED', { custom_id: 'x'.repeat(256) }, 'validation_failed', 'custom_id'],
    ['PAYMENT.CAPTURE.COMPLETED', { links: [{ rel: 'up' }] }, 'validation_failed', 'links.0.href'],
  ])('%s with %j: %s', (type, fields, code, field) => {
    expect(codeOf(type, { ...CAPTURE, ...fields })).toEqual([code, `resource.${field}`]);
  });

  it.each<[string, object, string, string]>([
    ['CREATED', { status: 'NEW' }, 'unknown_status', 'status'],
    ['CREATED', { dispute_life_cycle_stage: 'NEW' }, 'unknown_status', 'dispute_life_cycle_stage'],
    ['CREATED', { dispute_id: '' }, 'validation_failed', 'dispute_id'],
    ['CREATED', { dispute_amount: usd('x') }, 'validation_failed', 'dispute_amount'],
    ['RESOLVED', {}, 'validation_failed', 'dispute_outcome'],
    ['UPDATED', { status: 'RESOLVED' }, 'validation_failed', 'dispute_outcome'],
    [
      'RESOLVED',
      { dispute_outcome: { outcome_code: 'NONE' } },
      'unknown_status',
      'dispute_outcome.outcome_code',
    ],
    [
      'RESOLVED',
      { dispute_outcome: { outcome_code: 'ACCEPTED', amount_refunded: usd('x') } },
      'validation_failed',
      'dispute_outcome.amount_refunded',
    ],
  ])('CUSTOMER.DISPUTE.%s with %j: %s', (type, fields, code, field) => {
    const resource = { ...DISPUTE, ...fields };
    expect(codeOf(`CUSTOMER.DISPUTE.${type}`, resource)).toEqual([code, `resource.${field}`]);
  });

  it.each([undefined, null, 'CAP1', [], 1])('resource %j', (resource) => {
    expect(codeOf('PAYMENT.CAPTURE.COMPLETED', resource)).toEqual([
      'validation_failed',
      'resource',
    ]);
  });

  it.each([
    [{ id: 7 }, 'id', { eventId: null, type: 'PAYMENT.CAPTURE.COMPLETED' }],
    [{ event_type: null }, 'event_type', { eventId: 'WH-1', type: '' }],
    [{ create_time: '2026-11-24' }, 'create_time', { eventId: 'WH-1', occurredAt: 0 }],
  ])('an envelope with %j', (fields, field, expected) => {
    expect(codeOf('PAYMENT.CAPTURE.COMPLETED', CAPTURE, fields)).toEqual([
      'validation_failed',
      field,
    ]);
    expect(eventOf('PAYMENT.CAPTURE.COMPLETED', CAPTURE, fields)).toMatchObject(expected);
  });
});

describe('a time that is not after 1970', () => {
  const EARLY = ['1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00Z', '0001-01-01T00:00:00Z'];

  it.each([
    ['PAYMENT.CAPTURE.COMPLETED', 'update_time', CAPTURE],
    ['PAYMENT.CAPTURE.REFUNDED', 'create_time', REFUND],
    ['PAYMENT.AUTHORIZATION.VOIDED', 'expiration_time', AUTHORIZATION],
    ['PAYMENT.AUTHORIZATION.VOIDED', 'valid_until', AUTHORIZATION],
    ['CUSTOMER.DISPUTE.CREATED', 'update_time', DISPUTE],
  ])('is implausible: %s with %s', (type, field, resource) => {
    for (const time of EARLY) {
      expect(codeOf(type, { ...resource, [field]: time })).toEqual([
        'time_implausible',
        `resource.${field}`,
      ]);
    }
    expect(statementsOf(type, { ...resource, [field]: '1970-01-01T00:00:00.001Z' })).toHaveLength(
      1,
    );
  });

  it('is so of the event too, also of one that moves no payment', () => {
    for (const create_time of EARLY) {
      for (const type of ['PAYMENT.CAPTURE.COMPLETED', 'CHECKOUT.ORDER.APPROVED']) {
        const event = eventOf(type, CAPTURE, { create_time });
        expect(event).toMatchObject({ eventId: 'WH-1', type, occurredAt: 0 });
        expect(codeOf(type, CAPTURE, { create_time })).toEqual(['time_implausible', 'create_time']);
      }
    }
  });

  it('beside a time that is none is not what is told', () => {
    const early = '1969-12-31T23:59:59Z';
    const both = { ...CAPTURE, create_time: 'now', update_time: early };
    expect(codeOf('PAYMENT.CAPTURE.COMPLETED', both)[0]).toBe('validation_failed');
  });
});

describe('the event', () => {
  const headersOf = (host: string) => ({
    'paypal-transmission-id': 'b2384410-f8d2-11e4',
    'paypal-cert-url': `https://${host}/v1/notifications/certs/CERT-1`,
  });

  it.each([
    ['api.paypal.com', true],
    ['api-m.paypal.com', true],
    ['api.sandbox.paypal.com', false],
    ['api-m.sandbox.paypal.com', false],
    ['evil.com', null],
  ])('verified by a certificate of %s has the mode %s', (host, livemode) => {
    const event = eventOf('PAYMENT.CAPTURE.COMPLETED', CAPTURE, {}, headersOf(host));
    expect(event).toMatchObject({
      eventId: 'WH-1',
      transmissionId: 'b2384410-f8d2-11e4',
      type: 'PAYMENT.CAPTURE.COMPLETED',
      occurredAt: NOW,
      account: null,
      livemode,
    });
  });

  it('says so of what cannot be used, too', () => {
    const headers = headersOf('api.paypal.com');
    expect(eventOf('PAYMENT.CAPTURE.COMPLETED', null, {}, headers)).toMatchObject({
      transmissionId: 'b2384410-f8d2-11e4',
      livemode: true,
    });
    expect(eventOf('X', null, { id: 1 }, headers)).toMatchObject({ livemode: true });
  });

  it('without the headers says neither', () => {
    const event = eventOf('PAYMENT.CAPTURE.COMPLETED', CAPTURE);
    expect([event.transmissionId, event.livemode]).toEqual([undefined, null]);
  });

  it('has the time of the event where the resource states none', () => {
    const { update_time, ...capture } = CAPTURE;
    expect(update_time).toBe(iso(UPDATED));
    expect(statementsOf('PAYMENT.CAPTURE.COMPLETED', capture)).toMatchObject([{ at: NOW }]);
    const update = { ...CAPTURE, update_time: '2018-08-15T14:30:10-07:00' };
    expect(statementsOf('PAYMENT.CAPTURE.COMPLETED', update)).toMatchObject([
      { at: Date.UTC(2018, 7, 15, 21, 30, 10) },
    ]);
  });

  it.each([
    [{ custom_id: 'a', invoice_id: 'b' }, 'a'],
    [{ custom_id: '', invoice_id: 'b' }, 'b'],
    [{ custom_id: null, invoice_id: null, custom: 'c', invoice_number: 'd' }, 'c'],
    [{ custom_id: null, invoice_id: '', custom: '', invoice_number: 'd' }, 'd'],
    [{ custom_id: null }, null],
  ])('of %j has the reference %j', (fields, reference) => {
    const resource = { ...CAPTURE, ...fields };
    expect(statementsOf('PAYMENT.CAPTURE.COMPLETED', resource)).toMatchObject([{ reference }]);
  });

  it('of a type that moves no payment is ignored, whatever it holds', () => {
    for (const type of [
      'CHECKOUT.ORDER.APPROVED',
      'CHECKOUT.ORDER.COMPLETED',
      'CHECKOUT.PAYMENT-APPROVAL.REVERSED',
      'RISK.DISPUTE.CREATED',
      'PAYMENT.PAYOUTS-ITEM.SUCCEEDED',
      'NEW.TYPE',
      'constructor',
    ]) {
      expect(eventOf(type, null).meaning).toEqual({ status: 'ignored' });
    }
  });
});

describe('whole lives, in every order and with a repetition', () => {
  interface Step {
    readonly type: string;
    readonly resource: object;
  }
  let minute = 0;
  beforeEach(() => (minute = 0));
  /** Each step a minute after the one before. */
  const step = (type: string, resource: object): Step => {
    minute += 1;
    return { type, resource: { ...resource, update_time: iso(NOW + minute * 60_000) } };
  };
  const eventsOf = (steps: readonly Step[]) =>
    steps.map(({ type, resource }, index) => ({
      eventId: `WH-${index + 1}`,
      statements: statementsOf(type, resource),
    }));

  /** Through the tables, as they are delivered. */
  function paymentsOf(steps: readonly Step[]): FoldedPayment[] {
    const events = eventsOf(steps);
    let first: FoldedPayment[] | undefined;
    for (const order of ordersOf(events)) {
      const store = new MemoryStore();
      for (const event of [...order, order[0]!]) store.deliver([event]);
      const payments = paymentsIn(store);
      first ??= payments;
      expect(payments).toEqual(first);
    }
    return first ?? [];
  }

  const sums = (payment: FoldedPayment | undefined) => [
    payment?.status,
    Number(payment?.amountAuthorized),
    Number(payment?.amountCaptured),
    Number(payment?.amountRefunded),
    Number(payment?.amountDisputed),
    Number(payment?.amountChargedBack),
    payment?.flags,
  ];

  const authorized = () => step('PAYMENT.AUTHORIZATION.CREATED', AUTHORIZATION);
  const captured = (fields: object = {}) =>
    step('PAYMENT.CAPTURE.COMPLETED', { ...CAPTURE, ...fields });
  const refunded = (id: string, value: string) =>
    step('PAYMENT.CAPTURE.REFUNDED', { ...REFUND, id, amount: usd(value) });
  const disputed = (type: string, fields: object) =>
    step(`CUSTOMER.DISPUTE.${type}`, { ...DISPUTE, ...fields });

  it.each<[string, () => Step[], unknown[]]>([
    [
      'authorized, then captured',
      () => [authorized(), captured()],
      ['captured', 10000, 10000, 0, 0, 0, []],
    ],
    [
      // F23: captures have ids of their own and add up; final says that no more comes.
      'captured in parts, the rest still held',
      () => [
        authorized(),
        captured({ amount: usd('60.00'), final_capture: false }),
        captured({ id: 'CAP2', amount: usd('30.00'), final_capture: false }),
      ],
      ['partially_captured', 10000, 9000, 0, 0, 0, []],
    ],
    [
      'captured in parts, and no more',
      () => [
        authorized(),
        captured({ amount: usd('60.00'), final_capture: false }),
        captured({ id: 'CAP2', amount: usd('30.00') }),
      ],
      ['captured', 10000, 9000, 0, 0, 0, []],
    ],
    [
      'captured in part, the rest voided',
      () => [
        authorized(),
        captured({ amount: usd('60.00'), final_capture: false }),
        step('PAYMENT.AUTHORIZATION.VOIDED', { ...AUTHORIZATION, status: 'VOIDED' }),
      ],
      ['captured', 10000, 6000, 0, 0, 0, []],
    ],
    [
      'voided',
      () => [
        authorized(),
        step('PAYMENT.AUTHORIZATION.VOIDED', { ...AUTHORIZATION, status: 'VOIDED' }),
      ],
      ['canceled', 10000, 0, 0, 0, 0, []],
    ],
    [
      'expired',
      () => [
        authorized(),
        step('PAYMENT.AUTHORIZATION.VOIDED', {
          ...AUTHORIZATION,
          status: 'VOIDED',
          expiration_time: iso(NOW),
        }),
      ],
      ['expired', 10000, 0, 0, 0, 0, []],
    ],
    [
      // F6: denied after review.
      'pending, then denied',
      () => [
        step('PAYMENT.CAPTURE.PENDING', { ...CAPTURE, status: 'PENDING' }),
        step('PAYMENT.CAPTURE.DENIED', { ...CAPTURE, status: 'DENIED' }),
      ],
      ['failed', 0, 0, 0, 0, 0, []],
    ],
    [
      'pending, then completed',
      () => [step('PAYMENT.CAPTURE.PENDING', { ...CAPTURE, status: 'PENDING' }), captured()],
      ['captured', 10000, 10000, 0, 0, 0, []],
    ],
    [
      // F4: single refunds count; the total that each states is not read.
      'refunded twice, and the rest',
      () => [
        captured(),
        refunded('REF1', '30.00'),
        refunded('REF2', '30.00'),
        refunded('REF3', '40.00'),
      ],
      ['refunded', 10000, 10000, 10000, 0, 0, []],
    ],
    [
      'refund pending, then failed',
      () => [
        captured(),
        step('PAYMENT.REFUND.PENDING', { ...REFUND, status: 'PENDING' }),
        step('PAYMENT.REFUND.FAILED', { ...REFUND, status: 'FAILED' }),
      ],
      ['captured', 10000, 10000, 0, 0, 0, []],
    ],
    [
      'refund without its capture',
      () => [refunded('REF1', '30.00')],
      ['partially_refunded', 0, 0, 3000, 0, 0, ['missing_parent']],
    ],
    [
      'reversed',
      () => [captured(), step('PAYMENT.CAPTURE.REVERSED', { ...REFUND, amount: usd('100.00') })],
      ['refunded', 10000, 10000, 10000, 0, 0, []],
    ],
    [
      'asked about, and answered',
      () => [
        captured(),
        disputed('CREATED', { dispute_life_cycle_stage: 'INQUIRY' }),
        disputed('RESOLVED', { dispute_outcome: { outcome_code: 'CANCELED_BY_BUYER' } }),
      ],
      ['captured', 10000, 10000, 0, 0, 0, []],
    ],
    [
      'disputed',
      () => [
        captured(),
        disputed('CREATED', { dispute_life_cycle_stage: 'INQUIRY' }),
        disputed('UPDATED', {}),
      ],
      ['disputed', 10000, 10000, 0, 2500, 0, []],
    ],
    [
      'disputed, won',
      () => [
        captured(),
        disputed('CREATED', {}),
        disputed('UPDATED', { status: 'UNDER_REVIEW' }),
        disputed('RESOLVED', { dispute_outcome: { outcome_code: 'RESOLVED_SELLER_FAVOUR' } }),
      ],
      ['captured', 10000, 10000, 0, 0, 0, []],
    ],
    [
      'disputed, lost, and told as a refund too',
      () => [
        captured(),
        disputed('CREATED', {}),
        disputed('RESOLVED', {
          dispute_outcome: { outcome_code: 'RESOLVED_BUYER_FAVOUR', amount_refunded: usd('25.00') },
        }),
        refunded('REF1', '25.00'),
      ],
      ['charged_back', 10000, 10000, 2500, 0, 2500, []],
    ],
    [
      'a subscription: sale, refunded in part',
      () => [
        step('PAYMENT.SALE.PENDING', { ...SALE, state: 'pending' }),
        step('PAYMENT.SALE.COMPLETED', SALE),
        step('PAYMENT.SALE.REFUNDED', {
          id: 'REF1',
          state: 'completed',
          sale_id: 'SALE1',
          amount: { total: '-5.00', currency: 'USD' },
        }),
      ],
      ['partially_refunded', 2000, 2000, 500, 0, 0, []],
    ],
  ])('%s', (_, steps, expected) => {
    const payments = paymentsOf(steps());
    expect(payments.map(sums)).toEqual([expected]);
  });

  it('F10: two captures of one order are two payments', () => {
    const other = {
      ...CAPTURE,
      id: 'CAP2',
      supplementary_data: { related_ids: { order_id: 'ORDER1' } },
    };
    const payments = paymentsOf([captured(), captured(other), refunded('REF1', '30.00')]);
    expect(payments.map(({ status }) => status).sort()).toEqual(['captured', 'partially_refunded']);
  });

  it('F10: an order that is authorized again is held once by each payment, never twice', () => {
    const again = step('PAYMENT.AUTHORIZATION.CREATED', { ...AUTHORIZATION, id: 'AUTH2' });
    const payments = paymentsOf([authorized(), again, captured()]);
    expect(payments.map(sums)).toEqual([
      ['captured', 10000, 10000, 0, 0, 0, []],
      ['authorized', 10000, 0, 0, 0, 0, []],
    ]);
  });

  it('F7: the sandbox and real money never meet, although their ids are the same', () => {
    const told = (host: string, type: string, resource: object, id: string) =>
      eventOf(
        type,
        resource,
        { id },
        { 'paypal-cert-url': `https://${host}/v1/notifications/certs/CERT-1` },
      );
    const events = [
      told('api.sandbox.paypal.com', 'PAYMENT.CAPTURE.COMPLETED', CAPTURE, 'WH-1'),
      told('api.paypal.com', 'PAYMENT.CAPTURE.COMPLETED', CAPTURE, 'WH-2'),
      told('api.paypal.com', 'PAYMENT.CAPTURE.REFUNDED', REFUND, 'WH-3'),
    ];
    for (const payments of paymentsInEveryOrder(paypalProvider, events)) {
      expect(payments.map(({ livemode, status }) => [livemode, status])).toEqual([
        [false, 'captured'],
        [true, 'partially_refunded'],
      ]);
    }
  });

  it('F11: a dispute over two payments leaves them two', () => {
    const other = { ...CAPTURE, id: 'CAP2', supplementary_data: null };
    const disputed_transactions = ['CAP1', 'CAP2'].map((id) => ({
      seller_transaction_id: id,
      gross_amount: usd('100.00'),
    }));
    const payments = paymentsOf([
      captured(),
      captured(other),
      disputed('CREATED', { disputed_transactions }),
    ]);
    expect(payments.map(sums)).toEqual([
      ['disputed', 10000, 10000, 0, 10000, 0, []],
      ['disputed', 10000, 10000, 0, 10000, 0, []],
    ]);
  });

  it('each outcome that is known ends a dispute', () => {
    for (const [outcome_code, status] of PAYPAL_DISPUTE_OUTCOMES) {
      const statements: Statement[] = eventsOf([
        captured(),
        disputed('CREATED', {}),
        disputed('RESOLVED', { dispute_outcome: { outcome_code } }),
      ]).flatMap((event) => event.statements);
      const payment = fold(place(statements));
      expect([outcome_code, payment.status]).toEqual([
        outcome_code,
        status === 'lost' ? 'charged_back' : 'captured',
      ]);
    }
  });
});
