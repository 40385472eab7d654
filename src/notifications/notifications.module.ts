import { Module } from '@nestjs/common';
import { EndpointSecrets } from './endpoints/endpoint-secrets.js';
import { EndpointsController } from './endpoints/endpoints.controller.js';
import { EndpointsService } from './endpoints/endpoints.service.js';
import { EnvironmentEndpoint } from './endpoints/environment-endpoint.js';
import { HttpSender } from './outbound/http-sender.js';
import { OutboundRules, RESOLVE, systemResolver } from './outbound/outbound-rules.js';
import { OutboxSignal } from './outbox-signal.js';
import { NotificationsController } from './outbox/notifications.controller.js';
import { NotificationsReader } from './outbox/notifications.reader.js';
import { OutboxGauges } from './outbox/outbox-gauges.js';
import { OutboxTally } from './outbox/outbox-tally.js';
import { RetryService } from './outbox/retry.service.js';
import { NotificationWorker } from './sending/notification-worker.js';
import { Outbox } from './sending/outbox.js';

/** Tells the user's own app of payments: endpoints, and what is sent to them. */
@Module({
  controllers: [EndpointsController, NotificationsController],
  providers: [
    EndpointSecrets,
    EndpointsService,
    EnvironmentEndpoint,
    NotificationsReader,
    NotificationWorker,
    OutboundRules,
    Outbox,
    OutboxGauges,
    OutboxSignal,
    OutboxTally,
    { provide: RESOLVE, useValue: systemResolver },
    {
      provide: HttpSender,
      useFactory: (rules: OutboundRules) => new HttpSender(rules),
      inject: [OutboundRules],
    },
    RetryService,
  ],
  exports: [OutboxSignal, OutboxTally],
})
export class NotificationsModule {}
