import { Type } from 'class-transformer';
import {
  buildMessage,
  IsDefined,
  IsOptional,
  IsString,
  ValidateBy,
  ValidateNested,
} from 'class-validator';

import { JsonNumber } from '../../json/json.js';
import { IsDateTimeWithZone, IsId, IsNumericId } from '../dto.js';

// What is read of Paystack's objects, and nothing else: https://paystack.com/docs/payments/webhooks.

export class PaystackEventDto {
  @IsId() event!: string;
}

/** What the object of every event about money states. */
class PaystackObjectDto {
  /** Live or test. */
  @IsString() domain!: string;
  @IsString() status!: string;
  @IsString() currency!: string;
}

export class PaystackChargeDto extends PaystackObjectDto {
  @IsNumericId() id!: JsonNumber;
  /** The merchant's, or made by Paystack; unique among the merchant's transactions. */
  @IsId() reference!: string;
  @IsSubunits() amount!: JsonNumber | string;
  @IsOptional() @IsDateTimeWithZone() paid_at?: string | null;
  @IsOptional() @IsDateTimeWithZone() created_at?: string | null;
}

/** No time is documented of it, and no id before its processor has given it one. */
export class PaystackRefundDto extends PaystackObjectDto {
  @IsOptional() @IsNumericId() id?: JsonNumber | null;
  @IsOptional() @IsId() refund_reference?: string | null;
  @IsOptional() @IsId() transaction_reference?: string | null;
  @IsSubunits() amount!: JsonNumber | string;
}

class PaystackDisputedTransactionDto {
  @IsOptional() @IsNumericId() id?: JsonNumber | null;
  @IsOptional() @IsId() reference?: string | null;
}

export class PaystackDisputeDto extends PaystackObjectDto {
  @IsNumericId() id!: JsonNumber;
  @IsOptional() @IsSubunits() refund_amount?: JsonNumber | string | null;
  @IsOptional() @IsDateTimeWithZone() created_at?: string | null;
  @IsDefined()
  @ValidateNested()
  @Type(() => PaystackDisputedTransactionDto)
  transaction!: PaystackDisputedTransactionDto;
}

/** A dispute that was resolved says how. */
export class PaystackResolvedDisputeDto extends PaystackDisputeDto {
  @IsString() resolution!: string;
}

/** The digits of an amount. */
export function subunitsOf(amount: JsonNumber | string): string {
  return amount instanceof JsonNumber ? amount.text : amount;
}

/** An amount in subunits: a JSON integer or, as of most refunds, a string of digits. */
function IsSubunits(): PropertyDecorator {
  return ValidateBy({
    name: 'isSubunits',
    validator: {
      validate: (value: unknown) =>
        (value instanceof JsonNumber || typeof value === 'string') &&
        /^\d+$/.test(subunitsOf(value)),
      defaultMessage: buildMessage(
        () => '$property must be an integer of subunits: digits, no sign, no fraction',
      ),
    },
  });
}
