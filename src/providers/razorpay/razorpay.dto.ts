import { IsBoolean, IsOptional, IsString, ValidateIf } from 'class-validator';

import { type JsonNumber, type JsonValue } from '../../json/json.js';
import { IsId, IsMinorUnits, IsUnixSeconds } from '../dto.js';

// What is read of Razorpay's entities, and nothing else: https://razorpay.com/docs/webhooks/all.

export class RazorpayTypeDto {
  @IsId() event!: string;
}

/** What every event states. */
export class RazorpayEventDto extends RazorpayTypeDto {
  @IsId() account_id!: string;
  @IsUnixSeconds() created_at!: JsonNumber;
}

/** Amounts are minor units, see RAZORPAY_EXPONENTS. */
class RazorpayMoneyDto {
  @IsId() id!: string;
  @IsMinorUnits() amount!: JsonNumber;
  @IsString() currency!: string;
  @IsString() status!: string;
}

export class RazorpayPaymentDto extends RazorpayMoneyDto {
  @IsBoolean() captured!: boolean;
  @IsOptional() @IsId() order_id?: string | null;
  @IsOptional() @IsId() invoice_id?: string | null;
  /** The merchant's own keys and values; an empty array where there are none. */
  @IsOptional() notes?: JsonValue;
  /** Empty where nothing failed. */
  @ValidateIf((_, value) => value != null && value !== '')
  @IsId()
  error_code?: string | null;
  @IsOptional() @IsString() error_description?: string | null;
}

export class RazorpayRefundDto extends RazorpayMoneyDto {
  @IsId() payment_id!: string;
  @IsOptional() @IsUnixSeconds() created_at?: JsonNumber | null;
}

export class RazorpayDisputeDto extends RazorpayMoneyDto {
  @IsId() payment_id!: string;
  @IsString() phase!: string;
  /** 0 until the dispute is lost. */
  @IsOptional() @IsMinorUnits() amount_deducted?: JsonNumber | null;
}
