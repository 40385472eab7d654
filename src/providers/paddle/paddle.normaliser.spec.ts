import { type Nameless } from '../../payments/testing/partition.js';
import { isoExponent } from '../currencies.js';
import { type PaymentEvent, type ScenarioName } from '../provider.js';
import { eventsOf, eventsOfSamples, paymentsInEveryOrder } from '../testing/stories.js';
import {
  PADDLE_ADJUSTMENT_ACTIONS,
  PADDLE_CHARGEBACK_STATUSES,
  PADDLE_EXPONENTS,
  PADDLE_REFUND_STATUSES,
  PADDLE_TRANSACTION_STATUSES,
} from './paddle.normaliser.js';
import { paddleProvider } from './paddle.provider.js';

const NOW = Date.UTC(2026, 10, 24, 10);
const OCCURRED = '2026-11-24T10:00:00.123999Z';
const AT = NOW + 123;

function eventOf(type: string, data: unknown, fields: object = {}): PaymentEvent {
  const event = {
    event_id: 'evt_1',
    event_type: type,
    occurred_at: OCCURRED,
    notification_id: 'ntf_1',
    data,
    ...fields,
  };
  const read = eventsOf(paddleProvider, JSON.stringify(event));
  expect(read).toHaveLength(1);
  return read[0]!;
}

function statementsOf(type: string, data: unknown) {
  const { meaning } = eventOf(type, data);
  if (meaning.status !== 'applied') throw new Error(JSON.stringify(meaning));
  return meaning.statements;
}

function codeOf(type: string, data: unknown, fields: object = {}) {
  const { meaning } = eventOf(type, data, fields);
  if (meaning.status !== 'quarantined') throw new Error(JSON.stringify(meaning.status));
  return [meaning.code, ...(meaning.errors ?? []).map((error) => error.field)];
}

const totalsOf = (grand_total: unknown, currency_code: unknown = 'EUR') => ({
  details: {
    totals: { total: '5999', credit: '1000', grand_total, currency_code },
    payout_totals: { grand_total: '5400', currency_code: 'USD' },
  },
});
const TRANSACTION = {
  id: 'txn_1',
  status: 'ready',
  subscription_id: 'sub_1',
  invoice_id: 'inv_1',
  custom_data: { order_id: 'order-42' },
  currency_code: 'EUR',
  payments: [],
  ...totalsOf('4999'),
};
const ADJUSTMENT = {
  id: 'adj_1',
  action: 'refund',
  type: 'partial',
  transaction_id: 'txn_1',
  subscription_id: 'sub_1',
  currency_code: 'EUR',
  status: 'approved',
  totals: { subtotal: '800', tax: '200', total: '1000', currency_code: 'EUR' },
  payout_totals: { total: '1100', currency_code: 'USD' },
};

const eur = (amount: bigint) => ({ amount, currency: 'EUR' });
const NONE = { amount: null, currency: null };
const A = { kind: 'authorization', key: 'txn_1', final: false, failure: null };
const C = { kind: 'capture', key: 'txn_1', status: 'succeeded', final: true, failure: null };
const ATTEMPTS = [
  { payment_attempt_id: '2', status: 'error', error_code: 'expired_card' },
  { payment_attempt_id: '1', status: 'error', error_code: 'declined' },
];
const expiredCard = { code: 'expired_card', message: null };

describe('transactions', () => {
  const common = {
    at: AT,
    refs: ['txn:txn_1'],
    groups: ['subscription:sub_1', 'invoice:inv_1'],
    reference: 'order-42',
    implied: false,
    ...eur(4999n),
  };

  it.each<[string, string, object]>([
    ['created', 'draft', { ...A, status: 'pending' }],
    ['ready', 'ready', { ...A, status: 'pending' }],
    ['billed', 'billed', { ...A, status: 'pending' }],
    ['paid', 'paid', C],
    ['completed', 'completed', C],
    ['past_due', 'past_due', { ...A, status: 'failed', failure: expiredCard }],
    ['payment_failed', 'ready', { ...A, status: 'failed', failure: expiredCard }],
    ['canceled', 'canceled', { ...A, status: 'voided' }],
    ...['updated', 'revised'].flatMap((type): [string, string, object][] => [
      [type, 'draft', { ...A, status: 'pending' }],
      [type, 'ready', { ...A, status: 'pending' }],
      [type, 'billed', { ...A, status: 'pending' }],
      [type, 'paid', C],
      [type, 'completed', C],
      [type, 'past_due', { ...A, status: 'failed', failure: expiredCard }],
      [type, 'canceled', { ...A, status: 'voided' }],
    ]),
  ])('transaction.%s with status %s', (type, status, expected) => {
    const data = { ...TRANSACTION, status, payments: ATTEMPTS };
    expect(statementsOf(`transaction.${type}`, data)).toEqual([
      expect.objectContaining({ ...common, ...expected }),
    ]);
  });

  it('the table above has every status', () => {
    expect([...PADDLE_TRANSACTION_STATUSES.keys()].sort()).toEqual(
      ['draft', 'ready', 'billed', 'paid', 'completed', 'past_due', 'canceled'].sort(),
    );
  });

  it.each([[[]], [null], [undefined], [[{ error_code: null }, { error_code: 'declined' }]]])(
    'fail without a code where the latest attempt has none: %j',
    (payments) => {
      const data = { ...TRANSACTION, status: 'past_due', payments };
      expect(statementsOf('transaction.past_due', data)).toMatchObject([
        { status: 'failed', failure: null },
      ]);
    },
  );

  it.each([{ details: null }, { details: undefined }, { details: { totals: null } }])(
    'without totals state no amount: %j',
    (fields) => {
      expect(statementsOf('transaction.completed', { ...TRANSACTION, ...fields })).toMatchObject([
        { ...C, ...NONE },
      ]);
    },
  );

  it('state what is owed after credits, zero too', () => {
    expect(
      statementsOf('transaction.completed', { ...TRANSACTION, ...totalsOf('0') }),
    ).toMatchObject([{ ...C, ...eur(0n) }]);
  });

  it('have no group but those that they state', () => {
    const data = { ...TRANSACTION, subscription_id: null, invoice_id: null };
    expect(statementsOf('transaction.ready', data)).toMatchObject([{ groups: [] }]);
  });

  it.each<[unknown, string | null]>([
    [undefined, null],
    [null, null],
    ['text', null],
    [[{ reference: 'a' }], null],
    [{}, null],
    [{ reference: 'a', order_id: 'b' }, 'a'],
    [{ order_id: 'b' }, 'b'],
    [{ reference: null, order_id: 'b' }, 'b'],
    [{ reference: '', order_id: 'b' }, 'b'],
    [{ reference: '', order_id: '' }, null],
    [{ order_id: 42 }, '42'],
    [{ order: 'c' }, null],
  ])('custom_data %j has the reference %j', (custom_data, expected) => {
    expect(statementsOf('transaction.ready', { ...TRANSACTION, custom_data })).toMatchObject([
      { reference: expected },
    ]);
  });

  it('a reference that is a long number keeps its digits', () => {
    const body = JSON.stringify({
      event_id: 'evt_1',
      event_type: 'transaction.ready',
      occurred_at: OCCURRED,
      data: { ...TRANSACTION, custom_data: { order_id: 0 } },
    }).replace('"order_id":0', '"order_id":820982911946154508123');
    expect(eventsOf(paddleProvider, body)).toMatchObject([
      { meaning: { statements: [{ reference: '820982911946154508123' }] } },
    ]);
  });
});

describe.each(['adjustment.created', 'adjustment.updated'])('%s', (type) => {
  const common = {
    at: AT,
    refs: ['adj:adj_1', 'txn:txn_1'],
    groups: ['subscription:sub_1'],
    reference: null,
    failure: null,
  };
  const R = { kind: 'refund', key: 'adj_1', ...eur(1000n) };
  const D = { kind: 'dispute', key: 'txn_1' };
  const W = { kind: 'dispute', key: 'txn_1/warning' };
  const statuses = ['pending_approval', 'approved', 'rejected', 'reversed'];

  it.each<[string, string, object]>([
    ['refund', 'pending_approval', { ...R, status: 'pending' }],
    ['refund', 'approved', { ...R, status: 'succeeded' }],
    ['refund', 'rejected', { ...R, status: 'failed' }],
    ['refund', 'reversed', { ...R, status: 'failed' }],
    ['chargeback', 'pending_approval', { ...D, status: 'lost', ...eur(1000n) }],
    ['chargeback', 'approved', { ...D, status: 'lost', ...eur(1000n) }],
    ['chargeback', 'rejected', { ...D, status: 'lost', ...eur(1000n) }],
    ['chargeback', 'reversed', { ...D, status: 'won', ...eur(1000n) }],
    ...statuses.flatMap((status): [string, string, object][] => [
      ['chargeback_reverse', status, { ...D, status: 'won', ...NONE }],
      ['chargeback_warning', status, { ...W, status: 'inquiry', ...NONE }],
      ['chargeback_warning_reverse', status, { ...W, status: 'inquiry', ...NONE }],
    ]),
  ])('%s %s', (action, status, expected) => {
    expect(statementsOf(type, { ...ADJUSTMENT, action, status })).toEqual([
      expect.objectContaining({ ...common, ...expected }),
    ]);
  });

  it.each(['credit', 'credit_reverse'])('%s is ignored: it moves no payment', (action) => {
    for (const status of statuses) {
      expect(eventOf(type, { ...ADJUSTMENT, action, status }).meaning).toEqual({
        status: 'ignored',
      });
    }
  });

  it('the tables above have every action and status', () => {
    expect([...PADDLE_ADJUSTMENT_ACTIONS.keys()]).toHaveLength(7);
    expect([...PADDLE_REFUND_STATUSES.keys()].sort()).toEqual(statuses.sort());
    expect([...PADDLE_CHARGEBACK_STATUSES.keys()].sort()).toEqual(statuses.sort());
  });

  it('a reversal says no amount, whatever it states', () => {
    const data = { ...ADJUSTMENT, action: 'chargeback_reverse', totals: { total: '-1000' } };
    expect(statementsOf(type, data)).toMatchObject([{ status: 'won', ...NONE }]);
  });
});

describe('amounts', () => {
  it.each([
    ['JPY', '5000', 5000n],
    ['KRW', '5000', 5000n],
    ['CLP', '5000', 5000n],
    ['VND', '5000', 5000n],
    ['HUF', '5000', 5000n],
    ['USD', '5000', 5000n],
    ['eur', '5000', 5000n],
    ['USD', `${Number.MAX_SAFE_INTEGER}`, BigInt(Number.MAX_SAFE_INTEGER)],
  ])('%s %s are %s minor units of ISO 4217', (currency, amount, expected) => {
    expect(PADDLE_EXPONENTS).toEqual({});
    expect(isoExponent(currency.toUpperCase())).not.toBeNull();
    expect(
      statementsOf('transaction.paid', { ...TRANSACTION, ...totalsOf(amount, currency) }),
    ).toMatchObject([{ amount: expected, currency: currency.toUpperCase() }]);
  });
});

describe('what is quarantined', () => {
  const GRAND_TOTAL = 'data.details.totals.grand_total';

  it.each<[string, string, object, unknown[]]>([
    [
      'a status that is not known',
      'transaction.created',
      { ...TRANSACTION, status: 'new' },
      ['unknown_status', 'data.status'],
    ],
    [
      'a name of every object as status',
      'transaction.updated',
      { ...TRANSACTION, status: 'constructor' },
      ['unknown_status', 'data.status'],
    ],
    [
      'an action that is not known',
      'adjustment.created',
      { ...ADJUSTMENT, action: 'gift' },
      ['unknown_status', 'data.action'],
    ],
    ...['refund', 'chargeback', 'chargeback_reverse', 'chargeback_warning'].map(
      (action): [string, string, object, unknown[]] => [
        `a status that is not known of a ${action}`,
        'adjustment.updated',
        { ...ADJUSTMENT, action, status: 'new' },
        ['unknown_status', 'data.status'],
      ],
    ),
    [
      'a currency that is none',
      'transaction.paid',
      { ...TRANSACTION, ...totalsOf('1', 'ZZZ') },
      ['currency_unknown', 'data.details.totals.currency_code'],
    ],
    ...['-1', '1.5', '1e3', '', ' 1', '١', 4999, null].map(
      (amount): [string, string, object, unknown[]] => [
        `the amount ${JSON.stringify(amount)}`,
        'transaction.paid',
        { ...TRANSACTION, ...totalsOf(amount) },
        ['validation_failed', GRAND_TOTAL],
      ],
    ),
    [
      'an amount beyond 2^53-1',
      'transaction.paid',
      { ...TRANSACTION, ...totalsOf('9007199254740992') },
      ['number_out_of_range', GRAND_TOTAL],
    ],
    [
      'a refund with a negative amount',
      'adjustment.created',
      { ...ADJUSTMENT, totals: { total: '-1', currency_code: 'EUR' } },
      ['validation_failed', 'data.totals.total'],
    ],
    [
      'a chargeback without totals',
      'adjustment.created',
      { ...ADJUSTMENT, action: 'chargeback', totals: null },
      ['validation_failed', 'data.totals'],
    ],
    [
      'an adjustment of no transaction',
      'adjustment.created',
      { ...ADJUSTMENT, transaction_id: null },
      ['validation_failed', 'data.transaction_id'],
    ],
    [
      'an id with NUL',
      'transaction.paid',
      { ...TRANSACTION, id: 'txn\0' },
      ['id_invalid', 'data.id'],
    ],
    [
      'a reference with half a surrogate pair',
      'transaction.paid',
      { ...TRANSACTION, custom_data: { order_id: '\ud800' } },
      ['id_invalid', 'data.custom_data.order_id'],
    ],
    [
      'a reference that is an object',
      'transaction.paid',
      { ...TRANSACTION, custom_data: { reference: { id: 1 } } },
      ['validation_failed', 'data.custom_data.reference'],
    ],
    [
      'a code of a failure that is no string',
      'transaction.past_due',
      { ...TRANSACTION, payments: [{ error_code: 7 }] },
      ['validation_failed', 'data.payments.0.error_code'],
    ],
  ])('%s', (_, type, data, expected) => {
    expect(codeOf(type, data)).toEqual(expected);
  });

  it.each([undefined, null, 'txn_1', [], 1])('data %j', (data) => {
    expect(codeOf('transaction.paid', data)).toEqual(['validation_failed', 'data']);
  });

  it.each([
    [{ event_id: 7 }, 'event_id', { eventId: null, type: 'transaction.paid', occurredAt: AT }],
    [{ event_type: null }, 'event_type', { eventId: 'evt_1', type: '', occurredAt: AT }],
    [{ occurred_at: '2026-11-24' }, 'occurred_at', { eventId: 'evt_1', occurredAt: 0 }],
    [{ occurred_at: '1960-01-01T00:00:00Z' }, 'occurred_at', { occurredAt: 0 }],
    [{ occurred_at: undefined }, 'occurred_at', { occurredAt: 0 }],
  ])('an envelope with %j', (fields, field, expected) => {
    expect(codeOf('transaction.paid', TRANSACTION, fields)).toEqual(['validation_failed', field]);
    expect(eventOf('transaction.paid', TRANSACTION, fields)).toMatchObject(expected);
  });
});

describe('the event', () => {
  it('states its id, type and time, cut to milliseconds; no account and no mode', () => {
    expect(eventOf('transaction.paid', TRANSACTION)).toMatchObject({
      eventId: 'evt_1',
      type: 'transaction.paid',
      occurredAt: AT,
      account: null,
      livemode: null,
    });
  });

  it('of a type that moves no payment is ignored, whatever it holds', () => {
    for (const type of ['subscription.activated', 'payout.paid', 'new.type', 'constructor']) {
      expect(eventOf(type, null).meaning).toEqual({ status: 'ignored' });
    }
  });
});

describe('the life of a payment, in every order and with a repetition', () => {
  let events = 0;
  /** Each a second after the one before, under an id of its own. */
  const told = (...steps: [type: string, data: object][]) =>
    steps.map(([type, data], index) => {
      events += 1;
      return eventOf(type, data, {
        event_id: `evt_${events}`,
        occurred_at: new Date(NOW + index * 1000).toISOString(),
      });
    });
  const transaction = (status: string, fields: object = {}): [string, object] => [
    `transaction.${status === 'draft' ? 'created' : status}`,
    { ...TRANSACTION, status, ...fields },
  ];
  const adjusted = (id: string, action: string, status = 'approved', total = '4999') => ({
    ...ADJUSTMENT,
    id,
    action,
    status,
    totals: { total, currency_code: 'EUR' },
  });

  function expectPayment(story: readonly PaymentEvent[], expected: Partial<Nameless>) {
    for (const payments of paymentsInEveryOrder(paddleProvider, story)) {
      expect(payments).toMatchObject([expected]);
    }
  }

  it('is captured once, although it is told as paid and as completed', () => {
    expectPayment(told(transaction('draft'), transaction('paid'), transaction('completed')), {
      status: 'captured',
      currency: 'EUR',
      amountAuthorized: 4999n,
      amountCaptured: 4999n,
      reference: 'order-42',
      refs: ['txn:txn_1'],
      groups: ['invoice:inv_1', 'subscription:sub_1'],
      flags: [],
    });
  });

  it('is not paid while it is only billed', () => {
    expectPayment(told(transaction('draft'), transaction('billed')), {
      status: 'pending',
      amountCaptured: 0n,
    });
  });

  it('may be paid after attempts that failed, and a failed attempt never takes money away', () => {
    const declined = { status: 'ready', payments: ATTEMPTS };
    expectPayment(
      told(
        transaction('ready'),
        ['transaction.payment_failed', { ...TRANSACTION, ...declined }],
        transaction('past_due', { payments: ATTEMPTS }),
        transaction('completed'),
      ),
      { status: 'captured', failure: null },
    );
    expectPayment(
      told(transaction('completed'), [
        'transaction.payment_failed',
        { ...TRANSACTION, ...declined },
      ]),
      { status: 'captured', amountCaptured: 4999n },
    );
  });

  it('is refunded by what was approved, in several refunds', () => {
    expectPayment(
      told(
        transaction('completed'),
        ['adjustment.created', adjusted('adj_1', 'refund', 'pending_approval', '1000')],
        ['adjustment.updated', adjusted('adj_1', 'refund', 'approved', '1000')],
        ['adjustment.created', adjusted('adj_2', 'refund', 'approved', '500')],
        ['adjustment.created', adjusted('adj_3', 'refund', 'pending_approval', '700')],
        ['adjustment.updated', adjusted('adj_3', 'refund', 'rejected', '700')],
      ),
      {
        status: 'partially_refunded',
        amountRefunded: 1500n,
        refs: ['adj:adj_1', 'adj:adj_2', 'adj:adj_3', 'txn:txn_1'],
      },
    );
  });

  it('keeps what it took when money is credited to the balance at Paddle', () => {
    expectPayment(
      told(transaction('completed'), ['adjustment.created', adjusted('adj_1', 'credit')]),
      { status: 'captured', amountRefunded: 0n },
    );
  });

  it('is told of by an adjustment alone, where Paddle was switched on late', () => {
    expectPayment(told(['adjustment.created', adjusted('adj_1', 'refund')]), {
      status: 'partially_refunded',
      amountRefunded: 4999n,
      flags: ['missing_parent'],
    });
  });

  it('is charged back, and gets it back by another adjustment that does not name the first', () => {
    const lost = told(transaction('completed'), [
      'adjustment.created',
      adjusted('adj_1', 'chargeback'),
    ]);
    expectPayment(lost, { status: 'charged_back', amountChargedBack: 4999n });

    const won = told(
      transaction('completed'),
      ['adjustment.created', adjusted('adj_1', 'chargeback')],
      ['adjustment.created', adjusted('adj_2', 'chargeback_reverse')],
    );
    expectPayment(won, { status: 'captured', amountChargedBack: 0n, amountDisputed: 0n });
  });

  it.each([
    ['before it', ['chargeback_warning', 'chargeback']],
    ['after it', ['chargeback', 'chargeback_warning']],
    ['that ends before it', ['chargeback_warning', 'chargeback_warning_reverse', 'chargeback']],
    ['that ends after it', ['chargeback_warning', 'chargeback', 'chargeback_warning_reverse']],
    ['wholly after it', ['chargeback', 'chargeback_warning', 'chargeback_warning_reverse']],
  ])('F9: a chargeback stays lost whatever a warning says, %s', (_, actions) => {
    const adjustments = actions.map((action, index): [string, object] => [
      'adjustment.created',
      adjusted(`adj_${index}`, action),
    ]);
    const lost = { status: 'charged_back', amountChargedBack: 4999n, amountDisputed: 0n } as const;
    expectPayment(told(transaction('completed'), ...adjustments), lost);
    expectPayment(
      told(transaction('completed'), ...adjustments, [
        'adjustment.created',
        adjusted('adj_9', 'chargeback_reverse'),
      ]),
      { status: 'captured', amountChargedBack: 0n, amountDisputed: 0n },
    );
  });

  it('F9: a warning after a chargeback that was won changes nothing', () => {
    const actions = ['chargeback', 'chargeback_reverse', 'chargeback_warning'];
    const adjustments = actions.map((action, index): [string, object] => [
      'adjustment.created',
      adjusted(`adj_${index}`, action),
    ]);
    expectPayment(told(transaction('completed'), ...adjustments), {
      status: 'captured',
      amountChargedBack: 0n,
    });
  });

  it('is not disputed by a warning', () => {
    expectPayment(
      told(
        transaction('completed'),
        ['adjustment.created', adjusted('adj_1', 'chargeback_warning')],
        ['adjustment.created', adjusted('adj_2', 'chargeback_warning_reverse')],
      ),
      { status: 'captured', amountDisputed: 0n, amountChargedBack: 0n },
    );
  });

  it('is one of several of a subscription, which do not join', () => {
    const story = told(transaction('completed'), transaction('completed', { id: 'txn_2' }), [
      'adjustment.created',
      { ...adjusted('adj_1', 'refund'), transaction_id: 'txn_2' },
    ]);
    for (const payments of paymentsInEveryOrder(paddleProvider, story)) {
      expect(payments.map(({ refs, status }) => [...refs, status]).sort()).toEqual([
        ['adj:adj_1', 'txn:txn_2', 'refunded'],
        ['txn:txn_1', 'captured'],
      ]);
    }
  });

  const scenarios: [ScenarioName, Partial<Nameless>][] = [
    ['succeeded', { status: 'captured', amountCaptured: 4999n, reference: 'order-u1' }],
    ['failed', { status: 'failed', failure: { code: 'declined', message: null } }],
    ['voided', { status: 'canceled', amountCaptured: 0n }],
    ['refunded', { status: 'refunded', amountRefunded: 4999n }],
    ['partially-refunded', { status: 'partially_refunded', amountRefunded: 1000n }],
    ['refund-failed', { status: 'captured', amountRefunded: 0n }],
    ['disputed-won', { status: 'captured', amountChargedBack: 0n }],
    ['disputed-lost', { status: 'charged_back', amountChargedBack: 4999n }],
  ];

  it('is played by every scenario that exists there', () => {
    expect(Object.keys(paddleProvider.scenarios)).toEqual(scenarios.map(([name]) => name));
  });

  it.each(scenarios)('scenario %s', (name, expected) => {
    const samples = paddleProvider.scenarios[name]?.({
      unique: 'u1',
      now: NOW,
      options: {},
      account: null,
      livemode: false,
    });
    const story = eventsOfSamples(paddleProvider, samples ?? []);
    expectPayment(story, { ...expected, currency: 'EUR', flags: [] });
  });
});
