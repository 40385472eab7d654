/** A Nest service as tutorials have it; STORE says which of the two ways it writes. */
import 'reflect-metadata';
import {
  Body,
  Controller,
  HttpCode,
  Module,
  Post,
  type Type,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { PaymentsService } from './payments.service.js';
import { SignatureGuard } from './signature.guard.js';
import { WebhookDto } from './webhook.dto.js';

const useClass: Type<PaymentsService> =
  process.env.STORE === 'prisma'
    ? (await import('./prisma-payments.service.js')).PrismaPaymentsService
    : (await import('./pg-payments.service.js')).PgPaymentsService;

@Controller('webhooks')
class WebhooksController {
  constructor(private readonly payments: PaymentsService) {}

  @Post('generic')
  @HttpCode(200)
  @UseGuards(SignatureGuard)
  async receive(@Body() event: WebhookDto) {
    const recorded = await this.payments.record(event);
    return { status: 'success', ...(recorded ? {} : { duplicate: true }) };
  }
}

@Module({
  controllers: [WebhooksController],
  providers: [{ provide: PaymentsService, useClass }],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { rawBody: true, logger: ['error'] });
app.useGlobalPipes(new ValidationPipe());
await app.listen(Number(process.env.PORT), '127.0.0.1');
