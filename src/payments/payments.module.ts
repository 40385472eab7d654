import { Module } from '@nestjs/common';
import { PaymentsController } from './payments.controller.js';
import { PaymentsReader } from './payments.reader.js';

@Module({
  controllers: [PaymentsController],
  providers: [PaymentsReader],
  exports: [PaymentsReader],
})
export class PaymentsModule {}
