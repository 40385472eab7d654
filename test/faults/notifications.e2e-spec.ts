/**
 * Workers that are killed or stand still in the middle of sending. In short; FAULTS=whole runs it with
 * as many notifications, and for as long, as is promised.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { PrismaService } from '../../src/database/prisma.service.js';
import { AppServer, ok } from '../notifications/support/app-server.js';
import { OutboxRows, paymentIn } from '../notifications/support/outbox-rows.js';
import { WorkerProcess } from '../notifications/support/worker-process.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { WHOLE } from './support/form.js';

const PAYMENTS = 20;
const ENDPOINTS = 3;
/** 20 payments at 3 endpoints: 420 notifications, or 4,020. */
const VERSIONS = WHOLE ? 67 : 7;
const KILLS = WHOLE ? 4 : 1;
const STANDSTILL = 90_000;
/** Seconds */
const LONGEST_LEASE = 60;

let database: TestDatabase;
let prisma: PrismaService;
let rows: OutboxRows;
let apps: AppServer[];
const workers: WorkerProcess[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  prisma = new PrismaService({ url: database.url, poolSize: 4 });
  rows = new OutboxRows(prisma);
  apps = await Promise.all(Array.from({ length: ENDPOINTS }, () => AppServer.start()));
});
afterEach(async () => {
  // Those of a test that failed.
  await Promise.all(workers.splice(0).map((worker) => worker.end('SIGKILL')));
  await prisma.onApplicationShutdown();
  await Promise.all(apps.map((app) => app.close()));
  await database.drop();
});

/** Where answers wait while it is closed. */
class Gate {
  private opened = Promise.resolve();
  open: () => void = () => undefined;

  close(): void {
    this.opened = new Promise((resolve) => (this.open = resolve));
  }

  passed(): Promise<void> {
    return this.opened;
  }
}

/** Seconds for which the longest lease lasts from now. */
async function longestLease(): Promise<number> {
  const [row] = await prisma.$queryRaw<{ seconds: number }[]>`
    SELECT coalesce(extract(epoch FROM max(due_at) - now()), 0)::float8 AS seconds
    FROM notifications WHERE status = 'pending' AND fence > 0 AND attempts = 0`;
  return row!.seconds;
}

it(
  'loses nothing and keeps the order when workers are killed',
  async () => {
    // Answers are held back at each kill, so that it always meets attempts that are under way.
    const gate = new Gate();
    for (const app of apps) {
      app.answer = async (_, response) => {
        await sleep(2 + Math.random() * 10);
        await gate.passed();
        response.writeHead(204).end();
      };
    }
    const endpoints = await Promise.all(apps.map(({ url }) => rows.endpoint(url)));
    for (let i = 0; i < 2; i += 1) workers.push(await WorkerProcess.start(database));
    const payments = await rows.payments(PAYMENTS, VERSIONS);
    const told = await rows.notifications(endpoints, payments, VERSIONS);
    const left = () => prisma.notification.count({ where: { status: 'pending' } });

    for (let kill = 1; kill <= KILLS; kill += 1) {
      const enough = (told.length * kill) / (KILLS + 1);
      while (apps.reduce((sum, { received }) => sum + received.length, 0) < enough) await sleep(1);
      gate.close();
      // One is killed at once, and leaves leases behind; the other goes on beside its successor.
      await workers.shift()!.end('SIGKILL');
      gate.open();
      expect(await longestLease()).toBeLessThanOrEqual(LONGEST_LEASE);
      workers.push(await WorkerProcess.start(database));
    }
    while ((await left()) > 0) {
      expect(await longestLease()).toBeLessThanOrEqual(LONGEST_LEASE);
      await sleep(50);
    }
    await Promise.all(workers.splice(0).map((worker) => worker.end('SIGTERM')));

    expect(await prisma.notification.count({ where: { status: 'delivered' } })).toBe(told.length);
    apps.forEach((app, i) => {
      const wanted = told.filter(({ endpointId }) => endpointId === endpoints[i]!.id);
      expect(new Set(app.received.map(({ id }) => id))).toEqual(
        new Set(wanted.map(({ id }) => id)),
      );
      for (const payment of payments) {
        const versions = app.received
          .map(({ body }) => paymentIn(body))
          .filter(({ id }) => id === payment)
          .map(({ version }) => version);
        // What was under way at the kill comes again, and before anything that follows it.
        expect(versions).toEqual([...versions].sort((a, b) => a - b));
      }
    });
  },
  WHOLE ? 900_000 : 240_000,
);

it(
  'lets a worker that stood still for longer than its lease say nothing of what another took over',
  async () => {
    const [app] = apps as [AppServer];
    const endpoint = await rows.endpoint(app.url);
    const [payment] = await rows.payments(1, 1);
    const answers: (() => void)[] = [];
    app.answer = (_, response) => void answers.push(() => response.writeHead(200).end('late'));

    const standing = await WorkerProcess.start(database);
    workers.push(standing);
    const [notification] = await rows.notifications([endpoint], [payment!], 1);
    const read = () =>
      prisma.notification.findUniqueOrThrow({
        where: { id: notification!.id },
        include: { attemptLog: true },
      });
    await app.until(1);
    standing.signal('SIGSTOP');

    app.answer = (received, response) => {
      app.answer = ok;
      return ok(received, response);
    };
    const other = await WorkerProcess.start(database);
    workers.push(other);
    if (WHOLE) await sleep(STANDSTILL);
    else await prisma.notification.updateMany({ data: { dueAt: new Date() } });
    await app.until(2);
    while ((await read()).status === 'pending') await sleep(10);
    expect(await read()).toMatchObject({ status: 'delivered', attempts: 1, fence: 2 });

    answers[0]!();
    standing.signal('SIGCONT');
    // In order, so that it has written all that it wanted to write.
    await standing.end('SIGTERM');
    expect(await read()).toMatchObject({
      status: 'delivered',
      attempts: 1,
      fence: 2,
      attemptLog: [{ number: 1, status: 204 }],
    });
    await other.end('SIGTERM');
    workers.length = 0;
  },
  WHOLE ? 300_000 : 120_000,
);
