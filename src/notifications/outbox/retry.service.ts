import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../database/prisma.service.js';
import { Prisma } from '../../generated/prisma/client.js';
import { isUuid } from '../../operations/cursor.js';
import { Problem } from '../../operations/problem.js';
import { OutboxSignal } from '../outbox-signal.js';
import { type NotificationDto } from './notification.dto.js';
import { type RetryFilterDto } from './notifications-query.dto.js';

/** Notifications that one statement looks at; bounds its time and how long it holds locks. */
const WINDOW = 2000;

/** Makes a notification pending and due; whoever may still be sending it can no longer say how it ended. */
const RETRIED = Prisma.sql`
  status = 'pending', by_hand = true, due_at = now(), fence = n.fence + 1`;

/** Retries by hand: neither the order of versions nor the schedule holds a retried notification back. */
@Injectable()
export class RetryService {
  constructor(
    private readonly prisma: PrismaService,
    private readonly signal: OutboxSignal,
  ) {}

  async retryOne({ id, endpoint }: NotificationDto): Promise<void> {
    const count = await this.prisma.$executeRaw`
      UPDATE notifications n SET ${RETRIED} FROM endpoints e
      WHERE n.id = ${id}::uuid AND n.status <> 'pending' AND e.id = n.endpoint_id AND e.status <> 'off'`;
    if (count === 0) {
      throw new Problem('conflict', {
        detail:
          'It is pending already and is sent when it is due; or its endpoint is off. To have sent now ' +
          `all that waits, set the status of the endpoint ${endpoint} to active: PATCH /api/endpoints/<id>.`,
      });
    }
    this.signal.raise();
  }

  /** Retries all that meet the filters but those of endpoints that are off. Returns how many. */
  async retryMany(filter: RetryFilterDto): Promise<number> {
    const { status = ['dead'], payment } = filter;
    let retried = 0;
    for (let after: string | null = '00000000-0000-0000-0000-000000000000'; after !== null;) {
      // Nobody's notification is retried twice: ids only grow, also when one has died again meanwhile.
      const [step]: { last: string | null; count: number }[] = await this.prisma.$queryRaw`
        WITH looked_at AS (
          SELECT id FROM notifications
          WHERE id > ${after}::uuid AND status = ANY(${status}::notification_status[])
            ${payment === undefined ? Prisma.empty : Prisma.sql`AND payment_id = ${payment}::uuid`}
          ORDER BY id LIMIT ${WINDOW}
        ), retried AS (
          -- An array, since it is found by its key whatever Postgres thinks of the size of the table.
          UPDATE notifications n SET ${RETRIED}
          WHERE n.id = ANY(ARRAY(SELECT id FROM looked_at))
            AND n.status = ANY(${status}::notification_status[]) ${conditions(filter)}
          RETURNING n.id
        )
        SELECT (SELECT id FROM looked_at ORDER BY id DESC LIMIT 1) AS last,
               (SELECT count(*)::int FROM retried) AS count`;
      retried += step!.count;
      after = step!.last;
      if (step!.count > 0) this.signal.raise();
    }
    return retried;
  }
}

function conditions({ endpoint, type, from, to }: RetryFilterDto): Prisma.Sql {
  const all = [
    Prisma.sql`AND n.endpoint_id IN
      (SELECT id FROM endpoints e WHERE e.status <> 'off' ${endpointIs(endpoint)})`,
  ];
  if (from !== undefined) all.push(Prisma.sql`AND n.created_at >= ${from}`);
  if (to !== undefined) all.push(Prisma.sql`AND n.created_at < ${to}`);
  if (type !== undefined) {
    all.push(Prisma.sql`AND EXISTS (SELECT 1 FROM messages m WHERE m.type = ${type}
      AND (m.payment_id, m.version) = (n.payment_id, n.version))`);
  }
  return Prisma.join(all, ' ');
}

/** By id or by name; a name may look like an id. */
function endpointIs(endpoint: string | undefined): Prisma.Sql {
  if (endpoint === undefined) return Prisma.empty;
  const id = isUuid(endpoint) ? endpoint : null;
  return Prisma.sql`AND (e.name = ${endpoint} OR e.id = ${id}::uuid)`;
}
