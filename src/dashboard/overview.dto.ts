import { ApiProperty } from '@nestjs/swagger';
import { EventDto, EVENT_STATUSES, type EventStatus } from '../events/event.dto.js';
import { PAYMENT_STATUSES, type PaymentStatus } from '../payments/fold.js';

/** Of which moment the numbers are. Those of a big database are counted anew now and then, not for each answer. */
export class AsOfDto {
  /** `eventsPerMinute` and `quarantined24h` of the sources; null while they are counted for the first time */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  events!: string | null;
  /** `lastEventAt` of the sources; null while it is being searched for those that were silent for an hour */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastEvents!: string | null;
  /** `paymentsByStatus` and `money`; null while they are counted for the first time */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  payments!: string | null;
  /** `notifications`; null while they are counted for the first time */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  notifications!: string | null;
}

/** Events that a source received in one minute and that ended alike, as they were then: a later replay is not in it. */
export class MinuteDto {
  /** Its beginning */
  @ApiProperty({ format: 'date-time', example: '2026-11-24T10:07:00.000Z' })
  minute!: string;
  /** @example stripe */
  source!: string;
  @ApiProperty({ enum: EVENT_STATUSES })
  outcome!: EventStatus;
  @ApiProperty({ type: 'integer', example: 12 })
  count!: number;
}

/** How long providers waited for the answer to what was stored: the latest 10,000 answers of this process. */
export class AcknowledgementDto {
  /** Half of the answers took at most so many milliseconds; null before the first */
  @ApiProperty({ type: Number, nullable: true, example: 4.2 })
  p50!: number | null;
  /** 99 of 100 answers took at most so many milliseconds; null before the first */
  @ApiProperty({ type: Number, nullable: true, example: 18 })
  p99!: number | null;
  /** How many answers of this process since it started */
  @ApiProperty({ type: 'integer', example: 1200 })
  count!: number;
}

export class StatusCountDto {
  @ApiProperty({ enum: PAYMENT_STATUSES })
  status!: PaymentStatus;
  @ApiProperty({ type: 'integer', example: 250 })
  count!: number;
}

/** Sums over all payments of one currency and mode. */
export class MoneyDto {
  /** @example EUR */
  currency!: string;
  /** True for live, false for test, null where nobody has said */
  @ApiProperty({ type: Boolean, nullable: true })
  livemode!: boolean | null;
  /** Minor units, exact at any size */
  @ApiProperty({ type: 'integer', example: 499900 })
  captured!: bigint;
  /** Minor units, exact at any size */
  @ApiProperty({ type: 'integer', example: 1000 })
  refunded!: bigint;
  /** Digits of the minor unit */
  @ApiProperty({ type: 'integer', example: 2 })
  exponent!: number;
}

/** An endpoint that needs a look. */
export class TroubledEndpointDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;
  /** @example shop */
  name!: string;
  /** Why it is paused or off; null while it is active */
  @ApiProperty({ type: String, nullable: true })
  reason!: string | null;
  /** Since when every attempt has failed */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  failingSince!: string | null;
}

export class OutboxDto {
  /** Notifications that are still to be sent; 1,000,000 stands for that many or more */
  @ApiProperty({ type: 'integer', example: 0 })
  pending!: number;
  /** Notifications that were given up; 1,000,000 stands for that many or more */
  @ApiProperty({ type: 'integer', example: 0 })
  dead!: number;
  /** Since when the oldest of the pending ones waits */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  oldestUnsentAt!: string | null;
  /** Active endpoints whose latest attempts have all failed */
  @ApiProperty({ type: () => [TroubledEndpointDto] })
  endpointsFailing!: TroubledEndpointDto[];
  @ApiProperty({ type: () => [TroubledEndpointDto] })
  endpointsPaused!: TroubledEndpointDto[];
  @ApiProperty({ type: () => [TroubledEndpointDto] })
  endpointsOff!: TroubledEndpointDto[];
}

/** A configured source, as it is doing. */
export class SourceStateDto {
  /** @example stripe */
  name!: string;
  /** @example stripe */
  provider!: string;
  enabled!: boolean;
  /** When its newest event was received; null where it never had one, or while `asOf.lastEvents` is null */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastEventAt!: string | null;
  /** Events that were quarantined in the last 24 hours and still are */
  @ApiProperty({ type: 'integer', example: 0 })
  quarantined24h!: number;
  /** Requests that this process refused since it started; GET /api/refusals has the latest */
  @ApiProperty({ type: 'integer', example: 0 })
  rejected!: number;
}

/** The service at a glance. */
export class OverviewDto {
  /** The clock of the server */
  @ApiProperty({ format: 'date-time' })
  now!: string;
  /** Of this process */
  @ApiProperty({ type: 'integer', example: 3600 })
  uptimeSeconds!: number;
  @ApiProperty({ type: () => AsOfDto })
  asOf!: AsOfDto;
  /** How many minutes `eventsPerMinute` looks back; the last one is under way */
  @ApiProperty({ type: 'integer', example: 60 })
  windowMinutes!: number;
  /** Minutes without events are left out; oldest first */
  @ApiProperty({ type: () => [MinuteDto] })
  eventsPerMinute!: MinuteDto[];
  @ApiProperty({ type: () => AcknowledgementDto })
  acknowledgement!: AcknowledgementDto;
  /** Statuses without payments are left out */
  @ApiProperty({ type: () => [StatusCountDto] })
  paymentsByStatus!: StatusCountDto[];
  @ApiProperty({ type: () => [MoneyDto] })
  money!: MoneyDto[];
  @ApiProperty({ type: () => OutboxDto })
  notifications!: OutboxDto;
  /** Every configured source, by name */
  @ApiProperty({ type: () => [SourceStateDto] })
  sources!: SourceStateDto[];
  /** The latest events that are quarantined, newest first; five at most */
  @ApiProperty({ type: () => [EventDto] })
  quarantined!: EventDto[];
}
