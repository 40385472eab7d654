/** Rows as recording and sending leave them. */
import { type PrismaService } from '../../src/database/prisma.service.js';
import { type Prisma } from '../../src/generated/prisma/client.js';

/** Ids that differ only in their last digits, as those of one burst do. */
export const id = (n: number, family = 0): string =>
  `01900000-0000-7000-8000-${String(family).padStart(4, '0')}${String(n).padStart(8, '0')}`;
export const time = (minutes: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minutes));

/** A payment of as many versions as are told of. */
export async function createPayment(
  prisma: PrismaService,
  n: number,
  types: readonly string[],
): Promise<string> {
  const paymentId = id(n, 1);
  await prisma.payment.create({
    data: {
      id: paymentId,
      version: types.length,
      mergedFrom: [],
      source: 'stripe',
      provider: 'stripe',
      status: 'captured',
      currency: 'EUR',
      amountAuthorized: 100,
      amountCaptured: 100,
      amountRefunded: 0,
      amountDisputed: 0,
      amountChargedBack: 0,
      refs: [`pi:of_${n}`],
      groups: [],
      flags: [],
      createdAt: time(n),
      updatedAt: time(n),
    },
  });
  await prisma.message.createMany({
    data: types.map((type, index) => ({
      paymentId,
      version: index + 1,
      type,
      body: `{"type":"${type}","data":{"n":${n},"exact":12345678901234567890}}`,
    })),
  });
  return paymentId;
}

/** A notification of a payment's first version, unless it is told otherwise. */
export function notification(
  n: number,
  endpointId: string,
  paymentId: string,
  fields: Partial<Prisma.NotificationCreateManyInput> = {},
): Prisma.NotificationCreateManyInput {
  return {
    id: id(n, 2),
    endpointId,
    paymentId,
    version: 1,
    status: 'delivered',
    attempts: 1,
    dueAt: time(n),
    fence: 1,
    byHand: false,
    createdAt: time(n),
    ...fields,
  };
}
