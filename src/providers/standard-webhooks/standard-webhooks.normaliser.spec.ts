import { type Statement } from '../../payments/statement.js';
import { type Nameless } from '../../payments/testing/partition.js';
import { GENERIC_EVENT_TYPES } from '../generic/generic.dto.js';
import { genericProvider } from '../generic/generic.provider.js';
import { type PaymentEvent, type ScenarioName } from '../provider.js';
import { eventsOf, paymentsInEveryOrder } from '../testing/stories.js';
import { standardWebhooksProvider as provider } from './standard-webhooks.provider.js';

const AT = '2026-11-24T10:00:00.123Z';
const LATER = '2026-11-24T11:00:00.000Z';

const BODY = {
  event_type: 'payment_success',
  transaction_id: 'tx_1',
  amount: '49.99',
  currency: 'EUR',
  reference: 'order-42',
};

const ID_HEADER = { 'webhook-id': 'msg_1' };

function eventOf(body: object, headers: Record<string, string> = ID_HEADER): PaymentEvent {
  const events = eventsOf(provider, JSON.stringify(body), headers);
  expect(events).toHaveLength(1);
  return events[0]!;
}

function statementOf(body: object, headers?: Record<string, string>): Statement {
  const { meaning } = eventOf(body, headers);
  if (meaning.status !== 'applied') throw new Error(JSON.stringify(meaning));
  return meaning.statements[0] as Statement;
}

function refusalOf(body: object) {
  const { meaning } = eventOf(body);
  if (meaning.status !== 'quarantined') throw new Error(JSON.stringify(meaning));
  return [meaning.code, ...(meaning.errors ?? []).map((error) => error.field)];
}

const enveloped = (data: object, timestamp: unknown = AT) => ({
  type: 'payment.changed',
  timestamp,
  data,
});

describe('the body of the generic contract', () => {
  const FIELDS = { ...BODY, refund_id: 're_1', dispute_id: 'dp_1', capture_id: 'c_1', final: true };

  it.each([...GENERIC_EVENT_TYPES.keys()])('%s means what it means there', (event_type) => {
    const body = { ...FIELDS, event_type, occurred_at: AT };
    const [generic] = eventsOf(genericProvider, JSON.stringify(body));
    expect(generic?.meaning.status).toBe('applied');
    expect(eventOf(body)).toEqual({ ...generic, eventId: 'msg_1' });
    expect(eventOf(enveloped(body))).toEqual({ ...generic, eventId: 'msg_1' });
  });

  it('stands in data, or at the top level where the type is stated there', () => {
    expect(statementOf(enveloped(BODY))).toMatchObject({ key: 'tx_1', amount: 4999n });
    expect(statementOf({ ...BODY, data: { ...BODY, transaction_id: 'tx_2' } }).key).toBe('tx_1');
  });

  it('has amounts without a currency in the default', () => {
    expect(statementOf(enveloped({ ...BODY, currency: undefined })).currency).toBe('XXX');
    expect(provider.options).toMatchObject([
      { name: 'currency', variable: 'STANDARD_WEBHOOKS_CURRENCY', default: 'XXX' },
    ]);
  });
});

describe('the event', () => {
  it('is identified by the header that is signed, whatever the body says', () => {
    const body = enveloped({ ...BODY, event_id: 'e_1' });
    expect(eventOf(body).eventId).toBe('msg_1');
    expect(eventOf(body, { 'svix-id': 'msg_2' }).eventId).toBe('msg_2');
    expect(eventOf(body, {}).eventId).toBeNull();
  });

  it('tells refunds without an id apart by that header', () => {
    const refund = { ...BODY, event_type: 'payment_refunded', event_id: 'e_1' };
    expect(statementOf(enveloped(refund)).key).toBe('tx_1/event:msg_1');
    expect(statementOf(enveloped(refund), { 'webhook-id': 'msg_2' }).key).toBe('tx_1/event:msg_2');
  });

  it.each([
    ['occurred_at of the body', enveloped({ ...BODY, occurred_at: AT }, LATER), AT],
    ['timestamp of the envelope', enveloped(BODY, LATER), LATER],
    ['occurred_at: null, so timestamp', enveloped({ ...BODY, occurred_at: null }, LATER), LATER],
    ['timestamp at the top level', { ...BODY, timestamp: LATER }, LATER],
    ['none', BODY, null],
    ['timestamp: null, so none', enveloped(BODY, null), null],
  ])('has the time %s', (_, body, time) => {
    const at = time === null ? 0 : Date.parse(time);
    expect(eventOf(body).occurredAt).toBe(at);
    expect(statementOf(body).at).toBe(at);
  });

  it('has the type of the body, else that of the envelope', () => {
    expect(eventOf(enveloped(BODY)).type).toBe('payment_success');
    expect(eventOf(enveloped({})).type).toBe('payment.changed');
    expect(eventOf({ type: 7 }).type).toBe('');
  });

  it('states neither account nor mode', () => {
    expect(eventOf(enveloped({ ...BODY, account: 'a', livemode: true }))).toMatchObject({
      account: null,
      livemode: null,
    });
  });
});

describe('what is quarantined', () => {
  it.each<[string, object, string[]]>([
    [
      'an envelope around nothing',
      enveloped({}),
      ['validation_failed', 'data.event_type', 'data.transaction_id'],
    ],
    [
      'a field in data',
      enveloped({ ...BODY, transaction_id: 7 }),
      ['validation_failed', 'data.transaction_id'],
    ],
    [
      'a field at the top level',
      { ...BODY, transaction_id: 7 },
      ['validation_failed', 'transaction_id'],
    ],
    [
      'data that is no object',
      enveloped([BODY]),
      ['validation_failed', 'event_type', 'transaction_id'],
    ],
    [
      'a type that is not in the contract',
      enveloped({ ...BODY, event_type: 'paid' }),
      ['unhandled_event_type', 'data.event_type'],
    ],
    [
      'an inexact amount',
      enveloped({ ...BODY, amount: '1.005' }),
      ['amount_inexact', 'data.amount'],
    ],
    [
      'a timestamp without a zone',
      enveloped(BODY, '2026-11-24T10:00:00'),
      ['validation_failed', 'timestamp'],
    ],
    ['a timestamp that is a number', enveloped(BODY, 1), ['validation_failed', 'timestamp']],
    [
      'a timestamp and a field',
      enveloped({ ...BODY, amount: '1.005' }, ''),
      ['validation_failed', 'timestamp', 'data.amount'],
    ],
    [
      'an occurred_at, whatever the timestamp',
      enveloped({ ...BODY, occurred_at: '' }),
      ['validation_failed', 'data.occurred_at'],
    ],
  ])('%s', (_, body, expected) => {
    expect(refusalOf(body)).toEqual(expected);
  });

  it('not a timestamp that is not needed', () => {
    expect(statementOf(enveloped({ ...BODY, occurred_at: AT }, 1)).at).toBe(Date.parse(AT));
  });
});

describe('the life of a payment, in every order and with a repetition', () => {
  const lives: Record<ScenarioName, Partial<Nameless>> = {
    succeeded: { status: 'captured', amountCaptured: 4999n },
    failed: { status: 'failed', failure: { code: null, message: 'Insufficient funds' } },
    'authorized-captured': { status: 'captured', amountAuthorized: 4999n, amountCaptured: 4999n },
    voided: { status: 'canceled', amountAuthorized: 4999n, amountCaptured: 0n },
    refunded: { status: 'refunded', amountRefunded: 4999n },
    'partially-refunded': { status: 'partially_refunded', amountRefunded: 1000n },
    'refund-failed': { status: 'captured', amountRefunded: 0n },
    'disputed-won': { status: 'captured', amountDisputed: 0n, amountChargedBack: 0n },
    'disputed-lost': { status: 'charged_back', amountChargedBack: 4999n },
  };

  it.each(Object.entries(lives))('%s', (name, expected) => {
    const now = Date.parse(AT);
    const played = { unique: 'u1', now, options: {}, account: null, livemode: false };
    const signing = { secret: 'whsec_', key: null, at: now, url: '', options: {} };
    const story = (provider.scenarios[name as ScenarioName]?.(played) ?? []).flatMap((sample) => {
      const { body, headers } = provider.sign(sample, signing);
      return eventsOf(provider, body, headers);
    });
    expect(story.length).toBeGreaterThan(1);
    for (const payments of paymentsInEveryOrder(provider, story)) {
      expect(payments).toMatchObject([
        { ...expected, reference: 'order-u1', refs: ['tx:tx_u1'], flags: [] },
      ]);
    }
  });
});
