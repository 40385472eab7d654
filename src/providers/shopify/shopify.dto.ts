import { Type } from 'class-transformer';
import { IsBoolean, IsDefined, IsOptional, IsString, ValidateNested } from 'class-validator';

import { type JsonNumber } from '../../json/json.js';
import { IsDateTimeWithZone, IsId, IsNumericId } from '../dto.js';

// What is read of Shopify's REST resources, and nothing else: https://shopify.dev/docs/api/webhooks.

/** In the currency that the customer pays in. */
class ShopifyMoneyDto {
  /** A decimal in major units. */
  @IsString() amount!: string;
  @IsString() currency_code!: string;
}

class ShopifyMoneySetDto {
  @IsDefined()
  @ValidateNested()
  @Type(() => ShopifyMoneyDto)
  presentment_money!: ShopifyMoneyDto;
}

export class ShopifyOrderDto {
  @IsNumericId() id!: JsonNumber;
  @IsString() financial_status!: string;
  @IsDefined()
  @ValidateNested()
  @Type(() => ShopifyMoneySetDto)
  total_price_set!: ShopifyMoneySetDto;
  /** As people know the order, e.g. `#1001`. */
  @IsOptional() @IsId() name?: string | null;
  @IsOptional() @IsBoolean() test?: boolean | null;
  @IsOptional() @IsDateTimeWithZone() processed_at?: string | null;
  @IsOptional() @IsDateTimeWithZone() created_at?: string | null;
}

export class ShopifyTransactionDto {
  @IsNumericId() id!: JsonNumber;
  @IsNumericId() order_id!: JsonNumber;
  @IsString() kind!: string;
  @IsString() status!: string;
  /** A decimal in major units. */
  @IsString() amount!: string;
  @IsString() currency!: string;
  /** On a capture, a void and a refund: the transaction that it is about. */
  @IsOptional() @IsNumericId() parent_id?: JsonNumber | null;
  @IsOptional() @IsBoolean() test?: boolean | null;
  @IsOptional() @IsDateTimeWithZone() processed_at?: string | null;
  @IsOptional() @IsDateTimeWithZone() created_at?: string | null;
  @IsOptional() @IsId() error_code?: string | null;
  @IsOptional() @IsString() message?: string | null;
}

export class ShopifyRefundDto {
  @IsNumericId() id!: JsonNumber;
  @IsNumericId() order_id!: JsonNumber;
  /** None where goods came back and no money went. */
  @IsDefined()
  @ValidateNested({ each: true })
  @Type(() => ShopifyTransactionDto)
  transactions!: ShopifyTransactionDto[];
}

export class ShopifyDisputeDto {
  @IsNumericId() id!: JsonNumber;
  /** Null where the disputed payment belongs to no order. */
  @IsOptional() @IsNumericId() order_id?: JsonNumber | null;
  @IsString() type!: string;
  @IsString() status!: string;
  /** A decimal in major units. */
  @IsString() amount!: string;
  @IsString() currency!: string;
  @IsOptional() @IsDateTimeWithZone() initiated_at?: string | null;
  @IsOptional() @IsDateTimeWithZone() evidence_sent_on?: string | null;
  @IsOptional() @IsDateTimeWithZone() finalized_on?: string | null;
}
