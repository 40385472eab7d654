import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsDefined,
  IsOptional,
  IsString,
  ValidateIf,
  ValidateNested,
} from 'class-validator';

import { type JsonNumber } from '../../json/json.js';
import { IsDateTimeWithZone, IsId, IsMinorUnits } from '../dto.js';

// What is read of Square's objects, and nothing else: https://developer.squareup.com/reference/square.

/** What every event states. */
export class SquareEventDto {
  @IsId() merchant_id!: string;
  @IsId() type!: string;
  @IsId() event_id!: string;
  @IsDateTimeWithZone() created_at!: string;
}

/** Minor units as ISO 4217 has them. */
export class SquareMoneyDto {
  @IsMinorUnits() amount!: JsonNumber;
  @IsString() currency!: string;
}

class SquareErrorDto {
  @IsOptional() @IsId() code?: string | null;
  @IsOptional() @IsString() detail?: string | null;
}

class SquareSourceDetailsDto {
  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => SquareErrorDto)
  errors?: SquareErrorDto[] | null;
}

export class SquarePaymentDto {
  @IsId() id!: string;
  @IsString() status!: string;
  @IsOptional() @IsDateTimeWithZone() updated_at?: string | null;
  /** With the tip, which `amount_money` leaves out. */
  @IsOptional()
  @ValidateNested()
  @Type(() => SquareMoneyDto)
  total_money?: SquareMoneyDto | null;
  @IsOptional()
  @ValidateNested()
  @Type(() => SquareMoneyDto)
  approved_money?: SquareMoneyDto | null;
  @IsOptional() @IsId() order_id?: string | null;
  /** Written by the merchant, who may leave it empty. */
  @ValidateIf((_, value) => value != null && value !== '')
  @IsId()
  reference_id?: string | null;

  // One of them, by the payment's source, says why a payment failed.
  @IsOptional()
  @ValidateNested()
  @Type(() => SquareSourceDetailsDto)
  card_details?: SquareSourceDetailsDto | null;
  @IsOptional()
  @ValidateNested()
  @Type(() => SquareSourceDetailsDto)
  bank_account_details?: SquareSourceDetailsDto | null;
  @IsOptional()
  @ValidateNested()
  @Type(() => SquareSourceDetailsDto)
  wallet_details?: SquareSourceDetailsDto | null;
  @IsOptional()
  @ValidateNested()
  @Type(() => SquareSourceDetailsDto)
  buy_now_pay_later_details?: SquareSourceDetailsDto | null;
  @IsOptional()
  @ValidateNested()
  @Type(() => SquareSourceDetailsDto)
  square_account_details?: SquareSourceDetailsDto | null;
}

export class SquareRefundDto {
  @IsId() id!: string;
  @IsString() status!: string;
  @IsOptional() @IsDateTimeWithZone() created_at?: string | null;
  @IsOptional() @IsDateTimeWithZone() updated_at?: string | null;
  @IsDefined()
  @ValidateNested()
  @Type(() => SquareMoneyDto)
  amount_money!: SquareMoneyDto;
  @IsOptional() @IsId() payment_id?: string | null;
  /** It refunds no payment of Square: https://developer.squareup.com/docs/refunds-api/unlinked-refunds. */
  @IsOptional() @IsBoolean() unlinked?: boolean | null;
  @IsOptional() @IsId() order_id?: string | null;
}

class SquareDisputedPaymentDto {
  @IsOptional() @IsId() payment_id?: string | null;
}

export class SquareDisputeDto {
  /** In older versions of the API `dispute_id` stands in its place. */
  @ValidateIf(({ id, dispute_id }: SquareDisputeDto) => id != null || dispute_id == null)
  @IsId()
  id?: string | null;
  @IsOptional() @IsId() dispute_id?: string | null;
  @IsString() state!: string;
  @IsOptional() @IsDateTimeWithZone() updated_at?: string | null;
  @IsDefined()
  @ValidateNested()
  @Type(() => SquareMoneyDto)
  amount_money!: SquareMoneyDto;
  @IsOptional()
  @ValidateNested()
  @Type(() => SquareDisputedPaymentDto)
  disputed_payment?: SquareDisputedPaymentDto | null;
}
