import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../database/prisma.service.js';
import { Tally } from '../../operations/tally.js';

/** What is counted at most, so that the statement ends in time whatever has piled up. */
const MOST = 1_000_000;

/** What an endpoint that is off was still to be told waits for nothing. */
const COUNTS = `
  SELECT
    (SELECT count(*)::int FROM (SELECT 1 FROM notifications WHERE status = 'dead' LIMIT ${MOST}) d) AS dead,
    count(*)::int AS pending, min(created_at) AS "oldestUnsentAt"
  FROM (
    SELECT created_at FROM notifications
    WHERE status = 'pending' AND endpoint_id IN (SELECT id FROM endpoints WHERE status <> 'off')
    LIMIT ${MOST}
  ) p`;

export interface OutboxCount {
  readonly pending: number;
  readonly dead: number;
  readonly oldestUnsentAt: Date | null;
}

/** Counts the notifications that are still to be sent, and those that were given up. */
@Injectable()
export class OutboxTally extends Tally<OutboxCount> {
  constructor(prisma: PrismaService) {
    super('notifications', async () => (await prisma.pool.query<OutboxCount>(COUNTS)).rows[0]!);
  }
}
