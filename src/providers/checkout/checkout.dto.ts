import { IsObject, IsOptional, IsString } from 'class-validator';

import { type JsonNumber, type JsonObject } from '../../json/json.js';
import { IsDateTimeWithZone, IsId, IsMinorUnits } from '../dto.js';

// What is read of Checkout.com's events, and nothing else:
// https://www.checkout.com/docs/developer-resources/event-notifications/event-types.

/** What every event states, its time in one of two fields. */
export class CheckoutEventDto {
  @IsId() id!: string;
  @IsId() type!: string;
  @IsOptional() @IsDateTimeWithZone() created_on?: string | null;
  @IsOptional() @IsDateTimeWithZone() timestamp?: string | null;
}

class CheckoutDataDto {
  /** Minor units as Checkout.com counts them, see CHECKOUT_EXPONENTS. */
  @IsOptional() @IsMinorUnits() amount?: JsonNumber | null;
  @IsOptional() @IsString() currency?: string | null;
}

export class CheckoutPaymentDto extends CheckoutDataDto {
  @IsId() id!: string;
  /** Of the capture, the refund or whatever else was done to the payment. */
  @IsOptional() @IsId() action_id?: string | null;
  @IsOptional() @IsId() reference?: string | null;
  @IsOptional() @IsId() response_code?: string | null;
  @IsOptional() @IsString() response_summary?: string | null;
  /** Where money is sent to: only a payout has one. */
  @IsOptional() @IsObject() destination?: JsonObject | null;
}

export class CheckoutDisputeDto extends CheckoutDataDto {
  @IsId() id!: string;
  @IsOptional() @IsId() payment_id?: string | null;
  @IsOptional() @IsId() payment_reference?: string | null;
}
