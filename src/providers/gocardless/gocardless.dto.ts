import { Type } from 'class-transformer';
import { IsDefined, IsOptional, IsString, ValidateNested } from 'class-validator';

import { type JsonValue } from '../../json/json.js';
import { IsDateTimeWithZone, IsId } from '../dto.js';

// What is read of an event of GoCardless, and nothing else:
// https://developer.gocardless.com/api-reference/#core-endpoints-events.

class GocardlessLinksDto {
  @IsOptional() @IsId() payment?: string | null;
  @IsOptional() @IsId() refund?: string | null;
  @IsOptional() @IsId() mandate?: string | null;
  @IsOptional() @IsId() subscription?: string | null;
  @IsOptional() @IsId() instalment_schedule?: string | null;
  @IsOptional() @IsId() billing_request?: string | null;
}

class GocardlessDetailsDto {
  /** The same for every bank scheme; `reason_code`, beside it, is the scheme's own. */
  @IsOptional() @IsId() cause?: string | null;
  @IsOptional() @IsString() description?: string | null;
}

/** What every event states. */
export class GocardlessEventDto {
  @IsId() id!: string;
  @IsDateTimeWithZone() created_at!: string;
  @IsId() resource_type!: string;
  @IsId() action!: string;
}

/** An event about a payment or a refund. */
export class GocardlessMoneyEventDto extends GocardlessEventDto {
  @IsDefined()
  @ValidateNested()
  @Type(() => GocardlessLinksDto)
  links!: GocardlessLinksDto;
  @IsOptional()
  @ValidateNested()
  @Type(() => GocardlessDetailsDto)
  details?: GocardlessDetailsDto | null;
  /** That of the request which made the event, the merchant's own. */
  @IsOptional() metadata?: JsonValue;
  /** That of the payment or the refund, the merchant's own. */
  @IsOptional() resource_metadata?: JsonValue;
}
