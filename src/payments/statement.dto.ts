import { ApiProperty } from '@nestjs/swagger';
import { STATUS_RANKS, type StatementKind } from './statement.js';

const KINDS = Object.keys(STATUS_RANKS);
const STATUSES = [...new Set(Object.values(STATUS_RANKS).flatMap((ranks) => Object.keys(ranks)))];

/** What one event says about money. */
export class StatementDto {
  @ApiProperty({ enum: KINDS })
  kind!: StatementKind;
  /**
   * The provider's id of the authorization, capture, refund or dispute
   * @example pi_1
   */
  key!: string;
  @ApiProperty({ enum: STATUSES })
  status!: string;
  /** Minor units of `currency`; null where the provider states none */
  @ApiProperty({ type: 'integer', nullable: true, example: 4999 })
  amount!: bigint | null;
  /** ISO 4217 */
  @ApiProperty({ type: String, nullable: true, example: 'EUR' })
  currency!: string | null;
  /** The provider's time of this version of the fact; null where it states none */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  occurredAt!: string | null;
  /** Ids of this one payment, as namespace:id */
  @ApiProperty({ type: [String], example: ['pi:pi_1', 'ch:ch_1'] })
  refs!: string[];
  /** Nothing more will be captured */
  final!: boolean;
  /** No other statement of this kind and key is greater in the order of statements */
  current!: boolean;
  /** The provider's id of the event that said it */
  eventId!: string;
}
