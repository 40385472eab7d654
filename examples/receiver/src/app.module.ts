import { type DynamicModule, Module } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { Payments } from './payments.js';
import { ToldController } from './told.controller.js';

@Module({})
export class AppModule {
  /** @param secret that of the endpoint, `whsec_…` */
  static forRoot(secret: string): DynamicModule {
    return {
      module: AppModule,
      controllers: [ToldController],
      providers: [Payments, { provide: Webhook, useValue: new Webhook(secret) }],
      exports: [Payments],
    };
  }
}
