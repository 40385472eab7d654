import { ApiProperty } from '@nestjs/swagger';
import { MESSAGE_TYPES } from '../../payments/message-type.js';

export const NOTIFICATION_STATUSES = ['pending', 'delivered', 'dead'] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

/** One message for one endpoint. */
export class NotificationDto {
  /** UUID v7; the `webhook-id` of every attempt */
  @ApiProperty({ format: 'uuid' })
  id!: string;
  /** The endpoint that is told */
  @ApiProperty({ format: 'uuid' })
  endpointId!: string;
  /**
   * The name of that endpoint
   * @example shop
   */
  endpoint!: string;
  @ApiProperty({ format: 'uuid' })
  paymentId!: string;
  /** The version of the payment that is told of */
  @ApiProperty({ type: 'integer', example: 3 })
  version!: number;
  @ApiProperty({ enum: MESSAGE_TYPES })
  type!: string;
  /** `dead`: the last attempt has failed, and nothing is sent any more until it is retried */
  @ApiProperty({ enum: NOTIFICATION_STATUSES })
  status!: NotificationStatus;
  /** Attempts that have ended */
  @ApiProperty({ type: 'integer', example: 1 })
  attempts!: number;
  /** When the next attempt may begin; null unless it is pending */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  dueAt!: string | null;
  /** Retried by an operator: sent out of the order of versions */
  byHand!: boolean;
  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

/** One attempt to tell an endpoint. */
export class AttemptDto {
  /** From 1 */
  @ApiProperty({ type: 'integer', example: 1 })
  number!: number;
  /** When it began */
  @ApiProperty({ format: 'date-time' })
  at!: string;
  @ApiProperty({ type: 'integer', example: 120 })
  durationMs!: number;
  /** HTTP status of the answer; null when there was none */
  @ApiProperty({ type: 'integer', nullable: true, example: 503 })
  status!: number | null;
  /** The first 1,024 bytes of the answer */
  @ApiProperty({ type: String, nullable: true, example: 'try later' })
  answer!: string | null;
  /** Why there was no answer, or why it counts as a failure */
  @ApiProperty({ type: String, nullable: true })
  error!: string | null;
}

/** A notification with what is sent and what came of it. */
export class NotificationDetailDto extends NotificationDto {
  /** The exact text that is signed and sent */
  body!: string;
  /** Its attempts, newest last */
  @ApiProperty({ type: () => [AttemptDto] })
  attemptLog!: AttemptDto[];
}

export class NotificationPageDto {
  @ApiProperty({ type: () => [NotificationDto] })
  data!: NotificationDto[];
  /** Asks for the next page as `cursor`; null on the last one */
  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

export class RetriedDto {
  /** Notifications that are pending now and were not before */
  @ApiProperty({ type: 'integer', example: 42 })
  retried!: number;
}
