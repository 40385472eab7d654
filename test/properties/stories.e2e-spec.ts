/**
 * Stories of payments at Stripe, event by event, told in every order: through the normaliser and the
 * pure ledger in all of them, through two services on one Postgres in some.
 */
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import { MemoryStore, violations } from '../../src/payments/testing/memory-store.js';
import { ordersOf } from '../../src/payments/testing/orders.js';
import { paymentsIn } from '../../src/payments/testing/partition.js';
import { createTestApplication, type TestApplication } from '../support/application.js';
import { charge, CREATED, intent, refund, stripeEvent } from '../support/stripe-events.js';
import { unique } from '../support/signed.js';
import { howMany } from './support/check.js';
import { MARK, type SentEvent, sign, specOf } from './support/events.js';
import { booksIn, booksOf } from './support/judge.js';
import { Senders } from './support/senders.js';
import { indexForTests, readTables } from './support/tables.js';

interface Story {
  /** In the order in which Stripe makes them; those of one second in any. */
  readonly events: readonly SentEvent[];
  readonly end: object;
}

/** An event in a second of the story. */
function at(second: number, type: string, object: object): SentEvent {
  const id = `${MARK}evt_${second}_${type}`;
  return { source: 'stripe', event: stripeEvent(type, object, { id, created: CREATED + second }) };
}

const PI = `${MARK}pi`;
const pi = (status: string, fields: object = {}) =>
  intent('', {
    id: PI,
    status,
    amount: 10000,
    amount_received: 0,
    latest_charge: `${MARK}ch`,
    metadata: { order_id: 'order-1' },
    ...fields,
  });
const ch = (fields: object = {}) =>
  charge('', {
    id: `${MARK}ch`,
    payment_intent: PI,
    amount: 10000,
    amount_captured: 10000,
    ...fields,
  });
const re = (id: string, amount: number, fields: object = {}) =>
  refund('', { id: `${MARK}${id}`, charge: `${MARK}ch`, payment_intent: PI, amount, ...fields });
const dp = (status: string) => ({
  id: `${MARK}dp`,
  object: 'dispute',
  amount: 10000,
  charge: `${MARK}ch`,
  currency: 'eur',
  payment_intent: PI,
  status,
});

const uncaptured = { captured: false, amount_captured: 0 };
const capturable = at(
  0,
  'payment_intent.amount_capturable_updated',
  pi('requires_capture', { amount_capturable: 10000 }),
);
const authorized = [at(0, 'charge.succeeded', ch(uncaptured)), capturable];
const captured = [
  at(1, 'charge.captured', ch()),
  at(1, 'payment_intent.succeeded', pi('succeeded', { amount_received: 10000 })),
];
const firstRefund = at(2, 'refund.created', re('re_1', 3000, { created: CREATED + 2 }));
const secondRefund = at(3, 'refund.created', re('re_2', 2000, { created: CREATED + 3 }));
const bothRefunded = at(3, 'charge.refunded', ch({ amount_refunded: 5000 }));
const disputed = [
  at(4, 'charge.dispute.created', dp('needs_response')),
  at(5, 'charge.dispute.closed', dp('won')),
];
const refundedAndWon = {
  status: 'partially_refunded',
  currency: 'EUR',
  amountAuthorized: 10000n,
  amountCaptured: 10000n,
  amountRefunded: 5000n,
  amountDisputed: 0n,
  amountChargedBack: 0n,
  failure: null,
  flags: [],
  reference: 'order-1',
};
const declined = (n: number) => ({
  id: `${MARK}ch_${n}`,
  ...uncaptured,
  status: 'failed',
  failure_code: 'card_declined',
  failure_message: `attempt ${n}`,
});
const failed = (n: number) => [
  at(n, 'charge.failed', ch(declined(n))),
  at(
    n,
    'payment_intent.payment_failed',
    pi('requires_payment_method', {
      latest_charge: `${MARK}ch_${n}`,
      last_payment_error: { code: 'card_declined', message: `attempt ${n}` },
    }),
  ),
];

const STORIES: Record<string, Story> = {
  'authorized, captured, refunded twice, disputed, won: what decides': {
    events: [capturable, captured[0]!, firstRefund, secondRefund, bothRefunded, ...disputed],
    end: refundedAndWon,
  },
  'authorized, captured, refunded twice, disputed, won: all that is sent': {
    events: [
      at(0, 'payment_intent.created', pi('requires_payment_method', { latest_charge: null })),
      ...authorized,
      ...captured,
      firstRefund,
      at(2, 'charge.refunded', ch({ amount_refunded: 3000 })),
      secondRefund,
      bothRefunded,
      ...disputed,
    ],
    end: refundedAndWon,
  },
  '100 authorized, 60 captured, the rest released': {
    events: [
      ...authorized,
      at(1, 'charge.captured', ch({ amount_captured: 6000, amount_refunded: 4000 })),
      at(
        1,
        'payment_intent.amount_capturable_updated',
        pi('succeeded', { amount_received: 6000, amount_capturable: 0 }),
      ),
      at(1, 'payment_intent.succeeded', pi('succeeded', { amount_received: 6000 })),
      at(1, 'charge.refunded', ch({ amount_captured: 6000, amount_refunded: 4000 })),
      at(1, 'refund.created', re('re_release', 4000)),
    ],
    end: {
      status: 'captured',
      amountAuthorized: 10000n,
      amountCaptured: 6000n,
      amountRefunded: 0n,
      flags: [],
    },
  },
  'authorized, canceled before a capture': {
    events: [
      ...authorized,
      at(1, 'charge.refunded', ch({ ...uncaptured, refunded: true, amount_refunded: 10000 })),
      at(1, 'refund.created', re('re_release', 10000)),
      at(1, 'payment_intent.amount_capturable_updated', pi('canceled')),
      at(1, 'payment_intent.canceled', pi('canceled', { cancellation_reason: 'abandoned' })),
    ],
    end: {
      status: 'canceled',
      amountAuthorized: 10000n,
      amountCaptured: 0n,
      amountRefunded: 0n,
      flags: [],
    },
  },
  'failed, failed, succeeded': {
    events: [
      ...failed(1),
      ...failed(2),
      at(3, 'charge.succeeded', ch()),
      at(3, 'payment_intent.succeeded', pi('succeeded', { amount_received: 10000 })),
    ],
    end: {
      status: 'captured',
      amountCaptured: 10000n,
      failure: null,
      flags: [],
      refs: ['ch:ch', 'ch:ch_1', 'ch:ch_2', 'pi:pi'],
    },
  },
  'failed, failed': {
    events: [...failed(1), ...failed(2)],
    end: {
      status: 'failed',
      amountCaptured: 0n,
      failure: { code: 'card_declined', message: 'attempt 2' },
    },
  },
  'a refund that knows only its charge, the charge, the intent': {
    events: [
      at(2, 'refund.created', re('re_1', 3000, { payment_intent: null, created: CREATED + 2 })),
      at(1, 'charge.succeeded', ch()),
      at(0, 'payment_intent.processing', pi('processing', { latest_charge: null })),
      at(1, 'payment_intent.succeeded', pi('succeeded', { amount_received: 10000 })),
    ],
    end: {
      status: 'partially_refunded',
      amountCaptured: 10000n,
      amountRefunded: 3000n,
      flags: [],
      refs: ['ch:ch', 'pi:pi', 're:re_1'],
    },
  },
  'refunded, and the refund fails': {
    events: [
      ...captured,
      firstRefund,
      at(2, 'charge.refunded', ch({ amount_refunded: 3000 })),
      at(3, 'refund.failed', re('re_1', 3000, { status: 'failed', created: CREATED + 2 })),
      at(3, 'charge.refund.updated', re('re_1', 3000, { status: 'failed', created: CREATED + 2 })),
    ],
    end: { status: 'captured', amountCaptured: 10000n, amountRefunded: 0n, flags: [] },
  },
};

const stories = Object.entries(STORIES);

describe('in the pure ledger, in every order', () => {
  it.each(stories)('%s', (_, { events, end }) => {
    const specs = events.map((sent) => specOf(sent));
    const { payments } = booksOf(specs);
    expect(payments).toEqual([expect.objectContaining(end)]);
    let orders = 0;
    for (const order of ordersOf(specs)) {
      const store = new MemoryStore();
      // Some one by one, some together; the first comes once more, when all have come.
      const cut = orders % order.length;
      store.deliver(order.slice(0, cut));
      for (const spec of order.slice(cut)) store.deliver([spec]);
      store.deliver(order.slice(0, 1));
      if (!isDeepStrictEqual(paymentsIn(store), payments)) {
        // Says by its difference which order it is.
        expect({ order, payments: paymentsIn(store) }).toEqual({ order, payments });
      }
      if (orders % 100 === 0) expect(violations(store)).toEqual([]);
      orders += 1;
    }
    expect(orders).toBe(numberOfOrders(events.length));
  });

  // Recognising an event by its id saves work; what is right comes from the keys of statements.
  it.each(stories)('%s; each event also under a second id', (_, { events, end }) => {
    const specs = events.map((sent) => specOf(sent));
    const again = specs.map((spec) => ({ ...spec, eventId: `${spec.eventId}_again` }));
    for (const [i, order] of sampleOf(specs, 60).entries()) {
      const store = new MemoryStore();
      store.deliver(order);
      store.deliver([...again.slice(i % again.length), ...again.slice(0, i % again.length)]);
      expect(paymentsIn(store)).toEqual([expect.objectContaining(end)]);
    }
  });
});

describe('over Postgres, in some orders', () => {
  let one: TestApplication;
  let two: TestApplication;
  let pool: pg.Pool;
  let senders: Senders;

  beforeAll(async () => {
    one = await createTestApplication();
    two = await createTestApplication({ database: one.database });
    pool = new pg.Pool({ connectionString: one.database.url, max: 2 });
    await indexForTests(pool);
    senders = new Senders([one.port, two.port]);
  });
  afterAll(async () => {
    senders.close();
    await pool.end();
    await two.close();
    await one.close();
  });

  it.each(stories)(
    '%s',
    async (_, { events, end }) => {
      const expected = booksOf(events.map((sent) => specOf(sent)));
      for (const [i, order] of sampleOf(events, howMany({ usual: 24, cost: 25 })).entries()) {
        const prefix = `${unique()}.`;
        const webhooks = order.map((sent) => ({ source: sent.source, ...sign(sent, prefix) }));
        if (i % 2 === 0) {
          // One after the other, now to this service, now to that.
          for (const [n, webhook] of [...webhooks, webhooks[0]!].entries()) {
            await senders.send(n % 2, 0, [[webhook]]);
          }
        } else {
          // All at once, to both.
          await Promise.all([
            senders.send(0, 0, [webhooks]),
            senders.send(1, 0, [[...webhooks].reverse()]),
          ]);
        }
        const books = booksIn(await readTables(pool, prefix));
        expect(books).toEqual(expected);
        expect(books.payments).toEqual([expect.objectContaining(end)]);
      }
    },
    600_000,
  );
});

/** Orders that lie evenly between the first and the last. */
function sampleOf<T>(items: readonly T[], wanted: number): (readonly T[])[] {
  const step = Math.max(1, Math.floor(numberOfOrders(items.length) / wanted));
  return [...ordersOf(items)].filter((_, i) => i % step === 0).slice(0, wanted);
}

/** As many as `ordersOf` yields. */
function numberOfOrders(length: number): number {
  if (length > 7) return 3000;
  return length < 2 ? 1 : length * numberOfOrders(length - 1);
}
