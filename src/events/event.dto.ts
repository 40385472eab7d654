import { ApiProperty } from '@nestjs/swagger';
import { StatementDto } from '../payments/statement.dto.js';
import { QUARANTINE_CODES } from '../providers/provider.js';

export const EVENT_STATUSES = ['applied', 'ignored', 'quarantined'] as const;
export type EventStatus = (typeof EVENT_STATUSES)[number];

/** One authentic event as it was received. */
export class EventDto {
  /** UUID v7 */
  @ApiProperty({ format: 'uuid' })
  id!: string;
  /** @example stripe */
  source!: string;
  /** @example stripe */
  provider!: string;
  /**
   * The provider's event id, or what takes its place
   * @example evt_1
   */
  eventId!: string;
  /**
   * The provider's event type; empty where it could not be read
   * @example payment_intent.succeeded
   */
  type!: string;
  /** `ignored` moves no payment; `quarantined` could not be used, `code` says why */
  @ApiProperty({ enum: EVENT_STATUSES })
  status!: EventStatus;
  /** Why it is quarantined */
  @ApiProperty({ type: String, enum: QUARANTINE_CODES, nullable: true })
  code!: string | null;
  /** True for live, false for test, null where the event does not say */
  @ApiProperty({ type: Boolean, nullable: true })
  livemode!: boolean | null;
  /** The account at the provider */
  @ApiProperty({ type: String, nullable: true })
  account!: string | null;
  /** The provider's time */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  occurredAt!: string | null;
  @ApiProperty({ format: 'date-time' })
  receivedAt!: string;
  /** The payments it says something about */
  @ApiProperty({ type: [String] })
  paymentIds!: string[];
  /** How the database keeps the bytes: `utf8` where they are text, else `base64` */
  @ApiProperty({ enum: ['utf8', 'base64'] })
  bodyEncoding!: string;
  /** SHA-256 of the bytes, lower-case hex */
  bodySha256!: string;
  /** Bytes */
  @ApiProperty({ type: 'integer', example: 2048 })
  bodySize!: number;
}

/** An event with how it came and what it says. */
export class EventDetailDto extends EventDto {
  /** Kept by allow-list; never a signature or an authorization */
  @ApiProperty({ type: 'object', additionalProperties: true })
  headers!: unknown;
  /**
   * Label of the secret that verified it
   * @example STRIPE_WEBHOOK_SECRET
   */
  verifiedWith!: string;
  /** What it says about money, in its own order */
  @ApiProperty({ type: () => [StatementDto] })
  statements!: StatementDto[];
}

export class EventPageDto {
  @ApiProperty({ type: () => [EventDto] })
  data!: EventDto[];
  /** Asks for the next page as `cursor`; null on the last one */
  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}
