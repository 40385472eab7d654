import { createHash, createHmac } from 'node:crypto';

import { readJson } from '../../json/read-json.js';
import { type Statement } from '../../payments/statement.js';
import { type Nameless } from '../../payments/testing/partition.js';
import { type PaymentEvent, type Verification } from '../provider.js';
import { declarationOf } from '../testing/declaration.js';
import { eventsOf, paymentsInEveryOrder } from '../testing/stories.js';
import { GENERIC_EVENT_TYPES } from './generic.dto.js';
import { genericProvider } from './generic.provider.js';

const SECRET = 'a-secret-of-the-sender';
const BODY = Buffer.from('{"event_type":"payment_success","transaction_id":"tx_1","amount":1}');
const HEX = createHmac('sha256', SECRET).update(BODY).digest('hex');

function verify(signature: string | string[], body = BODY): Verification | Promise<Verification> {
  return genericProvider.verify(
    { body, headerValues: (name) => (name === 'X-Signature' ? [signature].flat() : []) },
    {
      secrets: [{ label: 'GENERIC_WEBHOOK_SECRET', value: SECRET }],
      options: {},
      toleranceSeconds: 300,
      now: 0,
      url: 'http://localhost/webhooks/generic',
    },
  );
}

/** The event of a body that is written as JSON text, so that numbers keep their digits. */
function normalise(text: string, options: Record<string, string> = { currency: 'XXX' }) {
  const read = readJson(Buffer.from(text));
  if (!read.ok) throw new Error(read.code);
  const body = Buffer.from(text);
  const bodySha256 = createHash('sha256').update(body).digest('hex');
  const [event] = genericProvider.normalise(read.value, { options, headers: {}, body, bodySha256 });
  return { ...(event as PaymentEvent), bodySha256 };
}

function statementOf(fields: object, options?: Record<string, string>): Statement {
  const { meaning } = normalise(JSON.stringify(fields), options);
  if (meaning.status !== 'applied') throw new Error(JSON.stringify(meaning));
  expect(meaning.statements).toHaveLength(1);
  return meaning.statements[0] as Statement;
}

function refusalOf(fields: object) {
  const { meaning } = normalise(JSON.stringify(fields));
  if (meaning.status !== 'quarantined') throw new Error(JSON.stringify(meaning));
  return [meaning.code, ...(meaning.errors ?? []).map((error) => error.field)];
}

const EVENT = {
  event_type: 'payment_success',
  transaction_id: 'tx_42',
  amount: '49.99',
  currency: 'EUR',
  event_id: 'e_1',
  occurred_at: '2026-11-24T10:00:00.1239Z',
  reference: 'order-42',
};
const AT = Date.UTC(2026, 10, 24, 10, 0, 0, 123);

describe('the signature', () => {
  it('is the hex HMAC of the body, with or without its algorithm before it', async () => {
    const authentic = { authentic: true, verifiedWith: 'GENERIC_WEBHOOK_SECRET' };
    expect(await verify(HEX)).toEqual(authentic);
    expect(await verify(`sha256=${HEX}`)).toEqual(authentic);
  });

  it.each([
    ['upper-case hex', HEX.toUpperCase()],
    ['base64', Buffer.from(HEX, 'hex').toString('base64')],
    ['another algorithm by name', `sha1=${HEX}`],
    ['an upper-case prefix', `SHA256=${HEX}`],
    ['two prefixes', `sha256=sha256=${HEX}`],
    ['the prefix alone', 'sha256='],
    ['a list', `${HEX},${HEX}`],
    ['white space', ` ${HEX}`],
    ['64 characters beyond ASCII', 'é'.repeat(64)],
    ['two headers', [HEX, HEX]],
    ['the SHA-256 without a key', createHash('sha256').update(BODY).digest('hex')],
  ])('is refused: %s', async (_, signature) => {
    expect(await verify(signature)).toEqual({ authentic: false, code: 'signature_invalid' });
  });

  it('covers the bytes as they were sent', async () => {
    const pretty = Buffer.from(JSON.stringify(JSON.parse(BODY.toString()), null, 2));
    expect(await verify(HEX, pretty)).toMatchObject({ code: 'signature_invalid' });
  });
});

describe('the table of event types', () => {
  const A = { kind: 'authorization', key: 'tx_42' };
  const C = { kind: 'capture', key: 'tx_42' };
  const R = { kind: 'refund', key: 'tx_42/re_1' };
  const D = { kind: 'dispute', key: 'tx_42/dp_1' };
  const AMOUNT = { amount: 4999n, currency: 'EUR' };
  const NONE = { amount: null, currency: null };

  const table: [type: string, fields: object, expected: object][] = [
    ['payment_pending', {}, { ...A, status: 'pending', ...NONE }],
    ['payment_authorized', EVENT, { ...A, status: 'authorized', ...AMOUNT, final: false }],
    [
      'payment_failure',
      { failure_reason: 'Insufficient funds' },
      {
        ...A,
        status: 'failed',
        ...NONE,
        failure: { code: null, message: 'Insufficient funds' },
      },
    ],
    ['payment_canceled', {}, { ...A, status: 'voided', ...NONE }],
    ['payment_expired', {}, { ...A, status: 'expired', ...NONE }],
    ['payment_success', EVENT, { ...C, status: 'succeeded', ...AMOUNT, final: true }],
    ['payment_captured', EVENT, { ...C, status: 'succeeded', ...AMOUNT, final: false }],
    ['payment_reversed', {}, { ...C, status: 'reversed', ...NONE }],
    ['payment_refunded', { ...EVENT, refund_id: 're_1' }, { ...R, status: 'succeeded', ...AMOUNT }],
    ['payment_refund_failed', { refund_id: 're_1' }, { ...R, status: 'failed', ...NONE }],
    ['payment_disputed', { ...EVENT, dispute_id: 'dp_1' }, { ...D, status: 'open', ...AMOUNT }],
    ['payment_dispute_won', { dispute_id: 'dp_1' }, { ...D, status: 'won', ...NONE }],
    ['payment_dispute_lost', { dispute_id: 'dp_1' }, { ...D, status: 'lost', ...NONE }],
  ];

  it('is complete', () => {
    expect(table.map(([type]) => type).sort()).toEqual([...GENERIC_EVENT_TYPES.keys()].sort());
  });

  it.each(table)('%s', (event_type, fields, expected) => {
    const occurred_at = EVENT.occurred_at;
    expect(
      statementOf({ transaction_id: 'tx_42', occurred_at, ...fields, event_type }),
    ).toMatchObject({ refs: ['tx:tx_42'], groups: [], implied: false, at: AT, ...expected });
  });
});

describe('keys', () => {
  it('add captures with an id up, and let the total replace itself without one', () => {
    expect(statementOf({ ...EVENT, capture_id: 'c_1' }).key).toBe('tx_42/c_1');
    expect(statementOf({ ...EVENT, event_type: 'payment_captured', capture_id: 'c_2' }).key).toBe(
      'tx_42/c_2',
    );
    expect(statementOf({ ...EVENT, event_type: 'payment_reversed', capture_id: 'c_1' }).key).toBe(
      'tx_42/c_1',
    );
    expect(statementOf(EVENT).key).toBe('tx_42');
  });

  it('keep refunds without an id apart by event, else by body', () => {
    const refunded = { ...EVENT, event_type: 'payment_refunded' };
    expect(statementOf(refunded).key).toBe('tx_42/event:e_1');
    const text = JSON.stringify({ ...refunded, event_id: undefined });
    const { meaning, bodySha256 } = normalise(text);
    expect(meaning).toMatchObject({ statements: [{ key: `tx_42/event:${bodySha256}` }] });
  });

  it('take the one dispute of a payment where none is named', () => {
    expect(statementOf({ ...EVENT, event_type: 'payment_disputed' }).key).toBe('tx_42/-');
  });
});

describe('amounts', () => {
  const amountOf = (amount: string, currency = 'EUR', event_type = 'payment_success') => {
    const text = `{"event_type":"${event_type}","transaction_id":"t","amount":${amount},"currency":"${currency}"}`;
    const { meaning } = normalise(text);
    if (meaning.status === 'applied') return meaning.statements[0]?.amount;
    return meaning.status === 'quarantined' ? meaning.code : meaning.status;
  };

  it.each([
    ['49.99', 'EUR', 4999n],
    ['"49.99"', 'EUR', 4999n],
    ['10.000', 'EUR', 1000n],
    ['10', 'EUR', 1000n],
    ['0.1', 'EUR', 10n],
    ['1999', 'JPY', 1999n],
    ['1.000', 'JPY', 1n],
    ['1.234', 'KWD', 1234n],
    ['90071992547409.91', 'EUR', undefined],
    ['"9007199254740.99"', 'EUR', 900719925474099n],
    ['49.99', 'XXX', 4999n],
  ])('%s %s', (amount, currency, expected) => {
    expect(amountOf(amount, currency)).toBe(expected ?? 'validation_failed');
  });

  it.each([
    ['10.005', 'EUR', 'amount_inexact'],
    ['0.5', 'JPY', 'amount_inexact'],
    ['1e2', 'EUR', 'validation_failed'],
    ['"1e2"', 'EUR', 'validation_failed'],
    ['-1', 'EUR', 'validation_failed'],
    ['"+1"', 'EUR', 'validation_failed'],
    ['".5"', 'EUR', 'validation_failed'],
    ['"1,00"', 'EUR', 'validation_failed'],
    ['""', 'EUR', 'validation_failed'],
    ['true', 'EUR', 'validation_failed'],
    ['null', 'EUR', 'validation_failed'],
    ['[1]', 'EUR', 'validation_failed'],
    ['9999999999999.999', 'KWD', 'number_out_of_range'],
    ['1', 'EURO', 'currency_unknown'],
    ['1', 'XAU', 'currency_unknown'],
    ['1', '', 'currency_unknown'],
  ])('%s %s is refused as %s', (amount, currency, code) => {
    expect(amountOf(amount, currency)).toBe(code);
  });

  it('may be zero for an authorization and a capture, not for a refund or a dispute', () => {
    const zero = (event_type: string) => amountOf('0.00', 'EUR', event_type);
    expect(zero('payment_authorized')).toBe(0n);
    expect(zero('payment_success')).toBe(0n);
    expect(zero('payment_captured')).toBe(0n);
    expect(zero('payment_refunded')).toBe('validation_failed');
    expect(zero('payment_disputed')).toBe('validation_failed');
  });

  it.each([[['EUR']], [{ a: 1 }], [7], [true]])(
    'in the currency %j are refused, in words about the currency alone',
    (currency) => {
      expect(refusalOf({ ...EVENT, currency })).toEqual(['validation_failed', 'currency']);
    },
  );

  it('are in the currency of the body in any case, else in the default', () => {
    const without = { ...EVENT, currency: undefined };
    expect(statementOf({ ...EVENT, currency: 'eur' }).currency).toBe('EUR');
    expect(statementOf(without).currency).toBe('XXX');
    expect(statementOf(without, { currency: 'USD' }).currency).toBe('USD');
    expect(statementOf({ ...EVENT, currency: null }, { currency: 'USD' }).currency).toBe('USD');
    expect(statementOf({ ...EVENT, currency: 'DEM' }).currency).toBe('DEM');
  });

  it('absent: no currency either, so that a failure does not flag the payment', () => {
    const failure = { event_type: 'payment_failure', transaction_id: 't', currency: 'EUR' };
    expect(statementOf(failure)).toMatchObject({ amount: null, currency: null });
  });
});

describe('what is refused', () => {
  it('an event type that is not in the contract', () => {
    expect(refusalOf({ event_type: 'payment_paid' })).toEqual([
      'unhandled_event_type',
      'event_type',
    ]);
    expect(refusalOf({ event_type: 'constructor', transaction_id: 't' })[0]).toBe(
      'unhandled_event_type',
    );
  });

  it('names every field', () => {
    expect(refusalOf({})).toEqual(['validation_failed', 'event_type', 'transaction_id']);
    expect(
      refusalOf({
        event_type: 'payment_captured',
        transaction_id: '',
        amount: 'much',
        currency: 'EUROS',
        event_id: 7,
        occurred_at: 'yesterday',
        reference: [],
        failure_reason: 1,
        capture_id: {},
        refund_id: '',
        dispute_id: false,
        final: 'yes',
      }).sort(),
    ).toEqual(
      [
        'validation_failed',
        'transaction_id',
        'amount',
        'currency',
        'event_id',
        'occurred_at',
        'reference',
        'failure_reason',
        'capture_id',
        'refund_id',
        'dispute_id',
        'final',
      ].sort(),
    );
  });

  it.each([
    'payment_authorized',
    'payment_success',
    'payment_captured',
    'payment_refunded',
    'payment_disputed',
  ])('%s without an amount', (event_type) => {
    expect(refusalOf({ event_type, transaction_id: 't' })).toEqual(['validation_failed', 'amount']);
  });

  it('payment_refund_failed without the refund that failed', () => {
    expect(refusalOf({ event_type: 'payment_refund_failed', transaction_id: 't' })).toEqual([
      'validation_failed',
      'refund_id',
    ]);
  });

  it.each(['transaction_id', 'event_id', 'reference', 'capture_id', 'refund_id', 'dispute_id'])(
    '%s that Postgres cannot hold, or that is too long',
    (field) => {
      for (const value of ['a\0', '\ud800']) {
        expect(refusalOf({ ...EVENT, [field]: value })).toEqual(['id_invalid', field]);
      }
      expect(refusalOf({ ...EVENT, [field]: 'x'.repeat(256) })).toEqual([
        'validation_failed',
        field,
      ]);
      expect(statementOf({ ...EVENT, [field]: 'x'.repeat(255) })).toBeDefined();
    },
  );

  it('a time without a zone, and one before there was any', () => {
    for (const occurred_at of [
      '2026-11-24T10:00:00',
      '1970-01-01T00:00:00Z',
      '0001-01-01T00:00:00Z',
    ]) {
      expect(refusalOf({ ...EVENT, occurred_at })).toEqual(['validation_failed', 'occurred_at']);
    }
  });
});

describe('the event', () => {
  it('states id, type and time as far as they can be read', () => {
    expect(normalise(JSON.stringify(EVENT))).toMatchObject({
      eventId: 'e_1',
      type: 'payment_success',
      occurredAt: AT,
      account: null,
      livemode: null,
    });
    expect(normalise('{"event_id":"e_2","event_type":"payment_success"}')).toMatchObject({
      eventId: 'e_2',
      type: 'payment_success',
      occurredAt: 0,
      meaning: { status: 'quarantined' },
    });
    expect(normalise('{"event_id":"\\u0000","event_type":7}')).toMatchObject({
      eventId: null,
      type: '',
    });
  });

  it('has no time where none is stated', () => {
    const without = { ...EVENT, occurred_at: undefined };
    expect(normalise(JSON.stringify(without)).occurredAt).toBe(0);
    expect(statementOf(without).at).toBe(0);
  });

  it('takes null as absent, and leaves further fields alone', () => {
    const nulls = { event_id: null, occurred_at: null, reference: null, capture_id: null };
    expect(
      statementOf({ ...EVENT, ...nulls, final: null, note: '\0', deep: { a: [1] } }),
    ).toMatchObject({ key: 'tx_42', at: 0, reference: null, final: true });
  });

  it('is the last capture only where that is said', () => {
    const captured = { ...EVENT, event_type: 'payment_captured' };
    expect(statementOf({ ...captured, final: true }).final).toBe(true);
    expect(statementOf({ ...captured, final: false }).final).toBe(false);
    expect(statementOf({ ...EVENT, event_type: 'payment_authorized', final: true }).final).toBe(
      false,
    );
  });

  it('shortens a reason of failure rather than refusing the event', () => {
    const failure = { event_type: 'payment_failure', transaction_id: 't' };
    const messageOf = (failure_reason?: string) =>
      statementOf({ ...failure, failure_reason }).failure?.message;
    expect(messageOf('x'.repeat(501))).toBe('x'.repeat(500));
    expect(messageOf('a\0b\ud800')).toBe('ab\ufffd');
    expect(messageOf()).toBeUndefined();
  });
});

describe('the life of a payment, in every order and with a repetition', () => {
  /** Under an id of its own each, and a second after the one before; `null` leaves a field out. */
  const told = (...bodies: [event_type: string, fields?: object][]) =>
    bodies.flatMap(([event_type, fields = {}], index) => {
      const body = {
        event_type,
        transaction_id: 'tx_1',
        currency: 'EUR',
        event_id: `e_${index}`,
        occurred_at: new Date(AT + index * 1000).toISOString(),
        ...fields,
      };
      return eventsOf(genericProvider, JSON.stringify(body)).map((event) => ({
        ...event,
        eventId: event.eventId ?? sha256(JSON.stringify(body)),
      }));
    });
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const success: [string, object] = ['payment_success', { amount: '100.00' }];

  function expectPayments(story: readonly PaymentEvent[], ...expected: Partial<Nameless>[]) {
    for (const payments of paymentsInEveryOrder(genericProvider, story)) {
      expect(payments).toMatchObject(expected);
      expect(payments).toHaveLength(expected.length);
    }
  }

  it('F1: is not paid before somebody says that money was taken', () => {
    expectPayments(told(['payment_pending', { amount: '100.00' }]), { status: 'pending' });
    expectPayments(told(['payment_pending', { amount: '100.00' }], ['payment_canceled']), {
      status: 'canceled',
      amountCaptured: 0n,
    });
  });

  it('F12a: refunds without an id add up, told apart by event, else by body', () => {
    const refund: [string, object] = ['payment_refunded', { amount: '10.00' }];
    const twice = { status: 'partially_refunded', amountRefunded: 2000n } as const;
    expectPayments(told(success, refund, refund), twice);

    const nameless = { amount: '10.00', event_id: null };
    const [first, second] = [AT, AT + 1].map((at) => new Date(at).toISOString());
    expectPayments(
      told(
        success,
        ['payment_refunded', { ...nameless, occurred_at: first }],
        ['payment_refunded', { ...nameless, occurred_at: second }],
      ),
      twice,
    );
    // Nothing tells these two from one that is sent again.
    expectPayments(
      told(
        success,
        ['payment_refunded', { ...nameless, occurred_at: first }],
        ['payment_refunded', { ...nameless, occurred_at: first }],
      ),
      { ...twice, amountRefunded: 1000n },
    );
  });

  it('F12b: refund 1 of one transaction is not refund 1 of another', () => {
    const refund = { refund_id: '1' };
    const other = { transaction_id: 'tx_2' };
    expectPayments(
      told(
        success,
        ['payment_success', { ...other, amount: '50.00' }],
        ['payment_refunded', { ...refund, amount: '10.00' }],
        ['payment_refunded', { ...refund, ...other, amount: '20.00' }],
      ),
      { refs: ['tx:tx_1'], amountCaptured: 10000n, amountRefunded: 1000n },
      { refs: ['tx:tx_2'], amountCaptured: 5000n, amountRefunded: 2000n },
    );
  });

  it('F12c: captures with an id add up, without one the last is the total so far', () => {
    const captured = (amount: string, capture_id: string | null): [string, object] => [
      'payment_captured',
      { amount, capture_id },
    ];
    const authorized: [string, object] = ['payment_authorized', { amount: '100.00' }];
    expectPayments(told(authorized, captured('60.00', 'c_1'), captured('40.00', 'c_2')), {
      status: 'captured',
      amountCaptured: 10000n,
    });
    expectPayments(told(authorized, captured('60.00', null), captured('40.00', null)), {
      status: 'partially_captured',
      amountCaptured: 4000n,
    });
    // F23: no more comes.
    expectPayments(told(authorized, ['payment_success', { amount: '60.00' }]), {
      status: 'captured',
      amountAuthorized: 10000n,
      amountCaptured: 6000n,
    });
  });

  it('F12d: without times a dispute that was won stays won', () => {
    const timeless = { occurred_at: null };
    expectPayments(
      told(
        success,
        ['payment_dispute_won', timeless],
        ['payment_disputed', { ...timeless, amount: '100.00' }],
      ),
      { status: 'captured', amountDisputed: 0n },
    );
  });

  it('F12e: an attempt that fails later takes nothing away, and a reversal does', () => {
    expectPayments(told(success, ['payment_failure', { failure_reason: 'Declined' }]), {
      status: 'captured',
      amountCaptured: 10000n,
      failure: null,
    });
    expectPayments(told(success, ['payment_reversed']), { status: 'failed', amountCaptured: 0n });
  });

  it('F12f: a refund that fails gives nothing back', () => {
    const refund = { refund_id: '1' };
    expectPayments(
      told(
        success,
        ['payment_refunded', { ...refund, amount: '10.00' }],
        ['payment_refund_failed', refund],
      ),
      { status: 'captured', amountRefunded: 0n },
    );
  });

  it('is lost with the amount that was disputed, where the loss states none', () => {
    expectPayments(
      told(success, ['payment_disputed', { amount: '20.00' }], ['payment_dispute_lost']),
      {
        status: 'charged_back',
        amountChargedBack: 2000n,
      },
    );
  });
});

it('needs a secret of 12 bytes, and says so', () => {
  expect(genericProvider.secret.check('é'.repeat(6))).toBeNull();
  expect(genericProvider.secret.check('x'.repeat(11))).toMatch(
    /^is shorter than 12 bytes.*openssl rand -hex 32/,
  );
});

it('takes a currency of ISO 4217 for amounts that state none, and says so', () => {
  const [currency] = genericProvider.options;
  for (const value of ['EUR', 'eur', 'XXX']) expect(currency?.check?.(value)).toBeNull();
  for (const value of ['', 'EURO', 'ZZZ']) {
    expect(currency?.check?.(value)).toMatch(/^is not an ISO 4217 currency code/);
  }
});

it('keeps the names and scopes that sources and stored payments rest on', () => {
  expect(declarationOf(genericProvider)).toEqual({
    name: 'generic',
    title: 'Generic',
    contentTypes: ['application/json'],
    refScope: { account: false, livemode: false },
    refusesUnusable: true,
    generatedSecretInEmbeddedMode: true,
    secret: {
      variable: 'GENERIC_WEBHOOK_SECRET',
      made: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    },
    options: [{ name: 'currency', variable: 'GENERIC_CURRENCY', default: 'XXX' }],
  });
});
