import { Prisma, type Payment, type PaymentChange } from '../generated/prisma/client.js';
import { changeAnswer, paymentAnswer } from './payment-answer.js';

const at = new Date('2026-11-24T10:00:00Z');
const beyond = '99999999999999999999999999999999999999';

describe('paymentAnswer', () => {
  it('keeps amounts exact to the last of 38 digits, and has null for what is not known', () => {
    const zero = new Prisma.Decimal(0);
    const row: Payment = {
      id: '018f2a3b-4c5d-7e6f-8a9b-0c1d2e3f4a5b',
      version: 1,
      mergedInto: null,
      mergedFrom: [],
      announced: [],
      source: 'generic',
      provider: 'generic',
      account: null,
      livemode: null,
      status: 'captured',
      currency: 'EUR',
      amountAuthorized: new Prisma.Decimal('1e21'),
      amountCaptured: new Prisma.Decimal(beyond),
      amountRefunded: zero,
      amountDisputed: zero,
      amountChargedBack: zero,
      reference: null,
      refs: ['tx:1'],
      groups: [],
      failureCode: null,
      failureMessage: null,
      flags: [],
      occurredAt: null,
      createdAt: at,
      updatedAt: at,
    };
    const answer = paymentAnswer(row);
    expect(answer.amountAuthorized).toBe(10n ** 21n);
    expect(answer.amountCaptured).toBe(BigInt(beyond));
    expect(answer).toMatchObject({
      account: null,
      livemode: null,
      reference: null,
      failure: null,
      occurredAt: null,
      createdAt: '2026-11-24T10:00:00.000Z',
    });
    expect(answer).not.toHaveProperty('mergedInto');
    expect(paymentAnswer({ ...row, failureMessage: 'no' }).failure).toEqual({
      code: null,
      message: 'no',
    });
  });
});

describe('changeAnswer', () => {
  it('makes the text amounts of a snapshot integers', () => {
    const to = {
      status: 'captured',
      currency: 'EUR',
      amountAuthorized: beyond,
      amountCaptured: '4999',
      amountRefunded: '0',
      amountDisputed: '0',
      amountChargedBack: '0',
      reference: null,
      failure: null,
      flags: [],
    };
    const row: PaymentChange = {
      paymentId: 'p',
      version: 1,
      cause: 'event',
      webhookEventId: 'e',
      from: null,
      to,
      silent: false,
      at,
    };
    expect(changeAnswer({ ...row, event: { eventId: 'evt_1' } })).toMatchObject({
      version: 1,
      cause: 'event',
      eventId: 'evt_1',
      from: null,
      to: { amountAuthorized: BigInt(beyond), amountCaptured: 4999n },
      at: '2026-11-24T10:00:00.000Z',
    });
    expect(changeAnswer({ ...row, event: null }).eventId).toBeNull();
  });
});
