import { type FoldedPayment } from '../../payments/fold.js';
import { type PaymentEvent } from '../provider.js';
import { eventsOf, paymentsInEveryOrder } from '../testing/stories.js';
import { CHECKOUT_EVENT_TYPES, CHECKOUT_EXPONENTS } from './checkout.normaliser.js';
import { checkoutProvider } from './checkout.provider.js';

const NOW = Date.UTC(2026, 10, 24, 10);

const PAYMENT = {
  id: 'pay_1',
  action_id: 'act_1',
  reference: 'order-42',
  amount: 10000,
  currency: 'EUR',
  response_code: '10000',
  response_summary: 'Approved',
};
const DISPUTE = {
  id: 'dsp_1',
  amount: 10000,
  currency: 'EUR',
  reason_code: '10.4',
  payment_id: 'pay_1',
  payment_action_id: 'act_1',
  payment_reference: 'order-42',
};

let events = 0;

function bodyOf(type: string, data: unknown, more: object = {}): string {
  events += 1;
  const event = {
    id: `evt_${events}`,
    type,
    version: '1.0.29',
    created_on: '2026-11-24T10:00:00.1234567Z',
  };
  return JSON.stringify({ ...event, data, ...more });
}

function eventOf(type: string, data: unknown, more?: object): PaymentEvent {
  const [event, ...others] = eventsOf(checkoutProvider, bodyOf(type, data, more));
  expect(others).toEqual([]);
  return event as PaymentEvent;
}

function statementsOf(type: string, data: unknown, more?: object) {
  const { meaning } = eventOf(type, data, more);
  if (meaning.status !== 'applied') throw new Error(JSON.stringify(meaning));
  return meaning.statements;
}

function problemOf(type: string, data: unknown, more?: object) {
  const { meaning } = eventOf(type, data, more);
  if (meaning.status !== 'quarantined') throw new Error(meaning.status);
  return [meaning.code, ...(meaning.errors ?? []).map(({ field }) => field)];
}

const EUR = { amount: 10000n, currency: 'EUR' };
const NONE = { amount: null, currency: null };
const OF_PAYMENT = { refs: ['pay:pay_1'], groups: ['reference:order-42'], at: NOW + 123 };
const A = { kind: 'authorization', key: 'pay_1', ...OF_PAYMENT, reference: 'order-42' };
const C = { kind: 'capture', key: 'act_1', ...OF_PAYMENT, reference: 'order-42', ...EUR };
const R = { kind: 'refund', key: 'act_1', ...OF_PAYMENT, reference: null, ...EUR };
const D = {
  kind: 'dispute',
  key: 'dsp_1',
  refs: ['dsp:dsp_1', 'pay:pay_1'],
  groups: ['reference:order-42'],
  reference: null,
  ...EUR,
};
const FAILURE = { failure: { code: '20051', message: 'Insufficient Funds' } };
const DECLINED = { response_code: '20051', response_summary: 'Insufficient Funds' };

/** docs/law.md, row by row: event type and what it states. */
const TABLE: [type: string, expected: object, data?: object][] = [
  ['payment_pending', { ...A, status: 'pending', ...NONE }],
  ['payment_approved', { ...A, status: 'authorized', ...EUR, failure: null }],
  ['payment_declined', { ...A, status: 'failed', ...NONE, ...FAILURE }, DECLINED],
  ['payment_canceled', { ...A, status: 'voided', ...NONE }],
  ['payment_voided', { ...A, status: 'voided', ...NONE }],
  ['payment_expired', { ...A, status: 'expired', ...NONE }],
  ['payment_capture_pending', { ...C, status: 'pending' }],
  ['payment_captured', { ...C, status: 'succeeded', failure: null, final: false }],
  ['payment_capture_declined', { ...C, status: 'failed', ...FAILURE }, DECLINED],
  ['payment_refund_pending', { ...R, status: 'pending' }],
  ['payment_refunded', { ...R, status: 'succeeded', failure: null, release: false }],
  ['payment_refund_declined', { ...R, status: 'failed', ...FAILURE }, DECLINED],
  ['dispute_received', { ...D, status: 'open' }],
  ['dispute_evidence_required', { ...D, status: 'open' }],
  ['dispute_evidence_submitted', { ...D, status: 'open' }],
  ['dispute_evidence_acknowledged_by_scheme', { ...D, status: 'open' }],
  ['dispute_won', { ...D, status: 'won' }],
  ['dispute_canceled', { ...D, status: 'won' }],
  ['dispute_resolved', { ...D, status: 'won' }],
  ['dispute_arbitration_won', { ...D, status: 'won' }],
  ['dispute_lost', { ...D, status: 'lost' }],
  ['dispute_accepted', { ...D, status: 'lost' }],
  ['dispute_expired', { ...D, status: 'lost' }],
  ['dispute_arbitration_lost', { ...D, status: 'lost' }],
];

const dataOf = (type: string) => (type.startsWith('dispute_') ? DISPUTE : PAYMENT);

describe('the table of event types', () => {
  it('has a row for each type that states something', () => {
    expect([...TABLE.map(([type]) => type), 'payment_authorization_incremented'].sort()).toEqual(
      [...CHECKOUT_EVENT_TYPES.keys()].sort(),
    );
  });

  it.each(TABLE)('%s', (type, expected, data = {}) => {
    const statements = statementsOf(type, { ...dataOf(type), ...data });
    expect(statements).toMatchObject([expected]);
    expect(statements).toHaveLength(1);
  });

  it('payment_authorization_incremented is not guessed', () => {
    expect(problemOf('payment_authorization_incremented', PAYMENT)).toEqual([
      'unknown_status',
      'type',
    ]);
  });

  // F15 and F38: payouts and verifications are no payments.
  it.each([
    'payment_paid',
    'payment_returned',
    'card_verified',
    'card_verification_declined',
    'fraud_reported',
    'authentication_failed',
    'payment_void_declined',
    'payment_authorization_increment_declined',
    'dispute_arbitration_sent_to_scheme',
    'PAYMENT_CAPTURED',
    'constructor',
    '__proto__',
  ])('%s moves no payment, whatever its data is', (type) => {
    for (const data of [PAYMENT, DISPUTE, {}, null, 'x']) {
      expect(eventOf(type, data).meaning).toEqual({ status: 'ignored' });
    }
  });

  it.each(['payment_pending', 'payment_approved', 'payment_declined', 'payment_captured'])(
    '%s with a destination is a payout, and moves no payment',
    (type) => {
      const destination = { type: 'id', id: 'src_1' };
      expect(eventOf(type, { ...PAYMENT, destination }).meaning).toEqual({ status: 'ignored' });
      expect(statementsOf(type, { ...PAYMENT, destination: null })).toHaveLength(1);
    },
  );

  it.each([...CHECKOUT_EVENT_TYPES.keys()])('%s without data cannot be used', (type) => {
    for (const data of [undefined, null, 'x', [], 7]) {
      expect(problemOf(type, data)).toEqual(['validation_failed', 'data']);
    }
    expect(problemOf(type, {})).toEqual(['validation_failed', 'data.id']);
  });

  const ACTIONS = TABLE.map(([type]) => type).filter((type) => /capture|refund/.test(type));

  it.each(ACTIONS)('%s has to name the action', (type) => {
    for (const id of [undefined, null]) {
      expect(problemOf(type, { ...PAYMENT, action_id: id })).toEqual([
        'validation_failed',
        'data.action_id',
      ]);
    }
  });

  it('what is said of the attempt need not name an action', () => {
    for (const [type] of TABLE) {
      if (ACTIONS.includes(type)) continue;
      expect(statementsOf(type, { ...dataOf(type), action_id: undefined })).toHaveLength(1);
    }
  });

  it('a dispute need not name its payment', () => {
    const data = { ...DISPUTE, payment_id: undefined, payment_reference: null };
    expect(statementsOf('dispute_won', data)).toMatchObject([{ refs: ['dsp:dsp_1'], groups: [] }]);
  });

  it('a payment need not have a reference', () => {
    expect(statementsOf('payment_approved', { ...PAYMENT, reference: null })).toMatchObject([
      { reference: null, groups: [] },
    ]);
  });
});

describe('amounts', () => {
  const amountOf = (amount: unknown, currency: unknown) => {
    const { meaning } = eventOf('payment_captured', { ...PAYMENT, amount, currency });
    if (meaning.status === 'applied') return meaning.statements[0]?.amount;
    return meaning.status === 'quarantined' ? meaning.code : meaning.status;
  };

  it('have a table of what differs from ISO 4217', () => {
    expect(CHECKOUT_EXPONENTS).toEqual({ CLF: 0, CLP: 2 });
  });

  // F14.
  it.each<[number, string, bigint]>([
    [4999, 'EUR', 4999n],
    [4999, 'eur', 4999n],
    [0, 'EUR', 0n],
    [500, 'JPY', 500n],
    [1230, 'KWD', 1230n],
    [500, 'ISK', 500n],
    [500, 'UGX', 500n],
    [150000, 'CLP', 1500n],
    [9007199254740991, 'EUR', 9007199254740991n],
  ])('%s %s is %s in ISO minor units', (amount, currency, expected) => {
    expect(amountOf(amount, currency)).toBe(expected);
  });

  it.each<[unknown, unknown, string]>([
    [150, 'CLP', 'amount_inexact'],
    [1, 'ZZZ', 'currency_unknown'],
    [-1, 'EUR', 'validation_failed'],
    [1.5, 'EUR', 'validation_failed'],
    ['100', 'EUR', 'validation_failed'],
    [1, 978, 'validation_failed'],
    [9007199254740992, 'EUR', 'number_out_of_range'],
  ])('%s %s is quarantined as %s', (amount, currency, code) => {
    expect(amountOf(amount, currency)).toBe(code);
  });

  it('are not invented: without a currency there is none', () => {
    for (const [amount, currency] of [
      [undefined, 'EUR'],
      [100, null],
      [null, null],
    ]) {
      expect(amountOf(amount, currency)).toBeNull();
    }
  });

  it('that are wrong are named', () => {
    expect(problemOf('payment_captured', { ...PAYMENT, currency: 'ZZZ' })).toEqual([
      'currency_unknown',
      'data.currency',
    ]);
    expect(problemOf('dispute_won', { ...DISPUTE, amount: '1' })).toEqual([
      'validation_failed',
      'data.amount',
    ]);
  });
});

describe('the event', () => {
  it('states id, type and time, and neither account nor mode', () => {
    expect(eventOf('payment_captured', PAYMENT, { id: 'evt_x' })).toMatchObject({
      eventId: 'evt_x',
      type: 'payment_captured',
      occurredAt: NOW + 123,
      account: null,
      livemode: null,
    });
  });

  it('has its time in one of two fields, or none', () => {
    const timeOf = (more: object) => {
      const event = eventOf('payment_captured', PAYMENT, more);
      if (event.meaning.status !== 'applied') throw new Error(event.meaning.status);
      expect(event.meaning.statements[0]?.at).toBe(event.occurredAt);
      return event.occurredAt;
    };
    const timestamp = '2026-11-24T12:00:32.582+01:00';
    expect(timeOf({ created_on: undefined, timestamp })).toBe(NOW + 3_600_000 + 32_582);
    expect(timeOf({ created_on: null, timestamp })).toBe(NOW + 3_600_000 + 32_582);
    expect(timeOf({ timestamp })).toBe(NOW + 123);
    expect(timeOf({ created_on: undefined })).toBe(0);
  });

  it.each([
    ['id', 'evt_1\0', 'id_invalid'],
    ['id', '', 'validation_failed'],
    ['id', 'x'.repeat(256), 'validation_failed'],
    ['id', 7, 'validation_failed'],
    ['type', null, 'validation_failed'],
    ['created_on', 'yesterday', 'validation_failed'],
    ['timestamp', 7, 'validation_failed'],
  ])('whose %s is %j cannot be used', (field, value, code) => {
    expect(problemOf('payment_captured', PAYMENT, { [field]: value })).toEqual([code, field]);
  });

  it.each(['id', 'action_id', 'reference'])('%s that cannot be stored, or is too long', (field) => {
    expect(problemOf('payment_captured', { ...PAYMENT, [field]: 'a\0' })).toEqual([
      'id_invalid',
      `data.${field}`,
    ]);
    expect(problemOf('payment_captured', { ...PAYMENT, [field]: 'x'.repeat(256) })).toEqual([
      'validation_failed',
      `data.${field}`,
    ]);
  });

  it('why it failed is cleaned, cut, and need not be said', () => {
    const failureOf = (data: object) =>
      statementsOf('payment_declined', { ...PAYMENT, ...data })[0]?.failure;
    expect(failureOf({ response_summary: `\0${'x'.repeat(600)}` })).toEqual({
      code: '10000',
      message: 'x'.repeat(500),
    });
    expect(failureOf({ response_code: null, response_summary: undefined })).toBeNull();
  });
});

describe('the life of a payment', () => {
  /** An event of the story; its place in it is its minute. */
  type Step = [type: string, data?: object];
  const of = (action_id: string, amount = 10000) => ({ action_id, amount });

  const stories: [story: string, steps: Step[], expected: Partial<FoldedPayment>][] = [
    [
      'a hold',
      [['payment_approved']],
      { status: 'authorized', amountAuthorized: 10000n, reference: 'order-42' },
    ],
    [
      'a decline',
      [['payment_pending'], ['payment_declined', DECLINED]],
      { status: 'failed', ...FAILURE, currency: 'XXX' },
    ],
    [
      'a capture that waited',
      [['payment_approved'], ['payment_capture_pending', of('a1')], ['payment_captured', of('a1')]],
      { status: 'captured', amountCaptured: 10000n, flags: [] },
    ],
    [
      // F23: captures have ids of their own and add up.
      'two partial captures',
      [
        ['payment_approved'],
        ['payment_captured', of('a1', 6000)],
        ['payment_captured', of('a2', 4000)],
      ],
      { status: 'captured', amountCaptured: 10000n, amountAuthorized: 10000n, flags: [] },
    ],
    [
      'one partial capture so far',
      [['payment_approved'], ['payment_captured', of('a1', 6000)]],
      { status: 'partially_captured', amountCaptured: 6000n },
    ],
    [
      'a partial capture, and the rest voided',
      [
        ['payment_approved'],
        ['payment_captured', of('a1', 6000)],
        ['payment_voided', of('a2', 4000)],
      ],
      { status: 'captured', amountCaptured: 6000n, amountAuthorized: 10000n },
    ],
    [
      'a capture that was declined',
      [
        ['payment_approved'],
        ['payment_capture_pending', of('a1')],
        ['payment_capture_declined', of('a1')],
      ],
      { status: 'authorized', amountCaptured: 0n },
    ],
    [
      'a void',
      [['payment_approved'], ['payment_voided']],
      { status: 'canceled', amountCaptured: 0n },
    ],
    [
      'a payment that was left',
      [['payment_pending'], ['payment_canceled']],
      { status: 'canceled' },
    ],
    ['one that ran out', [['payment_pending'], ['payment_expired']], { status: 'expired' }],
    [
      'a refund in two parts',
      [
        ['payment_approved'],
        ['payment_captured', of('a1')],
        ['payment_refunded', of('r1', 3000)],
        ['payment_refunded', of('r2', 7000)],
      ],
      { status: 'refunded', amountRefunded: 10000n, flags: [] },
    ],
    [
      'a refund that was declined',
      [
        ['payment_captured', of('a1')],
        ['payment_refund_pending', of('r1', 3000)],
        ['payment_refund_declined', of('r1', 3000)],
      ],
      { status: 'captured', amountRefunded: 0n },
    ],
    [
      'only a refund, of a payment from before',
      [['payment_refunded', of('r1', 3000)]],
      { status: 'partially_refunded', amountRefunded: 3000n, flags: ['missing_parent'] },
    ],
    [
      'a dispute won',
      [
        ['payment_captured', of('a1')],
        ['dispute_received'],
        ['dispute_evidence_required'],
        ['dispute_won'],
      ],
      { status: 'captured', amountDisputed: 0n, amountChargedBack: 0n, flags: [] },
    ],
    [
      'a dispute of a refunded payment',
      [
        ['payment_captured', of('a1')],
        ['payment_refunded', of('r1')],
        ['dispute_received'],
        ['dispute_resolved'],
      ],
      { status: 'refunded', amountRefunded: 10000n, amountChargedBack: 0n },
    ],
    [
      'a dispute of a part, lost, and won by arbitration',
      [
        ['payment_captured', of('a1')],
        ['dispute_received', { amount: 2000 }],
        ['dispute_lost', { amount: 2000 }],
        ['dispute_arbitration_won', { amount: 2000 }],
      ],
      { status: 'captured', amountChargedBack: 0n },
    ],
    [
      'a dispute of a part, lost',
      [
        ['payment_captured', of('a1')],
        ['dispute_received', { amount: 2000 }],
        ['dispute_expired', { amount: 2000 }],
      ],
      { status: 'charged_back', amountChargedBack: 2000n, amountCaptured: 10000n },
    ],
  ];

  it.each(stories)('%s, in any order and repeated', (_, steps, expected) => {
    const made = steps.flatMap(([type, data], minute) => {
      const created_on = new Date(NOW + minute * 60_000).toISOString();
      return eventsOf(checkoutProvider, bodyOf(type, { ...dataOf(type), ...data }, { created_on }));
    });
    for (const payments of paymentsInEveryOrder(checkoutProvider, made)) {
      expect(payments).toHaveLength(1);
      expect(payments[0]).toMatchObject(expected);
    }
  });

  it('does not touch that of another payment of the same reference', () => {
    const made = [
      ...eventsOf(checkoutProvider, bodyOf('payment_approved', PAYMENT)),
      ...eventsOf(checkoutProvider, bodyOf('payment_declined', { ...PAYMENT, id: 'pay_2' })),
    ];
    for (const payments of paymentsInEveryOrder(checkoutProvider, made)) {
      expect(payments.map(({ status }) => status).sort()).toEqual(['authorized', 'failed']);
    }
  });
});
