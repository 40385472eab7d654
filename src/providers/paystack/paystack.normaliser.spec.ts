import { createHash } from 'node:crypto';

import { readJson } from '../../json/read-json.js';
import { type Nameless } from '../../payments/testing/partition.js';
import { CURRENCIES } from '../currencies.js';
import { type PaymentEvent, type ScenarioName } from '../provider.js';
import { eventsOfSamples, paymentsInEveryOrder } from '../testing/stories.js';
import { normalisePaystack, PAYSTACK_EVENT_TYPES } from './paystack.normaliser.js';
import { paystackProvider } from './paystack.provider.js';

const NOW = Date.UTC(2026, 10, 24, 10);
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

const ngn = (amount: bigint) => ({ amount, currency: 'NGN' });
const NONE = { amount: null, currency: null };

const CHARGE = {
  id: 302961,
  domain: 'live',
  status: 'success',
  reference: 'order-42',
  amount: 4999,
  gateway_response: 'Approved by Financial Institution',
  paid_at: at(10),
  created_at: at(0),
  channel: 'card',
  currency: 'NGN',
  metadata: 0,
  fees: 150,
  plan: {},
};
const REFUND = {
  status: 'processed',
  transaction_reference: 'order-42',
  refund_reference: '132013318360',
  amount: '1000',
  currency: 'NGN',
  processor: 'mpgs_zen',
  integration: 412829,
  domain: 'live',
};
const DISPUTE = {
  id: 358950,
  refund_amount: 4999,
  currency: 'NGN',
  status: 'awaiting-merchant-feedback',
  resolution: null,
  domain: 'live',
  transaction: { id: 302961, domain: 'live', status: 'success', reference: 'order-42' },
  transaction_reference: null,
  category: 'chargeback',
  created_at: at(20),
  updated_at: at(30),
};
const RESOLVED = { ...DISPUTE, status: 'resolved', resolution: 'declined' };

function eventOf(body: object | string, options: Record<string, string> = {}): PaymentEvent {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const json = readJson(bytes);
  if (!json.ok) throw new Error(json.code);
  const bodySha256 = createHash('sha256').update(bytes).digest('hex');
  const context = { options, headers: {}, body: bytes, bodySha256 };
  const events = normalisePaystack(json.value, context);
  expect(events).toHaveLength(1);
  return events[0]!;
}

function statementsOf(event: string, data: unknown, options: Record<string, string> = {}) {
  const { meaning } = eventOf({ event, data }, options);
  if (meaning.status !== 'applied') throw new Error(JSON.stringify(meaning));
  return meaning.statements;
}

function codeOf(event: string, data: unknown) {
  const { meaning } = eventOf({ event, data });
  if (meaning.status !== 'quarantined') throw new Error(JSON.stringify(meaning));
  return [meaning.code, ...(meaning.errors ?? []).map((error) => error.field)];
}

describe('charge.success', () => {
  it('is the capture of the whole transaction', () => {
    expect(statementsOf('charge.success', CHARGE)).toEqual([
      expect.objectContaining({
        kind: 'capture',
        key: '302961',
        status: 'succeeded',
        ...ngn(4999n),
        at: NOW + 10_000,
        refs: ['transaction:302961', 'reference:order-42'],
        groups: [],
        reference: 'order-42',
        final: true,
        implied: false,
        failure: null,
      }),
    ]);
  });

  it('is as old as the transaction where it does not say when it was paid, or of no time', () => {
    for (const paid_at of [null, undefined]) {
      expect(statementsOf('charge.success', { ...CHARGE, paid_at })).toMatchObject([{ at: NOW }]);
    }
    const timeless = { ...CHARGE, paid_at: null, created_at: null };
    expect(statementsOf('charge.success', timeless)).toMatchObject([{ at: 0 }]);
  });

  it('keeps every digit of an id', () => {
    const id = '18446744073709551615';
    const body = JSON.stringify({ event: 'charge.success', data: CHARGE });
    expect(eventOf(body.replace('302961', id)).meaning).toMatchObject({
      statements: [{ key: id, refs: [`transaction:${id}`, 'reference:order-42'] }],
    });
  });

  it.each(['abandoned', 'failed', 'ongoing', 'pending', 'processing', 'queued', 'reversed'])(
    'is quarantined where the transaction is %s',
    (status) => {
      expect(codeOf('charge.success', { ...CHARGE, status })).toEqual([
        'validation_failed',
        'data.status',
      ]);
    },
  );
});

describe('refunds', () => {
  const R = {
    kind: 'refund',
    ...ngn(1000n),
    at: 0,
    born: 0,
    refs: ['reference:order-42'],
    groups: [],
    reference: null,
    release: false,
  };

  it.each([
    ['refund.pending', 'pending', 'pending'],
    ['refund.pending', 'needs-attention', 'pending'],
    ['refund.processing', 'processing', 'pending'],
    ['refund.processed', 'processed', 'succeeded'],
    ['refund.failed', 'failed', 'failed'],
  ])('%s with status %s is %s', (type, status, expected) => {
    expect(statementsOf(type, { ...REFUND, status })).toEqual([
      expect.objectContaining({ ...R, key: '132013318360', status: expected }),
    ]);
  });

  it.each([
    [{ refund_reference: 'TRF_1', id: 7 }, 'TRF_1'],
    [{ refund_reference: null, id: 7 }, '7'],
    [{ refund_reference: undefined, id: undefined }, 'order-42/1000'],
  ])('%j is known as %s', (ids, key) => {
    for (const [type, status] of [
      ['refund.processed', 'processed'],
      ['refund.failed', 'failed'],
    ] as const) {
      expect(statementsOf(type, { ...REFUND, ...ids, status })).toMatchObject([{ key }]);
    }
  });

  it('are ignored while they are pending and have no id', () => {
    for (const status of ['pending', 'processing']) {
      const data = { ...REFUND, refund_reference: null, status };
      expect(eventOf({ event: `refund.${status}`, data }).meaning).toEqual({ status: 'ignored' });
      expect(statementsOf(`refund.${status}`, { ...data, id: 7 })).toMatchObject([{ key: '7' }]);
    }
  });

  it('state their amount as text or as a number', () => {
    for (const amount of ['1000', 1000]) {
      expect(statementsOf('refund.processed', { ...REFUND, amount })).toMatchObject([R]);
    }
  });

  it.each<[string, object, string, string]>([
    ['refund.processed', { status: 'failed' }, 'validation_failed', 'status'],
    ['refund.failed', { status: 'processed' }, 'validation_failed', 'status'],
    ['refund.pending', { status: 'processed' }, 'validation_failed', 'status'],
    ['refund.processed', { status: 'success' }, 'unknown_status', 'status'],
    ['refund.processed', { status: 'constructor' }, 'unknown_status', 'status'],
    ['refund.processed', { status: null }, 'validation_failed', 'status'],
    ['refund.processed', { transaction_reference: null }, 'no_ref', 'transaction_reference'],
    [
      'refund.pending',
      { transaction_reference: undefined, status: 'pending' },
      'no_ref',
      'transaction_reference',
    ],
    ['refund.processed', { refund_reference: 7 }, 'validation_failed', 'refund_reference'],
    ['refund.processed', { refund_reference: '' }, 'validation_failed', 'refund_reference'],
    ['refund.processed', { refund_reference: '\0' }, 'id_invalid', 'refund_reference'],
    ['refund.processed', { id: '7' }, 'validation_failed', 'id'],
    ['refund.processed', { amount: null }, 'validation_failed', 'amount'],
  ])('%s with %j is quarantined', (type, fields, code, field) => {
    expect(codeOf(type, { ...REFUND, ...fields })).toEqual([code, `data.${field}`]);
  });
});

describe('disputes', () => {
  const D = {
    kind: 'dispute',
    key: '358950',
    ...ngn(4999n),
    at: NOW + 20_000,
    refs: ['transaction:302961', 'reference:order-42'],
    groups: [],
    reference: null,
  };

  it.each(['charge.dispute.create', 'charge.dispute.remind'])('%s is open', (type) => {
    for (const status of ['awaiting-merchant-feedback', 'awaiting-bank-feedback', 'pending']) {
      expect(statementsOf(type, { ...DISPUTE, status })).toEqual([
        expect.objectContaining({ ...D, status: 'open' }),
      ]);
    }
  });

  it.each([
    ['declined', 'won'],
    ['merchant-accepted', 'lost'],
    ['auto-accepted', 'lost'],
  ])('charge.dispute.resolve: %s is %s', (resolution, expected) => {
    expect(statementsOf('charge.dispute.resolve', { ...RESOLVED, resolution })).toEqual([
      expect.objectContaining({ ...D, status: expected }),
    ]);
  });

  it('invent no amount', () => {
    for (const refund_amount of [null, undefined]) {
      const data = { ...DISPUTE, refund_amount };
      expect(statementsOf('charge.dispute.create', data)).toMatchObject([NONE]);
    }
  });

  it.each([
    [{ id: 302961 }, ['transaction:302961']],
    [{ reference: 'order-42' }, ['reference:order-42']],
  ])('name the transaction by what they state: %j', (transaction, refs) => {
    const data = { ...DISPUTE, transaction };
    expect(statementsOf('charge.dispute.create', data)).toMatchObject([{ refs }]);
  });

  it.each<[string, object, string, string]>([
    ['create', { ...DISPUTE, status: 'resolved' }, 'validation_failed', 'status'],
    ['create', { ...DISPUTE, status: 'archived' }, 'unknown_status', 'status'],
    ['remind', { ...DISPUTE, status: 'constructor' }, 'unknown_status', 'status'],
    ['resolve', { ...RESOLVED, status: 'pending' }, 'validation_failed', 'status'],
    ['resolve', { ...RESOLVED, resolution: 'merchant-declined' }, 'unknown_status', 'resolution'],
    ['resolve', { ...RESOLVED, resolution: null }, 'validation_failed', 'resolution'],
    ['create', { ...DISPUTE, transaction: {} }, 'no_ref', 'transaction'],
    ['create', { ...DISPUTE, transaction: null }, 'validation_failed', 'transaction'],
    ['create', { ...DISPUTE, id: 'DSP_1' }, 'validation_failed', 'id'],
    ['create', { ...DISPUTE, refund_amount: -1 }, 'validation_failed', 'refund_amount'],
    ['create', { ...DISPUTE, currency: null }, 'validation_failed', 'currency'],
  ])('charge.dispute.%s is quarantined: %j', (type, data, code, field) => {
    expect(codeOf(`charge.dispute.${type}`, data)).toEqual([code, `data.${field}`]);
  });
});

describe('every other type', () => {
  it.each([
    'charge.failed',
    'invoice.update',
    'paymentrequest.success',
    'preauthorization.capture.success',
    'refund.needs-attention',
    'subscription.create',
    'subscription.expiring_cards',
    'transfer.success',
    'transfer.reversed',
    'constructor',
  ])('%s is ignored, whatever it holds', (event) => {
    for (const data of [CHARGE, REFUND, { status: '?' }, null, [], undefined]) {
      expect(eventOf({ event, data }).meaning).toEqual({ status: 'ignored' });
    }
  });

  it('is none of those above', () => {
    expect([...PAYSTACK_EVENT_TYPES.keys()]).toHaveLength(8);
  });
});

describe('amounts', () => {
  const charged = (currency: string, amount: number | string, options = {}) =>
    statementsOf('charge.success', { ...CHARGE, currency, amount }, options);

  it('are hundredths of every currency that has them', () => {
    const currencies = CURRENCIES.filter(([, exponent]) => exponent === 2);
    expect(currencies.length).toBeGreaterThan(100);
    for (const [currency] of currencies) {
      for (const subunits of [undefined, 'hundredths', 'iso']) {
        const options = subunits === undefined ? {} : { subunits };
        expect(charged(currency, 12345, options)).toMatchObject([{ amount: 12345n, currency }]);
      }
    }
  });

  it.each(['XOF', 'RWF', 'JPY', 'KWD', 'xof'])(
    'in %s are quarantined until the option says how they are counted; F14',
    (currency) => {
      expect(codeOf('charge.success', { ...CHARGE, currency })).toEqual([
        'currency_unknown',
        'data.currency',
      ]);
    },
  );

  it.each([
    ['XOF', 500000, 'hundredths', 5000n],
    ['XOF', 5000, 'iso', 5000n],
    ['RWF', 500000, 'hundredths', 5000n],
    ['KWD', 500, 'hundredths', 5000n],
    ['KWD', 5000, 'iso', 5000n],
    ['xof', '500000', 'hundredths', 5000n],
  ])('%s %s counted in %s are %s of ISO 4217', (currency, amount, subunits, expected) => {
    expect(charged(currency, amount, { subunits })).toMatchObject([
      { amount: expected, currency: currency.toUpperCase() },
    ]);
  });

  it('finer than the currency are quarantined', () => {
    const data = { ...CHARGE, currency: 'XOF', amount: 500050 };
    const options = { subunits: 'hundredths' };
    expect(eventOf({ event: 'charge.success', data }, options).meaning).toMatchObject({
      status: 'quarantined',
      code: 'amount_inexact',
    });
  });

  it.each<[string, object, string, string]>([
    ['negative', { amount: -1 }, 'validation_failed', 'amount'],
    ['a fraction', { amount: 1.5 }, 'validation_failed', 'amount'],
    ['a text of a fraction', { amount: '1.5' }, 'validation_failed', 'amount'],
    ['an empty text', { amount: '' }, 'validation_failed', 'amount'],
    ['a text with an exponent', { amount: '1e3' }, 'validation_failed', 'amount'],
    ['absent', { amount: undefined }, 'validation_failed', 'amount'],
    ['an object', { amount: {} }, 'validation_failed', 'amount'],
    ['without a currency', { currency: undefined }, 'validation_failed', 'currency'],
    ['of no currency', { currency: 'ZZZ' }, 'currency_unknown', 'currency'],
    ['2^53', { amount: '9007199254740992' }, 'number_out_of_range', 'amount'],
  ])('are refused when %s', (_, fields, code, field) => {
    expect(codeOf('charge.success', { ...CHARGE, ...fields })).toEqual([code, `data.${field}`]);
  });
});

describe('what is quarantined', () => {
  it.each<[string, object, string, string]>([
    ['a status', { status: 'paid' }, 'unknown_status', 'status'],
    ['a name of every object', { status: 'constructor' }, 'unknown_status', 'status'],
    ['a domain', { domain: 'sandbox' }, 'unknown_status', 'domain'],
    ['no domain', { domain: undefined }, 'validation_failed', 'domain'],
    ['an id of 21 digits', { id: 1e20 }, 'validation_failed', 'id'],
    ['an id as text', { id: '302961' }, 'validation_failed', 'id'],
    ['an id of 0', { id: 0 }, 'validation_failed', 'id'],
    ['no reference', { reference: null }, 'validation_failed', 'reference'],
    ['a reference with NUL', { reference: 'a\0' }, 'id_invalid', 'reference'],
    ['a time without a zone', { paid_at: '2026-11-24T10:00:00' }, 'validation_failed', 'paid_at'],
  ])('%s', (_, fields, code, field) => {
    expect(codeOf('charge.success', { ...CHARGE, ...fields })).toEqual([code, `data.${field}`]);
  });

  it.each(['refund.processed', 'charge.dispute.create', 'charge.dispute.resolve'])(
    '%s without a domain',
    (type) => {
      const data = { ...(type === 'refund.processed' ? REFUND : RESOLVED), domain: null };
      expect(codeOf(type, data)).toEqual(['validation_failed', 'data.domain']);
    },
  );

  it.each([undefined, null, [], 'charge', 7])('data %j', (data) => {
    expect(codeOf('charge.success', data)).toEqual(['validation_failed', 'data']);
  });

  it('an event without a type', () => {
    expect(eventOf({ data: CHARGE })).toMatchObject({
      type: '',
      meaning: { status: 'quarantined', code: 'validation_failed' },
    });
  });
});

describe('the event', () => {
  it('states its type, time and mode, and no account', () => {
    expect(eventOf({ event: 'charge.success', data: CHARGE })).toMatchObject({
      eventId: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      type: 'charge.success',
      occurredAt: NOW + 10_000,
      account: null,
      livemode: true,
    });
    expect(eventOf({ event: 'charge.dispute.create', data: DISPUTE }).occurredAt).toBe(
      NOW + 20_000,
    );
    expect(eventOf({ event: 'refund.processed', data: REFUND }).occurredAt).toBe(0);
  });

  it.each([
    ['live', true],
    ['test', false],
    ['sandbox', null],
    [7, null],
  ])('of the domain %s has the mode %s', (domain, livemode) => {
    const data = { ...CHARGE, domain };
    expect(eventOf({ event: 'charge.success', data }).livemode).toBe(livemode);
  });
});

describe('whole lives, in every order and with a repetition', () => {
  const sums = (captured: bigint, rest: Partial<Nameless> = {}) => ({
    amountAuthorized: captured,
    amountCaptured: captured,
    amountRefunded: 0n,
    amountDisputed: 0n,
    amountChargedBack: 0n,
    flags: [],
    ...rest,
  });

  function expectPayments(events: readonly PaymentEvent[], expected: object[]) {
    let first: Nameless[] | undefined;
    for (const payments of paymentsInEveryOrder(paystackProvider, events)) {
      first ??= payments;
      expect(payments).toEqual(first);
    }
    expect(first).toMatchObject(expected);
  }

  const scenarios: [ScenarioName, Partial<Nameless>][] = [
    ['succeeded', { status: 'captured', ...sums(4999n) }],
    ['refunded', { status: 'refunded', ...sums(4999n, { amountRefunded: 4999n }) }],
    [
      'partially-refunded',
      { status: 'partially_refunded', ...sums(4999n, { amountRefunded: 1000n }) },
    ],
    ['refund-failed', { status: 'captured', ...sums(4999n) }],
    ['disputed-won', { status: 'captured', ...sums(4999n) }],
    ['disputed-lost', { status: 'charged_back', ...sums(4999n, { amountChargedBack: 4999n }) }],
  ];

  it('are played by every scenario that exists there; F35', () => {
    expect(Object.keys(paystackProvider.scenarios)).toEqual(scenarios.map(([name]) => name));
  });

  it.each(scenarios)('%s', (scenario, expected) => {
    const context = { unique: 'u1', now: NOW, options: {}, account: null, livemode: true };
    const samples = paystackProvider.scenarios[scenario]?.(context) ?? [];
    expectPayments(eventsOfSamples(paystackProvider, samples), [
      {
        currency: 'EUR',
        account: null,
        livemode: true,
        reference: 'order-u1',
        occurredAt: NOW,
        ...expected,
      },
    ]);
  });

  const told = (...steps: [event: string, data: object][]) =>
    steps.map(([event, data]) => eventOf({ event, data }));

  it('a refund of 1234 is no transaction 1234 of somebody else; F13', () => {
    expectPayments(
      told(
        ['charge.success', { ...CHARGE, id: 1234, reference: 'order-1' }],
        ['charge.success', { ...CHARGE, id: 5678, reference: 'order-2' }],
        [
          'refund.processed',
          { ...REFUND, refund_reference: '1234', transaction_reference: 'order-2' },
        ],
        [
          'charge.dispute.create',
          { ...DISPUTE, id: 1234, transaction: { id: 5678, reference: 'order-2' } },
        ],
      ),
      [
        { reference: 'order-1', status: 'captured', ...sums(4999n) },
        {
          reference: 'order-2',
          status: 'disputed',
          ...sums(4999n, { amountRefunded: 1000n, amountDisputed: 4999n }),
        },
      ],
    );
  });

  it('test and live never mix, though references be equal; F7', () => {
    const test = { ...CHARGE, id: 1, domain: 'test' };
    expectPayments(told(['charge.success', CHARGE], ['charge.success', test]), [
      { livemode: false, refs: ['reference:order-42', 'transaction:1'], ...sums(4999n) },
      { livemode: true, refs: ['reference:order-42', 'transaction:302961'], ...sums(4999n) },
    ]);
  });

  it('what happened further along counts where times are equal or not stated', () => {
    const failed = { ...REFUND, status: 'failed' };
    expectPayments(
      told(
        ['charge.success', CHARGE],
        ['refund.processing', { ...REFUND, status: 'processing' }],
        ['refund.processed', REFUND],
        ['refund.failed', failed],
        ['charge.dispute.create', DISPUTE],
        ['charge.dispute.resolve', RESOLVED],
      ),
      [{ status: 'captured', ...sums(4999n) }],
    );
  });

  it('equal refunds without any id count once, different ones add up', () => {
    const refund = (amount: string, customer: string) => ({
      ...REFUND,
      refund_reference: null,
      amount,
      customer,
    });
    expectPayments(
      told(
        ['charge.success', CHARGE],
        ['refund.processed', refund('1000', 'a')],
        ['refund.processed', refund('1000', 'b')],
        ['refund.processed', refund('500', 'a')],
      ),
      [{ status: 'partially_refunded', ...sums(4999n, { amountRefunded: 1500n }) }],
    );
  });

  it('a dispute without an amount is a dispute', () => {
    expectPayments(
      told(
        ['charge.success', CHARGE],
        ['charge.dispute.create', { ...DISPUTE, refund_amount: null }],
      ),
      [{ status: 'disputed', ...sums(4999n, { flags: ['amount_unknown'] }) }],
    );
  });
});
