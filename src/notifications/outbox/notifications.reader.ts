import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../database/prisma.service.js';
import { type Prisma } from '../../generated/prisma/client.js';
import { isUuid, pageOf, type Page } from '../../operations/cursor.js';
import { Problem } from '../../operations/problem.js';
import { type NotificationDetailDto, type NotificationDto } from './notification.dto.js';
import { type NotificationsQueryDto } from './notifications-query.dto.js';

const SELECTION = {
  id: true,
  endpointId: true,
  endpoint: { select: { name: true } },
  paymentId: true,
  version: true,
  message: { select: { type: true } },
  status: true,
  attempts: true,
  dueAt: true,
  byHand: true,
  createdAt: true,
} satisfies Prisma.NotificationSelect;

type SelectedNotification = Prisma.NotificationGetPayload<{ select: typeof SELECTION }>;

/** Reads the outbox: what endpoints are told, and what came of it. */
@Injectable()
export class NotificationsReader {
  constructor(private readonly prisma: PrismaService) {}

  /** A page by id descending; ids are UUID v7, so the newest come first and never change places. */
  async list(query: NotificationsQueryDto): Promise<Page<NotificationDto>> {
    const rows = await this.prisma.notification.findMany({
      where: notificationsWhere(query),
      select: SELECTION,
      orderBy: { id: 'desc' },
      take: query.limit + 1,
    });
    return pageOf(rows, query.limit, notificationAnswer);
  }

  /** One notification with its attempts, at one moment. */
  async find(id: string): Promise<NotificationDetailDto> {
    if (!isUuid(id)) throw notificationNotFound();
    return this.prisma.$transaction(
      async (tx) => {
        const row = await tx.notification.findUnique({
          where: { id },
          select: { ...SELECTION, message: { select: { type: true, body: true } } },
        });
        if (!row) throw notificationNotFound();
        const attempts = await tx.notificationAttempt.findMany({
          where: { notificationId: id },
          orderBy: { number: 'asc' },
          omit: { notificationId: true },
        });
        return {
          ...notificationAnswer(row),
          body: row.message.body,
          attemptLog: attempts.map((attempt) => ({ ...attempt, at: attempt.at.toISOString() })),
        };
      },
      { isolationLevel: 'RepeatableRead' },
    );
  }
}

function notificationAnswer(row: SelectedNotification): NotificationDto {
  return {
    id: row.id,
    endpointId: row.endpointId,
    endpoint: row.endpoint.name,
    paymentId: row.paymentId,
    version: row.version,
    type: row.message.type,
    status: row.status,
    attempts: row.attempts,
    dueAt: row.status === 'pending' ? row.dueAt.toISOString() : null,
    byHand: row.byHand,
    createdAt: row.createdAt.toISOString(),
  };
}

function notificationsWhere(query: NotificationsQueryDto): Prisma.NotificationWhereInput {
  const { status, endpoint, payment, type, from, to, cursor } = query;
  return {
    id: cursor === undefined ? undefined : { lt: cursor },
    status: status && { in: status },
    // A name may look like an id.
    endpoint:
      endpoint === undefined
        ? undefined
        : { OR: [{ name: endpoint }, ...(isUuid(endpoint) ? [{ id: endpoint }] : [])] },
    paymentId: payment,
    message: type && { type },
    createdAt: from || to ? { gte: from, lt: to } : undefined,
  };
}

function notificationNotFound(): Problem {
  return new Problem('not_found', {
    detail: 'No notification has this id. Take the id from GET /api/notifications.',
  });
}
