import { type MiddlewareConsumer, Module, type NestModule, RequestMethod } from '@nestjs/common';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { Acknowledgements } from './acknowledgements.js';
import { Admission } from './admission.js';
import { PaymentsService } from './payments.service.js';
import { ReapplyService } from './reapply.service.js';
import { Refusals } from './refusals.js';
import { Sources } from './sources.js';
import { WebhookObserver } from './webhook-observer.js';
import { WebhookEdge } from './webhook-edge.middleware.js';
import { WebhooksController } from './webhooks.controller.js';

/** Receives webhooks. The way of a request, in order: edge, guard, pipe, controller, service. */
@Module({
  imports: [NotificationsModule],
  controllers: [WebhooksController],
  providers: [
    Acknowledgements,
    Admission,
    PaymentsService,
    ReapplyService,
    Refusals,
    Sources,
    WebhookObserver,
  ],
  exports: [Acknowledgements, PaymentsService, ReapplyService, Refusals, Sources, WebhookObserver],
})
export class WebhooksModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    // Every method and every spelling: the edge says 405 and 404 in this order, not the router.
    consumer.apply(WebhookEdge).forRoutes({ path: 'webhooks{/*path}', method: RequestMethod.ALL });
  }
}
