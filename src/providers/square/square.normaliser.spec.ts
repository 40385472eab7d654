import { type Nameless } from '../../payments/testing/partition.js';
import { CURRENCIES } from '../currencies.js';
import { type PaymentEvent, type ScenarioName } from '../provider.js';
import { eventsOf, eventsOfSamples, paymentsInEveryOrder } from '../testing/stories.js';
import {
  SQUARE_DISPUTE_STATES,
  SQUARE_EXPONENTS,
  SQUARE_REFUND_STATUSES,
} from './square.normaliser.js';
import { squareProvider } from './square.provider.js';

const NOW = Date.UTC(2026, 10, 24, 10);
const CREATED = '2026-11-24T10:00:00.123456789Z';
const UPDATED = '2026-11-24T10:00:07.987654Z';
const CREATED_AT = NOW + 123;
const UPDATED_AT = NOW + 7987;

const usd = (amount: number) => ({ amount, currency: 'USD' });
const money = (amount: bigint) => ({ amount, currency: 'USD' });
const NONE = { amount: null, currency: null };

function eventOf(type: string, object: unknown, fields: object = {}): PaymentEvent {
  const body = {
    merchant_id: 'M1',
    type,
    event_id: 'evt_1',
    created_at: CREATED,
    data: { type: 'any', id: 'any', object },
    ...fields,
  };
  const events = eventsOf(squareProvider, JSON.stringify(body));
  expect(events).toHaveLength(1);
  return events[0]!;
}

function statementsOf(type: string, object: unknown) {
  const { meaning } = eventOf(type, object);
  if (meaning.status !== 'applied') throw new Error(JSON.stringify(meaning));
  return meaning.statements;
}

function codeOf(type: string, object: unknown, fields: object = {}) {
  const { meaning } = eventOf(type, object, fields);
  if (meaning.status !== 'quarantined') throw new Error(JSON.stringify(meaning.status));
  return [meaning.code, ...(meaning.errors ?? []).map((error) => error.field)];
}

const PAYMENT = {
  id: 'p1',
  status: 'COMPLETED',
  created_at: CREATED,
  updated_at: UPDATED,
  amount_money: usd(4500),
  tip_money: usd(499),
  total_money: usd(4999),
  order_id: 'o1',
  reference_id: 'order-42',
};
const REFUND = {
  id: 'p1_r1',
  payment_id: 'p1',
  order_id: 'o2',
  status: 'PENDING',
  amount_money: usd(1000),
  created_at: CREATED,
  updated_at: UPDATED,
};
const DISPUTE = {
  id: 'd1',
  state: 'EVIDENCE_REQUIRED',
  amount_money: usd(4999),
  disputed_payment: { payment_id: 'p1' },
  created_at: CREATED,
  updated_at: UPDATED,
};
const payment = (fields: object = {}) => ({ payment: { ...PAYMENT, ...fields } });
const refund = (fields: object = {}) => ({ refund: { ...REFUND, ...fields } });
const dispute = (fields: object = {}) => ({ dispute: { ...DISPUTE, ...fields } });

const ERRORS = [
  { category: 'PAYMENT_METHOD_ERROR', code: 'CVV_FAILURE', detail: 'CVV did not match.' },
  { category: 'PAYMENT_METHOD_ERROR', code: 'GENERIC_DECLINE' },
];

describe.each(['payment.created', 'payment.updated'])('%s', (type) => {
  const A = { kind: 'authorization', key: 'p1', final: false };

  it.each<[string, object, object]>([
    ['PENDING', {}, { ...A, status: 'pending', ...money(4999n) }],
    ['APPROVED', {}, { ...A, status: 'authorized', ...money(4999n) }],
    [
      'APPROVED',
      { approved_money: usd(3000) },
      { ...A, status: 'authorized', ...money(3000n), final: false },
    ],
    [
      'COMPLETED',
      { approved_money: usd(3000), refunded_money: usd(1000) },
      { kind: 'capture', key: 'p1', status: 'succeeded', ...money(4999n), final: true },
    ],
    ['CANCELED', {}, { ...A, status: 'voided', ...NONE }],
    ['FAILED', {}, { ...A, status: 'failed', ...NONE, failure: null }],
  ])('%s %j', (status, fields, expected) => {
    expect(statementsOf(type, payment({ status, ...fields }))).toEqual([
      expect.objectContaining({
        at: UPDATED_AT,
        refs: ['payment:p1'],
        groups: ['order:o1'],
        reference: 'order-42',
        implied: false,
        ...expected,
      }),
    ]);
  });

  it.each([
    'card_details',
    'bank_account_details',
    'wallet_details',
    'buy_now_pay_later_details',
    'square_account_details',
  ])('FAILED says why, by the first error of %s', (details) => {
    const object = payment({ status: 'FAILED', [details]: { errors: ERRORS } });
    expect(statementsOf(type, object)).toMatchObject([
      { failure: { code: 'CVV_FAILURE', message: 'CVV did not match.' } },
    ]);
  });

  it('counts the money that is charged, with the tip; F38', () => {
    const [said] = statementsOf(type, payment());
    expect(said?.amount).toBe(4999n);
  });

  it.each(['PENDING', 'APPROVED', 'COMPLETED'])(
    '%s invents no amount where total_money is absent',
    (status) => {
      for (const total_money of [undefined, null]) {
        expect(statementsOf(type, payment({ status, total_money }))).toMatchObject([NONE]);
      }
    },
  );

  it('names no order and no reference where there is none', () => {
    for (const none of [{ order_id: undefined, reference_id: undefined }, { order_id: null }]) {
      expect(statementsOf(type, payment(none))).toMatchObject([{ groups: [] }]);
    }
    for (const reference_id of [undefined, null, '']) {
      expect(statementsOf(type, payment({ reference_id }))).toMatchObject([{ reference: null }]);
    }
  });

  it('is as old as its event where the object states no time', () => {
    expect(statementsOf(type, payment({ updated_at: null }))).toMatchObject([{ at: CREATED_AT }]);
  });
});

describe.each(['refund.created', 'refund.updated'])('%s', (type) => {
  it.each([
    ['PENDING', 'pending'],
    ['COMPLETED', 'succeeded'],
    ['REJECTED', 'failed'],
    ['FAILED', 'failed'],
  ])('%s is %s', (status, expected) => {
    expect(statementsOf(type, refund({ status }))).toEqual([
      expect.objectContaining({
        kind: 'refund',
        key: 'p1_r1',
        status: expected,
        ...money(1000n),
        at: UPDATED_AT,
        born: CREATED_AT,
        refs: ['refund:p1_r1', 'payment:p1'],
        groups: ['order:o2'],
        reference: null,
        release: false,
      }),
    ]);
    expect([...SQUARE_REFUND_STATUSES.keys()]).toContain(status);
  });

  it('is ignored where it says that it is linked to no payment', () => {
    const object = refund({ payment_id: undefined, unlinked: true, status: 'COMPLETED' });
    expect(eventOf(type, object).meaning).toEqual({ status: 'ignored' });
  });

  it('is quarantined where it names no payment and does not say so', () => {
    for (const unlinked of [undefined, null, false]) {
      expect(codeOf(type, refund({ payment_id: null, unlinked }))).toEqual([
        'no_ref',
        'data.object.refund.payment_id',
      ]);
    }
  });

  it('takes a birth that is not stated for unknown', () => {
    expect(statementsOf(type, refund({ created_at: null }))).toMatchObject([{ born: 0 }]);
  });
});

describe.each(['dispute.created', 'dispute.state.updated', 'dispute.state.changed'])(
  '%s',
  (type) => {
    it.each([
      ['INQUIRY_EVIDENCE_REQUIRED', 'inquiry'],
      ['INQUIRY_PROCESSING', 'inquiry'],
      ['INQUIRY_CLOSED', 'inquiry'],
      ['EVIDENCE_REQUIRED', 'open'],
      ['PROCESSING', 'open'],
      ['WON', 'won'],
      ['LOST', 'lost'],
      ['ACCEPTED', 'lost'],
    ])('%s is %s', (state, expected) => {
      expect(statementsOf(type, dispute({ state }))).toEqual([
        expect.objectContaining({
          kind: 'dispute',
          key: 'd1',
          status: expected,
          ...money(4999n),
          at: UPDATED_AT,
          refs: ['dispute:d1', 'payment:p1'],
          groups: [],
        }),
      ]);
      expect([...SQUARE_DISPUTE_STATES.keys()]).toContain(state);
    });

    it('has its id in an older field, or does not name its payment', () => {
      const object = dispute({ id: undefined, dispute_id: 'd1', disputed_payment: null });
      expect(statementsOf(type, object)).toMatchObject([{ key: 'd1', refs: ['dispute:d1'] }]);
      expect(statementsOf(type, dispute({ dispute_id: 'd0' }))).toMatchObject([{ key: 'd1' }]);
    });
  },
);

describe('every other type', () => {
  it.each([
    'dispute.evidence.added',
    'dispute.evidence.created',
    'invoice.payment_made',
    'invoice.refunded',
    'order.created',
    'order.updated',
    'payout.paid',
    'terminal.checkout.updated',
    'terminal.refund.updated',
    'webhooks.test_notification',
    'payment.deleted',
    'constructor',
  ])('%s is ignored, whatever it holds', (type) => {
    for (const object of [payment(), refund({ status: '?' }), null, []]) {
      expect(eventOf(type, object).meaning).toEqual({ status: 'ignored' });
    }
  });
});

describe('amounts', () => {
  it('are ISO 4217 minor units in every currency', () => {
    expect(SQUARE_EXPONENTS).toEqual({});
    for (const [currency] of CURRENCIES) {
      const [said] = statementsOf(
        'payment.updated',
        payment({ total_money: { amount: 12345, currency } }),
      );
      expect(said).toMatchObject({ amount: 12345n, currency });
    }
  });

  it.each<[string, object, string, string]>([
    ['negative', { amount: -1, currency: 'USD' }, 'validation_failed', 'amount'],
    ['a fraction', { amount: 1.5, currency: 'USD' }, 'validation_failed', 'amount'],
    ['a text', { amount: '100', currency: 'USD' }, 'validation_failed', 'amount'],
    ['absent', { currency: 'USD' }, 'validation_failed', 'amount'],
    ['without a currency', { amount: 100 }, 'validation_failed', 'currency'],
    ['of no currency', { amount: 1, currency: 'UNKNOWN_CURRENCY' }, 'currency_unknown', 'currency'],
    ['of Bitcoin', { amount: 1, currency: 'BTC' }, 'currency_unknown', 'currency'],
    ['2^53', { amount: 2 ** 53, currency: 'USD' }, 'number_out_of_range', 'amount'],
  ])('are refused when %s', (_, total_money, code, field) => {
    expect(codeOf('payment.updated', payment({ total_money }))).toEqual([
      code,
      `data.object.payment.total_money.${field}`,
    ]);
  });
});

describe('what is quarantined', () => {
  it.each<[string, string, unknown, string, string]>([
    ['a status', 'payment.updated', payment({ status: 'NEW' }), 'unknown_status', 'payment.status'],
    ['a case', 'payment.updated', payment({ status: 'paid' }), 'unknown_status', 'payment.status'],
    [
      'a name of every object',
      'payment.updated',
      payment({ status: 'constructor' }),
      'unknown_status',
      'payment.status',
    ],
    // Of the older Refund of a transaction; PaymentRefund does not have it.
    [
      'a refund',
      'refund.updated',
      refund({ status: 'APPROVED' }),
      'unknown_status',
      'refund.status',
    ],
    [
      'an unlinked refund',
      'refund.updated',
      refund({ status: 'NEW', payment_id: null, unlinked: true }),
      'unknown_status',
      'refund.status',
    ],
    [
      'a dispute',
      'dispute.created',
      dispute({ state: 'INQUIRY_NEW' }),
      'unknown_status',
      'dispute.state',
    ],
    [
      'a payment without an id',
      'payment.updated',
      payment({ id: undefined }),
      'validation_failed',
      'payment.id',
    ],
    [
      'a dispute without an id',
      'dispute.created',
      dispute({ id: null }),
      'validation_failed',
      'dispute.id',
    ],
    [
      'a refund without an amount',
      'refund.created',
      refund({ amount_money: null }),
      'validation_failed',
      'refund.amount_money',
    ],
    [
      'a time without a zone',
      'payment.updated',
      payment({ updated_at: '2026-11-24T10:00:00' }),
      'validation_failed',
      'payment.updated_at',
    ],
    ['an id with NUL', 'payment.updated', payment({ id: 'p\0' }), 'id_invalid', 'payment.id'],
    [
      'a reference with half a surrogate pair',
      'payment.updated',
      payment({ reference_id: '\ud800' }),
      'id_invalid',
      'payment.reference_id',
    ],
    [
      'a payment in the place of a refund',
      'refund.created',
      payment(),
      'validation_failed',
      'refund',
    ],
    [
      'a dispute where the typings have it',
      'dispute.created',
      { object: DISPUTE },
      'validation_failed',
      'dispute',
    ],
    ['no object', 'payment.created', null, 'validation_failed', 'payment'],
  ])('%s', (_, type, object, code, field) => {
    expect(codeOf(type, object)).toEqual([code, `data.object.${field}`]);
  });

  it.each([
    [{ merchant_id: undefined }, 'merchant_id', { account: null }],
    [{ event_id: 7 }, 'event_id', { eventId: null, type: 'payment.updated' }],
    [{ type: null }, 'type', { type: '' }],
    [{ created_at: 'yesterday' }, 'created_at', { occurredAt: 0 }],
    [{ created_at: undefined }, 'created_at', { occurredAt: 0 }],
  ])('an envelope with %j', (fields, field, expected) => {
    expect(codeOf('payment.updated', payment(), fields)).toEqual(['validation_failed', field]);
    expect(eventOf('payment.updated', payment(), fields)).toMatchObject(expected);
  });
});

it('the event states its id, type, time and account, and no mode', () => {
  expect(eventOf('payment.updated', payment())).toMatchObject({
    eventId: 'evt_1',
    type: 'payment.updated',
    occurredAt: CREATED_AT,
    account: 'M1',
    livemode: null,
  });
});

describe('whole lives, in every order and with a repetition', () => {
  const context = { unique: 'u1', now: NOW, options: {}, account: 'M1', livemode: false };
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
    for (const payments of paymentsInEveryOrder(squareProvider, events)) {
      first ??= payments;
      expect(payments).toEqual(first);
    }
    expect(first).toMatchObject([expected]);
  }

  it.each<[ScenarioName, Partial<Nameless>]>([
    ['succeeded', { status: 'captured', ...sums(4999n, 4999n) }],
    [
      'failed',
      {
        status: 'failed',
        ...sums(0n, 0n),
        failure: { code: 'INSUFFICIENT_FUNDS', message: 'The card has insufficient funds.' },
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
    const samples = squareProvider.scenarios[scenario]?.(context) ?? [];
    expectOne(eventsOfSamples(squareProvider, samples), {
      currency: 'EUR',
      account: 'M1',
      livemode: null,
      reference: 'order-u1',
      occurredAt: NOW,
      ...expected,
    });
  });

  const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();
  const numbered = (...events: [type: string, object: object][]) =>
    events.map(([type, object], i) => eventOf(type, object, { event_id: `e${i}` }));

  it('an inquiry moves no money, and rises to a dispute; F9', () => {
    const inquiry = numbered(
      ['payment.updated', payment()],
      ['dispute.created', dispute({ state: 'INQUIRY_EVIDENCE_REQUIRED', updated_at: at(10) })],
      ['dispute.state.updated', dispute({ state: 'INQUIRY_CLOSED', updated_at: at(20) })],
    );
    expectOne(inquiry, { status: 'captured', ...sums(4999n, 4999n) });
    const [risen] = numbered([
      'dispute.state.updated',
      dispute({ state: 'PROCESSING', updated_at: at(30) }),
    ]);
    expectOne([...inquiry, { ...risen!, eventId: 'e9' }], {
      status: 'disputed',
      ...sums(4999n, 4999n, { amountDisputed: 4999n }),
    });
  });

  it('payments of two merchants never meet, although their ids are the same; F7', () => {
    const events = [
      eventOf('payment.updated', payment(), { event_id: 'e1' }),
      eventOf('payment.updated', payment(), { event_id: 'e2', merchant_id: 'M2' }),
      eventOf('refund.updated', refund({ status: 'COMPLETED' }), {
        event_id: 'e3',
        merchant_id: 'M2',
      }),
    ];
    for (const payments of paymentsInEveryOrder(squareProvider, events)) {
      expect(payments).toMatchObject([
        { account: 'M1', status: 'captured', amountRefunded: 0n },
        { account: 'M2', status: 'partially_refunded', amountRefunded: 1000n },
      ]);
    }
  });

  it('a gift card and a card of one order are two payments; F10', () => {
    const events = numbered(
      ['payment.updated', payment({ total_money: usd(3000) })],
      ['payment.updated', payment({ id: 'p2', total_money: usd(7000) })],
      ['refund.updated', refund({ payment_id: 'p2', status: 'COMPLETED' })],
    );
    for (const payments of paymentsInEveryOrder(squareProvider, events)) {
      expect(payments).toMatchObject([
        { refs: ['payment:p1'], groups: ['order:o1'], status: 'captured', amountCaptured: 3000n },
        { status: 'partially_refunded', amountCaptured: 7000n, amountRefunded: 1000n },
      ]);
    }
  });

  it('refunds count once, whatever the payment says of their total; F4', () => {
    const events = numbered(
      ['payment.updated', payment()],
      ['refund.created', refund({ updated_at: at(10) })],
      ['refund.updated', refund({ updated_at: at(20), status: 'COMPLETED' })],
      ['payment.updated', payment({ updated_at: at(20), refunded_money: usd(1000) })],
      ['refund.updated', refund({ id: 'p1_r2', updated_at: at(30), status: 'REJECTED' })],
    );
    expectOne(events, {
      status: 'partially_refunded',
      ...sums(4999n, 4999n, { amountRefunded: 1000n }),
    });
  });

  it('a changed authorization replaces the one before; F23', () => {
    const events = numbered(
      ['payment.created', payment({ status: 'APPROVED', approved_money: usd(4500) })],
      [
        'payment.updated',
        payment({ status: 'APPROVED', approved_money: usd(4999), updated_at: at(10) }),
      ],
    );
    expectOne(events, { status: 'authorized', ...sums(4999n, 0n) });
  });

  it('a capture without an amount is a capture; F33', () => {
    expectOne(numbered(['payment.updated', payment({ total_money: null })]), {
      status: 'captured',
      ...sums(0n, 0n, { flags: ['amount_unknown'] }),
    });
  });
});
