/** The worker that sends notifications, by itself in a process: without HTTP, so that it starts soon. */
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { PrismaService } from '../../../src/database/prisma.service.js';
import { Metrics } from '../../../src/metrics/metrics.js';
import { EndpointSecrets } from '../../../src/notifications/endpoints/endpoint-secrets.js';
import { HttpSender } from '../../../src/notifications/outbound/http-sender.js';
import {
  OutboundRules,
  systemResolver,
} from '../../../src/notifications/outbound/outbound-rules.js';
import { OutboxSignal } from '../../../src/notifications/outbox-signal.js';
import { NotificationWorker } from '../../../src/notifications/sending/notification-worker.js';
import { Outbox } from '../../../src/notifications/sending/outbox.js';

const settings = {
  notifyAllowCidrs: ['127.0.0.0/8'],
  publicUrl: 'https://pay.example.com',
  encryptionKeys: [],
};
const prisma = new PrismaService({
  url: process.env.DATABASE_URL!,
  poolSize: 2,
  connectionTimeout: 10_000,
});
const worker = new NotificationWorker(
  new Outbox(prisma),
  new HttpSender(new OutboundRules(settings, systemResolver)),
  new EndpointSecrets(settings),
  new OutboxSignal(),
  new Metrics(prisma),
);

// On a busy machine a query may take too long; the worker goes on, and nothing else is asked of it.
Logger.overrideLogger(false);
// Nothing outlives the tests, not even where Jest is killed: its end of this pipe closes then.
process.stdin.resume().once('close', () => process.kill(process.pid, 'SIGKILL'));
process.once('SIGTERM', () => {
  void worker
    .onModuleDestroy()
    .then(() => prisma.onApplicationShutdown())
    .then(() => process.exit(0));
});

worker.onApplicationBootstrap();
process.stdout.write('sending\n');
