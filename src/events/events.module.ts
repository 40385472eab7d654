import { Module } from '@nestjs/common';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { EventsController } from './events.controller.js';
import { EventsReader } from './events.reader.js';
import { ReplayController } from './replay/replay.controller.js';
import { ReplayService } from './replay/replay.service.js';
import { ReprojectController } from './replay/reproject.controller.js';

@Module({
  imports: [WebhooksModule],
  controllers: [EventsController, ReplayController, ReprojectController],
  providers: [EventsReader, ReplayService],
  exports: [ReplayService],
})
export class EventsModule {}
