import { type PaymentStatus, type Snapshot } from './fold.js';
import { announcedBy, MESSAGE_TYPES, messageType } from './message-type.js';

function snapshot(status: PaymentStatus, fields: Partial<Snapshot> = {}): Snapshot {
  return {
    status,
    currency: 'EUR',
    amountAuthorized: 0n,
    amountCaptured: 0n,
    amountRefunded: 0n,
    amountDisputed: 0n,
    amountChargedBack: 0n,
    reference: null,
    failure: null,
    flags: [],
    ...fields,
  };
}

const captured = snapshot('captured', { amountCaptured: 100n });
const refunded30 = snapshot('partially_refunded', { amountCaptured: 100n, amountRefunded: 30n });
const disputed = snapshot('disputed', { amountCaptured: 100n, amountDisputed: 20n });

describe('messageType', () => {
  it.each<[string, Snapshot | null, Snapshot, string]>([
    ['the first version, pending', null, snapshot('pending'), 'payment.created'],
    ['the first version, captured', null, captured, 'payment.captured'],
    ['the first version, failed', null, snapshot('failed'), 'payment.failed'],
    ['authorized', snapshot('pending'), snapshot('authorized'), 'payment.authorized'],
    [
      'part of it captured',
      snapshot('authorized'),
      snapshot('partially_captured'),
      'payment.partially_captured',
    ],
    ['canceled', snapshot('authorized'), snapshot('canceled'), 'payment.canceled'],
    ['expired', snapshot('authorized'), snapshot('expired'), 'payment.expired'],
    ['refunded', captured, snapshot('refunded', { amountRefunded: 100n }), 'payment.refunded'],
    ['a first refund', captured, refunded30, 'payment.partially_refunded'],
    [
      'a second refund, which changes no status',
      refunded30,
      { ...refunded30, amountRefunded: 50n },
      'payment.partially_refunded',
    ],
    ['a dispute', captured, disputed, 'payment.disputed'],
    [
      'a dispute of more, which changes no status',
      disputed,
      { ...disputed, amountDisputed: 40n },
      'payment.disputed',
    ],
    [
      'a dispute of more of what was charged back',
      snapshot('charged_back', { amountChargedBack: 10n }),
      snapshot('charged_back', { amountChargedBack: 20n }),
      'payment.charged_back',
    ],
    [
      'a refund of what is disputed',
      disputed,
      { ...disputed, amountRefunded: 10n },
      'payment.updated',
    ],
    ['pending again', snapshot('authorized'), snapshot('pending'), 'payment.updated'],
    ['a reference', captured, { ...captured, reference: 'order-1' }, 'payment.updated'],
    ['nothing, as after a split', captured, captured, 'payment.updated'],
  ])('tells of %s', (_, from, to, type) => {
    expect(messageType(from, to, [])).toBe(type);
  });

  it.each(['authorized', 'partially_captured', 'captured'] as const)('announces %s once', (to) => {
    expect(messageType(disputed, snapshot(to), [])).toBe(`payment.${to}`);
    expect(messageType(disputed, snapshot(to), [to])).toBe('payment.updated');
    expect(messageType(null, snapshot(to), [to])).toBe('payment.updated');
  });

  it('tells of a second failure as of the first', () => {
    expect(messageType(captured, snapshot('failed'), ['captured'])).toBe('payment.failed');
  });
});

describe('announcedBy', () => {
  it('knows the three statuses that apps act on', () => {
    const announced = MESSAGE_TYPES.map(announcedBy).filter((status) => status !== undefined);
    expect(announced).toEqual(['authorized', 'partially_captured', 'captured']);
  });
});
