/** Rows as recording writes them: endpoints, payments, and what is to be told of these. */
import { type PrismaService } from '../../../src/database/prisma.service.js';
import { type Endpoint, type Notification, Prisma } from '../../../src/generated/prisma/client.js';
import { newId } from '../../../src/operations/ids.js';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export class OutboxRows {
  constructor(private readonly prisma: PrismaService) {}

  endpoint(url: string, fields: Partial<Endpoint> = {}): Promise<Endpoint> {
    const now = new Date();
    const id = newId();
    return this.prisma.endpoint.create({
      data: {
        id,
        name: `endpoint-${id}`,
        url,
        types: [],
        sources: [],
        status: 'active',
        secret: SECRET,
        createdAt: now,
        updatedAt: now,
        ...fields,
      },
    });
  }

  /** Payments that have a message of each version from 1; answers their ids. */
  async payments(count: number, versions: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => newId());
    const now = new Date();
    const zero = new Prisma.Decimal(0);
    await this.prisma.payment.createMany({
      data: ids.map((id) => ({
        id,
        version: versions,
        mergedFrom: [],
        source: 'generic',
        provider: 'generic',
        status: 'captured' as const,
        currency: 'EUR',
        amountAuthorized: zero,
        amountCaptured: zero,
        amountRefunded: zero,
        amountDisputed: zero,
        amountChargedBack: zero,
        refs: [],
        groups: [],
        flags: [],
        createdAt: now,
        updatedAt: now,
      })),
    });
    await this.prisma.message.createMany({
      data: ids.flatMap((paymentId) =>
        versionsUpTo(versions).map((version) => ({
          paymentId,
          version,
          type: 'payment.updated',
          body: bodyOf(paymentId, version),
        })),
      ),
    });
    return ids;
  }

  /** What endpoints are to be told of all versions, in the order in which these came to be. */
  async notifications(
    endpoints: readonly Endpoint[],
    payments: readonly string[],
    versions: number,
    fields: Partial<Notification> = {},
  ): Promise<Notification[]> {
    const now = new Date();
    const data = versionsUpTo(versions).flatMap((version) =>
      payments.flatMap((paymentId) =>
        endpoints.map(({ id: endpointId }) => ({
          id: newId(),
          endpointId,
          paymentId,
          version,
          status: 'pending' as const,
          attempts: 0,
          dueAt: now,
          fence: 0,
          byHand: false,
          createdAt: now,
          ...fields,
        })),
      ),
    );
    await this.prisma.notification.createMany({ data });
    return data;
  }
}

export function bodyOf(paymentId: string, version: number): string {
  return JSON.stringify({
    type: 'payment.updated',
    timestamp: '2026-11-24T10:00:00.000Z',
    data: { payment: { id: paymentId, version } },
  });
}

export function paymentIn(body: string): { id: string; version: number } {
  const message = JSON.parse(body) as { data: { payment: { id: string; version: number } } };
  return message.data.payment;
}

function versionsUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
