import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../database/prisma.service.js';
import { type EventStatus } from '../../events/event.dto.js';
import { firstIdAt } from '../../operations/id-range.js';
import { Tally } from '../../operations/tally.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const WINDOW_MINUTES = 60;
/**
 * For how long after its receipt an event may still appear: the recording waits for no more than
 * seconds. What is older is not counted again.
 */
const SETTLED = 2 * MINUTE;
/** What one statement looks at. */
const STEP = 10 * MINUTE;

/**
 * Ids grow with the time of receipt but are made after it, so that the first one of an event received
 * at $3 or later is at least $1; $2 leaves the last ones of before $4 their time.
 */
const MINUTES = `
  SELECT date_trunc('minute', received_at) AS minute, source, status AS outcome, count(*)::int AS count,
    max(received_at) AS last
  FROM webhook_events
  WHERE id >= $1 AND id < $2 AND received_at >= $3 AND received_at < $4
  GROUP BY minute, source, outcome`;

const QUARANTINED = `
  SELECT source, count(*)::int AS count FROM webhook_events
  WHERE status = 'quarantined' AND id >= $1 GROUP BY source`;

interface MinuteRow {
  readonly minute: Date;
  readonly source: string;
  readonly outcome: EventStatus;
  readonly count: number;
  readonly last: Date;
}

export interface EventsCount {
  /** Oldest first. */
  readonly minutes: readonly Omit<MinuteRow, 'last'>[];
  /** When the newest event of a source was received, where it had one in the window. */
  readonly lastEvents: ReadonlyMap<string, Date>;
  /** By source, of the last 24 hours. */
  readonly quarantined: ReadonlyMap<string, number>;
}

/** Counts the events of the last hour. Minutes that are over are counted once. */
@Injectable()
export class EventsTally extends Tally<EventsCount> {
  constructor(prisma: PrismaService) {
    const counted = new Minutes(prisma);
    super('events', () => counted.count(new Date()));
  }
}

class Minutes {
  private rows: readonly MinuteRow[] = [];
  /** The rows before are final. */
  private settled = new Date(0);

  constructor(private readonly prisma: PrismaService) {}

  async count(now: Date): Promise<EventsCount> {
    const end = startOfMinute(now.getTime()) + MINUTE;
    const window = end - WINDOW_MINUTES * MINUTE;
    const from = Math.max(window, this.settled.getTime());
    const fresh: MinuteRow[] = [];
    for (let start = from; start < end; start += STEP) {
      fresh.push(...(await this.between(new Date(start), new Date(Math.min(end, start + STEP)))));
    }
    const kept = this.rows.filter(({ minute }) => minute.getTime() < from);
    this.rows = [...kept, ...fresh]
      .filter(({ minute }) => minute.getTime() >= window)
      .sort((a, b) => a.minute.getTime() - b.minute.getTime());
    this.settled = new Date(startOfMinute(now.getTime() - SETTLED));
    return {
      minutes: this.rows,
      lastEvents: new Map(
        [...this.rows]
          .sort((a, b) => a.last.getTime() - b.last.getTime())
          .map(({ source, last }) => [source, last]),
      ),
      quarantined: await this.quarantinedSince(new Date(now.getTime() - 24 * HOUR)),
    };
  }

  private async between(start: Date, end: Date): Promise<MinuteRow[]> {
    const ids = [firstIdAt(start), firstIdAt(new Date(end.getTime() + SETTLED))];
    return (await this.prisma.pool.query<MinuteRow>(MINUTES, [...ids, start, end])).rows;
  }

  private async quarantinedSince(time: Date): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.prisma.pool.query<{ source: string; count: number }>(QUARANTINED, [
      firstIdAt(time),
    ]);
    return new Map(rows.map(({ source, count }) => [source, count]));
  }
}

function startOfMinute(time: number): number {
  return time - (time % MINUTE);
}
