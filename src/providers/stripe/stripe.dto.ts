import { Type } from 'class-transformer';
import { Equals, IsBoolean, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';

import { type JsonNumber, type JsonObject } from '../../json/json.js';
import { IsId, IsMinorUnits, IsUnixSeconds } from '../dto.js';

// What is read of Stripe's objects, and nothing else: https://docs.stripe.com/api.

/** What every snapshot event states. */
export class StripeEventDto {
  @IsId() id!: string;
  @Equals('event') object!: string;
  @IsId() type!: string;
  @IsUnixSeconds() created!: JsonNumber;
  @IsBoolean() livemode!: boolean;
  /** The connected account; events of one's own account state none. */
  @IsOptional() @IsId() account?: string | null;
}

/** In what currency the object's amounts are; theirs are Stripe's minor units, see STRIPE_EXPONENTS. */
class StripeMoneyDto {
  @IsId() id!: string;
  @IsString() currency!: string;
  @IsMinorUnits() amount!: JsonNumber;
}

/** What both objects of an attempt carry. */
class StripeAttemptDto extends StripeMoneyDto {
  @IsOptional() @IsObject() metadata?: JsonObject | null;
  /** Until API version 2025-03-31. */
  @IsOptional() @IsId() invoice?: string | null;
  @IsOptional() @IsId() transfer_group?: string | null;
}

export class StripePaymentErrorDto {
  @IsOptional() @IsId() code?: string | null;
  @IsOptional() @IsString() message?: string | null;
}

export class StripePaymentIntentDto extends StripeAttemptDto {
  @Equals('payment_intent') object!: string;
  @IsString() status!: string;
  @IsMinorUnits() amount_capturable!: JsonNumber;
  @IsMinorUnits() amount_received!: JsonNumber;
  @IsOptional() @IsString() cancellation_reason?: string | null;
  @IsOptional()
  @ValidateNested()
  @Type(() => StripePaymentErrorDto)
  last_payment_error?: StripePaymentErrorDto | null;
  @IsOptional() @IsId() latest_charge?: string | null;
}

export class StripeChargeDto extends StripeAttemptDto {
  @Equals('charge') object!: string;
  @IsString() status!: string;
  @IsBoolean() captured!: boolean;
  @IsBoolean() refunded!: boolean;
  @IsMinorUnits() amount_captured!: JsonNumber;
  @IsMinorUnits() amount_refunded!: JsonNumber;
  @IsOptional() @IsId() failure_code?: string | null;
  @IsOptional() @IsString() failure_message?: string | null;
  @IsOptional() @IsId() payment_intent?: string | null;
}

export class StripeRefundDto extends StripeMoneyDto {
  @Equals('refund') object!: string;
  @IsString() status!: string;
  @IsUnixSeconds() created!: JsonNumber;
  @IsOptional() @IsString() reason?: string | null;
  @IsOptional() @IsId() failure_reason?: string | null;
  @IsOptional() @IsId() charge?: string | null;
  @IsOptional() @IsId() payment_intent?: string | null;
}

export class StripeDisputeDto extends StripeMoneyDto {
  @Equals('dispute') object!: string;
  @IsString() status!: string;
  @IsOptional() @IsId() charge?: string | null;
  @IsOptional() @IsId() payment_intent?: string | null;
}

/** A metadata value that is taken as the merchant's reference. */
export class StripeReferenceDto {
  @IsId() reference!: string;
}
