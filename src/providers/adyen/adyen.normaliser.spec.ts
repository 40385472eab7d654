import { createHash } from 'node:crypto';

import { JsonNumber, type JsonObject, type JsonValue } from '../../json/json.js';
import { type FoldedPayment } from '../../payments/fold.js';
import { MemoryStore } from '../../payments/testing/memory-store.js';
import { ordersOf } from '../../payments/testing/orders.js';
import { type PaymentEvent } from '../provider.js';
import { ADYEN_EVENT_CODES, ADYEN_EXPONENTS, normaliseAdyen } from './adyen.normaliser.js';

const NOW = Date.UTC(2026, 10, 24, 10);
const IMMEDIATE = { capture: 'immediate' };

/** Numbers become what readJson makes of them. */
function json(value: unknown): JsonValue {
  if (typeof value === 'number' || typeof value === 'bigint') return new JsonNumber(String(value));
  if (Array.isArray(value)) return value.map(json);
  if (value === null || typeof value !== 'object' || value instanceof JsonNumber) {
    return value as JsonValue;
  }
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, json(v)]));
}

const PAYMENT = {
  amount: { currency: 'EUR', value: 10000 },
  eventDate: '2026-11-24T11:00:00+01:00',
  merchantAccountCode: 'ExampleCompanyECOM',
  merchantReference: 'order-42',
  pspReference: 'PAYMENT000000001',
  reason: '',
  success: 'true',
};
/** Something that happened to the payment, under a reference of its own. */
const OTHER = {
  ...PAYMENT,
  originalReference: 'PAYMENT000000001',
  pspReference: 'OTHER00000000001',
};

function normalise(body: object, options: Record<string, string> = {}): PaymentEvent[] {
  return normaliseAdyen(json(body) as JsonObject, {
    options,
    headers: {},
    body: Buffer.alloc(0),
    bodySha256: '0'.repeat(64),
  });
}

function eventOf(item: object, options?: Record<string, string>): PaymentEvent {
  const notificationItems = [{ NotificationRequestItem: item }];
  const events = normalise({ live: 'false', notificationItems }, options);
  expect(events).toHaveLength(1);
  return events[0] as PaymentEvent;
}

function statementsOf(item: object, options?: Record<string, string>) {
  const { meaning } = eventOf(item, options);
  if (meaning.status !== 'applied') throw new Error(JSON.stringify(meaning));
  return meaning.statements;
}

function codeOf(item: object) {
  const { meaning } = eventOf(item);
  if (meaning.status !== 'quarantined') throw new Error(JSON.stringify(meaning.status));
  const path = 'notificationItems.0.NotificationRequestItem.';
  return [meaning.code, ...(meaning.errors ?? []).map(({ field }) => field.replace(path, ''))];
}

const EUR = { amount: 10000n, currency: 'EUR' };
const NONE = { amount: null, currency: null };
const A = { kind: 'authorization', key: 'PAYMENT000000001', refs: ['psp:PAYMENT000000001'] };
const C = { kind: 'capture', key: 'OTHER00000000001', refs: ['psp:PAYMENT000000001'] };
const R = { ...C, kind: 'refund' };
const D = {
  kind: 'dispute',
  key: 'OTHER00000000001',
  refs: ['psp:PAYMENT000000001', 'psp:OTHER00000000001'],
};
const IGNORED: object[] = [];
const OF_PAYMENT = { reference: 'order-42' };

/** docs/law.md, row by row: event code, what the item says, and what it states. */
const TABLE: [code: string, item: object, expected: object[]][] = [
  ['AUTHORISATION', PAYMENT, [{ ...A, status: 'authorized', ...EUR, ...OF_PAYMENT }]],
  [
    'AUTHORISATION',
    { ...PAYMENT, success: 'false', reason: 'Refused' },
    [
      {
        ...A,
        status: 'failed',
        ...NONE,
        ...OF_PAYMENT,
        failure: { code: null, message: 'Refused' },
      },
    ],
  ],
  ['AUTHORISATION', { ...PAYMENT, amount: { currency: 'EUR', value: 0 } }, IGNORED],
  [
    'AUTHORISATION',
    { ...PAYMENT, amount: { currency: 'EUR', value: 0 }, success: 'false' },
    IGNORED,
  ],
  ['AUTHORISATION_ADJUSTMENT', OTHER, [{ ...A, status: 'authorized', ...EUR }]],
  ['AUTHORISATION_ADJUSTMENT', { ...OTHER, success: 'false' }, IGNORED],
  ['CANCELLATION', OTHER, [{ ...A, status: 'voided', ...NONE }]],
  ['CANCELLATION', { ...OTHER, success: 'false' }, IGNORED],
  ['TECHNICAL_CANCEL', OTHER, [{ ...A, status: 'voided', ...NONE }]],
  ['TECHNICAL_CANCEL', { ...OTHER, success: 'false' }, IGNORED],
  ['EXPIRE', PAYMENT, [{ ...A, status: 'expired', ...NONE }]],
  ['EXPIRE', OTHER, [{ ...A, status: 'expired', ...NONE }]],
  ['OFFER_CLOSED', PAYMENT, [{ ...A, status: 'expired', ...NONE }]],

  ['CAPTURE', OTHER, [{ ...C, status: 'succeeded', ...EUR, implied: false, final: false }]],
  [
    'CAPTURE',
    { ...OTHER, success: 'false', reason: 'Insufficient balance on payment' },
    [
      {
        ...C,
        status: 'failed',
        ...NONE,
        failure: { code: null, message: 'Insufficient balance on payment' },
      },
    ],
  ],
  [
    'CAPTURE_FAILED',
    { ...OTHER, reason: 'Capture Failed' },
    [
      {
        ...C,
        status: 'reversed',
        ...NONE,
        failure: { code: null, message: 'Capture Failed' },
      },
    ],
  ],

  [
    'CANCEL_OR_REFUND',
    OTHER,
    [{ ...C, kind: 'reversal', status: 'succeeded', of: 'PAYMENT000000001', ...EUR }],
  ],
  ['CANCEL_OR_REFUND', { ...OTHER, success: 'false' }, IGNORED],
  ['REFUND', OTHER, [{ ...R, status: 'succeeded', ...EUR, release: false }]],
  [
    'REFUND',
    { ...OTHER, success: 'false', reason: 'Transaction has not been captured' },
    [
      {
        ...R,
        status: 'failed',
        ...NONE,
        failure: { code: null, message: 'Transaction has not been captured' },
      },
    ],
  ],
  ['REFUND_FAILED', OTHER, [{ ...R, status: 'failed', ...NONE, failure: null }]],
  ['REFUNDED_REVERSED', OTHER, [{ ...R, status: 'failed', ...NONE }]],
  ['POSTPONED_REFUND', OTHER, [{ ...R, status: 'pending', ...NONE }]],

  ['REQUEST_FOR_INFORMATION', OTHER, [{ ...D, status: 'inquiry', ...NONE }]],
  ['NOTIFICATION_OF_CHARGEBACK', OTHER, [{ ...D, status: 'open', ...EUR }]],
  ['CHARGEBACK', OTHER, [{ ...D, status: 'lost', ...EUR }]],
  ['SECOND_CHARGEBACK', OTHER, [{ ...D, status: 'lost', ...EUR }]],
  ['PREARBITRATION_LOST', OTHER, [{ ...D, status: 'lost', ...EUR }]],
  ['SCHEME_ARBITRATION_LOST', OTHER, [{ ...D, status: 'lost', ...EUR }]],
  ['CHARGEBACK_REVERSED', OTHER, [{ ...D, status: 'won', ...NONE }]],
  ['PREARBITRATION_WON', OTHER, [{ ...D, status: 'won', ...NONE }]],
  ['PREARBITRATION_ISSUER_WITHDRAWN', OTHER, [{ ...D, status: 'won', ...NONE }]],
  ['SCHEME_ARBITRATION_WON', OTHER, [{ ...D, status: 'won', ...NONE }]],
];

describe('the table of event codes', () => {
  it('has a row for each code', () => {
    expect([...new Set(TABLE.map(([code]) => code))].sort()).toEqual(
      [...ADYEN_EVENT_CODES.keys()].sort(),
    );
  });

  it.each(TABLE)('%s %j', (eventCode, item, expected) => {
    const { meaning } = eventOf({ ...item, eventCode });
    if (expected === IGNORED) {
      expect(meaning).toEqual({ status: 'ignored' });
      return;
    }
    const statements = statementsOf({ ...item, eventCode });
    expect(statements).toMatchObject(expected);
    expect(statements).toHaveLength(expected.length);
    for (const s of statements) {
      expect(s).toMatchObject({ at: NOW, groups: ['merchant_reference:order-42'] });
      if (eventCode !== 'AUTHORISATION') expect(s.reference).toBeNull();
    }
  });

  it('states the same for what is no outcome of success: CAPTURE_FAILED says true', () => {
    const always = [...ADYEN_EVENT_CODES.keys()].filter(
      (eventCode) =>
        !TABLE.some(
          ([code, item]) => code === eventCode && 'success' in item && item.success === 'false',
        ),
    );
    expect(always).toContain('CAPTURE_FAILED');
    for (const eventCode of always) {
      const item = { ...OTHER, eventCode };
      expect(statementsOf({ ...item, success: 'false' })).toEqual(statementsOf(item));
    }
  });

  it.each([
    'REPORT_AVAILABLE',
    'REFUND_WITH_DATA',
    'NOTIFICATION_OF_FRAUD',
    'DISPUTE_DEFENSE_PERIOD_ENDED',
    'PENDING',
    'NEW_CODE',
    'authorisation',
    'constructor',
    '__proto__',
    '',
    undefined,
  ])('ignores %j, whatever else the item says', (eventCode) => {
    expect(eventOf({ eventCode }).meaning).toEqual({ status: 'ignored' });
    expect(eventOf({ ...OTHER, eventCode }).meaning).toEqual({ status: 'ignored' });
  });

  it.each([...ADYEN_EVENT_CODES.keys()])('%s with another success is no status we know', (code) => {
    for (const success of ['TRUE', 'yes', '1', ' true']) {
      expect(codeOf({ ...OTHER, eventCode: code, success })).toEqual(['unknown_status', 'success']);
    }
    // An absent one is signed like an empty one.
    expect(codeOf({ ...OTHER, eventCode: code, success: '' })).toEqual([
      'unknown_status',
      'success',
    ]);
    for (const success of [undefined, null, true]) {
      expect(codeOf({ ...OTHER, eventCode: code, success })).toEqual([
        'validation_failed',
        'success',
      ]);
    }
  });

  it('an account that captures immediately states the sale with the authorisation', () => {
    const item = { ...PAYMENT, eventCode: 'AUTHORISATION' };
    expect(statementsOf(item, IMMEDIATE)).toMatchObject([
      { ...A, status: 'authorized', ...EUR },
      {
        ...A,
        kind: 'capture',
        key: 'implied:PAYMENT000000001',
        status: 'succeeded',
        implied: true,
        ...EUR,
      },
    ]);
    expect(statementsOf(item, { capture: 'manual' })).toHaveLength(1);
    expect(statementsOf({ ...item, success: 'false' }, IMMEDIATE)).toHaveLength(1);
    expect(
      statementsOf({ ...OTHER, eventCode: 'AUTHORISATION_ADJUSTMENT' }, IMMEDIATE),
    ).toHaveLength(1);
  });

  const MODIFICATIONS = [
    'AUTHORISATION_ADJUSTMENT',
    'CANCELLATION',
    'TECHNICAL_CANCEL',
    'CAPTURE',
    'CAPTURE_FAILED',
    'CANCEL_OR_REFUND',
    'REFUND',
    'REFUND_FAILED',
    'REFUNDED_REVERSED',
    'POSTPONED_REFUND',
  ];
  /** Their item may be about the payment, or the dispute, itself. */
  const OTHERS = [...ADYEN_EVENT_CODES.keys()].filter((code) => !MODIFICATIONS.includes(code));

  it.each(MODIFICATIONS)('%s has to name the payment', (eventCode) => {
    const failed = TABLE.find(
      ([code, item]) => code === eventCode && 'success' in item && item.success === 'false',
    );
    for (const originalReference of [undefined, null, '']) {
      const item = { ...OTHER, eventCode, originalReference };
      expect(codeOf(item)).toEqual(['no_ref', 'originalReference']);
      if (failed?.[2] === IGNORED) {
        expect(eventOf({ ...item, success: 'false' }).meaning).toEqual({ status: 'ignored' });
      } else {
        expect(codeOf({ ...item, success: 'false' })).toEqual(['no_ref', 'originalReference']);
      }
    }
  });

  it.each(OTHERS)('%s need not name another', (eventCode) => {
    for (const originalReference of [undefined, null, '']) {
      expect(statementsOf({ ...OTHER, eventCode, originalReference })).toMatchObject([
        { refs: ['psp:OTHER00000000001'] },
      ]);
    }
  });

  it.each([
    'CHARGEBACK_REVERSED',
    'SECOND_CHARGEBACK',
    'PREARBITRATION_WON',
    'PREARBITRATION_LOST',
  ])('%s may name only the dispute, which other events tie to the payment', (eventCode) => {
    for (const originalReference of [undefined, '']) {
      expect(statementsOf({ ...OTHER, eventCode, originalReference })).toMatchObject([
        { kind: 'dispute', key: 'OTHER00000000001', refs: ['psp:OTHER00000000001'] },
      ]);
    }
  });
});

describe('amounts', () => {
  const amountOf = (value: unknown, currency: unknown, eventCode = 'CAPTURE') => {
    const { meaning } = eventOf({ ...OTHER, eventCode, amount: { value, currency } });
    if (meaning.status === 'applied') return meaning.statements[0]?.amount;
    return meaning.status === 'quarantined' ? meaning.code : meaning.status;
  };

  it.each<[number | bigint, string, bigint]>([
    [4999, 'EUR', 4999n],
    [4999, 'eur', 4999n],
    [0, 'EUR', 0n],
    [500, 'JPY', 500n],
    [1234, 'KWD', 1234n],
    // Adyen counts with 2 digits, ISO with 0.
    [279000, 'ISK', 2790n],
    [150000, 'CLP', 1500n],
    // Adyen counts with 0 digits, ISO with 2.
    [25000, 'IDR', 2500000n],
    [110, 'CVE', 11000n],
    [9007199254740991n, 'EUR', 9007199254740991n],
  ])('%s %s is %s in ISO minor units', (value, currency, expected) => {
    expect(amountOf(value, currency)).toBe(expected);
  });

  it('have a table of what differs from ISO 4217', () => {
    expect(ADYEN_EXPONENTS).toEqual({ CLP: 2, CVE: 0, IDR: 0, ISK: 2 });
  });

  it.each<[unknown, unknown, string]>([
    [150, 'ISK', 'amount_inexact'],
    [1, 'CLP', 'amount_inexact'],
    [1, 'ZZZ', 'currency_unknown'],
    [1, 'XAU', 'currency_unknown'],
    [1, '', 'currency_unknown'],
    [1, undefined, 'validation_failed'],
    [1, 978, 'validation_failed'],
    [-1, 'EUR', 'validation_failed'],
    [1.5, 'EUR', 'validation_failed'],
    ['100', 'EUR', 'validation_failed'],
    [undefined, 'EUR', 'validation_failed'],
    [true, 'EUR', 'validation_failed'],
    [9007199254740992n, 'EUR', 'number_out_of_range'],
    [90071992547410n, 'IDR', 'number_out_of_range'],
  ])('%s %s is quarantined as %s', (value, currency, code) => {
    expect(amountOf(value, currency)).toBe(code);
  });

  it('have to be stated where the table says so, and nowhere else', () => {
    for (const [eventCode, item, expected] of TABLE) {
      const stated = expected.some((s) => (s as { amount?: unknown }).amount === EUR.amount);
      for (const amount of [undefined, null]) {
        const said = { ...item, eventCode, amount };
        if (stated) expect(codeOf(said)).toEqual(['validation_failed', 'amount']);
        else if (expected !== IGNORED) expect(statementsOf(said)).toMatchObject(expected);
      }
    }
    expect(codeOf({ ...OTHER, eventCode: 'CAPTURE', amount: {} }).sort()).toEqual(
      ['validation_failed', 'amount.value', 'amount.currency'].sort(),
    );
  });
});

describe('ids', () => {
  it.each(['pspReference', 'originalReference', 'merchantAccountCode', 'merchantReference'])(
    '%s that cannot be stored, or is too long',
    (field) => {
      const item = { ...OTHER, eventCode: 'CAPTURE' };
      expect(codeOf({ ...item, [field]: 'a\0' })).toEqual(['id_invalid', field]);
      expect(codeOf({ ...item, [field]: 'x'.repeat(256) })).toEqual(['validation_failed', field]);
      expect(codeOf({ ...item, [field]: 7 })).toEqual(['validation_failed', field]);
      expect(statementsOf({ ...item, [field]: 'x'.repeat(255) })).toHaveLength(1);
    },
  );

  it.each(['pspReference', 'merchantAccountCode'])('%s that is absent or empty', (field) => {
    for (const value of [undefined, null, '']) {
      expect(codeOf({ ...OTHER, eventCode: 'CAPTURE', [field]: value })).toEqual([
        'validation_failed',
        field,
      ]);
    }
  });

  it('a merchant need not refer to a payment', () => {
    for (const merchantReference of [undefined, null, '']) {
      expect(
        statementsOf({ ...PAYMENT, eventCode: 'AUTHORISATION', merchantReference }),
      ).toMatchObject([{ reference: null, groups: [] }]);
    }
  });

  it('of an order that several payments pay are groups, and never join', () => {
    const additionalData = { orderReference: 'FIRSTOFTHEORDER1', merchantOrderReference: 'cart-7' };
    const item = { ...PAYMENT, eventCode: 'AUTHORISATION', additionalData };
    expect(statementsOf(item)).toMatchObject([
      {
        refs: ['psp:PAYMENT000000001'],
        groups: ['order:FIRSTOFTHEORDER1', 'order:cart-7', 'merchant_reference:order-42'],
      },
    ]);
  });
});

describe('what is not signed', () => {
  const item = { ...PAYMENT, eventCode: 'AUTHORISATION', success: 'false' };

  it.each([undefined, null, '', 'yesterday', 7, '2026-11-24T10:00:00', '1969-01-01T00:00:00Z'])(
    'eventDate %j is no time, and no reason to refuse',
    (eventDate) => {
      expect(eventOf({ ...item, eventDate })).toMatchObject({
        occurredAt: 0,
        meaning: { status: 'applied', statements: [{ at: 0 }] },
      });
    },
  );

  it('the reason of a failure is cleaned and cut', () => {
    const message = (reason: unknown) => statementsOf({ ...item, reason })[0]?.failure ?? null;
    expect(message(`\0${'x'.repeat(600)}`)).toEqual({ code: null, message: 'x'.repeat(500) });
    for (const reason of [undefined, null, '', 7, {}]) expect(message(reason)).toBeNull();
  });

  it.each([null, 'x', [], { orderReference: 7 }, { merchantOrderReference: '\0' }])(
    'additionalData %j names no order',
    (additionalData) => {
      expect(statementsOf({ ...item, additionalData })[0]?.groups).toEqual([
        'merchant_reference:order-42',
      ]);
    },
  );

  it('modification.action does not say whether money went back: the captures do', () => {
    const said = (action: string) =>
      statementsOf({
        ...OTHER,
        eventCode: 'CANCEL_OR_REFUND',
        additionalData: { 'modification.action': action },
      });
    expect(said('cancel')).toEqual(said('refund'));
  });
});

describe('the event', () => {
  const item = { ...OTHER, eventCode: 'CAPTURE' };

  it('states type, time, account and mode, and is known by the eight fields that are signed', () => {
    const content =
      'OTHER00000000001:PAYMENT000000001:ExampleCompanyECOM:order-42:10000:EUR:CAPTURE:true';
    expect(eventOf(item)).toMatchObject({
      eventId: createHash('sha256').update(content).digest('hex'),
      type: 'CAPTURE',
      occurredAt: NOW,
      account: 'ExampleCompanyECOM',
      livemode: false,
    });
  });

  it('is the same when it comes again with more in additionalData or at another time', () => {
    const again = { ...item, eventDate: 'later', additionalData: { arn: '1' }, reason: 'x' };
    expect(eventOf(again).eventId).toBe(eventOf(item).eventId);
  });

  it('is another when anything is different that is signed', () => {
    const others = [
      item,
      { ...item, success: 'false' },
      { ...item, eventCode: 'CAPTURE_FAILED' },
      { ...item, amount: { currency: 'EUR', value: 1 } },
      { ...item, amount: { currency: 'USD', value: 10000 } },
      { ...item, merchantReference: 'order-43' },
      { ...item, merchantAccountCode: 'Another' },
      { ...item, originalReference: 'PAYMENT000000002' },
      { ...item, pspReference: 'OTHER00000000002' },
    ];
    expect(new Set(others.map((other) => eventOf(other).eventId)).size).toBe(others.length);
  });

  it('is one for each item of a batch, in order, each with its own meaning', () => {
    const events = normalise({
      live: 'true',
      notificationItems: [
        { ...PAYMENT, eventCode: 'AUTHORISATION' },
        { ...OTHER, eventCode: 'CAPTURE', amount: null },
        { ...OTHER, eventCode: 'REPORT_AVAILABLE' },
        { ...OTHER, eventCode: 'REFUND' },
      ].map((each) => ({ NotificationRequestItem: each })),
    });
    expect(events.map(({ type, livemode, meaning }) => [type, livemode, meaning.status])).toEqual([
      ['AUTHORISATION', true, 'applied'],
      ['CAPTURE', true, 'quarantined'],
      ['REPORT_AVAILABLE', true, 'ignored'],
      ['REFUND', true, 'applied'],
    ]);
    expect(events[1]?.meaning).toMatchObject({
      errors: [{ field: 'notificationItems.1.NotificationRequestItem.amount' }],
    });
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(4);
  });

  it.each([{}, { notificationItems: [] }, { notificationItems: [{}] }, { live: 'true' }])(
    'of a body without items, %j, cannot be used',
    (body) => {
      expect(normalise(body)).toMatchObject([
        {
          eventId: null,
          type: '',
          meaning: {
            status: 'quarantined',
            code: 'validation_failed',
            errors: [{ field: 'notificationItems' }],
          },
        },
      ]);
    },
  );

  it('with a field that could not have been signed has no identity and no meaning', () => {
    expect(eventOf({ ...item, merchantAccountCode: 'X:Y' })).toMatchObject({ eventId: null });
    expect(codeOf({ ...item, merchantAccountCode: 'X:Y' })[0]).toBe('validation_failed');
  });
});

describe('the life of a payment', () => {
  /** An item of the story; its place in it is its minute. */
  type Step = [eventCode: string, name: string, fields?: object];

  const value = (amount: number) => ({ amount: { currency: 'EUR', value: amount } });
  const withoutOriginal = { originalReference: undefined };
  const AUTH: Step = ['AUTHORISATION', 'payment'];

  const stories: [
    story: string,
    steps: Step[],
    expected: Partial<FoldedPayment>,
    options?: Record<string, string>,
  ][] = [
    ['a hold', [AUTH], { status: 'authorized', amountAuthorized: 10000n, reference: 'order-42' }],
    [
      'a refusal',
      [['AUTHORISATION', 'payment', { success: 'false', reason: 'Refused' }]],
      { status: 'failed', failure: { code: null, message: 'Refused' }, currency: 'XXX' },
    ],
    [
      'a refusal that became an authorisation',
      [['AUTHORISATION', 'payment', { success: 'false', reason: 'Error' }], AUTH],
      { status: 'authorized', failure: null },
    ],
    [
      'two partial captures',
      [AUTH, ['CAPTURE', 'c1', value(6000)], ['CAPTURE', 'c2', value(4000)]],
      { status: 'captured', amountCaptured: 10000n, amountAuthorized: 10000n, flags: [] },
    ],
    [
      'one partial capture so far',
      [AUTH, ['CAPTURE', 'c1', value(6000)]],
      { status: 'partially_captured', amountCaptured: 6000n },
    ],
    [
      'a partial capture, and the rest ran out',
      [AUTH, ['CAPTURE', 'c1', value(6000)], ['EXPIRE', 'payment']],
      { status: 'captured', amountCaptured: 6000n, amountAuthorized: 10000n },
    ],
    ['a hold that ran out', [AUTH, ['EXPIRE', 'payment']], { status: 'expired' }],
    ['an offer that nobody took', [['OFFER_CLOSED', 'payment']], { status: 'expired' }],
    ['a cancel', [AUTH, ['CANCELLATION', 'm1']], { status: 'canceled', amountCaptured: 0n }],
    [
      'a cancel that was refused',
      [AUTH, ['CANCELLATION', 'm1', { success: 'false' }]],
      { status: 'authorized' },
    ],
    [
      'an adjustment, which states the new total',
      [AUTH, ['AUTHORISATION_ADJUSTMENT', 'm1', value(12000)], ['CAPTURE', 'c1', value(12000)]],
      { status: 'captured', amountAuthorized: 12000n, amountCaptured: 12000n, flags: [] },
    ],
    [
      'a capture that the scheme rejected',
      [AUTH, ['CAPTURE', 'c1'], ['CAPTURE_FAILED', 'c1', { reason: 'Capture Failed' }]],
      {
        status: 'failed',
        amountCaptured: 0n,
        failure: { code: null, message: 'Capture Failed' },
      },
    ],
    [
      'a capture that was refused',
      [AUTH, ['CAPTURE', 'c1', { success: 'false' }]],
      { status: 'authorized', amountCaptured: 0n },
    ],
    [
      'a refund in two parts',
      [AUTH, ['CAPTURE', 'c1'], ['REFUND', 'r1', value(3000)], ['REFUND', 'r2', value(7000)]],
      { status: 'refunded', amountRefunded: 10000n, flags: [] },
    ],
    [
      'a refund that failed, and the one that did not',
      [
        AUTH,
        ['CAPTURE', 'c1'],
        ['REFUND', 'r1', value(3000)],
        ['REFUND_FAILED', 'r1', value(3000)],
        ['REFUND', 'r2', value(2000)],
      ],
      { status: 'partially_refunded', amountRefunded: 2000n },
    ],
    [
      'a refund that came back',
      [AUTH, ['CAPTURE', 'c1'], ['REFUND', 'r1'], ['REFUNDED_REVERSED', 'r1']],
      { status: 'captured', amountRefunded: 0n },
    ],
    [
      'a refund that waited for its capture',
      [AUTH, ['POSTPONED_REFUND', 'r1'], ['CAPTURE', 'c1'], ['REFUND', 'r1']],
      { status: 'refunded', amountRefunded: 10000n },
    ],
    [
      'a cancel-or-refund of a hold',
      [AUTH, ['CANCEL_OR_REFUND', 'm1']],
      { status: 'canceled', amountRefunded: 0n, amountAuthorized: 10000n },
    ],
    [
      'a cancel-or-refund of a sale',
      [AUTH, ['CAPTURE', 'c1'], ['CANCEL_OR_REFUND', 'm1']],
      { status: 'refunded', amountRefunded: 10000n },
    ],
    [
      'immediate capture',
      [AUTH],
      { status: 'captured', amountCaptured: 10000n, flags: [] },
      IMMEDIATE,
    ],
    [
      'immediate capture that is told once more',
      [AUTH, ['CAPTURE', 'c1']],
      { status: 'captured', amountCaptured: 10000n, flags: [] },
      IMMEDIATE,
    ],
    [
      'immediate capture and a cancel-or-refund',
      [AUTH, ['CANCEL_OR_REFUND', 'm1']],
      { status: 'refunded', amountRefunded: 10000n },
      IMMEDIATE,
    ],
    [
      'a question about a sale',
      [AUTH, ['CAPTURE', 'c1'], ['REQUEST_FOR_INFORMATION', 'd1'], ['NOTIFICATION_OF_FRAUD', 'd1']],
      { status: 'captured', amountDisputed: 0n, amountChargedBack: 0n },
    ],
    [
      'a chargeback announced',
      [AUTH, ['CAPTURE', 'c1'], ['NOTIFICATION_OF_CHARGEBACK', 'd1', value(4000)]],
      { status: 'disputed', amountDisputed: 4000n },
    ],
    [
      'a chargeback won, by an event that names only the dispute',
      [
        AUTH,
        ['CAPTURE', 'c1'],
        ['NOTIFICATION_OF_CHARGEBACK', 'd1'],
        ['CHARGEBACK', 'd1'],
        ['CHARGEBACK_REVERSED', 'd1', withoutOriginal],
      ],
      { status: 'captured', amountDisputed: 0n, amountChargedBack: 0n, flags: [] },
    ],
    [
      'a chargeback won and lost again',
      [
        AUTH,
        ['CAPTURE', 'c1'],
        ['CHARGEBACK', 'd1', value(4000)],
        ['CHARGEBACK_REVERSED', 'd1', withoutOriginal],
        ['SECOND_CHARGEBACK', 'd1', { ...value(4000), ...withoutOriginal }],
      ],
      { status: 'charged_back', amountChargedBack: 4000n, amountCaptured: 10000n },
    ],
    [
      // F26: the bank's currency; it still counts for the status.
      'a chargeback in another currency',
      [
        AUTH,
        ['CAPTURE', 'c1'],
        ['CHARGEBACK', 'd1', { amount: { currency: 'USD', value: 11000 } }],
      ],
      {
        status: 'charged_back',
        currency: 'EUR',
        amountChargedBack: 0n,
        flags: ['currency_mismatch'],
      },
    ],
    [
      'only a refund, of a payment from before',
      [['REFUND', 'r1', value(3000)]],
      { status: 'partially_refunded', amountRefunded: 3000n, flags: ['missing_parent'] },
    ],
  ];

  it.each(stories)('%s, in any order and repeated', (_, steps, expected, options = {}) => {
    const events = steps.map(([eventCode, name, fields], minute) => {
      const event = eventOf(
        {
          ...(name === 'payment' ? PAYMENT : { ...OTHER, pspReference: name }),
          merchantReference: name === 'payment' ? 'order-42' : `modification-${name}`,
          eventCode,
          eventDate: new Date(NOW + minute * 60_000).toISOString(),
          ...fields,
        },
        options,
      );
      const statements = event.meaning.status === 'applied' ? event.meaning.statements : [];
      return { eventId: event.eventId ?? '', statements };
    });
    for (const order of ordersOf(events)) {
      const store = new MemoryStore();
      for (const event of [...order, ...order.slice(0, 1)]) store.deliver([event]);
      const alive = [...store.payments.values()].filter((p) => p.mergedInto === null);
      expect(alive).toHaveLength(1);
      expect(alive[0]?.projection).toMatchObject(expected);
    }
  });

  it('does not touch that of another payment of the same order', () => {
    const additionalData = { orderReference: 'FIRSTOFTHEORDER1' };
    const store = new MemoryStore();
    for (const item of [
      { ...PAYMENT, eventCode: 'AUTHORISATION', additionalData },
      { ...PAYMENT, eventCode: 'AUTHORISATION', pspReference: 'PAYMENT2', additionalData },
      { ...OTHER, eventCode: 'CANCELLATION', additionalData },
    ]) {
      const { eventId, meaning } = eventOf(item);
      if (meaning.status !== 'applied') throw new Error(meaning.status);
      store.deliver([{ eventId: eventId ?? '', statements: meaning.statements }]);
    }
    expect([...store.payments.values()].map(({ projection }) => projection.status)).toEqual([
      'canceled',
      'authorized',
    ]);
  });
});
