/** The app of examples/receiver, told by the service what happens. */
import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppModule } from '../../examples/receiver/src/app.module.js';
import { Payments } from '../../examples/receiver/src/payments.js';
import { PrismaService } from '../../src/database/prisma.service.js';
import { signedHeaders } from '../../src/notifications/sending/signature.js';
import { type PaymentDto } from '../../src/payments/payment.dto.js';
import { createTestApplication, type TestApplication } from '../support/application.js';
import { signedStripe, unique } from '../support/signed.js';
import { charge, CREATED, intent, refund, stripeEvent } from '../support/stripe-events.js';
import { OutboxRows, SECRET } from './support/outbox-rows.js';

let receiver: INestApplication;
let service: TestApplication;
let url: string;

beforeAll(async () => {
  receiver = await NestFactory.create(AppModule.forRoot(SECRET), { rawBody: true, logger: false });
  await receiver.listen(0, '127.0.0.1');
  const { port } = (receiver.getHttpServer() as Server).address() as AddressInfo;
  url = `http://127.0.0.1:${port}/payments`;
  service = await createTestApplication({ env: { NOTIFY_ALLOW_CIDRS: '127.0.0.0/8' } });
});
afterAll(async () => {
  await service.close();
  await receiver.close();
});

it('ends with the payments that the service has, although three of them turned out to be one', async () => {
  const prisma = service.app.get(PrismaService);
  await new OutboxRows(prisma).endpoint(url);
  const name = unique();
  const joining = intent(name, { latest_charge: `ch_${name}_other`, amount_received: 4999 });
  const events = [
    stripeEvent(
      'refund.created',
      refund(name, { id: `re_${name}`, amount: 1000, payment_intent: null }),
    ),
    stripeEvent('payment_intent.succeeded', intent(name, { latest_charge: null })),
    stripeEvent('charge.succeeded', charge(`${name}_other`, { payment_intent: null })),
    stripeEvent('charge.succeeded', charge(name, { payment_intent: `pi_${name}` }), {
      created: CREATED + 1,
    }),
    stripeEvent('payment_intent.succeeded', joining, { created: CREATED + 2 }),
  ];
  for (const event of events) {
    expect((await service.deliver('stripe', signedStripe(event))).status).toBe(200);
  }
  while ((await prisma.notification.count({ where: { status: 'pending' } })) > 0) await sleep(20);

  const { data } = await service.api<{ data: PaymentDto[] }>('payments');
  expect(data).toHaveLength(1);
  const known = receiver.get(Payments).all();
  expect(
    known.map(({ id, version, status, amountCaptured, amountRefunded }) => ({
      ...{ id, version, status, amountCaptured, amountRefunded },
    })),
  ).toEqual(
    data.map(({ id, version, status, amountCaptured, amountRefunded }) => ({
      ...{ id, version, status, amountCaptured, amountRefunded },
    })),
  );
  expect(await prisma.notificationAttempt.count({ where: { status: { not: 204 } } })).toBe(0);
});

it('keeps nothing that is not signed, not signed for it, or late', async () => {
  const payment = { id: unique(), version: 2 };
  const send = async (body: object, secret = SECRET, sent = body) => {
    const headers = { ...signedHeaders('1', [secret], Date.now(), JSON.stringify(body)) };
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(sent),
    });
    return answer.status;
  };
  const message = (version: number) => ({
    type: 'payment.updated',
    data: { payment: { ...payment, version } },
  });
  const known = () =>
    receiver
      .get(Payments)
      .all()
      .find(({ id }) => id === payment.id);

  expect(await send(message(2), `whsec_${Buffer.alloc(24).toString('base64')}`)).toBe(401);
  expect(await send(message(2), SECRET, message(9))).toBe(401);
  expect((await fetch(url, { method: 'POST' })).status).toBe(401);
  expect(known()).toBeUndefined();
  expect(await send(message(2))).toBe(204);
  expect(await send(message(1))).toBe(204);
  expect(known()).toEqual(payment);
});
