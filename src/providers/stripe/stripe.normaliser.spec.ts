import { JsonNumber, type JsonObject, type JsonValue } from '../../json/json.js';
import { type Nameless } from '../../payments/testing/partition.js';
import { type PaymentEvent } from '../provider.js';
import { paymentsInEveryOrder } from '../testing/stories.js';
import {
  normaliseStripe,
  STRIPE_DISPUTE_STATUSES,
  STRIPE_EXPONENTS,
  STRIPE_REFUND_STATUSES,
} from './stripe.normaliser.js';
import { stripeProvider } from './stripe.provider.js';

const NOW = Date.UTC(2026, 10, 24, 10);
const SECONDS = NOW / 1000;

/** Numbers become what readJson makes of them. */
function json(value: unknown): JsonValue {
  if (typeof value === 'number' || typeof value === 'bigint') return new JsonNumber(String(value));
  if (Array.isArray(value)) return value.map(json);
  if (value === null || typeof value !== 'object' || value instanceof JsonNumber) {
    return value as JsonValue;
  }
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, json(v)]));
}

function eventOf(type: string, object: unknown, fields: object = {}, options = {}): PaymentEvent {
  const event = {
    id: 'evt_1',
    object: 'event',
    created: SECONDS,
    livemode: false,
    type,
    data: { object },
    ...fields,
  };
  const events = normaliseStripe(json(event) as JsonObject, {
    options,
    headers: {},
    body: Buffer.alloc(0),
    bodySha256: '0'.repeat(64),
  });
  expect(events).toHaveLength(1);
  return events[0] as PaymentEvent;
}

function statementsOf(type: string, object: unknown, options = {}) {
  const { meaning } = eventOf(type, object, {}, options);
  if (meaning.status !== 'applied') throw new Error(JSON.stringify(meaning));
  return meaning.statements;
}

function codeOf(type: string, object: unknown, fields: object = {}) {
  const { meaning } = eventOf(type, object, fields);
  if (meaning.status !== 'quarantined') throw new Error(JSON.stringify(meaning.status));
  return [meaning.code, ...(meaning.errors ?? []).map((error) => error.field)];
}

const INTENT = {
  id: 'pi_1',
  object: 'payment_intent',
  amount: 10000,
  amount_capturable: 0,
  amount_received: 0,
  currency: 'eur',
  status: 'requires_payment_method',
};
const CHARGE = {
  id: 'ch_1',
  object: 'charge',
  amount: 10000,
  amount_captured: 10000,
  amount_refunded: 0,
  captured: true,
  currency: 'eur',
  payment_intent: 'pi_1',
  refunded: false,
  status: 'succeeded',
};
const REFUND = {
  id: 're_1',
  object: 'refund',
  amount: 3000,
  charge: 'ch_1',
  created: SECONDS - 60,
  currency: 'eur',
  payment_intent: 'pi_1',
  reason: null,
  status: 'succeeded',
};
const DISPUTE = {
  id: 'dp_1',
  object: 'dispute',
  amount: 10000,
  charge: 'ch_1',
  currency: 'eur',
  payment_intent: 'pi_1',
  status: 'needs_response',
};

const eur = (amount: bigint) => ({ amount, currency: 'EUR' });
const NONE = { amount: null, currency: null };
const A = { kind: 'authorization', key: 'pi_1' };
const C = { kind: 'capture', key: 'pi_1', status: 'succeeded' };
const T = { kind: 'refund_total', key: 'ch_1', status: 'stated' };

describe('payment intents', () => {
  const error = {
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
  };
  const failure = { code: 'card_declined', message: 'Your card has insufficient funds.' };
  const partly = { status: 'requires_capture', amount_capturable: 4000, amount_received: 6000 };

  it.each<[string, object, object[]]>([
    ['created', {}, [{ ...A, status: 'pending', ...eur(10000n) }]],
    [
      'requires_action',
      { status: 'requires_action' },
      [{ ...A, status: 'pending', ...eur(10000n) }],
    ],
    ['processing', { status: 'processing' }, [{ ...A, status: 'pending', ...eur(10000n) }]],
    [
      'partially_funded',
      { status: 'requires_action' },
      [{ ...A, status: 'pending', ...eur(10000n) }],
    ],
    [
      'payment_failed',
      { last_payment_error: error },
      [{ ...A, status: 'failed', ...NONE, failure }],
    ],
    ['payment_failed', {}, [{ ...A, status: 'failed', failure: null }]],
    [
      'amount_capturable_updated',
      { status: 'requires_capture', amount_capturable: 10000 },
      [{ ...A, status: 'authorized', ...eur(10000n) }],
    ],
    [
      'amount_capturable_updated',
      partly,
      [
        { ...A, status: 'authorized', ...eur(10000n) },
        { ...C, ...eur(6000n), final: false },
      ],
    ],
    // After the capture of a part, and after a cancel: no smaller authorization.
    [
      'amount_capturable_updated',
      { status: 'succeeded', amount_received: 6000 },
      [{ ...C, ...eur(6000n), final: true }],
    ],
    [
      'amount_capturable_updated',
      { status: 'canceled', cancellation_reason: 'automatic' },
      [{ ...A, status: 'expired' }],
    ],
    [
      'amount_capturable_updated',
      { last_payment_error: error },
      [{ ...A, status: 'failed', failure }],
    ],
    ['amount_capturable_updated', {}, [{ ...A, status: 'pending' }]],
    ...['requires_confirmation', 'requires_action', 'processing'].map(
      (status): [string, object, object[]] => [
        'amount_capturable_updated',
        { status },
        [{ ...A, status: 'pending', ...eur(10000n) }],
      ],
    ),
    [
      'succeeded',
      { status: 'succeeded', amount_received: 10000 },
      [{ ...C, ...eur(10000n), final: true }],
    ],
    ['canceled', { status: 'canceled' }, [{ ...A, status: 'voided', ...NONE }]],
    [
      'canceled',
      { status: 'canceled', cancellation_reason: 'abandoned' },
      [{ ...A, status: 'voided' }],
    ],
    [
      'canceled',
      { status: 'canceled', cancellation_reason: 'expired' },
      [{ ...A, status: 'expired' }],
    ],
    // F38: nobody canceled it.
    [
      'canceled',
      { status: 'canceled', cancellation_reason: 'automatic' },
      [{ ...A, status: 'expired' }],
    ],
    [
      'canceled',
      { status: 'canceled', amount_received: 6000 },
      [
        { ...A, status: 'voided' },
        { ...C, ...eur(6000n) },
      ],
    ],
  ])('%s %j', (type, fields, expected) => {
    const statements = statementsOf(`payment_intent.${type}`, { ...INTENT, ...fields });
    expect(statements).toMatchObject(expected);
    expect(statements).toHaveLength(expected.length);
    for (const s of statements) expect(s).toMatchObject({ at: NOW, refs: ['pi:pi_1'] });
  });

  it('are joined with their charge', () => {
    const object = { ...INTENT, latest_charge: 'ch_2' };
    expect(statementsOf('payment_intent.created', object)[0]?.refs).toEqual(['pi:pi_1', 'ch:ch_2']);
  });
});

describe('charges', () => {
  const uncaptured = { captured: false, amount_captured: 0 };
  const declined = { status: 'failed', failure_code: 'card_declined', failure_message: 'No.' };

  it.each<[string, object, object[]]>([
    ['pending', { status: 'pending' }, [{ ...A, status: 'pending' }]],
    [
      'failed',
      { ...uncaptured, ...declined },
      [{ ...A, status: 'failed', failure: { code: 'card_declined', message: 'No.' } }],
    ],
    ['expired', uncaptured, [{ ...A, status: 'expired' }]],
    ['succeeded', { status: 'pending' }, [{ ...A, status: 'pending' }]],
    ['updated', { ...uncaptured, ...declined }, [{ ...A, status: 'failed' }]],
    ['succeeded', uncaptured, [{ ...A, status: 'authorized', ...eur(10000n) }]],
    // Cancelled, not refunded: nothing was taken.
    [
      'refunded',
      { ...uncaptured, refunded: true, amount_refunded: 10000 },
      [{ ...A, status: 'voided', ...NONE }],
    ],
    [
      'succeeded',
      {},
      [
        { ...C, ...eur(10000n), releaseAmount: 0n, final: false },
        { ...T, ...eur(0n) },
      ],
    ],
    // 60 of 100 captured: the 40 that Stripe counts as refunded were never taken.
    [
      'captured',
      { amount_captured: 6000, amount_refunded: 4000 },
      [
        { ...C, ...eur(6000n), releaseAmount: 4000n },
        { ...T, ...eur(0n) },
      ],
    ],
    [
      'refunded',
      { amount_captured: 6000, amount_refunded: 5500 },
      [
        { ...C, ...eur(6000n), releaseAmount: 4000n },
        { ...T, ...eur(1500n) },
      ],
    ],
    [
      'refunded',
      { amount_refunded: 3000 },
      [{ ...C }, { ...T, ...eur(3000n), groups: [], reference: null }],
    ],
    [
      'refunded',
      { amount_refunded: 10000, refunded: true },
      [
        { ...C, ...eur(10000n) },
        { ...T, ...eur(10000n) },
      ],
    ],
    // A tip: more was captured than authorized.
    [
      'captured',
      { amount_captured: 11500 },
      [
        { ...C, ...eur(11500n), releaseAmount: 0n },
        { ...T, ...eur(0n) },
      ],
    ],
    // A multicapture that is still open: amount_refunded lacks what is held.
    [
      'updated',
      { amount_captured: 6000 },
      [
        { ...C, releaseAmount: 4000n },
        { ...T, ...eur(0n) },
      ],
    ],
  ])('%s %j', (type, fields, expected) => {
    const statements = statementsOf(`charge.${type}`, { ...CHARGE, ...fields });
    expect(statements).toMatchObject(expected);
    expect(statements).toHaveLength(expected.length);
    for (const s of statements) expect(s).toMatchObject({ at: NOW, refs: ['ch:ch_1', 'pi:pi_1'] });
  });

  it('without an intent speak under their own id', () => {
    const [capture, total] = statementsOf('charge.succeeded', { ...CHARGE, payment_intent: null });
    expect(capture).toMatchObject({ key: 'ch_1', refs: ['ch:ch_1'] });
    expect(total).toMatchObject({ key: 'ch_1', refs: ['ch:ch_1'] });
  });
});

describe('refunds', () => {
  const types = ['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated'];

  const statuses = {
    pending: 'pending',
    requires_action: 'pending',
    succeeded: 'succeeded',
    failed: 'failed',
    canceled: 'failed',
  };

  it('the table below has every status', () => {
    expect([...STRIPE_REFUND_STATUSES.keys()].sort()).toEqual(Object.keys(statuses).sort());
  });

  it.each(types.flatMap((type) => Object.entries(statuses).map((row) => [type, ...row] as const)))(
    '%s with status %s: %s',
    (type, status, expected) => {
      expect(statementsOf(type, { ...REFUND, status })).toMatchObject([
        {
          kind: 'refund',
          key: 're_1',
          status: expected,
          ...eur(3000n),
          at: NOW,
          born: NOW - 60_000,
          release: false,
          refs: ['re:re_1', 'ch:ch_1', 'pi:pi_1'],
          reference: null,
        },
      ]);
    },
  );

  it('of an authorization that ran out are releases', () => {
    const object = { ...REFUND, reason: 'expired_uncaptured_charge' };
    expect(statementsOf('refund.created', object)).toMatchObject([{ release: true }]);
  });

  it('say why they failed', () => {
    const object = { ...REFUND, status: 'failed', failure_reason: 'lost_or_stolen_card' };
    expect(statementsOf('refund.failed', object)).toMatchObject([
      { failure: { code: 'lost_or_stolen_card', message: null } },
    ]);
  });

  it('without charge and intent stand alone', () => {
    const object = { ...REFUND, charge: null, payment_intent: null };
    expect(statementsOf('refund.created', object)).toMatchObject([{ refs: ['re:re_1'] }]);
  });
});

describe('disputes', () => {
  const types = ['created', 'updated', 'closed', 'funds_withdrawn', 'funds_reinstated'];

  const statuses = {
    // F9: a question, for which no money has moved.
    warning_needs_response: 'inquiry',
    warning_under_review: 'inquiry',
    warning_closed: 'inquiry',
    prevented: 'inquiry',
    needs_response: 'open',
    under_review: 'open',
    appeal_needs_response: 'open',
    appeal_under_review: 'open',
    won: 'won',
    lost: 'lost',
  };

  it('the table below has every status', () => {
    expect([...STRIPE_DISPUTE_STATUSES.keys()].sort()).toEqual(Object.keys(statuses).sort());
  });

  it.each(types.flatMap((type) => Object.entries(statuses).map((row) => [type, ...row] as const)))(
    '%s with status %s: %s',
    (type, status, expected) => {
      expect(statementsOf(`charge.dispute.${type}`, { ...DISPUTE, status })).toMatchObject([
        {
          kind: 'dispute',
          key: 'dp_1',
          status: expected,
          ...eur(10000n),
          at: NOW,
          refs: ['dp:dp_1', 'ch:ch_1', 'pi:pi_1'],
          reference: null,
        },
      ]);
    },
  );
});

describe('what they have in common', () => {
  it('expanded objects count as their ids', () => {
    const object = {
      ...CHARGE,
      payment_intent: INTENT,
      invoice: { id: 'in_1', object: 'invoice' },
    };
    expect(statementsOf('charge.succeeded', object)[0]).toMatchObject({
      key: 'pi_1',
      refs: ['ch:ch_1', 'pi:pi_1'],
      groups: ['invoice:in_1'],
    });
    expect(codeOf('charge.succeeded', { ...CHARGE, payment_intent: {} })).toEqual([
      'validation_failed',
      'data.object.payment_intent',
    ]);
  });

  it('what may hold several payments is a group', () => {
    const object = { ...INTENT, invoice: 'in_1', transfer_group: 'ORDER10' };
    expect(statementsOf('payment_intent.created', object)[0]).toMatchObject({
      refs: ['pi:pi_1'],
      groups: ['invoice:in_1', 'transfer_group:ORDER10'],
    });
  });

  it.each<[object, object, string | null]>([
    [{}, {}, null],
    [{ reference: 'a', order_id: 'b' }, {}, 'a'],
    [{ order_id: 'b' }, {}, 'b'],
    [{ reference: '', order_id: 'b' }, {}, 'b'],
    [{ reference: '', order_id: '' }, {}, null],
    [{ reference: 'a', cart: 'c' }, { referenceKey: 'cart' }, 'c'],
    [{ reference: 'a' }, { referenceKey: 'cart' }, null],
    [{ reference: 'a' }, { referenceKey: 'constructor' }, null],
  ])('metadata %j with options %j has the reference %j', (metadata, options, expected) => {
    const [said] = statementsOf('payment_intent.created', { ...INTENT, metadata }, options);
    expect(said?.reference).toBe(expected);
  });

  it.each([
    ['isk', 50000, 500n],
    ['ugx', 50000, 500n],
    ['mga', 5000, 500000n],
    ['jpy', 5000, 5000n],
    ['kwd', 5000, 5000n],
    ['usd', 5000, 5000n],
    ['usd', Number.MAX_SAFE_INTEGER, BigInt(Number.MAX_SAFE_INTEGER)],
  ])('%s %i is %s in ISO minor units', (currency, amount, expected) => {
    expect(
      statementsOf('payment_intent.created', { ...INTENT, currency, amount })[0],
    ).toMatchObject({ amount: expected, currency: currency.toUpperCase() });
  });

  it('has zero decimals where Stripe does', () => {
    // https://docs.stripe.com/currencies#zero-decimal; UGX and ISK are sent with two, see there.
    const zeroDecimal = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' ');
    for (const currency of zeroDecimal) {
      const [said] = statementsOf('payment_intent.created', { ...INTENT, currency, amount: 1 });
      expect([currency, said?.amount]).toEqual([currency, currency === 'MGA' ? 100n : 1n]);
    }
    expect(Object.keys(STRIPE_EXPONENTS)).toEqual(['ISK', 'MGA', 'UGX']);
  });
});

describe('what is quarantined', () => {
  it.each<[string, string, object, unknown[]]>([
    [
      'an amount that ISO cannot express',
      'payment_intent.created',
      { ...INTENT, currency: 'ugx', amount: 150 },
      ['amount_inexact', 'data.object.amount'],
    ],
    [
      'a currency that is none',
      'payment_intent.created',
      { ...INTENT, currency: 'zzz' },
      ['currency_unknown', 'data.object.currency'],
    ],
    [
      'a negative amount',
      'payment_intent.created',
      { ...INTENT, amount: -1 },
      ['validation_failed', 'data.object.amount'],
    ],
    [
      'a fraction',
      'payment_intent.created',
      { ...INTENT, amount: 1.5 },
      ['validation_failed', 'data.object.amount'],
    ],
    [
      'an amount beyond 2^53-1',
      'payment_intent.created',
      { ...INTENT, amount: 9007199254740992n },
      ['number_out_of_range', 'data.object.amount'],
    ],
    [
      'an unknown status of an intent',
      'payment_intent.created',
      { ...INTENT, status: 'new' },
      ['unknown_status', 'data.object.status'],
    ],
    [
      'a name of every object as status',
      'payment_intent.created',
      { ...INTENT, status: 'constructor' },
      ['unknown_status', 'data.object.status'],
    ],
    [
      'an unknown reason of a cancel',
      'payment_intent.canceled',
      { ...INTENT, status: 'canceled', cancellation_reason: 'new' },
      ['unknown_status', 'data.object.cancellation_reason'],
    ],
    [
      'an unknown status of a charge',
      'charge.expired',
      { ...CHARGE, status: 'new' },
      ['unknown_status', 'data.object.status'],
    ],
    [
      'an unknown status of a refund',
      'refund.updated',
      { ...REFUND, status: 'new' },
      ['unknown_status', 'data.object.status'],
    ],
    [
      'an unknown status of a dispute',
      'charge.dispute.updated',
      { ...DISPUTE, status: 'new' },
      ['unknown_status', 'data.object.status'],
    ],
    ['an object of another kind', 'charge.succeeded', INTENT, ['validation_failed']],
    [
      'an id with NUL',
      'charge.succeeded',
      { ...CHARGE, id: 'ch\0' },
      ['id_invalid', 'data.object.id'],
    ],
    [
      'a reference with half a surrogate pair',
      'charge.succeeded',
      { ...CHARGE, metadata: { order_id: '\ud800' } },
      ['id_invalid', 'data.object.metadata.order_id'],
    ],
    [
      'a failure code with NUL',
      'charge.failed',
      { ...CHARGE, failure_code: '\0' },
      ['id_invalid', 'data.object.failure_code'],
    ],
  ])('%s', (_, type, object, expected) => {
    expect(codeOf(type, object).slice(0, expected.length)).toEqual(expected);
  });

  it.each([undefined, null, 'ch_1', [], 1])('data.object %j', (object) => {
    expect(codeOf('charge.succeeded', object)).toEqual(['validation_failed', 'data.object']);
  });

  it.each([
    [{ id: 7 }, 'id', { eventId: null, type: 'charge.succeeded', livemode: false }],
    [{ created: '2026-11-24' }, 'created', { eventId: 'evt_1', occurredAt: 0 }],
    [{ livemode: 'false' }, 'livemode', { eventId: 'evt_1', livemode: null }],
    [{ type: null }, 'type', { eventId: 'evt_1', type: '' }],
    [{ object: 'list' }, 'object', { eventId: 'evt_1' }],
    [{ account: 1 }, 'account', { eventId: 'evt_1', account: null }],
  ])('an envelope with %j', (fields, field, expected) => {
    expect(codeOf('charge.succeeded', CHARGE, fields)).toEqual(['validation_failed', field]);
    expect(eventOf('charge.succeeded', CHARGE, fields)).toMatchObject(expected);
  });

  it('never for the message of a failure, which is cleaned and cut', () => {
    const failure_message = `\0${'x'.repeat(600)}`;
    expect(
      statementsOf('charge.failed', { ...CHARGE, status: 'failed', failure_message }),
    ).toMatchObject([{ failure: { code: null, message: 'x'.repeat(500) } }]);
  });
});

describe('the event', () => {
  it('states its id, type, time, account and mode', () => {
    const fields = { account: 'acct_1', livemode: true };
    expect(eventOf('charge.succeeded', CHARGE, fields)).toMatchObject({
      eventId: 'evt_1',
      type: 'charge.succeeded',
      occurredAt: NOW,
      account: 'acct_1',
      livemode: true,
    });
    expect(eventOf('charge.succeeded', CHARGE).account).toBeNull();
  });

  it('of a type that moves no payment is ignored, whatever it holds', () => {
    for (const type of [
      'checkout.session.completed',
      'invoice.paid',
      'invoice_payment.paid',
      'setup_intent.succeeded',
      // F9: warnings of fraud.
      'radar.early_fraud_warning.created',
      'review.opened',
      // F15: they look like payments.
      'payout.paid',
      'transfer.created',
      'new.type',
      'constructor',
    ]) {
      expect(eventOf(type, null).meaning).toEqual({ status: 'ignored' });
      expect(eventOf(type, INTENT).meaning).toEqual({ status: 'ignored' });
    }
  });

  it('in its thin form is ignored', () => {
    const thin = {
      id: 'evt_thin_1',
      object: 'v2.core.event',
      type: 'v1.billing.meter.error_report_triggered',
      created: '2026-11-24T10:00:00.000Z',
      livemode: true,
      context: null,
      related_object: { id: 'mtr_1', type: 'billing.meter', url: '/v1/billing/meters/mtr_1' },
    };
    expect(
      normaliseStripe(thin, {
        options: {},
        headers: {},
        body: Buffer.alloc(0),
        bodySha256: '0'.repeat(64),
      }),
    ).toEqual([
      {
        eventId: 'evt_thin_1',
        type: 'v1.billing.meter.error_report_triggered',
        occurredAt: NOW,
        account: null,
        livemode: true,
        meaning: { status: 'ignored' },
      },
    ]);
  });
});

describe('the life of a payment, in every order and with a repetition', () => {
  /** Each a second after the one before, under an id of its own. */
  const told = (...steps: [type: string, object: object, fields?: object][]) =>
    steps.map(([type, object, fields = {}], index) =>
      eventOf(type, object, { id: `evt_${index}`, created: SECONDS + index, ...fields }),
    );
  const capture: [string, object] = ['charge.captured', CHARGE];
  const dispute = (type: string, status: string, fields: object = {}): [string, object] => [
    `charge.dispute.${type}`,
    { ...DISPUTE, status, ...fields },
  ];

  function expectPayments(story: readonly PaymentEvent[], ...expected: Partial<Nameless>[]) {
    for (const payments of paymentsInEveryOrder(stripeProvider, story)) {
      expect(payments).toMatchObject(expected);
      expect(payments).toHaveLength(expected.length);
    }
  }

  it('F9: a warning disputes nothing, closes as it came, and may become a dispute', () => {
    const warned = [
      capture,
      dispute('created', 'warning_needs_response'),
      dispute('updated', 'warning_under_review'),
    ];
    const untouched = { status: 'captured', amountDisputed: 0n, amountChargedBack: 0n } as const;
    expectPayments(told(...warned), untouched);
    expectPayments(told(...warned, dispute('closed', 'warning_closed')), untouched);
    expectPayments(told(...warned, dispute('closed', 'prevented')), untouched);
    expectPayments(told(...warned, dispute('updated', 'needs_response')), {
      status: 'disputed',
      amountDisputed: 10000n,
    });
  });

  it('F10: two intents of one invoice are two payments', () => {
    const other = { id: 'ch_2', payment_intent: 'pi_2', invoice: 'in_1' };
    expectPayments(
      told(
        ['charge.captured', { ...CHARGE, invoice: 'in_1' }],
        ['charge.captured', { ...CHARGE, ...other }],
        ['refund.created', REFUND],
      ),
      { status: 'partially_refunded', groups: ['invoice:in_1'], amountRefunded: 3000n },
      { status: 'captured', groups: ['invoice:in_1'], amountRefunded: 0n },
    );
  });

  it('F7: test and live never meet, although their ids are the same', () => {
    expectPayments(
      told(
        [...capture, { livemode: false }],
        [...capture, { livemode: true }],
        ['refund.created', REFUND, { livemode: true }],
      ),
      { status: 'captured', livemode: false, amountRefunded: 0n },
      { status: 'partially_refunded', livemode: true, amountRefunded: 3000n },
    );
  });

  it('F25: a charge that is first seen refunded has its capture all the same', () => {
    expectPayments(told(['charge.refunded', { ...CHARGE, amount_refunded: 3000 }]), {
      status: 'partially_refunded',
      amountCaptured: 10000n,
      amountRefunded: 3000n,
      flags: [],
    });
    expectPayments(told(['refund.created', REFUND]), {
      status: 'partially_refunded',
      amountCaptured: 0n,
      amountRefunded: 3000n,
      flags: ['missing_parent'],
    });
  });

  it('F26: a dispute in another currency is no amount of this one', () => {
    expectPayments(
      told(capture, dispute('created', 'needs_response', { currency: 'usd', amount: 11000 })),
      { status: 'disputed', currency: 'EUR', amountDisputed: 0n, flags: ['currency_mismatch'] },
    );
  });

  it('F26: what the payer saw or the seller is paid in is not read', () => {
    const beside = {
      presentment_details: { presentment_amount: 11700, presentment_currency: 'usd' },
      balance_transaction: { amount: 9500, currency: 'chf', exchange_rate: 0.95 },
    };
    expectPayments(told(['charge.captured', { ...CHARGE, ...beside }]), {
      currency: 'EUR',
      amountCaptured: 10000n,
      flags: [],
    });
  });
});
