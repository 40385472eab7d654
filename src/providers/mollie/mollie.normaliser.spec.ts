import { type Nameless } from '../../payments/testing/partition.js';
import { isoExponent } from '../currencies.js';
import { type PaymentEvent, type ScenarioName } from '../provider.js';
import { eventsOf, eventsOfSamples, paymentsInEveryOrder } from '../testing/stories.js';
import { MOLLIE_EVENT_TYPES, MOLLIE_STATUSES } from './mollie.normaliser.js';
import { mollieProvider } from './mollie.provider.js';

const NOW = Date.UTC(2026, 10, 24, 10);
const CREATED = '2026-11-24T11:00:00.5+01:00';
const AT = NOW + 500;
const ENTITY = '_embedded.entity';

function eventOf(type: unknown, entity: unknown, fields: object = {}): PaymentEvent {
  const event = {
    resource: 'event',
    id: 'event_1',
    type,
    entityId: 'tr_1',
    createdAt: CREATED,
    _embedded: { entity },
    ...fields,
  };
  const read = eventsOf(mollieProvider, JSON.stringify(event));
  expect(read).toHaveLength(1);
  return read[0]!;
}

function statementsOf(type: string, entity: unknown) {
  const { meaning } = eventOf(type, entity);
  if (meaning.status !== 'applied') throw new Error(JSON.stringify(meaning));
  return meaning.statements;
}

function codeOf(type: unknown, entity: unknown, fields: object = {}) {
  const { meaning } = eventOf(type, entity, fields);
  if (meaning.status !== 'quarantined') throw new Error(JSON.stringify(meaning.status));
  return [meaning.code, ...(meaning.errors ?? []).map((error) => error.field)];
}

const money = (value: unknown, currency: unknown = 'EUR') => ({ currency, value });
const PAYMENT = {
  resource: 'payment',
  id: 'tr_1',
  mode: 'test',
  status: 'open',
  amount: money('49.99'),
  amountRefunded: money('12.00'),
  amountChargedBack: money('13.00'),
  settlementAmount: money('45.00', 'USD'),
  metadata: { order_id: 'order-42' },
  orderId: 'ord_1',
  subscriptionId: 'sub_1',
  createdAt: '2026-11-24T09:00:00+00:00',
};
const CAPTURE = {
  resource: 'capture',
  id: 'cpt_1',
  mode: 'test',
  status: 'succeeded',
  amount: money('30.00'),
  settlementAmount: money('28.00', 'USD'),
  metadata: { reference: 'of-the-capture' },
  paymentId: 'tr_1',
};
const REFUND = {
  resource: 'refund',
  id: 're_1',
  mode: 'test',
  status: 'pending',
  amount: money('10.00'),
  settlementAmount: money('-11.00', 'USD'),
  metadata: { reference: 'of-the-refund' },
  paymentId: 'tr_1',
};
const CHARGEBACK = {
  resource: 'chargeback',
  id: 'chb_1',
  amount: money('49.99'),
  settlementAmount: money('-55.00', 'USD'),
  paymentId: 'tr_1',
  reversedAt: null,
};
const ENTITIES = { payment: PAYMENT, capture: CAPTURE, refund: REFUND, chargeback: CHARGEBACK };
const entityFor = (type: string) => ENTITIES[type.split('.')[0] as keyof typeof ENTITIES];

const eur = (amount: bigint) => ({ amount, currency: 'EUR' });
const NONE = { amount: null, currency: null };
const A = {
  kind: 'authorization',
  key: 'tr_1',
  refs: ['tr:tr_1'],
  groups: ['order:ord_1', 'subscription:sub_1'],
  reference: 'order-42',
  ...NONE,
};
const C = { kind: 'capture', key: 'cpt_1', refs: ['cpt:cpt_1', 'tr:tr_1'], ...eur(3000n) };
const R = { kind: 'refund', key: 're_1', refs: ['re:re_1', 'tr:tr_1'], ...eur(1000n) };
const D = { kind: 'dispute', key: 'chb_1', refs: ['chb:chb_1', 'tr:tr_1'], ...eur(4999n) };
const PAID = { ...A, kind: 'capture', key: 'implied:tr_1', status: 'succeeded', implied: true };

/** docs/law.md, row by row: event type and what it states. */
const TABLE: [type: string, expected: object][] = [
  ['payment.pending', { ...A, status: 'pending' }],
  ['payment.authorized', { ...A, status: 'authorized', ...eur(4999n) }],
  ['payment.paid', { ...PAID, ...eur(4999n) }],
  ['payment.failed', { ...A, status: 'failed' }],
  ['payment.canceled', { ...A, status: 'voided' }],
  ['payment.expired', { ...A, status: 'expired' }],
  ['capture.succeeded', { ...C, status: 'succeeded' }],
  ['capture.failed', { ...C, status: 'failed' }],
  ['refund.queued', { ...R, status: 'pending' }],
  ['refund.pending', { ...R, status: 'pending' }],
  ['refund.processing', { ...R, status: 'pending' }],
  ['refund.refunded', { ...R, status: 'succeeded' }],
  ['refund.failed', { ...R, status: 'failed' }],
  ['refund.canceled', { ...R, status: 'failed' }],
  ['chargeback.received', { ...D, status: 'lost' }],
  ['chargeback.reversed', { ...D, status: 'won' }],
];

describe('the table of event types', () => {
  it('has a row for each type', () => {
    expect(TABLE.map(([type]) => type)).toEqual([...MOLLIE_EVENT_TYPES.keys()]);
  });

  it.each(TABLE)('%s', (type, expected) => {
    const defaults = { at: AT, implied: false, final: false, failure: null, reference: null };
    expect(statementsOf(type, entityFor(type))).toEqual([
      expect.objectContaining({ groups: [], ...defaults, ...expected }),
    ]);
  });

  it.each([
    'payment-link.paid',
    'balance-transaction.created',
    'payout.completed',
    'sales-invoice.paid',
    'business-account-transfer.returned',
    'payment.refunded',
    'hook.ping',
    'constructor',
  ])('F15: ignores %s, whatever it holds', (type) => {
    expect(eventOf(type, PAYMENT).meaning).toEqual({ status: 'ignored' });
    expect(eventOf(type, null).meaning).toEqual({ status: 'ignored' });
    expect(eventOf(type, null, { _embedded: undefined }).meaning).toEqual({ status: 'ignored' });
  });
});

describe('a payment', () => {
  it('that is captured separately counts what was captured when it is paid', () => {
    const entity = { ...PAYMENT, amountCaptured: money('30.00') };
    expect(statementsOf('payment.paid', entity)).toMatchObject([eur(3000n)]);
    expect(statementsOf('payment.authorized', entity)).toMatchObject([eur(4999n)]);
    const absent = { ...PAYMENT, amountCaptured: null };
    expect(statementsOf('payment.paid', absent)).toMatchObject([eur(4999n)]);
  });

  it.each<[string, object, object | null]>([
    ['nothing', {}, null],
    ['nulls', { statusReason: null, details: null }, null],
    [
      'a reason of the status',
      {
        statusReason: { code: 'insufficient_funds', message: 'Not enough balance' },
        details: { failureReason: 'card_declined' },
      },
      { code: 'insufficient_funds', message: 'Not enough balance' },
    ],
    [
      'details of a card',
      { details: { failureReason: 'card_declined' } },
      { code: 'card_declined', message: null },
    ],
    [
      'details of a direct debit',
      { details: { bankReasonCode: 'AM04', bankReason: 'Insufficient funds' } },
      { code: 'AM04', message: 'Insufficient funds' },
    ],
    ['a message alone', { statusReason: { message: 'No' } }, { code: null, message: 'No' }],
  ])('that failed says why: %s', (_, fields, failure) => {
    expect(statementsOf('payment.failed', { ...PAYMENT, ...fields })).toMatchObject([{ failure }]);
    expect(statementsOf('payment.canceled', { ...PAYMENT, ...fields })).toMatchObject([
      { failure: null },
    ]);
  });

  it('has no groups that it does not state', () => {
    const entity = { ...PAYMENT, orderId: null, subscriptionId: undefined };
    expect(statementsOf('payment.pending', entity)).toMatchObject([{ groups: [] }]);
  });

  it.each<[unknown, string | null]>([
    [undefined, null],
    [null, null],
    ['text', null],
    ['{"order_id":12345}', null],
    [42, null],
    [['a'], null],
    [{}, null],
    [{ reference: 'a', order_id: 'b' }, 'a'],
    [{ reference: '', order_id: 'b' }, 'b'],
    [{ order_id: 42 }, '42'],
  ])('with the metadata %j has the reference %j', (metadata, reference) => {
    expect(statementsOf('payment.pending', { ...PAYMENT, metadata })).toMatchObject([
      { reference },
    ]);
  });
});

describe('amounts', () => {
  it.each([
    ['EUR', '49.99', 4999n],
    ['EUR', '50', 5000n],
    ['JPY', '5000', 5000n],
    ['JPY', '5000.00', 5000n],
    ['ISK', '5000', 5000n],
    ['HUF', '5000.00', 500000n],
    ['BHD', '1.234', 1234n],
    ['usd', '0.01', 1n],
    ['EUR', '0.00', 0n],
  ])('%s %s are %s minor units of ISO 4217', (currency, value, amount) => {
    expect(isoExponent(currency.toUpperCase())).not.toBeNull();
    expect(
      statementsOf('payment.paid', { ...PAYMENT, amount: money(value, currency) }),
    ).toMatchObject([{ amount, currency: currency.toUpperCase() }]);
  });

  it('of a capture may be absent, and then none is invented', () => {
    for (const amount of [null, undefined]) {
      expect(statementsOf('capture.succeeded', { ...CAPTURE, amount })).toMatchObject([NONE]);
    }
  });
});

describe('F33: what has to be fetched', () => {
  const absent: [string, object][] = [
    ['a simple payload', { _embedded: undefined }],
    ['a simple payload with null', { _embedded: null }],
    ['an empty payload', { _embedded: {} }],
    ['an entity null', { _embedded: { entity: null } }],
  ];

  it.each(absent)('%s is quarantined, of every type that moves a payment', (_, fields) => {
    for (const type of MOLLIE_EVENT_TYPES.keys()) {
      expect(codeOf(type, null, fields)).toEqual(['fetch_required', ENTITY]);
      // Its id is left to the full payload of the same event, which else would be a conflict with it.
      expect(eventOf(type, null, fields)).toMatchObject({ eventId: null, type });
    }
  });

  it.each([
    { id: 'tr_1' },
    { id: 'tr_1', resource: 'payment', status: 'paid', amount: money('1.00') },
  ])('a classic webhook, or an entity alone, says not what happened: %j', (body) => {
    expect(eventsOf(mollieProvider, JSON.stringify(body))).toMatchObject([
      // Its id is that of the payment: as an event id it would make one event of all that follow.
      { eventId: null, type: '', meaning: { status: 'quarantined', code: 'fetch_required' } },
    ]);
  });
});

describe('what is quarantined', () => {
  it.each(Object.entries(MOLLIE_STATUSES))('a status of a %s that is not known', (name, known) => {
    const types = [...MOLLIE_EVENT_TYPES.keys()].filter((type) => type.startsWith(`${name}.`));
    expect(types.length).toBeGreaterThan(1);
    for (const type of types) {
      for (const status of ['new', 'constructor', 'PAID']) {
        const entity = { ...entityFor(type), status };
        if (known === null) expect(statementsOf(type, entity)).toHaveLength(1);
        else expect(codeOf(type, entity)).toEqual(['unknown_status', `${ENTITY}.status`]);
      }
      for (const status of known?.keys() ?? []) {
        expect(statementsOf(type, { ...entityFor(type), status })).toHaveLength(1);
      }
    }
  });

  it('a mode that is not known, of every entity', () => {
    for (const type of MOLLIE_EVENT_TYPES.keys()) {
      const entity = { ...entityFor(type), mode: 'sandbox' };
      expect(codeOf(type, entity)).toEqual(['unknown_status', `${ENTITY}.mode`]);
    }
  });

  it('an entity that is not what the type says', () => {
    for (const type of MOLLIE_EVENT_TYPES.keys()) {
      const own = entityFor(type);
      const wrong = ['payment-link', null, 1, ...Object.keys(ENTITIES)];
      for (const resource of wrong.filter((name) => name !== own.resource)) {
        expect(codeOf(type, { ...own, resource })).toEqual([
          'validation_failed',
          `${ENTITY}.resource`,
        ]);
      }
    }
  });

  it.each(['tr_1', [], 1, true])('an entity that is %j', (entity) => {
    expect(codeOf('payment.paid', entity)).toEqual(['validation_failed', ENTITY]);
  });

  it.each<[string, string, object, string[]]>([
    ...['-1.00', '1e2', '', ' 1.00', '1,00', '.5', 49.99, null].map(
      (value): [string, string, object, string[]] => [
        `the amount ${JSON.stringify(value)}`,
        'payment.paid',
        { ...PAYMENT, amount: money(value) },
        ['validation_failed', `${ENTITY}.amount.value`],
      ],
    ),
    [
      'an amount finer than its currency',
      'refund.pending',
      { ...REFUND, amount: money('10.005') },
      ['amount_inexact', `${ENTITY}.amount.value`],
    ],
    [
      'yen with a fraction',
      'payment.paid',
      { ...PAYMENT, amountCaptured: money('5000.50', 'JPY') },
      ['amount_inexact', `${ENTITY}.amountCaptured.value`],
    ],
    [
      'an amount beyond 2^53-1',
      'chargeback.received',
      { ...CHARGEBACK, amount: money('90071992547409.92') },
      ['validation_failed', `${ENTITY}.amount.value`],
    ],
    [
      'a currency that is none',
      'capture.succeeded',
      { ...CAPTURE, amount: money('1.00', 'ZZZ') },
      ['currency_unknown', `${ENTITY}.amount.currency`],
    ],
    [
      'a paid payment without an amount',
      'payment.paid',
      { ...PAYMENT, amount: null },
      ['validation_failed', `${ENTITY}.amount`],
    ],
    [
      'a held payment without an amount',
      'payment.authorized',
      { ...PAYMENT, amount: undefined },
      ['validation_failed', `${ENTITY}.amount`],
    ],
    ...(['capture.failed', 'refund.refunded', 'chargeback.received'] as const).map(
      (type): [string, string, object, string[]] => [
        `${type} of no payment`,
        type,
        { ...entityFor(type), paymentId: null },
        ['validation_failed', `${ENTITY}.paymentId`],
      ],
    ),
    [
      'a refund without an amount',
      'refund.refunded',
      { ...REFUND, amount: undefined },
      ['validation_failed', `${ENTITY}.amount`],
    ],
    ['an id with NUL', 'payment.paid', { ...PAYMENT, id: 'tr\0' }, ['id_invalid', `${ENTITY}.id`]],
    [
      'a reference with half a surrogate pair',
      'payment.paid',
      { ...PAYMENT, metadata: { order_id: '\ud800' } },
      ['id_invalid', `${ENTITY}.metadata.order_id`],
    ],
    [
      'a reference that is an object',
      'payment.paid',
      { ...PAYMENT, metadata: { reference: { id: 1 } } },
      ['validation_failed', `${ENTITY}.metadata.reference`],
    ],
    [
      'a code of a failure that is no string',
      'payment.failed',
      { ...PAYMENT, statusReason: { code: 7 } },
      ['validation_failed', `${ENTITY}.statusReason.code`],
    ],
  ])('%s', (_, type, entity, expected) => {
    expect(codeOf(type, entity)).toEqual(expected);
  });

  it.each([
    [{ id: 7 }, 'id', { eventId: null, type: 'payment.paid', occurredAt: AT }],
    [{ type: null }, 'type', { eventId: 'event_1', type: '', occurredAt: AT }],
    [{ createdAt: '2026-11-24' }, 'createdAt', { eventId: 'event_1', occurredAt: 0 }],
    [{ createdAt: '1960-01-01T00:00:00Z' }, 'createdAt', { occurredAt: 0 }],
    [{ createdAt: undefined }, 'createdAt', { occurredAt: 0 }],
  ])('an envelope with %j', (fields, field, expected) => {
    expect(codeOf('payment.paid', PAYMENT, fields)).toEqual(['validation_failed', field]);
    expect(eventOf('payment.paid', PAYMENT, fields)).toMatchObject(expected);
  });

  it('a body that is nothing of Mollie', () => {
    expect(eventsOf(mollieProvider, '{}')).toMatchObject([
      { eventId: null, meaning: { status: 'quarantined', code: 'validation_failed' } },
    ]);
  });
});

describe('the event', () => {
  it('states its id, type and time, and no account', () => {
    expect(eventOf('payment.paid', PAYMENT)).toMatchObject({
      eventId: 'event_1',
      type: 'payment.paid',
      occurredAt: AT,
      account: null,
    });
  });

  it('F7: is live or a test as its entity says, and a chargeback says neither', () => {
    const livemodeOf = (type: string, entity: unknown) => eventOf(type, entity).livemode;
    for (const type of [...MOLLIE_EVENT_TYPES.keys(), 'payment-link.paid']) {
      expect(livemodeOf(type, { ...entityFor(type), mode: 'live' })).toBe(true);
      expect(livemodeOf(type, { ...entityFor(type), mode: 'test' })).toBe(false);
      expect(livemodeOf(type, { ...entityFor(type), mode: undefined })).toBeNull();
    }
    expect(livemodeOf('chargeback.received', CHARGEBACK)).toBeNull();
    expect(livemodeOf('payment.paid', null)).toBeNull();
    expect(eventOf('payment.paid', null, { _embedded: 'x' }).livemode).toBeNull();
    // Since not each event states it, it is no part of a ref: the chargeback would miss its payment.
    expect(mollieProvider.refScope).toEqual({ account: false, livemode: false });
  });
});

describe('the life of a payment, in every order and with a repetition', () => {
  let events = 0;
  /** Each a second after the one before, under an id of its own. */
  const told = (...steps: [type: string, entity: object][]) =>
    steps.map(([type, entity], index) => {
      events += 1;
      return eventOf(type, entity, {
        id: `event_${events}`,
        createdAt: new Date(NOW + index * 1000).toISOString(),
      });
    });
  const payment = (status: string, fields: object = {}): [string, object] => [
    `payment.${status}`,
    { ...PAYMENT, status, ...fields },
  ];
  const capture = (id: string, value: string, status = 'succeeded'): [string, object] => [
    `capture.${status}`,
    { ...CAPTURE, id, status, amount: money(value) },
  ];
  const refund = (id: string, value: string, status: string): [string, object] => [
    `refund.${status}`,
    { ...REFUND, id, status, amount: money(value) },
  ];
  const chargeback = (type: string): [string, object] => [`chargeback.${type}`, CHARGEBACK];

  function expectPayment(story: readonly PaymentEvent[], expected: Partial<Nameless>) {
    for (const payments of paymentsInEveryOrder(mollieProvider, story)) {
      expect(payments).toMatchObject([expected]);
    }
  }

  it('F1: is not paid before it is told as paid', () => {
    expectPayment(told(payment('pending')), { status: 'pending', amountCaptured: 0n });
    expectPayment(told(payment('pending'), payment('expired')), {
      status: 'expired',
      amountCaptured: 0n,
    });
  });

  it('F3: is captured once, although it is told as paid and as captured', () => {
    const story = told(
      payment('authorized'),
      capture('cpt_1', '49.99'),
      payment('paid', { amountCaptured: money('49.99') }),
    );
    expectPayment(story, {
      status: 'captured',
      currency: 'EUR',
      amountAuthorized: 4999n,
      amountCaptured: 4999n,
      reference: 'order-42',
      refs: ['cpt:cpt_1', 'tr:tr_1'],
      groups: ['order:ord_1', 'subscription:sub_1'],
      livemode: false,
      flags: [],
    });
    expectPayment(told(payment('paid')), { status: 'captured', amountCaptured: 4999n });
  });

  it('F23: is captured in parts, which add up', () => {
    const parts = told(
      payment('authorized'),
      capture('cpt_1', '30.00'),
      payment('paid', { amountCaptured: money('30.00') }),
    );
    expectPayment(parts, { status: 'partially_captured', amountCaptured: 3000n });
    const all = [...told(...[capture('cpt_2', '19.99')]), ...parts];
    expectPayment(all, { status: 'captured', amountCaptured: 4999n, flags: [] });
  });

  it('F6: loses a capture that fails after it succeeded', () => {
    expectPayment(
      told(payment('authorized'), capture('cpt_1', '49.99'), capture('cpt_1', '49.99', 'failed')),
      { status: 'authorized', amountAuthorized: 4999n, amountCaptured: 0n },
    );
  });

  it('is not captured by a capture that failed, however often it is told as held', () => {
    expectPayment(told(payment('authorized'), capture('cpt_1', '49.99', 'failed')), {
      status: 'authorized',
      amountCaptured: 0n,
    });
  });

  it('F4: is refunded by what was refunded, in several refunds; the total it states is not read', () => {
    expectPayment(
      told(
        payment('paid', { amountRefunded: money('49.99') }),
        refund('re_1', '10.00', 'pending'),
        refund('re_1', '10.00', 'refunded'),
        refund('re_2', '5.00', 'refunded'),
        refund('re_3', '7.00', 'queued'),
        refund('re_3', '7.00', 'canceled'),
      ),
      {
        status: 'partially_refunded',
        amountRefunded: 1500n,
        refs: ['re:re_1', 're:re_2', 're:re_3', 'tr:tr_1'],
        flags: [],
      },
    );
  });

  it('keeps its own reference, whatever its captures and refunds are called', () => {
    const story = told(payment('paid'), refund('re_1', '10.00', 'refunded'), capture('cpt_1', '1'));
    expectPayment(story, { reference: 'order-42' });
  });

  it('F25: is told of by a refund alone, where Mollie was switched on late', () => {
    expectPayment(told(refund('re_1', '10.00', 'refunded')), {
      status: 'partially_refunded',
      amountRefunded: 1000n,
      flags: ['missing_parent'],
    });
  });

  it('F22: is charged back at once, gets it back, and can lose it again', () => {
    const lost = { status: 'charged_back', amountChargedBack: 4999n, amountDisputed: 0n } as const;
    expectPayment(told(payment('paid'), chargeback('received')), lost);
    const won = [payment('paid'), chargeback('received'), chargeback('reversed')];
    expectPayment(told(...won), { status: 'captured', amountChargedBack: 0n });
    expectPayment(told(...won, chargeback('received')), lost);
  });

  it('F10: is one of several of an order, which do not join', () => {
    const story = told(payment('paid'), payment('paid', { id: 'tr_2' }), [
      'refund.refunded',
      { ...REFUND, paymentId: 'tr_2', amount: money('49.99') },
    ]);
    for (const payments of paymentsInEveryOrder(mollieProvider, story)) {
      expect(payments.map(({ refs, status }) => [...refs, status]).sort()).toEqual([
        ['re:re_1', 'tr:tr_2', 'refunded'],
        ['tr:tr_1', 'captured'],
      ]);
    }
  });

  const scenarios: [ScenarioName, Partial<Nameless>][] = [
    ['succeeded', { status: 'captured', amountCaptured: 4999n, reference: 'order-u1' }],
    [
      'failed',
      {
        status: 'failed',
        failure: { code: 'insufficient_funds', message: 'Not enough balance' },
        currency: 'XXX',
      },
    ],
    ['authorized-captured', { status: 'captured', amountAuthorized: 4999n }],
    ['voided', { status: 'canceled', amountCaptured: 0n }],
    ['refunded', { status: 'refunded', amountRefunded: 4999n }],
    ['partially-refunded', { status: 'partially_refunded', amountRefunded: 1000n }],
    ['refund-failed', { status: 'captured', amountRefunded: 0n }],
    ['disputed-won', { status: 'captured', amountChargedBack: 0n }],
    ['disputed-lost', { status: 'charged_back', amountChargedBack: 4999n }],
  ];

  it('is played by every scenario', () => {
    expect(Object.keys(mollieProvider.scenarios)).toEqual(scenarios.map(([name]) => name));
  });

  it.each(scenarios)('scenario %s', (name, expected) => {
    const samples = mollieProvider.scenarios[name]?.({
      unique: 'u1',
      now: NOW,
      options: {},
      account: null,
      livemode: true,
    });
    const story = eventsOfSamples(mollieProvider, samples ?? []);
    expectPayment(story, { currency: 'EUR', livemode: true, flags: [], ...expected });
  });
});
