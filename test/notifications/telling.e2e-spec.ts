/** What is written to be told, in the transaction that changes a payment. Nothing is sent here. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PrismaService } from '../../src/database/prisma.service.js';
import { type Endpoint } from '../../src/generated/prisma/client.js';
import { newId } from '../../src/operations/ids.js';
import { type PaymentDto } from '../../src/payments/payment.dto.js';
import { Receiver } from '../../src/payments/testing/receiver.js';
import {
  ADMIN_TOKEN,
  createTestApplication,
  type TestApplication,
} from '../support/application.js';
import { signedGeneric, signedStripe, unique } from '../support/signed.js';
import { charge, CREATED, intent, refund, stripeEvent } from '../support/stripe-events.js';

let service: TestApplication;
let prisma: PrismaService;

beforeAll(async () => {
  service = await createTestApplication();
  prisma = service.app.get(PrismaService);
});
afterAll(() => service.close());
afterEach(async () => {
  await prisma.endpoint.deleteMany();
});

/** An endpoint that is paused: what it is to be told is written and stays. */
function endpoint(fields: Partial<Endpoint> = {}): Promise<Endpoint> {
  return prisma.endpoint.create({
    data: {
      id: newId(),
      name: unique(),
      url: 'https://app.example/webhooks',
      types: [],
      sources: [],
      status: 'paused',
      secret: 'whsec_unused',
      createdAt: new Date(),
      updatedAt: new Date(),
      ...fields,
    },
  });
}

interface Body {
  type: string;
  timestamp: string;
  data: {
    payment: PaymentDto & { mergedInto?: string };
    previousStatus: string | null;
    cause: string;
    event: object | null;
  };
}

/** What one endpoint is to be told, in the order in which it was written. */
async function outboxOf({ id }: Endpoint): Promise<Body[]> {
  const notifications = await prisma.notification.findMany({
    where: { endpointId: id },
    include: { message: true },
    orderBy: { id: 'asc' },
  });
  return notifications.map(({ message }) => JSON.parse(message.body) as Body);
}

async function pay(fields: object = {}): Promise<string> {
  const transaction = unique();
  const event = { event_type: 'payment_success', transaction_id: transaction, amount: '49.99' };
  const { status } = await service.deliver(
    'generic',
    signedGeneric({ currency: 'EUR', event_id: unique(), ...event, ...fields }),
  );
  expect(status).toBe(200);
  return transaction;
}

async function post(path: string): Promise<void> {
  const headers = { Authorization: `Bearer ${ADMIN_TOKEN}` };
  const { status } = await service.fetch(`/api/${path}`, { method: 'POST', headers });
  expect(status).toBe(200);
}

async function untilSomebodyWaits(): Promise<void> {
  const waiting = `SELECT 1 FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await service.rows(waiting)).length === 0) await sleep(10);
}

async function paymentOf(ref: string): Promise<PaymentDto> {
  const { data } = await service.api<{ data: PaymentDto[] }>(`payments?ref=${ref}`);
  expect(data).toHaveLength(1);
  return data[0]!;
}

describe('a version of a payment', () => {
  it('is told to each endpoint, as the payment is at that version', async () => {
    const endpoints = [await endpoint(), await endpoint()];
    const transaction = await pay({ occurred_at: '2026-11-24T10:00:00Z', reference: 'order-1' });
    const payment = await paymentOf(transaction);
    const [event] = (await service.api<{ data: { eventId: string; id: string }[] }>('events')).data;
    const { id, eventId } = event!;
    for (const each of endpoints) {
      expect(await outboxOf(each)).toEqual([
        {
          type: 'payment.captured',
          timestamp: payment.updatedAt,
          data: {
            payment,
            previousStatus: null,
            cause: 'event',
            event: { id, source: 'generic', eventId, type: 'payment_success' },
          },
        },
      ]);
    }
    // The text is written once.
    expect(await prisma.message.count({ where: { paymentId: payment.id } })).toBe(1);
  });

  it('has a notification that is due, with an id that grows with time', async () => {
    const { id: endpointId } = await endpoint();
    const before = newId();
    await pay();
    const after = newId();
    const [notification] = await prisma.notification.findMany({ where: { endpointId } });
    expect(notification).toMatchObject({ status: 'pending', attempts: 0, fence: 0, byHand: false });
    expect(notification!.dueAt.getTime()).toBeLessThanOrEqual(Date.now() + 1000);
    expect(notification!.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
    expect([after, notification!.id, before].sort()).toEqual([before, notification!.id, after]);
  });

  it('is told with exact amounts of any size', async () => {
    const each = await endpoint();
    const transaction_id = unique();
    for (let n = 1; n <= 10; n += 1) {
      const event = { event_type: 'payment_captured', capture_id: String(n) };
      await pay({ ...event, transaction_id, amount: '9999999999999.99' });
    }
    const [last] = await prisma.message.findMany({
      where: { notifications: { some: { endpointId: each.id } } },
      orderBy: { version: 'desc' },
    });
    expect(last!.body).toContain('"amountCaptured":9999999999999990,');
  });

  it('is told to those only that want its type and its source, and to none that is off', async () => {
    const wanting = await endpoint({ types: ['payment.failed', 'payment.captured'] });
    const bySource = await endpoint({ sources: ['stripe', 'generic'] });
    const otherType = await endpoint({ types: ['payment.failed'] });
    const otherSource = await endpoint({ types: ['payment.captured'], sources: ['stripe'] });
    const off = await endpoint({ status: 'off', statusReason: 'gone' });
    await pay();
    expect(await outboxOf(wanting)).toHaveLength(1);
    expect(await outboxOf(bySource)).toHaveLength(1);
    for (const none of [otherType, otherSource, off]) expect(await outboxOf(none)).toEqual([]);
  });

  it('leaves nothing where nobody wants it', async () => {
    await endpoint({ types: ['payment.failed'] });
    const before = await prisma.message.count();
    await pay();
    expect(await prisma.message.count()).toBe(before);
  });

  it('is recorded also while an endpoint that wants it is being deleted', async () => {
    const { id } = await endpoint();
    const connection = await prisma.pool.connect();
    try {
      await connection.query('BEGIN');
      await connection.query('DELETE FROM endpoints WHERE id = $1', [id]);
      const paid = pay();
      await untilSomebodyWaits();
      await connection.query('COMMIT');
      await paymentOf(await paid);
    } finally {
      connection.release();
    }
    expect(await prisma.notification.count({ where: { endpointId: id } })).toBe(0);
  });

  it('is not made, and not told, by what changes nothing', async () => {
    const each = await endpoint();
    const event = { event_id: unique(), transaction_id: unique(), amount: '10' };
    for (let i = 0; i < 3; i += 1) await pay(event);
    await pay({ ...event, event_id: unique() });
    expect((await outboxOf(each)).map(({ type }) => type)).toEqual(['payment.captured']);
  });
});

it('lets an app that ships on payment.captured ship once, also after a dispute was won', async () => {
  const each = await endpoint();
  const said = { transaction_id: unique(), amount: '49.99' };
  await pay({ ...said, event_type: 'payment_authorized' });
  await pay(said);
  for (const event_type of ['payment_disputed', 'payment_dispute_won']) {
    await pay({ ...said, event_type, dispute_id: '1' });
  }
  await pay({ ...said, event_type: 'payment_refunded', refund_id: '1', amount: '10' });
  await pay({ ...said, event_type: 'payment_refund_failed', refund_id: '1', amount: '10' });
  const told = await outboxOf(each);
  expect(told.map(({ type, data }) => [type, data.previousStatus, data.payment.status])).toEqual([
    ['payment.authorized', null, 'authorized'],
    ['payment.captured', 'authorized', 'captured'],
    ['payment.disputed', 'captured', 'disputed'],
    ['payment.updated', 'disputed', 'captured'],
    ['payment.partially_refunded', 'captured', 'partially_refunded'],
    ['payment.updated', 'partially_refunded', 'captured'],
  ]);
});

describe('a replay and a reprojection', () => {
  it('tell of what they change, without an event', async () => {
    const each = await endpoint();
    const { id } = await paymentOf(await pay());
    // As if another normaliser had read the amount.
    await prisma.transaction.updateMany({ where: { paymentId: id }, data: { amount: 1n } });
    await post('payments/reproject');
    const [statement] = await prisma.transaction.findMany({ where: { paymentId: id } });
    await post(`events/${statement!.webhookEventId}/replay`);
    expect((await outboxOf(each)).slice(1)).toMatchObject([
      {
        type: 'payment.updated',
        data: { cause: 'reprojection', event: null, payment: { amountCaptured: 1, version: 2 } },
      },
      {
        type: 'payment.updated',
        data: { cause: 'replay', event: null, payment: { amountCaptured: 4999, version: 3 } },
      },
    ]);
  });

  it('tell nobody with notify=false, and what was reached silently is announced later', async () => {
    const each = await endpoint();
    const transaction = await pay({ event_type: 'payment_pending' });
    const { id } = await paymentOf(transaction);
    await prisma.transaction.updateMany({
      where: { paymentId: id },
      data: { kind: 'capture', status: 'succeeded', amount: 4999n, currency: 'EUR' },
    });
    await post('payments/reproject?notify=false');
    expect(await paymentOf(transaction)).toMatchObject({ status: 'captured', version: 2 });
    const said = { transaction_id: transaction, amount: '49.99', dispute_id: '1' };
    await pay({ ...said, event_type: 'payment_disputed' });
    await pay({ ...said, event_type: 'payment_dispute_won' });
    expect((await outboxOf(each)).map(({ type }) => type)).toEqual([
      'payment.created',
      'payment.disputed',
      'payment.captured',
    ]);
  });

  it('tell nobody where only lost columns come back', async () => {
    const each = await endpoint();
    await pay();
    const before = await outboxOf(each);
    await prisma.payment.updateMany({ data: { amountCaptured: 0, status: 'pending', refs: [] } });
    await post('payments/reproject');
    expect(await outboxOf(each)).toEqual(before);
  });

  it('tell nobody in a dry run', async () => {
    const each = await endpoint();
    const { id } = await paymentOf(await pay());
    await prisma.transaction.updateMany({ where: { paymentId: id }, data: { amount: 2n } });
    const before = await outboxOf(each);
    await post('payments/reproject?dryRun=true');
    expect(await outboxOf(each)).toEqual(before);
    await post('payments/reproject');
  });
});

describe('payments that are joined', () => {
  it.each([0, 1, 2, 3, 4, 5])(
    'leave an app that has not been told yet with the sums of the database (%#)',
    async (round) => {
      const each = await endpoint();
      const name = unique();
      // A refund that knows its charge, an intent that knows none, another charge: three payments.
      const events = [
        stripeEvent(
          'refund.created',
          refund(name, { id: `re_${name}`, amount: 1000, payment_intent: null }),
        ),
        stripeEvent('payment_intent.succeeded', intent(name, { latest_charge: null })),
        stripeEvent('charge.succeeded', charge(`${name}_other`, { payment_intent: null })),
        // Joins the first two, then all three.
        stripeEvent('charge.succeeded', charge(name, { payment_intent: `pi_${name}` }), {
          created: CREATED + 1,
        }),
        stripeEvent(
          'payment_intent.succeeded',
          intent(name, { latest_charge: `ch_${name}_other`, amount_received: 4999 }),
          { created: CREATED + 2 },
        ),
      ];
      for (const event of events) await service.deliver('stripe', signedStripe(event));

      const told = await outboxOf(each);
      const merged = told.filter(({ type }) => type === 'payment.merged');
      expect(merged).toHaveLength(2);
      const survivor = await paymentOf(`pi_${name}`);
      for (const { data } of merged) {
        const { id } = data.payment;
        expect(data.payment).toEqual({ id, version: 2, mergedInto: survivor.id });
        // Whoever still asks for the one that is gone learns of the other.
        expect((await service.api<PaymentDto>(`payments/${id}`)).id).toBe(survivor.id);
      }

      const app = new Receiver<Body['data']['payment']>();
      for (const { type, data } of inAnotherOrder(told, round)) app.take(type, data.payment);
      // refs, groups and occurredAt make no version, and mergedFrom comes with the next one.
      const money = ({ id, status, currency, flags, version, ...p }: PaymentDto) => ({
        ...{ id, status, currency, flags, version },
        ...{ captured: p.amountCaptured, refunded: p.amountRefunded },
      });
      expect(app.living().map(money)).toEqual([money(survivor)]);
    },
  );

  /** Payments one after the other, those of each in the order of its versions, some of them twice. */
  function inAnotherOrder(told: readonly Body[], round: number): Body[] {
    const ids = [...new Set(told.map(({ data }) => data.payment.id))].sort();
    const turned = ids.map((_, i) => ids[(i + round) % ids.length]!);
    const order = round < 3 ? turned : turned.reverse();
    return order.flatMap((id) => {
      const own = told.filter(({ data }) => data.payment.id === id);
      return [...own, ...own.slice(0, 1)];
    });
  }
});
