import { Type } from 'class-transformer';
import { IsDefined, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';

import { type JsonValue } from '../../json/json.js';
import { IsDateTimeWithZone, IsId } from '../dto.js';

// What is read of Paddle's entities, and nothing else: https://developer.paddle.com/webhooks.

/** What every notification states. */
export class PaddleEventDto {
  @IsId() event_id!: string;
  @IsId() event_type!: string;
  /** To the microsecond. */
  @IsDateTimeWithZone() occurred_at!: string;
}

/** Amounts are strings of minor units, see PADDLE_EXPONENTS. */
const MINOR_UNITS = /^\d+$/;
const isMinorUnits = { message: '$property must be a string of minor units: digits alone' };

class PaddleTransactionTotalsDto {
  /** What the customer owes after credits, before any payment. */
  @Matches(MINOR_UNITS, isMinorUnits) grand_total!: string;
  @IsString() currency_code!: string;
}

class PaddleTransactionDetailsDto {
  @IsOptional()
  @ValidateNested()
  @Type(() => PaddleTransactionTotalsDto)
  totals?: PaddleTransactionTotalsDto | null;
}

class PaddlePaymentAttemptDto {
  @IsOptional() @IsId() error_code?: string | null;
}

export class PaddleTransactionDto {
  @IsId() id!: string;
  @IsString() status!: string;
  @IsOptional() @IsId() subscription_id?: string | null;
  @IsOptional() @IsId() invoice_id?: string | null;
  /** The seller's own, of any form. */
  @IsOptional() custom_data?: JsonValue;
  @IsOptional()
  @ValidateNested()
  @Type(() => PaddleTransactionDetailsDto)
  details?: PaddleTransactionDetailsDto | null;
  /** The latest attempt first. */
  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => PaddlePaymentAttemptDto)
  payments?: PaddlePaymentAttemptDto[] | null;
}

export class PaddleAdjustmentDto {
  @IsId() id!: string;
  @IsString() action!: string;
  @IsString() status!: string;
  @IsId() transaction_id!: string;
  @IsOptional() @IsId() subscription_id?: string | null;
}

class PaddleAdjustmentTotalsDto {
  @Matches(MINOR_UNITS, isMinorUnits) total!: string;
  @IsString() currency_code!: string;
}

/** An adjustment whose money moves. */
export class PaddleMovingAdjustmentDto extends PaddleAdjustmentDto {
  @IsDefined()
  @ValidateNested()
  @Type(() => PaddleAdjustmentTotalsDto)
  totals!: PaddleAdjustmentTotalsDto;
}

/** A value of custom_data that is taken as the seller's reference. */
export class PaddleReferenceDto {
  @IsId() reference!: string;
}
