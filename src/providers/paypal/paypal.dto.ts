import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsOptional,
  IsString,
  ValidateBy,
  ValidateNested,
} from 'class-validator';

import { IsId } from '../dto.js';
import { type QuarantineCode } from '../provider.js';
import { parseRfc3339 } from '../rfc3339.js';

// What is read of PayPal's events, and nothing else: https://developer.paypal.com/docs/api/webhooks/v1/.
// Resources of version 2 (`status`, `amount.value`) and of version 1 (`state`, `amount.total`), which
// subscriptions still send, stand in one DTO: each field is optional, and the normaliser says which of
// them a statement cannot do without.

/** A time that is none is `validation_failed`; one that is not after 1970 is `time_implausible`. */
function IsDateTime(): PropertyDecorator {
  const isDateTime = ValidateBy({
    name: 'isDateTime',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && parseRfc3339(value) !== null,
      defaultMessage: () => '$property must be an RFC 3339 date-time such as 2026-11-24T10:00:00Z',
    },
  });
  const isAfter1970 = ValidateBy(
    {
      name: 'isAfter1970',
      validator: {
        // 0 means everywhere that no time is stated.
        validate: (value: unknown) => typeof value !== 'string' || (parseRfc3339(value) ?? 1) > 0,
        defaultMessage: () => '$property must be after 1970-01-01T00:00:00Z',
      },
    },
    { context: { code: 'time_implausible' satisfies QuarantineCode } },
  );
  return (target, property) => {
    isDateTime(target, property);
    isAfter1970(target, property);
  };
}

export class PaypalEventDto {
  @IsId() id!: string;
  @IsId() event_type!: string;
  @IsDateTime() create_time!: string;
}

/** Decimals in major units; with a sign where version 1 tells money that goes back. */
export class PaypalMoneyDto {
  @IsOptional() @IsString() value?: string | null;
  @IsOptional() @IsString() currency_code?: string | null;
  @IsOptional() @IsString() total?: string | null;
  @IsOptional() @IsString() currency?: string | null;
}

class PaypalLinkDto {
  @IsString() href!: string;
  @IsString() rel!: string;
}

class PaypalRelatedIdsDto {
  @IsOptional() @IsId() order_id?: string | null;
  @IsOptional() @IsId() authorization_id?: string | null;
  @IsOptional() @IsId() capture_id?: string | null;
}

class PaypalSupplementaryDataDto {
  @IsOptional()
  @ValidateNested()
  @Type(() => PaypalRelatedIdsDto)
  related_ids?: PaypalRelatedIdsDto | null;
}

class PaypalStatusDetailsDto {
  @IsOptional() @IsId() reason?: string | null;
}

/** An authorization, a capture, a sale or a refund. */
export class PaypalTransactionDto {
  @IsId() id!: string;
  @IsOptional() @IsString() status?: string | null;
  @IsOptional() @IsString() state?: string | null;
  @IsOptional() @ValidateNested() @Type(() => PaypalMoneyDto) amount?: PaypalMoneyDto | null;
  @IsOptional() @IsDateTime() create_time?: string | null;
  @IsOptional() @IsDateTime() update_time?: string | null;
  @IsOptional() @IsDateTime() expiration_time?: string | null;
  @IsOptional() @IsDateTime() valid_until?: string | null;
  @IsOptional() @IsBoolean() final_capture?: boolean | null;

  /** Empty where the merchant gave none. */
  @IsOptional() @IsString() custom_id?: string | null;
  @IsOptional() @IsString() invoice_id?: string | null;
  @IsOptional() @IsString() custom?: string | null;
  @IsOptional() @IsString() invoice_number?: string | null;

  @IsOptional()
  @ValidateNested()
  @Type(() => PaypalStatusDetailsDto)
  status_details?: PaypalStatusDetailsDto | null;
  @IsOptional() @IsId() reason_code?: string | null;

  @IsOptional()
  @ValidateNested()
  @Type(() => PaypalSupplementaryDataDto)
  supplementary_data?: PaypalSupplementaryDataDto | null;
  @IsOptional() @IsId() sale_id?: string | null;
  @IsOptional() @IsId() capture_id?: string | null;
  @IsOptional() @IsId() parent_payment?: string | null;
  @IsOptional() @IsId() billing_agreement_id?: string | null;
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => PaypalLinkDto)
  links?: PaypalLinkDto[] | null;
}

class PaypalDisputedTransactionDto {
  @IsOptional() @IsId() seller_transaction_id?: string | null;
  @IsOptional() @ValidateNested() @Type(() => PaypalMoneyDto) gross_amount?: PaypalMoneyDto | null;
}

class PaypalDisputeOutcomeDto {
  @IsString() outcome_code!: string;
  @IsOptional()
  @ValidateNested()
  @Type(() => PaypalMoneyDto)
  amount_refunded?: PaypalMoneyDto | null;
}

export class PaypalDisputeDto {
  @IsId() dispute_id!: string;
  @IsOptional() @IsString() status?: string | null;
  @IsOptional() @IsString() dispute_life_cycle_stage?: string | null;
  @IsOptional()
  @ValidateNested()
  @Type(() => PaypalMoneyDto)
  dispute_amount?: PaypalMoneyDto | null;
  @IsOptional()
  @ValidateNested()
  @Type(() => PaypalDisputeOutcomeDto)
  dispute_outcome?: PaypalDisputeOutcomeDto | null;
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => PaypalDisputedTransactionDto)
  disputed_transactions?: PaypalDisputedTransactionDto[] | null;
  @IsOptional() @IsDateTime() update_time?: string | null;
}

/** What a merchant wrote as reference. */
export class PaypalReferenceDto {
  @IsId() reference!: string;
}
