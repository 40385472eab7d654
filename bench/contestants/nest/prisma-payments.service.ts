import { Injectable } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import { PaymentsService } from './payments.service.js';
import { type WebhookDto, STATUSES } from './webhook.dto.js';
import { Prisma, PrismaClient } from './generated/client.js';

/** What most people write: create and upsert in a transaction for each event. */
@Injectable()
export class PrismaPaymentsService extends PaymentsService {
  private readonly prisma = new PrismaClient({
    adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }),
  });

  async record(event: WebhookDto): Promise<boolean> {
    const transactionId = event.transaction_id;
    const payment = {
      status: STATUSES[event.event_type] ?? '',
      amount: event.amount,
      currency: event.currency,
      reference: event.reference,
    };
    try {
      await this.prisma.$transaction(async (tx) => {
        await tx.paymentEvent.create({
          data: {
            eventId: event.event_id,
            type: event.event_type,
            transactionId,
            payload: event as object,
          },
        });
        await tx.payment.upsert({
          where: { transactionId },
          create: { transactionId, ...payment },
          update: payment,
        });
      });
      return true;
    } catch (error) {
      const known = error instanceof Prisma.PrismaClientKnownRequestError;
      if (known && error.code === 'P2002') return false;
      throw error;
    }
  }
}
