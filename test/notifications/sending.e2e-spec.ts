/** What the outbox has reaches the user's app: signed, in order, again where it failed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { PrismaService } from '../../src/database/prisma.service.js';
import { type Endpoint, type Notification } from '../../src/generated/prisma/client.js';
import { OutboxSignal } from '../../src/notifications/outbox-signal.js';
import { createTestApplication, type TestApplication } from '../support/application.js';
import { answering, AppServer, ok, type Received } from './support/app-server.js';
import { bodyOf, OutboxRows, paymentIn, SECRET } from './support/outbox-rows.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let service: TestApplication;
let prisma: PrismaService;
let rows: OutboxRows;
let app: AppServer;

beforeAll(async () => {
  service = await createTestApplication({ env: { NOTIFY_ALLOW_CIDRS: '127.0.0.0/8' } });
  prisma = service.app.get(PrismaService);
  rows = new OutboxRows(prisma);
});
afterAll(() => service.close());
beforeEach(async () => {
  app = await AppServer.start();
});
afterEach(async () => {
  await app.close();
  await prisma.endpoint.deleteMany();
});

function nudge(): void {
  service.app.get(OutboxSignal).raise();
}

/** What an endpoint is to be told of payments of one version each. */
async function tell(endpoint: Endpoint, count = 1, fields: Partial<Notification> = {}) {
  const notifications = await rows.notifications(
    [endpoint],
    await rows.payments(count, 1),
    1,
    fields,
  );
  nudge();
  return notifications;
}

function read(id: string) {
  return prisma.notification.findUniqueOrThrow({
    where: { id },
    include: { attemptLog: { orderBy: { number: 'asc' } } },
  });
}

/** A notification once so many of its attempts are written down. */
async function attempted(id: string, attempts = 1) {
  for (;;) {
    const row = await read(id);
    if (row.attempts >= attempts) return row;
    await sleep(10);
  }
}

async function makeDue(id: string): Promise<void> {
  await prisma.$executeRaw`UPDATE notifications SET due_at = now() WHERE id = ${id}::uuid`;
  nudge();
}

/** Milliseconds from now until a time of the database, which runs by the same clock. */
function untilDue({ dueAt }: { dueAt: Date }): number {
  return dueAt.getTime() - Date.now();
}

describe('an attempt', () => {
  it('is signed by Standard Webhooks over the exact text', async () => {
    const [notification] = await tell(await rows.endpoint(app.url));
    await app.until(1);
    const [{ headers, body, path }] = app.received as [Received];
    expect(new Webhook(SECRET).verify(body, headers)).toEqual(JSON.parse(body));
    expect(body).toBe(bodyOf(notification!.paymentId, 1));
    expect(path).toBe('/told');
    expect(headers).toMatchObject({
      'webhook-id': notification!.id,
      'webhook-signature': expect.stringMatching(/^v1,[\w+/]{43}=$/) as string,
      'content-type': 'application/json',
      'user-agent': 'payment-webhooks',
    });
    expect(await attempted(notification!.id)).toMatchObject({ status: 'delivered', attempts: 1 });
  });

  it('is signed by the former secret too until its overlap ends', async () => {
    const former = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    const endpoint = await rows.endpoint(app.url, {
      previousSecret: former,
      previousSecretUntil: new Date(Date.now() + HOUR),
    });
    await tell(endpoint);
    await app.until(1);
    for (const secret of [SECRET, former]) {
      const { body, headers } = app.received[0]!;
      expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    }
    await prisma.endpoint.update({
      where: { id: endpoint.id },
      data: { previousSecretUntil: new Date(Date.now() - 1000) },
    });
    await tell(endpoint);
    await app.until(2);
    const { body, headers } = app.received[1]!;
    expect(new Webhook(SECRET).verify(body, headers)).toBeDefined();
    expect(() => new Webhook(former).verify(body, headers)).toThrow();
  });

  it('is written down with its status, its time and the beginning of the answer', async () => {
    app.answer = (_, response) =>
      void response.writeHead(418).end(`short and stout\0${'é'.repeat(2000)}`);
    const before = Date.now();
    const [notification] = await tell(await rows.endpoint(app.url));
    const { attemptLog, status } = await attempted(notification!.id);
    expect(status).toBe('pending');
    expect(attemptLog).toEqual([
      {
        notificationId: notification!.id,
        number: 1,
        at: expect.any(Date) as Date,
        durationMs: expect.any(Number) as number,
        status: 418,
        answer: `short and stout\u{fffd}${'é'.repeat(504)}`,
        error: 'answered 418',
      },
    ]);
    expect(attemptLog[0]!.at.getTime()).toBeGreaterThanOrEqual(before - 1000);
    expect(attemptLog[0]!.at.getTime()).toBeLessThanOrEqual(Date.now());
  });

  it('is repeated with the same id and another time, in 5 s, then in 5 min', async () => {
    app.answer = answering(500);
    const [notification] = await tell(await rows.endpoint(app.url));
    const first = await attempted(notification!.id);
    expect(untilDue(first)).toBeGreaterThan(2_000);
    expect(untilDue(first)).toBeLessThanOrEqual(6_000);
    await sleep(1_100);
    await makeDue(notification!.id);
    const second = await attempted(notification!.id, 2);
    expect(untilDue(second)).toBeGreaterThan(230_000);
    expect(untilDue(second)).toBeLessThanOrEqual(360_000);
    const [one, other] = app.received as [Received, Received];
    expect(other.id).toBe(one.id);
    expect(other.headers['webhook-timestamp']).not.toBe(one.headers['webhook-timestamp']);
    for (const { body, headers } of app.received) new Webhook(SECRET).verify(body, headers);
  });

  it('comes again by itself after 5 s', async () => {
    app.answer = (_, response) => {
      app.answer = ok;
      response.writeHead(503).end();
    };
    const [notification] = await tell(await rows.endpoint(app.url));
    expect(await attempted(notification!.id, 2)).toMatchObject({
      status: 'delivered',
      attemptLog: [{ status: 503 }, { status: 204, error: null }],
    });
    const [one, other] = app.received as [Received, Received];
    expect(other.at - one.at).toBeGreaterThan(3_900);
  });

  it.each([
    ['3600', HOUR],
    ['31536000', DAY],
  ])('comes no earlier than Retry-After asks, within a day: %s', async (header, gap) => {
    app.answer = answering(429, { 'Retry-After': header });
    const [notification] = await tell(await rows.endpoint(app.url));
    const row = await attempted(notification!.id);
    expect(untilDue(row)).toBeGreaterThan(gap - 10_000);
    expect(untilDue(row)).toBeLessThanOrEqual(gap);
  });

  it.each([301, 302, 303, 307, 308])(
    'fails by a redirect, which is not followed: %i',
    async (status) => {
      const other = await AppServer.start();
      app.answer = answering(status, { Location: other.url });
      const [notification] = await tell(await rows.endpoint(app.url));
      const { attemptLog } = await attempted(notification!.id);
      expect(attemptLog).toMatchObject([
        { status, error: `answered ${status}: redirects are not followed` },
      ]);
      expect(other.connections).toBe(0);
      await other.close();
    },
  );

  it('is the last one after three days: the notification is dead, and kept', async () => {
    app.answer = answering(500);
    const [notification] = await tell(await rows.endpoint(app.url), 1, { attempts: 11 });
    expect(await attempted(notification!.id, 12)).toMatchObject({ status: 'dead' });
  });
});

describe('an endpoint', () => {
  const status = async ({ id }: Endpoint) =>
    prisma.endpoint.findUniqueOrThrow({
      where: { id },
      select: { status: true, statusReason: true, failingSince: true },
    });

  it('is off when it answers 410, and what waits is kept', async () => {
    app.answer = answering(410);
    const endpoint = await rows.endpoint(app.url);
    const [notification] = await tell(endpoint);
    await attempted(notification!.id);
    expect(await status(endpoint)).toMatchObject({ status: 'off', statusReason: 'gone' });
    const [other] = await tell(endpoint);
    await makeDue(notification!.id);
    await sleep(1_500);
    expect(app.received).toHaveLength(1);
    for (const { id } of [notification!, other!]) {
      expect(await read(id)).toMatchObject({ status: 'pending' });
    }
  });

  it('is failing since the first failure, until an attempt succeeds', async () => {
    app.answer = answering(500);
    const endpoint = await rows.endpoint(app.url);
    const [notification] = await tell(endpoint);
    await attempted(notification!.id);
    const { failingSince } = await status(endpoint);
    expect(failingSince).toEqual(expect.any(Date));
    await makeDue(notification!.id);
    await attempted(notification!.id, 2);
    expect(await status(endpoint)).toEqual({ status: 'active', statusReason: null, failingSince });
    app.answer = ok;
    await makeDue(notification!.id);
    await attempted(notification!.id, 3);
    expect(await status(endpoint)).toMatchObject({ status: 'active', failingSince: null });
  });

  it('is paused when it has failed for three days, and told all when it is resumed', async () => {
    app.answer = answering(500);
    const failingSince = new Date(Date.now() - 3 * DAY - 1000);
    const endpoint = await rows.endpoint(app.url, { failingSince });
    const [notification] = await tell(endpoint);
    await attempted(notification!.id);
    expect(await status(endpoint)).toEqual({
      status: 'paused',
      statusReason: 'failing',
      failingSince,
    });
    const [later] = await tell(endpoint);
    await makeDue(notification!.id);
    await sleep(1_500);
    expect(app.received).toHaveLength(1);

    app.answer = ok;
    await prisma.endpoint.update({
      where: { id: endpoint.id },
      data: { status: 'active', statusReason: null, failingSince: null },
    });
    nudge();
    expect(await attempted(notification!.id, 2)).toMatchObject({ status: 'delivered' });
    expect(await attempted(later!.id)).toMatchObject({ status: 'delivered' });
  });

  it('is not paused a second before', async () => {
    app.answer = answering(500);
    const failingSince = new Date(Date.now() - 3 * DAY + 60_000);
    const endpoint = await rows.endpoint(app.url, { failingSince });
    const [notification] = await tell(endpoint);
    await attempted(notification!.id);
    expect(await status(endpoint)).toMatchObject({ status: 'active', failingSince });
  });

  it('that hangs does not hold up the others, and is itself asked by few at once', async () => {
    const slow = await AppServer.start(() => undefined);
    const hanging = await rows.endpoint(slow.url);
    await tell(hanging, 40);
    await slow.until(10);
    const others = await Promise.all([1, 2, 3].map(() => rows.endpoint(app.url)));
    for (const other of others) await tell(other, 50);
    await app.until(150);
    expect(slow.most).toBe(10);
    expect(
      await prisma.notification.count({ where: { endpointId: hanging.id, attempts: 0 } }),
    ).toBe(40);
    await slow.close();
  });

  it('that fails is tried by one attempt at a time', async () => {
    app.answer = async (_, response) => {
      await sleep(20);
      response.writeHead(500).end();
    };
    const endpoint = await rows.endpoint(app.url, { failingSince: new Date() });
    await tell(endpoint, 10);
    await app.until(10);
    expect(app.most).toBe(1);
  });
});

describe('the order', () => {
  const versionsAt = (server: AppServer, payment: string) =>
    server.received
      .map(({ body }) => paymentIn(body))
      .filter(({ id }) => id === payment)
      .map(({ version }) => version);

  it('of one payment at one endpoint is that of its versions; others run beside it', async () => {
    app.answer = async (_, response) => {
      await sleep(5);
      response.writeHead(200).end();
    };
    const other = await AppServer.start(app.answer);
    const endpoints = [await rows.endpoint(app.url), await rows.endpoint(other.url)];
    const payments = await rows.payments(12, 6);
    await rows.notifications(endpoints, payments, 6);
    nudge();
    await Promise.all([app.until(72), other.until(72)]);
    for (const server of [app, other]) {
      for (const payment of payments)
        expect(versionsAt(server, payment)).toEqual([1, 2, 3, 4, 5, 6]);
      expect(server.most).toBeGreaterThan(1);
    }
    await other.close();
  });

  it('holds back what follows a version that failed, and nothing else', async () => {
    const [payment, free] = (await rows.payments(2, 3)) as [string, string];
    app.answer = ({ body }, response) =>
      void response.writeHead(paymentIn(body).id === payment ? 500 : 204).end();
    const endpoint = await rows.endpoint(app.url);
    const notifications = await rows.notifications([endpoint], [payment, free], 3);
    nudge();
    await app.until(4);
    const held = notifications.filter(({ paymentId }) => paymentId === payment);
    const [first] = held;
    const head = await attempted(first!.id);
    for (const { id } of held.slice(1)) {
      const follower = await read(id);
      expect(follower.attempts).toBe(0);
      // Not before its head, so that it is not looked at until then.
      expect(follower.dueAt.getTime()).toBeGreaterThanOrEqual(head.dueAt.getTime());
    }
    app.answer = ok;
    await makeDue(first!.id);
    await app.until(7);
    expect(versionsAt(app, payment)).toEqual([1, 1, 2, 3]);
    expect(versionsAt(app, free)).toEqual([1, 2, 3]);
  });

  it('puts aside what comes while an earlier version waits, until that is delivered', async () => {
    app.answer = answering(500);
    const [payment] = (await rows.payments(1, 2)) as [string];
    const endpoint = await rows.endpoint(app.url);
    const [first] = await rows.notifications([endpoint], [payment], 1);
    nudge();
    await attempted(first!.id);
    await makeDue(first!.id);
    const { dueAt } = await attempted(first!.id, 2);
    await prisma.notification.create({
      data: { ...first!, id: first!.id.replace(/^.{8}/, 'ffffffff'), version: 2 },
    });
    nudge();
    const second = () =>
      prisma.notification.findFirstOrThrow({ where: { endpointId: endpoint.id, version: 2 } });
    while ((await second()).dueAt.getTime() !== dueAt.getTime()) await sleep(10);
    app.answer = ok;
    await makeDue(first!.id);
    expect(await attempted((await second()).id)).toMatchObject({ status: 'delivered' });
  });

  it('goes on behind a version that died', async () => {
    const [payment] = (await rows.payments(1, 2)) as [string];
    const endpoint = await rows.endpoint(app.url);
    app.answer = (_, response) => {
      app.answer = ok;
      response.writeHead(500).end();
    };
    const [first, second] = await rows.notifications([endpoint], [payment], 2, { attempts: 11 });
    nudge();
    expect(await attempted(second!.id, 12)).toMatchObject({ status: 'delivered' });
    expect(await read(first!.id)).toMatchObject({ status: 'dead' });
  });

  it('does not bind what is retried by hand', async () => {
    const [payment] = (await rows.payments(1, 3)) as [string];
    const endpoint = await rows.endpoint(app.url);
    const later = new Date(Date.now() + HOUR);
    const [first, second, third] = await rows.notifications([endpoint], [payment], 3);
    const set = (id: string, data: Partial<Notification>) =>
      prisma.notification.update({ where: { id }, data });
    // Waits for an hour; retried by hand; waits behind the first.
    await set(first!.id, { dueAt: later });
    await set(second!.id, { byHand: true });
    nudge();
    await attempted(second!.id);
    // Retried by hand, the first holds nothing back any more.
    await set(first!.id, { byHand: true });
    await makeDue(third!.id);
    await attempted(third!.id);
    expect(versionsAt(app, payment)).toEqual([2, 3]);
  });
});

describe('a lease', () => {
  it('ends with a crash: the notification is sent by another', async () => {
    const endpoint = await rows.endpoint(app.url);
    // As a process leaves it that was killed while it sent.
    const [notification] = await tell(endpoint, 1, {
      fence: 1,
      dueAt: new Date(Date.now() + 1_000),
    });
    await sleep(500);
    expect(app.received).toHaveLength(0);
    expect(await attempted(notification!.id)).toMatchObject({ status: 'delivered', fence: 2 });
  });

  it('that ran out lets only the one say how it ended who claimed it last', async () => {
    const answers: (() => void)[] = [];
    app.answer = (_, response) => void answers.push(() => response.writeHead(200).end());
    const endpoint = await rows.endpoint(app.url);
    const [notification] = await tell(endpoint);
    const { id } = notification!;
    await app.until(1);
    expect(await read(id)).toMatchObject({ fence: 1, status: 'pending' });
    const lease = untilDue(await read(id));
    expect(lease).toBeGreaterThan(10_000);
    expect(lease).toBeLessThanOrEqual(60_000);

    // As if this process had stood still for longer than the lease, and another had claimed it.
    await prisma.$executeRaw`
      UPDATE notifications SET fence = fence + 1, due_at = now() + interval '30 seconds'
      WHERE id = ${id}::uuid`;
    answers.shift()!();
    await sleep(300);
    expect(await read(id)).toMatchObject({ status: 'pending', attempts: 0, attemptLog: [] });

    // The other one has crashed as well.
    await makeDue(id);
    await app.until(2);
    answers.shift()!();
    expect(await attempted(id)).toMatchObject({ status: 'delivered', attempts: 1, fence: 3 });
  });

  it('is renewed while an attempt takes long', async () => {
    let answer = (): void => undefined;
    app.answer = (_, response) => {
      answer = () => response.writeHead(200).end();
    };
    const [notification] = await tell(await rows.endpoint(app.url));
    await app.until(1);
    const before = (await read(notification!.id)).dueAt.getTime();
    while ((await read(notification!.id)).dueAt.getTime() <= before) await sleep(100);
    answer();
    expect(await attempted(notification!.id)).toMatchObject({ status: 'delivered', fence: 1 });
  });
});

describe('the end of the service', () => {
  it('lets attempts under way end, and gives back those that do not', async () => {
    const env = { NOTIFY_ALLOW_CIDRS: '127.0.0.0/8' };
    const other = await createTestApplication({ env });
    const outbox = new OutboxRows(other.app.get(PrismaService));
    const slow = await AppServer.start(() => undefined);
    app.answer = async (_, response) => {
      await sleep(700);
      response.writeHead(204).end();
    };
    const send = async (server: AppServer) => {
      const endpoint = await outbox.endpoint(server.url);
      const told = await outbox.notifications([endpoint], await outbox.payments(1, 1), 1);
      other.app.get(OutboxSignal).raise();
      return told[0]!.id;
    };
    const [ending, hanging] = [await send(app), await send(slow)];
    await Promise.all([app.until(1), slow.until(1)]);
    const { database } = other;
    await other.app.close();

    const after = new PrismaService({ url: database.url, poolSize: 1 });
    const find = (id: string) => after.notification.findUniqueOrThrow({ where: { id } });
    expect(await find(ending)).toMatchObject({ status: 'delivered', attempts: 1 });
    const given = await find(hanging);
    expect(given).toMatchObject({ status: 'pending', attempts: 0, fence: 1 });
    expect(untilDue(given)).toBeLessThanOrEqual(0);
    await after.onApplicationShutdown();
    await slow.close();
    await database.drop();
  });
});
