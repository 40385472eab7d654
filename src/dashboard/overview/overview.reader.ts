import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../database/prisma.service.js';
import { EVENT_SELECTION, eventAnswer } from '../../events/event-answer.js';
import { type EventDto } from '../../events/event.dto.js';
import { Acknowledgements } from '../../webhooks/acknowledgements.js';
import { Refusals } from '../../webhooks/refusals.js';
import { Sources } from '../../webhooks/sources.js';
import {
  type AcknowledgementDto,
  type OutboxDto,
  type OverviewDto,
  type SourceStateDto,
  type TroubledEndpointDto,
} from '../overview.dto.js';
import { type EventsCount, EventsTally, WINDOW_MINUTES } from './events-count.js';
import { LastEventsTally } from './last-events.js';
import { type OutboxCount, OutboxTally } from '../../notifications/outbox/outbox-tally.js';
import { PaymentsTally } from './payments-count.js';

/** Milliseconds that an answer waits for a counting; what is not counted by then is in one of the next. */
const PATIENCE = 100;
const QUARANTINED_SHOWN = 5;

/** Found by its partial index, whatever the planner thinks of the others. */
const LATEST_QUARANTINED = `
  SELECT id FROM webhook_events WHERE status = 'quarantined' ORDER BY id DESC LIMIT ${QUARANTINED_SHOWN}`;

/** Puts together what the overview shows, in a time that does not grow with the database. */
@Injectable()
export class OverviewReader {
  constructor(
    private readonly prisma: PrismaService,
    private readonly sources: Sources,
    private readonly refusals: Refusals,
    private readonly acknowledgements: Acknowledgements,
    private readonly events: EventsTally,
    private readonly lastEvents: LastEventsTally,
    private readonly payments: PaymentsTally,
    private readonly outbox: OutboxTally,
  ) {}

  async read(): Promise<OverviewDto> {
    const [events, lastEvents, payments, outbox, quarantined, endpoints] = await Promise.all([
      this.events.read(PATIENCE),
      this.lastEvents.read(PATIENCE),
      this.payments.read(PATIENCE),
      this.outbox.read(PATIENCE),
      this.latestQuarantined(),
      this.troubledEndpoints(),
    ]);
    return {
      now: new Date().toISOString(),
      uptimeSeconds: Math.floor(process.uptime()),
      asOf: {
        events: events?.asOf.toISOString() ?? null,
        lastEvents: lastEvents?.asOf.toISOString() ?? null,
        payments: payments?.asOf.toISOString() ?? null,
        notifications: outbox?.asOf.toISOString() ?? null,
      },
      windowMinutes: WINDOW_MINUTES,
      eventsPerMinute: (events?.value.minutes ?? []).map(({ minute, source, outcome, count }) => ({
        minute: minute.toISOString(),
        source,
        outcome,
        count,
      })),
      acknowledgement: this.acknowledgement(),
      paymentsByStatus: payments?.value.paymentsByStatus ?? [],
      money: payments?.value.money ?? [],
      notifications: { ...outboxAnswer(outbox?.value ?? null), ...endpoints },
      sources: this.sourceStates(events?.value ?? null, lastEvents?.value ?? new Map()),
      quarantined,
    };
  }

  private acknowledgement(): AcknowledgementDto {
    const [p50 = null, p99 = null] = this.acknowledgements.percentiles(50, 99);
    return { p50: tenths(p50), p99: tenths(p99), count: this.acknowledgements.count };
  }

  private sourceStates(
    events: EventsCount | null,
    lastEvents: ReadonlyMap<string, Date>,
  ): SourceStateDto[] {
    return this.sources.all.map(({ name, provider, enabled }) => {
      const last = later(events?.lastEvents.get(name), lastEvents.get(name));
      return {
        name,
        provider: provider.name,
        enabled,
        lastEventAt: last?.toISOString() ?? null,
        quarantined24h: events?.quarantined.get(name) ?? 0,
        rejected: this.refusals.count(name),
      };
    });
  }

  private async latestQuarantined(): Promise<EventDto[]> {
    const { rows } = await this.prisma.pool.query<{ id: string }>(LATEST_QUARANTINED);
    const events = await this.prisma.webhookEvent.findMany({
      where: { id: { in: rows.map(({ id }) => id) } },
      select: EVENT_SELECTION,
      orderBy: { id: 'desc' },
    });
    return events.map(eventAnswer);
  }

  private async troubledEndpoints(): Promise<
    Pick<OutboxDto, 'endpointsFailing' | 'endpointsPaused' | 'endpointsOff'>
  > {
    const rows = await this.prisma.endpoint.findMany({
      where: { OR: [{ status: { not: 'active' } }, { failingSince: { not: null } }] },
      select: { id: true, name: true, status: true, statusReason: true, failingSince: true },
      orderBy: { name: 'asc' },
    });
    const of = (status: string): TroubledEndpointDto[] =>
      rows
        .filter((row) => row.status === status)
        .map(({ id, name, statusReason, failingSince }) => ({
          id,
          name,
          reason: statusReason,
          failingSince: failingSince?.toISOString() ?? null,
        }));
    return {
      endpointsFailing: of('active'),
      endpointsPaused: of('paused'),
      endpointsOff: of('off'),
    };
  }
}

function outboxAnswer(
  count: OutboxCount | null,
): Pick<OutboxDto, 'pending' | 'dead' | 'oldestUnsentAt'> {
  return {
    pending: count?.pending ?? 0,
    dead: count?.dead ?? 0,
    oldestUnsentAt: count?.oldestUnsentAt?.toISOString() ?? null,
  };
}

function later(a: Date | undefined, b: Date | undefined): Date | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

function tenths(milliseconds: number | null): number | null {
  return milliseconds === null ? null : Math.round(milliseconds * 10) / 10;
}
