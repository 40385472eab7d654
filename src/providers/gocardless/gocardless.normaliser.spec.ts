import { type Nameless } from '../../payments/testing/partition.js';
import { type PaymentEvent, type ScenarioName } from '../provider.js';
import { eventsOf, eventsOfSamples, paymentsInEveryOrder } from '../testing/stories.js';
import { GOCARDLESS_EVENT_TYPES } from './gocardless.normaliser.js';
import { gocardlessProvider } from './gocardless.provider.js';

const NOW = Date.UTC(2026, 10, 24, 10);
const AT = NOW + 404;

const EVENT = {
  id: 'EV1',
  created_at: '2026-11-24T10:00:00.404Z',
  resource_type: 'payments',
  action: 'confirmed',
  links: { payment: 'PM1', mandate: 'MD1', subscription: 'SB1' },
  details: {
    origin: 'bank',
    cause: 'insufficient_funds',
    description: 'Not enough money',
    scheme: 'bacs',
    reason_code: 'ARUDD-0',
    will_attempt_retry: true,
  },
  metadata: {},
  resource_metadata: { reference: 'order-42' },
};
const REFUND = {
  ...EVENT,
  resource_type: 'refunds',
  links: { refund: 'RF1', payment: 'PM1' },
  resource_metadata: { reference: 'of-the-refund' },
};
const baseOf = (type: string) => (type.startsWith('refunds.') ? REFUND : EVENT);

function eventsIn(...events: unknown[]): PaymentEvent[] {
  return eventsOf(gocardlessProvider, JSON.stringify({ events, meta: { webhook_id: 'WB1' } }));
}

/** The event of a type, which has to be the second of a webhook, so that its place is seen in messages. */
function eventOf(type: string, fields: object = {}): PaymentEvent {
  const [resource_type, action] = type.split('.');
  const [, event, ...more] = eventsIn(EVENT, { ...baseOf(type), resource_type, action, ...fields });
  expect(more).toEqual([]);
  return event!;
}

function statementsOf(type: string, fields: object = {}) {
  const { meaning } = eventOf(type, fields);
  if (meaning.status !== 'applied') throw new Error(JSON.stringify(meaning));
  return meaning.statements;
}

function codeOf(type: string, fields: object = {}) {
  const { meaning } = eventOf(type, fields);
  if (meaning.status !== 'quarantined') throw new Error(JSON.stringify(meaning.status));
  return [meaning.code, ...(meaning.errors ?? []).map(({ field }) => field)];
}

const PAYMENT = {
  key: 'PM1',
  refs: ['pm:PM1'],
  groups: ['mandate:MD1', 'subscription:SB1'],
  reference: 'order-42',
  failure: null,
};
const A = { ...PAYMENT, kind: 'authorization' };
const C = { ...PAYMENT, kind: 'capture' };
const D = { ...PAYMENT, kind: 'dispute' };
const R = {
  kind: 'refund',
  key: 'RF1',
  refs: ['rf:RF1', 'pm:PM1'],
  groups: [],
  reference: null,
  failure: null,
};
const WHY = { code: 'insufficient_funds', message: 'Not enough money' };

/** docs/law.md, row by row: resource type and action, and what they state. */
const TABLE: [type: string, expected: object][] = [
  ['payments.created', { ...C, status: 'pending' }],
  ['payments.customer_approval_granted', { ...C, status: 'pending' }],
  ['payments.submitted', { ...C, status: 'pending' }],
  ['payments.resubmission_requested', { ...C, status: 'pending' }],
  ['payments.confirmed', { ...C, status: 'succeeded' }],
  ['payments.paid_out', { ...C, status: 'succeeded' }],
  ['payments.failed', { ...C, status: 'failed', failure: WHY }],
  ['payments.cancelled', { ...A, status: 'voided' }],
  ['payments.customer_approval_denied', { ...A, status: 'voided' }],
  ['payments.charged_back', { ...D, status: 'lost' }],
  ['payments.chargeback_cancelled', { ...D, status: 'won' }],
  ['refunds.created', { ...R, status: 'pending' }],
  ['refunds.paid', { ...R, status: 'succeeded' }],
  ['refunds.failed', { ...R, status: 'failed' }],
  ['refunds.bounced', { ...R, status: 'failed' }],
  ['refunds.funds_returned', { ...R, status: 'failed' }],
];

describe('the table of event types', () => {
  it('has a row for each type', () => {
    expect(TABLE.map(([type]) => type)).toEqual([...GOCARDLESS_EVENT_TYPES.keys()]);
  });

  it.each(TABLE)('F33: %s, without an amount', (type, expected) => {
    const absent = { amount: null, currency: null, final: false, implied: false };
    expect(statementsOf(type)).toEqual([
      expect.objectContaining({ at: AT, ...absent, ...expected }),
    ]);
  });

  it('states no amount, not even where an event names one', () => {
    const details = { ...EVENT.details, amount: '49.99', currency: 'EUR' };
    for (const [type] of TABLE) {
      for (const s of statementsOf(type, { amount: 4999, currency: 'EUR', details })) {
        expect(s).toMatchObject({ amount: null, currency: null });
      }
    }
  });

  it.each([
    'payments.chargeback_settled',
    'payments.late_failure_settled',
    'payments.surcharge_fee_debited',
    'payments.sds_settlement_delayed',
    'refunds.refund_settled',
    'mandates.active',
    'mandates.cancelled',
    'subscriptions.payment_created',
    'billing_requests.fulfilled',
    'instalment_schedules.completed',
    'payouts.paid',
    'outbound_payments.executed',
    'creditors.updated',
    'payments.new',
    'new.created',
    'constructor.name',
  ])('F15: ignores %s, whatever it holds', (type) => {
    expect(eventOf(type).meaning).toEqual({ status: 'ignored' });
    expect(eventOf(type, { links: null, details: 7 }).meaning).toEqual({ status: 'ignored' });
  });
});

describe('a payment', () => {
  it('is in the groups that it states', () => {
    const links = { payment: 'PM1', instalment_schedule: 'IS1', billing_request: 'BRQ1' };
    expect(statementsOf('payments.created', { links })).toMatchObject([
      { groups: ['instalment_schedule:IS1', 'billing_request:BRQ1'] },
    ]);
    const alone = { payment: 'PM1', mandate: null, payout: 'PO1', parent_event: 'EV0' };
    expect(statementsOf('payments.created', { links: alone })).toMatchObject([{ groups: [] }]);
  });

  it.each<[object, string | null]>([
    [{ resource_metadata: { reference: 'own' }, metadata: { reference: 'of the event' } }, 'own'],
    [{ resource_metadata: {}, metadata: { reference: 'of the event' } }, 'of the event'],
    [{ resource_metadata: null, metadata: { reference: 'of the event' } }, 'of the event'],
    [{ resource_metadata: { reference: '' }, metadata: {} }, null],
    [{ resource_metadata: { order_id: 'a' }, metadata: { order_id: 'b' } }, null],
    [{ resource_metadata: undefined, metadata: undefined }, null],
  ])('with %j has the reference %j', (fields, reference) => {
    expect(statementsOf('payments.created', fields)).toMatchObject([{ reference }]);
  });

  it.each<[unknown, object | null]>([
    [null, null],
    [undefined, null],
    [{}, null],
    [{ cause: 'refer_to_payer' }, { code: 'refer_to_payer', message: null }],
    [{ description: 'No' }, { code: null, message: 'No' }],
    [{ reason_code: 'AM04' }, null],
  ])('that failed with the details %j says why: %j', (details, failure) => {
    expect(statementsOf('payments.failed', { details })).toMatchObject([{ failure }]);
  });
});

describe('a refund', () => {
  it.each([
    [{ refund: 'RF1', payment: 'PM1' }, ['rf:RF1', 'pm:PM1'], []],
    [{ refund: 'RF1' }, ['rf:RF1'], []],
    [{ refund: 'RF1', payment: null, mandate: 'MD1' }, ['rf:RF1'], ['mandate:MD1']],
  ])('with the links %j has the refs %j', (links, refs, groups) => {
    expect(statementsOf('refunds.paid', { links })).toMatchObject([{ key: 'RF1', refs, groups }]);
  });
});

describe('what is quarantined', () => {
  it.each<[string, string, object, string[]]>([
    [
      'an event about no payment',
      'payments.confirmed',
      { links: { mandate: 'MD1' } },
      ['no_ref', 'events.1.links.payment'],
    ],
    [
      'a chargeback of no payment',
      'payments.charged_back',
      { links: { payment: null } },
      ['no_ref', 'events.1.links.payment'],
    ],
    [
      'an event about no refund',
      'refunds.paid',
      { links: { payment: 'PM1' } },
      ['no_ref', 'events.1.links.refund'],
    ],
    [
      'an event without links',
      'payments.confirmed',
      { links: undefined },
      ['validation_failed', 'events.1.links'],
    ],
    [
      'links that are a list',
      'refunds.paid',
      { links: ['RF1'] },
      ['validation_failed', 'events.1.links'],
    ],
    [
      'a link that is a list',
      'payments.confirmed',
      { links: { payment: ['PM1'] } },
      ['validation_failed', 'events.1.links.payment'],
    ],
    [
      'an empty link',
      'payments.confirmed',
      { links: { payment: '' } },
      ['validation_failed', 'events.1.links.payment'],
    ],
    [
      'a link with NUL',
      'payments.confirmed',
      { links: { payment: 'PM\0' } },
      ['id_invalid', 'events.1.links.payment'],
    ],
    [
      'a reference with half a surrogate pair',
      'payments.confirmed',
      { resource_metadata: { reference: '\ud800' } },
      ['id_invalid', 'events.1.resource_metadata.reference'],
    ],
    [
      'a reference that is an object',
      'payments.confirmed',
      { resource_metadata: {}, metadata: { reference: {} } },
      ['validation_failed', 'events.1.metadata.reference'],
    ],
    [
      'a cause that is no string',
      'payments.failed',
      { details: { cause: 7 } },
      ['validation_failed', 'events.1.details.cause'],
    ],
    ['no id', 'payments.confirmed', { id: undefined }, ['validation_failed', 'events.1.id']],
    [
      'no time',
      'payments.confirmed',
      { created_at: null },
      ['validation_failed', 'events.1.created_at'],
    ],
    [
      'a time without a zone',
      'mandates.active',
      { created_at: '2026-11-24T10:00:00' },
      ['validation_failed', 'events.1.created_at'],
    ],
    ['no action', 'payments.confirmed', { action: null }, ['validation_failed', 'events.1.action']],
    [
      'no resource type',
      'payments.confirmed',
      { resource_type: 1 },
      ['validation_failed', 'events.1.resource_type'],
    ],
  ])('%s', (_, type, fields, expected) => {
    expect(codeOf(type, fields)).toEqual(expected);
  });

  it.each<[unknown]>([[undefined], [null], [[]], [{}], [EVENT], ['EV1']])(
    'a webhook whose events are %j',
    (events) => {
      expect(eventsOf(gocardlessProvider, JSON.stringify({ events }))).toMatchObject([
        {
          eventId: null,
          type: '',
          occurredAt: 0,
          meaning: { code: 'validation_failed', errors: [{ field: 'events' }] },
        },
      ]);
    },
  );

  it('one event of many, and the others are as they would be without it', () => {
    const good = [EVENT, { ...EVENT, id: 'EV3', links: { payment: 'PM3' } }];
    for (const [bad, field] of [
      [null, 'events.1'],
      ['EV2', 'events.1'],
      [[], 'events.1'],
      [{ ...EVENT, id: 'EV2', links: null }, 'events.1.links'],
    ]) {
      const [first, second, third] = eventsIn(good[0], bad, good[1]);
      expect([first, third]).toEqual(eventsIn(...good));
      expect(second?.meaning).toMatchObject({
        status: 'quarantined',
        code: 'validation_failed',
        errors: [{ field }],
      });
    }
  });
});

describe('the events of a webhook', () => {
  it('are up to 250, each with its own id, in their order', () => {
    const many = Array.from({ length: 250 }, (_, index) => ({
      ...EVENT,
      id: `EV${index}`,
      links: { payment: `PM${index}` },
    }));
    const events = eventsIn(...many);
    expect(events.map(({ eventId }) => eventId)).toEqual(many.map(({ id }) => id));
    expect(
      events.flatMap(({ meaning }) => ('statements' in meaning ? meaning.statements : [])),
    ).toMatchObject(many.map(({ links }) => ({ key: links.payment })));
  });

  it('state id, type and time, no mode, and the account where a partner needs it', () => {
    expect(eventOf('payments.confirmed')).toMatchObject({
      eventId: 'EV1',
      type: 'payments.confirmed',
      occurredAt: AT,
      account: null,
      livemode: null,
    });
    const links = { ...EVENT.links, organisation: 'OR1' };
    expect(eventOf('payments.confirmed', { links }).account).toBe('OR1');
    expect(eventOf('mandates.active', { links }).account).toBe('OR1');
    expect(gocardlessProvider.refScope).toEqual({ account: false, livemode: false });
  });
});

describe('the life of a payment, in every order and with a repetition', () => {
  let events = 0;
  /** Each a second after the one before, under an id of its own. */
  const told = (...steps: (string | [type: string, fields: object])[]) =>
    steps.map((step, index) => {
      const [type, fields] = typeof step === 'string' ? [step, {}] : step;
      events += 1;
      return eventOf(type, {
        id: `EV${events}`,
        created_at: new Date(NOW + index * 1000).toISOString(),
        ...fields,
      });
    });

  function expectPayment(story: readonly PaymentEvent[], expected: Partial<Nameless>) {
    for (const payments of paymentsInEveryOrder(gocardlessProvider, story)) {
      expect(payments).toMatchObject([expected]);
    }
  }

  const NOTHING_KNOWN = { currency: 'XXX', amountCaptured: 0n, flags: ['amount_unknown'] } as const;

  it('F33: has a status and no sums', () => {
    expectPayment(told('payments.created', 'payments.submitted'), {
      status: 'pending',
      amountCaptured: 0n,
      flags: [],
    });
    expectPayment(
      told('payments.created', 'payments.submitted', 'payments.confirmed', 'payments.paid_out'),
      {
        status: 'captured',
        ...NOTHING_KNOWN,
        amountAuthorized: 0n,
        reference: 'order-42',
        refs: ['pm:PM1'],
        groups: ['mandate:MD1', 'subscription:SB1'],
      },
    );
  });

  it('F6: fails late, days after it was confirmed', () => {
    expectPayment(told('payments.created', 'payments.confirmed', 'payments.failed'), {
      status: 'failed',
      failure: WHY,
    });
    expectPayment(
      told('payments.confirmed', 'payments.paid_out', 'payments.failed', [
        'payments.late_failure_settled',
        {},
      ]),
      { status: 'failed' },
    );
  });

  it('F6: is tried again after it failed, and then arrives', () => {
    const again = ['payments.submitted', 'payments.failed', 'payments.resubmission_requested'];
    expectPayment(told(...again), { status: 'pending', failure: null });
    expectPayment(told(...again, 'payments.confirmed'), { status: 'captured', failure: null });
  });

  it('is canceled before it is collected, by the merchant or by the customer', () => {
    expectPayment(told('payments.created', 'payments.cancelled'), { status: 'canceled' });
    expectPayment(told('payments.created', 'payments.customer_approval_denied'), {
      status: 'canceled',
    });
  });

  it('is refunded by an amount that nobody knows, so never in full', () => {
    const confirmed = ['payments.created', 'payments.confirmed'];
    expectPayment(told(...confirmed, 'refunds.created'), { status: 'captured' });
    expectPayment(told(...confirmed, 'refunds.created', 'refunds.paid'), {
      status: 'partially_refunded',
      amountRefunded: 0n,
      refs: ['pm:PM1', 'rf:RF1'],
      reference: 'order-42',
      flags: ['amount_unknown'],
    });
    for (const back of ['refunds.failed', 'refunds.bounced', 'refunds.funds_returned']) {
      expectPayment(told(...confirmed, 'refunds.created', 'refunds.paid', back), {
        status: 'captured',
      });
    }
  });

  it('F33: meets a refund that names only itself once an event names both', () => {
    const alone: [string, object] = ['refunds.paid', { links: { refund: 'RF1' } }];
    const story = told('payments.confirmed', alone);
    for (const payments of paymentsInEveryOrder(gocardlessProvider, story)) {
      expect(payments.map(({ refs, status }) => [...refs, status]).sort()).toEqual([
        ['pm:PM1', 'captured'],
        ['rf:RF1', 'partially_refunded'],
      ]);
    }
    expectPayment(told('payments.confirmed', 'refunds.created', alone), {
      status: 'partially_refunded',
      refs: ['pm:PM1', 'rf:RF1'],
    });
  });

  it('F25: is told of by a refund alone, where GoCardless was switched on late', () => {
    expectPayment(told('refunds.paid'), {
      status: 'partially_refunded',
      flags: ['amount_unknown', 'missing_parent'],
    });
  });

  it('F22: is charged back at once, gets it back, and can lose it again', () => {
    const lost = ['payments.confirmed', 'payments.charged_back'];
    expectPayment(told(...lost), { status: 'charged_back' });
    expectPayment(told(...lost, 'payments.chargeback_settled'), { status: 'charged_back' });
    const won = [...lost, 'payments.chargeback_cancelled'];
    expectPayment(told(...won), { status: 'captured' });
    expectPayment(told(...won, 'payments.charged_back'), { status: 'charged_back' });
  });

  it('F10: is one of several of a mandate and a subscription, which do not join', () => {
    const other = { payment: 'PM2', mandate: 'MD1', subscription: 'SB1' };
    const story = told('payments.confirmed', ['payments.failed', { links: other }]);
    for (const payments of paymentsInEveryOrder(gocardlessProvider, story)) {
      expect(payments.map(({ refs, status }) => [...refs, status]).sort()).toEqual([
        ['pm:PM1', 'captured'],
        ['pm:PM2', 'failed'],
      ]);
    }
  });

  const unknown = { flags: ['amount_unknown'] } as const;
  const scenarios: [ScenarioName, Partial<Nameless>][] = [
    ['succeeded', { status: 'captured', reference: 'order-u1', ...unknown }],
    [
      'failed',
      {
        status: 'failed',
        failure: {
          code: 'insufficient_funds',
          message: "The customer's account had insufficient funds to make this payment.",
        },
        flags: [],
      },
    ],
    ['voided', { status: 'canceled', flags: [] }],
    ['partially-refunded', { status: 'partially_refunded', ...unknown }],
    ['refund-failed', { status: 'captured', ...unknown }],
    ['disputed-won', { status: 'captured', ...unknown }],
    ['disputed-lost', { status: 'charged_back', ...unknown }],
  ];

  it('is played by every scenario that exists there', () => {
    expect(Object.keys(gocardlessProvider.scenarios)).toEqual(scenarios.map(([name]) => name));
  });

  it.each(scenarios)('scenario %s', (name, expected) => {
    const samples = gocardlessProvider.scenarios[name]?.({
      unique: 'u1',
      now: NOW,
      options: {},
      account: 'OR1',
      livemode: false,
    });
    const story = eventsOfSamples(gocardlessProvider, samples ?? []);
    expect(story.map(({ account }) => account)).toEqual(story.map(() => 'OR1'));
    expectPayment(story, { ...expected, currency: 'XXX', account: 'OR1' });
  });
});
