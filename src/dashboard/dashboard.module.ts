import { Module } from '@nestjs/common';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { EventsTally } from './overview/events-count.js';
import { LastEventsTally } from './overview/last-events.js';
import { OverviewController } from './overview/overview.controller.js';
import { OverviewReader } from './overview/overview.reader.js';
import { PaymentsTally } from './overview/payments-count.js';
import { PaymentsCsvController } from './payments-csv.controller.js';
import { RefusalsController } from './refusals.controller.js';
import { SessionController } from './session.controller.js';
import { SourcesController } from './sources.controller.js';
import { TestEvents } from './test-events.js';

/** What the page at /dashboard asks for beside payments, events and notifications. */
@Module({
  imports: [NotificationsModule, PaymentsModule, WebhooksModule],
  controllers: [
    OverviewController,
    PaymentsCsvController,
    RefusalsController,
    SessionController,
    SourcesController,
  ],
  providers: [EventsTally, LastEventsTally, OverviewReader, PaymentsTally, TestEvents],
})
export class DashboardModule {}
