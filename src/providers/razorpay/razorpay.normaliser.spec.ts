import { createHash } from 'node:crypto';

import { type Nameless } from '../../payments/testing/partition.js';
import { CURRENCIES } from '../currencies.js';
import { type PaymentEvent, type ScenarioName } from '../provider.js';
import { eventsOf, eventsOfSamples, paymentsInEveryOrder } from '../testing/stories.js';
import { RAZORPAY_EVENT_TYPES, RAZORPAY_EXPONENTS } from './razorpay.normaliser.js';
import { razorpayProvider } from './razorpay.provider.js';

const NOW = Date.UTC(2026, 10, 24, 10);
const SECONDS = NOW / 1000;

const inr = (amount: bigint) => ({ amount, currency: 'INR' });
const NONE = { amount: null, currency: null };

const PAYMENT = {
  id: 'pay_1',
  entity: 'payment',
  amount: 4999,
  currency: 'INR',
  base_amount: 420000,
  status: 'captured',
  order_id: 'order_1',
  invoice_id: 'inv_1',
  amount_refunded: 1000,
  refund_status: 'partial',
  captured: true,
  notes: { order_id: 'order-42' },
  error_code: null,
  error_description: null,
  created_at: SECONDS - 60,
};
const AUTHORIZED = { ...PAYMENT, status: 'authorized', captured: false };
const REFUND = {
  id: 'rfnd_1',
  entity: 'refund',
  amount: 1000,
  currency: 'INR',
  payment_id: 'pay_1',
  status: 'processed',
  created_at: SECONDS - 30,
};
const DISPUTE = {
  id: 'disp_1',
  entity: 'dispute',
  payment_id: 'pay_1',
  amount: 4999,
  currency: 'INR',
  amount_deducted: 0,
  status: 'open',
  phase: 'chargeback',
  created_at: SECONDS - 20,
};

type Entities = Record<string, unknown>;

function eventOf(event: string, entities: Entities, fields: object = {}): PaymentEvent {
  const body = JSON.stringify({
    entity: 'event',
    account_id: 'acc_1',
    event,
    contains: Object.keys(entities),
    payload: Object.fromEntries(
      Object.entries(entities).map(([name, entity]) => [name, { entity }]),
    ),
    created_at: SECONDS,
    ...fields,
  });
  const events = eventsOf(razorpayProvider, body);
  expect(events).toHaveLength(1);
  return events[0]!;
}

function statementsOf(event: string, entities: Entities, fields: object = {}) {
  const { meaning } = eventOf(event, entities, fields);
  if (meaning.status !== 'applied') throw new Error(JSON.stringify(meaning));
  return meaning.statements;
}

function codeOf(event: string, entities: Entities, fields: object = {}) {
  const { meaning } = eventOf(event, entities, fields);
  if (meaning.status !== 'quarantined') throw new Error(JSON.stringify(meaning));
  return [meaning.code, ...(meaning.errors ?? []).map((error) => error.field)];
}

const A = { kind: 'authorization', key: 'pay_1', final: false, failure: null };
const C = { kind: 'capture', key: 'pay_1', status: 'succeeded', final: true, implied: false };

describe('payments', () => {
  const attempt = {
    at: NOW,
    refs: ['pay:pay_1'],
    groups: ['order:order_1', 'invoice:inv_1'],
    reference: 'order-42',
    ...inr(4999n),
  };

  it.each<[string, object, object]>([
    ['payment.authorized', AUTHORIZED, { ...A, status: 'authorized' }],
    // A snapshot of the authorization may be sent when the capture has been made already.
    ['payment.authorized', { ...AUTHORIZED, captured: true }, { ...A, status: 'authorized' }],
    ['payment.captured', PAYMENT, C],
    ['payment.captured', { ...PAYMENT, status: 'refunded' }, C],
    ['order.paid', PAYMENT, C],
    ['invoice.paid', PAYMENT, C],
    ['payment_link.paid', PAYMENT, C],
    ['payment.failed', { ...AUTHORIZED, status: 'failed' }, { ...A, status: 'failed' }],
    // As documented of a card.
    ['payment.failed', { ...PAYMENT, status: 'failed' }, { ...A, status: 'failed' }],
  ])('%s', (type, payment, expected) => {
    expect(statementsOf(type, { payment, order: { id: 'order_1', amount: 9999 } })).toEqual([
      expect.objectContaining({ ...attempt, ...expected }),
    ]);
  });

  it.each(['order.paid', 'invoice.paid', 'payment_link.paid'])(
    '%s says nothing of a payment that is not captured',
    (type) => {
      for (const status of ['created', 'authorized', 'failed', 'refunded']) {
        const payment = { ...AUTHORIZED, status };
        expect(eventOf(type, { payment }).meaning).toEqual({ status: 'ignored' });
      }
      // Of two that contradict each other neither is believed.
      const payment = { ...PAYMENT, status: 'failed' };
      expect(eventOf(type, { payment }).meaning).toEqual({ status: 'ignored' });
    },
  );

  it.each<[object, object | null]>([
    [
      { error_code: 'BAD_REQUEST_ERROR', error_description: 'Payment failed' },
      { code: 'BAD_REQUEST_ERROR', message: 'Payment failed' },
    ],
    [{ error_code: 'GATEWAY_ERROR' }, { code: 'GATEWAY_ERROR', message: null }],
    [{ error_description: 'Payment failed' }, { code: null, message: 'Payment failed' }],
    [{ error_code: '', error_description: '' }, null],
    [{ error_code: undefined, error_description: undefined }, null],
  ])('payment.failed with %j', (fields, failure) => {
    const payment = { ...AUTHORIZED, status: 'failed', ...fields };
    expect(statementsOf('payment.failed', { payment })).toMatchObject([{ failure }]);
  });

  it.each<[unknown, string | null]>([
    [[], null],
    [undefined, null],
    [null, null],
    [{}, null],
    [{ reference: 'a', order_id: 'b' }, 'a'],
    [{ reference: '', order_id: 'b' }, 'b'],
    [{ order_id: 42 }, '42'],
    [{ comment: 'c' }, null],
  ])('notes %j have the reference %j', (notes, reference) => {
    for (const type of ['payment.authorized', 'payment.captured', 'payment.failed']) {
      expect(statementsOf(type, { payment: { ...PAYMENT, notes } })).toMatchObject([{ reference }]);
    }
  });

  it('have no group but those that they state', () => {
    const payment = { ...PAYMENT, order_id: null, invoice_id: undefined };
    expect(statementsOf('payment.captured', { payment })).toMatchObject([{ groups: [] }]);
  });
});

describe.each(['refund.created', 'refund.processed', 'refund.failed', 'refund.speed_changed'])(
  '%s',
  (type) => {
    it.each([
      ['pending', 'pending'],
      ['processed', 'succeeded'],
      ['failed', 'failed'],
    ])('%s is %s', (status, expected) => {
      expect(statementsOf(type, { refund: { ...REFUND, status }, payment: PAYMENT })).toEqual([
        expect.objectContaining({
          kind: 'refund',
          key: 'rfnd_1',
          status: expected,
          ...inr(1000n),
          at: NOW,
          born: NOW - 30_000,
          refs: ['rfnd:rfnd_1', 'pay:pay_1'],
          groups: ['order:order_1', 'invoice:inv_1'],
          reference: null,
          release: false,
        }),
      ]);
    });

    it.each(['pending', 'processed', 'failed'])(
      '%s of what was not captured is the end of the authorization; F2',
      (status) => {
        const refund = { ...REFUND, amount: 4999, status };
        const payment = { ...AUTHORIZED, status: 'refunded' };
        expect(statementsOf(type, { refund, payment })).toEqual([
          expect.objectContaining({
            ...A,
            status: 'voided',
            ...NONE,
            at: NOW,
            refs: ['rfnd:rfnd_1', 'pay:pay_1'],
          }),
        ]);
      },
    );

    it('takes a birth that is not stated for unknown', () => {
      const refund = { ...REFUND, created_at: null };
      expect(statementsOf(type, { refund, payment: PAYMENT })).toMatchObject([{ born: 0 }]);
    });

    it.each<[string, Entities, string, string]>([
      ['no refund', { payment: PAYMENT }, 'validation_failed', 'refund.entity'],
      ['no payment', { refund: REFUND }, 'validation_failed', 'payment.entity'],
      [
        'a payment that does not say whether it was captured',
        { refund: REFUND, payment: { ...PAYMENT, captured: undefined } },
        'validation_failed',
        'payment.entity.captured',
      ],
      [
        'another payment',
        { refund: REFUND, payment: { ...PAYMENT, id: 'pay_2' } },
        'validation_failed',
        'payment.entity.id',
      ],
      [
        'a status that is not known',
        { refund: { ...REFUND, status: 'created' }, payment: PAYMENT },
        'unknown_status',
        'refund.entity.status',
      ],
      [
        'a status that is not known, of what was not captured',
        { refund: { ...REFUND, status: 'created' }, payment: AUTHORIZED },
        'unknown_status',
        'refund.entity.status',
      ],
      [
        'a payment of a status that is not known',
        { refund: REFUND, payment: { ...PAYMENT, status: 'partially_captured' } },
        'unknown_status',
        'payment.entity.status',
      ],
    ])('is quarantined with %s', (_, entities, code, field) => {
      expect(codeOf(type, entities)).toEqual([code, `payload.${field}`]);
    });
  },
);

it('refund.speed_changed may state its time inside of the payload, as documented', () => {
  const body = {
    entity: 'event',
    account_id: 'acc_1',
    event: 'refund.speed_changed',
    payload: { refund: { entity: REFUND }, payment: { entity: PAYMENT }, created_at: SECONDS },
  };
  expect(eventsOf(razorpayProvider, JSON.stringify(body))).toMatchObject([
    { occurredAt: NOW, meaning: { statements: [{ at: NOW }] } },
  ]);
});

describe('disputes', () => {
  const rows: [string, string, string][] = [
    ['created', 'open', 'open'],
    ['under_review', 'under_review', 'open'],
    ['action_required', 'open', 'open'],
    ['won', 'won', 'won'],
    ['lost', 'lost', 'lost'],
    ['closed', 'closed', 'inquiry'],
  ];
  const statedBy = (type: string, fields: object) =>
    statementsOf(`payment.dispute.${type}`, {
      payment: PAYMENT,
      dispute: { ...DISPUTE, ...fields },
    });

  it.each(rows)('payment.dispute.%s with status %s is %s', (type, status, expected) => {
    for (const phase of ['chargeback', 'pre_arbitration', 'arbitration']) {
      expect(statedBy(type, { status, phase })).toEqual([
        expect.objectContaining({
          kind: 'dispute',
          key: 'disp_1',
          status: expected,
          ...inr(4999n),
          at: NOW,
          refs: ['disp:disp_1', 'pay:pay_1'],
          groups: [],
          reference: null,
        }),
      ]);
    }
  });

  it.each(rows)(
    'payment.dispute.%s in a phase before a chargeback is a question; F9',
    (type, status) => {
      for (const phase of ['fraud', 'retrieval']) {
        expect(statedBy(type, { status, phase })).toMatchObject([{ status: 'inquiry' }]);
      }
    },
  );

  it('lost takes what was deducted, else what was disputed; F38', () => {
    for (const [amount_deducted, amount] of [
      [1500, 1500n],
      [0, 4999n],
      [null, 4999n],
      [undefined, 4999n],
    ] as const) {
      expect(statedBy('lost', { status: 'lost', amount_deducted })).toMatchObject([inr(amount)]);
    }
    // Not deducted, whatever stands there before.
    expect(statedBy('won', { status: 'won', amount_deducted: 1500 })).toMatchObject([inr(4999n)]);
  });

  it('do not need the payment beside them', () => {
    expect(statementsOf('payment.dispute.created', { dispute: DISPUTE })).toHaveLength(1);
  });

  it.each<[string, object, string, string]>([
    ['created', { status: 'won' }, 'validation_failed', 'status'],
    ['won', { status: 'lost' }, 'validation_failed', 'status'],
    ['closed', { status: 'open' }, 'validation_failed', 'status'],
    ['created', { status: 'new' }, 'unknown_status', 'status'],
    ['created', { status: 'constructor' }, 'unknown_status', 'status'],
    ['created', { phase: 'good_faith' }, 'unknown_status', 'phase'],
    ['created', { phase: null }, 'validation_failed', 'phase'],
    ['created', { payment_id: null }, 'validation_failed', 'payment_id'],
    ['created', { amount: null }, 'validation_failed', 'amount'],
    ['lost', { status: 'lost', amount_deducted: -1 }, 'validation_failed', 'amount_deducted'],
    ['lost', { status: 'lost', currency: 'ZZZ' }, 'currency_unknown', 'currency'],
  ])('payment.dispute.%s with %j is quarantined', (type, fields, code, field) => {
    const dispute = { ...DISPUTE, ...fields };
    expect(codeOf(`payment.dispute.${type}`, { dispute })).toEqual([
      code,
      `payload.dispute.entity.${field}`,
    ]);
  });
});

describe('every other type', () => {
  it.each([
    'payment.downtime.started',
    'invoice.partially_paid',
    'payment_link.partially_paid',
    'subscription.charged',
    'qr_code.credited',
    'virtual_account.credited',
    'settlement.processed',
    'transfer.processed',
    'payout.processed',
    'payment.created',
    'constructor',
  ])('%s is ignored, whatever it holds', (type) => {
    for (const fields of [{}, { payload: null }, { account_id: undefined, created_at: 'now' }]) {
      expect(eventOf(type, { payment: PAYMENT }, fields).meaning).toEqual({ status: 'ignored' });
    }
  });

  it('is none of those above', () => {
    expect([...RAZORPAY_EVENT_TYPES.keys()]).toHaveLength(16);
  });
});

describe('amounts', () => {
  it('are ISO 4217 minor units in every currency', () => {
    expect(RAZORPAY_EXPONENTS).toEqual({});
    for (const [currency] of CURRENCIES) {
      const payment = { ...PAYMENT, amount: 12345, currency };
      expect(statementsOf('payment.captured', { payment })).toMatchObject([
        { amount: 12345n, currency },
      ]);
    }
  });

  it.each<[string, object, string, string]>([
    ['negative', { amount: -1 }, 'validation_failed', 'amount'],
    ['a fraction', { amount: 1.5 }, 'validation_failed', 'amount'],
    ['a text', { amount: '100' }, 'validation_failed', 'amount'],
    ['absent', { amount: undefined }, 'validation_failed', 'amount'],
    ['without a currency', { currency: null }, 'validation_failed', 'currency'],
    ['of no currency', { currency: 'ZZZ' }, 'currency_unknown', 'currency'],
    ['2^53', { amount: 2 ** 53 }, 'number_out_of_range', 'amount'],
  ])('are refused when %s', (_, fields, code, field) => {
    for (const type of ['payment.authorized', 'payment.captured', 'payment.failed']) {
      expect(codeOf(type, { payment: { ...PAYMENT, ...fields } })).toEqual([
        code,
        `payload.payment.entity.${field}`,
      ]);
    }
  });
});

describe('what is quarantined', () => {
  it.each<[string, string, object, string, string]>([
    ['a status', 'payment.captured', { status: 'new' }, 'unknown_status', 'status'],
    ['a case', 'payment.authorized', { status: 'AUTHORIZED' }, 'unknown_status', 'status'],
    ['a name of every object', 'order.paid', { status: 'toString' }, 'unknown_status', 'status'],
    ['an id', 'payment.captured', { id: undefined }, 'validation_failed', 'id'],
    ['an id with NUL', 'payment.captured', { id: 'pay\0' }, 'id_invalid', 'id'],
    [
      'a capture of what is not captured',
      'payment.captured',
      { captured: false },
      'validation_failed',
      'captured',
    ],
    [
      'a capture of what failed',
      'payment.captured',
      { status: 'failed' },
      'validation_failed',
      'captured',
    ],
    [
      'a reference that is no text',
      'payment.captured',
      { notes: { reference: {} } },
      'validation_failed',
      'notes.reference',
    ],
    [
      'a reference with half a surrogate pair',
      'payment.captured',
      { notes: { order_id: '\ud800' } },
      'id_invalid',
      'notes.order_id',
    ],
    ['a code', 'payment.failed', { error_code: 7 }, 'validation_failed', 'error_code'],
  ])('%s', (_, type, fields, code, field) => {
    expect(codeOf(type, { payment: { ...PAYMENT, ...fields } })).toEqual([
      code,
      `payload.payment.entity.${field}`,
    ]);
  });

  it.each([null, [], 'payment', { payment: null }, { payment: {} }, { payment: { entity: [] } }])(
    'a payload %j',
    (payload) => {
      expect(codeOf('payment.captured', {}, { payload })).toEqual([
        'validation_failed',
        'payload.payment.entity',
      ]);
    },
  );

  it.each([
    [{ account_id: undefined }, 'account_id', { account: null, occurredAt: NOW }],
    [{ event: null }, 'event', { type: '' }],
    [{ created_at: 'yesterday' }, 'created_at', { occurredAt: 0 }],
    [{ created_at: undefined }, 'created_at', { occurredAt: 0 }],
    [{ created_at: -1 }, 'created_at', { occurredAt: 0 }],
  ])('an envelope with %j', (fields, field, expected) => {
    expect(codeOf('payment.captured', { payment: PAYMENT }, fields)).toEqual([
      'validation_failed',
      field,
    ]);
    expect(eventOf('payment.captured', { payment: PAYMENT }, fields)).toMatchObject(expected);
  });
});

it('the event states its type, time and account, and no mode', () => {
  expect(eventOf('payment.captured', { payment: PAYMENT })).toMatchObject({
    eventId: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    type: 'payment.captured',
    occurredAt: NOW,
    account: 'acc_1',
    livemode: null,
  });
});

describe('whole lives, in every order and with a repetition', () => {
  const context = { unique: 'u1', now: NOW, options: {}, account: 'acc_1', livemode: false };
  const sums = (authorized: bigint, captured: bigint, rest: Partial<Nameless> = {}) => ({
    amountAuthorized: authorized,
    amountCaptured: captured,
    amountRefunded: 0n,
    amountDisputed: 0n,
    amountChargedBack: 0n,
    flags: [],
    ...rest,
  });

  function expectPayments(events: readonly PaymentEvent[], expected: object[]) {
    let first: Nameless[] | undefined;
    for (const payments of paymentsInEveryOrder(razorpayProvider, events)) {
      first ??= payments;
      expect(payments).toEqual(first);
    }
    expect(first).toMatchObject(expected);
  }

  it.each<[ScenarioName, Partial<Nameless>]>([
    ['succeeded', { status: 'captured', ...sums(4999n, 4999n) }],
    [
      'failed',
      {
        status: 'failed',
        ...sums(0n, 0n),
        failure: { code: 'BAD_REQUEST_ERROR', message: 'Your payment was declined by the bank.' },
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
    const samples = razorpayProvider.scenarios[scenario]?.(context) ?? [];
    expectPayments(eventsOfSamples(razorpayProvider, samples), [
      {
        currency: 'EUR',
        account: 'acc_1',
        livemode: null,
        reference: 'order-u1',
        groups: ['order:order_u1'],
        occurredAt: NOW,
        ...expected,
      },
    ]);
  });

  /** Each a second after the one before. */
  const told = (...steps: [event: string, entities: Entities][]) =>
    steps.map(([event, entities], index) => {
      const read = eventOf(event, entities, { created_at: SECONDS + index });
      const eventId = createHash('sha256').update(`${index}`).digest('hex');
      return { ...read, eventId };
    });

  it('one capture told by its payment, order, invoice and link is one; F3', () => {
    expectPayments(
      told(
        ['payment.captured', { payment: PAYMENT }],
        ['order.paid', { payment: PAYMENT }],
        ['invoice.paid', { payment: PAYMENT }],
        ['payment_link.paid', { payment: PAYMENT }],
      ),
      [{ status: 'captured', ...sums(4999n, 4999n) }],
    );
  });

  it('a payment that failed may be captured after all', () => {
    expectPayments(
      told(
        ['payment.failed', { payment: { ...AUTHORIZED, status: 'failed' } }],
        ['payment.authorized', { payment: AUTHORIZED }],
        ['payment.captured', { payment: PAYMENT }],
      ),
      [{ status: 'captured', failure: null, ...sums(4999n, 4999n) }],
    );
  });

  it('the payments of one order do not join: failed, given back, captured; F2, F10', () => {
    const failed = { ...AUTHORIZED, id: 'pay_0', status: 'failed' };
    const late = { ...AUTHORIZED, id: 'pay_1' };
    const given = { ...late, status: 'refunded', amount_refunded: 4999 };
    const refund = { ...REFUND, amount: 4999 };
    expectPayments(
      told(
        ['payment.failed', { payment: failed }],
        ['payment.authorized', { payment: late }],
        ['payment.captured', { payment: { ...PAYMENT, id: 'pay_2' } }],
        ['refund.processed', { refund, payment: given }],
      ),
      [
        { refs: ['pay:pay_0'], status: 'failed', ...sums(0n, 0n) },
        { refs: ['pay:pay_1', 'rfnd:rfnd_1'], status: 'canceled', ...sums(4999n, 0n) },
        { refs: ['pay:pay_2'], status: 'captured', ...sums(4999n, 4999n) },
      ],
    );
  });

  it('refunds count once, whatever the payment says of their total; F4', () => {
    const refund = (id: string, status: string) => ({
      refund: { ...REFUND, id, status },
      payment: { ...PAYMENT, amount_refunded: 2000 },
    });
    expectPayments(
      told(
        ['payment.captured', { payment: PAYMENT }],
        ['refund.created', refund('rfnd_1', 'processed')],
        ['refund.processed', refund('rfnd_1', 'processed')],
        ['refund.speed_changed', refund('rfnd_1', 'processed')],
        ['refund.failed', refund('rfnd_2', 'failed')],
      ),
      [{ status: 'partially_refunded', ...sums(4999n, 4999n, { amountRefunded: 1000n }) }],
    );
  });

  it('a suspicion moves no money, and a chargeback that is won may be challenged again; F9', () => {
    const suspicion = told(
      ['payment.captured', { payment: PAYMENT }],
      ['payment.dispute.created', { dispute: { ...DISPUTE, phase: 'fraud' } }],
      ['payment.dispute.closed', { dispute: { ...DISPUTE, phase: 'fraud', status: 'closed' } }],
    );
    expectPayments(suspicion, [{ status: 'captured', ...sums(4999n, 4999n) }]);

    const again = { ...DISPUTE, phase: 'pre_arbitration' };
    const story = told(
      ['payment.captured', { payment: PAYMENT }],
      ['payment.dispute.created', { dispute: DISPUTE }],
      ['payment.dispute.won', { dispute: { ...DISPUTE, status: 'won' } }],
      ['payment.dispute.created', { dispute: again }],
    );
    expectPayments(story, [
      { status: 'disputed', ...sums(4999n, 4999n, { amountDisputed: 4999n }) },
    ]);
  });

  it('a loss is what was deducted', () => {
    const lost = { ...DISPUTE, status: 'lost', amount_deducted: 1500 };
    expectPayments(
      told(
        ['payment.captured', { payment: PAYMENT }],
        ['payment.dispute.created', { dispute: DISPUTE }],
        ['payment.dispute.lost', { dispute: lost }],
      ),
      [{ status: 'charged_back', ...sums(4999n, 4999n, { amountChargedBack: 1500n }) }],
    );
  });

  it('a refund of a payment never seen is an orphan, and healed by its capture; F25', () => {
    const refund = told(['refund.processed', { refund: REFUND, payment: PAYMENT }]);
    expectPayments(refund, [
      {
        status: 'partially_refunded',
        ...sums(0n, 0n, { amountRefunded: 1000n, flags: ['missing_parent'] }),
      },
    ]);
  });
});
