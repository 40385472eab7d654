import { Module } from '@nestjs/common';
import { EventsController } from './events.controller.js';
import { EventsReader } from './events.reader.js';

@Module({ controllers: [EventsController], providers: [EventsReader] })
export class EventsModule {}
