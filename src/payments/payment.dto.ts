import { ApiProperty } from '@nestjs/swagger';
import { EventDto } from '../events/event.dto.js';
import { FLAGS, PAYMENT_STATUSES, type Flag, type PaymentStatus } from './fold.js';
import { StatementDto } from './statement.dto.js';

/** Why a payment failed. */
export class FailureDto {
  /** The provider's machine-readable code */
  @ApiProperty({ type: String, nullable: true, example: 'card_declined' })
  code!: string | null;
  /** In words */
  @ApiProperty({ type: String, nullable: true, example: 'Your card was declined.' })
  message!: string | null;
}

/** What people see of a payment's money; a change of any of these makes a version. */
export class SnapshotDto {
  @ApiProperty({ enum: PAYMENT_STATUSES })
  status!: PaymentStatus;
  /**
   * ISO 4217; XXX while nobody has stated an amount
   * @example EUR
   */
  currency!: string;
  /** Minor units of `currency`, like all amounts; a sum, exact at any size */
  @ApiProperty({ type: 'integer', example: 4999 })
  amountAuthorized!: bigint;
  /** Taken from the customer */
  @ApiProperty({ type: 'integer', example: 4999 })
  amountCaptured!: bigint;
  /** Given back */
  @ApiProperty({ type: 'integer', example: 1000 })
  amountRefunded!: bigint;
  /** In open disputes */
  @ApiProperty({ type: 'integer', example: 0 })
  amountDisputed!: bigint;
  /** In lost disputes */
  @ApiProperty({ type: 'integer', example: 0 })
  amountChargedBack!: bigint;
  /** The merchant's own reference */
  @ApiProperty({ type: String, nullable: true, example: 'order-42' })
  reference!: string | null;
  /** Set only while `status` is `failed` */
  @ApiProperty({ type: () => FailureDto, nullable: true })
  failure!: FailureDto | null;
  /** Observations; they never refuse an event and never change the status */
  @ApiProperty({ enum: FLAGS, isArray: true })
  flags!: Flag[];
}

/** A payment: the fold of everything that was said about it. */
export class PaymentDto extends SnapshotDto {
  /** UUID v7 */
  @ApiProperty({ format: 'uuid' })
  id!: string;
  /** @example stripe */
  source!: string;
  /** @example stripe */
  provider!: string;
  /** The account at the provider */
  @ApiProperty({ type: String, nullable: true })
  account!: string | null;
  /** True for live, false for test, null where nobody has said */
  @ApiProperty({ type: Boolean, nullable: true })
  livemode!: boolean | null;
  /** Ids under which the provider knows this payment, as namespace:id */
  @ApiProperty({ type: [String], example: ['ch:ch_1', 'pi:pi_1'] })
  refs!: string[];
  /** Ids that may hold several payments, as namespace:id */
  @ApiProperty({ type: [String], example: ['session:cs_1'] })
  groups!: string[];
  /** Grows by one with each change of what a payment shows */
  @ApiProperty({ type: 'integer', example: 3 })
  version!: number;
  /** Ids of the payments that were joined into this one */
  @ApiProperty({ type: [String] })
  mergedFrom!: string[];
  /** The least time that any statement names */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  occurredAt!: string | null;
  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}

/** One version of a payment. */
export class ChangeDto {
  @ApiProperty({ type: 'integer', example: 3 })
  version!: number;
  @ApiProperty({ enum: ['event', 'replay', 'reprojection'] })
  cause!: string;
  /** The provider's id of the event; null unless the cause is one */
  @ApiProperty({ type: String, nullable: true, example: 'evt_1' })
  eventId!: string | null;
  /** What it was before; null for the first version */
  @ApiProperty({ type: () => SnapshotDto, nullable: true })
  from!: SnapshotDto | null;
  @ApiProperty({ type: () => SnapshotDto })
  to!: SnapshotDto;
  @ApiProperty({ format: 'date-time' })
  at!: string;
}

/** A payment with all that it was made of. */
export class PaymentDetailDto extends PaymentDto {
  /** Every statement about it, in the order of receipt */
  @ApiProperty({ type: () => [StatementDto] })
  transactions!: StatementDto[];
  /** The events that made them, in the order of receipt */
  @ApiProperty({ type: () => [EventDto] })
  events!: EventDto[];
  /** Its versions, newest last */
  @ApiProperty({ type: () => [ChangeDto] })
  history!: ChangeDto[];
}

export class PaymentPageDto {
  @ApiProperty({ type: () => [PaymentDto] })
  data!: PaymentDto[];
  /** Asks for the next page as `cursor`; null on the last one */
  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}
