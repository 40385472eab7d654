import { IsDefined, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';

import { type JsonNumber, type JsonObject } from '../../json/json.js';
import { IsId, IsMinorUnits } from '../dto.js';

// What is read of an item's signed fields, and nothing else:
// https://docs.adyen.com/api-explorer/Webhooks/1/overview. What is not signed is never required.

/** An item that concerns a payment. */
export class AdyenItemDto {
  /** Of the payment, or of the modification or dispute that the item is about. */
  @IsId() pspReference!: string;
  /** The payment, where the item is about something that was done to it. */
  @IsOptional() @IsId() originalReference?: string | null;
  @IsId() merchantAccountCode!: string;
  /** Of the payment; in an item about a modification that modification's. */
  @IsOptional() @IsId() merchantReference?: string | null;
  @IsString() success!: string;
  @IsOptional() @IsObject() amount?: JsonObject | null;
}

class AdyenAmountDto {
  /** Minor units as Adyen counts them, see ADYEN_EXPONENTS. */
  @IsMinorUnits() value!: JsonNumber;
  @IsString() currency!: string;
}

/** The amount of an item that has to state one. */
export class AdyenMoneyDto {
  @IsDefined()
  @ValidateNested()
  @Type(() => AdyenAmountDto)
  amount!: AdyenAmountDto;
}
