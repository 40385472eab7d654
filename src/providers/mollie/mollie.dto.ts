import { Type } from 'class-transformer';
import { IsDefined, IsOptional, IsString, ValidateNested } from 'class-validator';

import { type JsonValue } from '../../json/json.js';
import { IsDateTimeWithZone, IsId } from '../dto.js';

// What is read of Mollie's events and entities, and nothing else: https://docs.mollie.com/reference.

/** What every event states. */
export class MollieEventDto {
  @IsId() id!: string;
  @IsId() type!: string;
  @IsDateTimeWithZone() createdAt!: string;
}

/** What every entity of a payment states. */
class MollieEntityDto {
  @IsId() id!: string;
  /** Chargebacks state none. */
  @IsOptional() @IsString() mode?: string | null;
}

class MollieAmountDto {
  @IsString() currency!: string;
  /** A decimal in major units. */
  @IsString() value!: string;
}

class MollieStatusReasonDto {
  @IsOptional() @IsId() code?: string | null;
  @IsOptional() @IsString() message?: string | null;
}

class MolliePaymentDetailsDto {
  /** Of cards. */
  @IsOptional() @IsId() failureReason?: string | null;
  /** Of direct debits. */
  @IsOptional() @IsId() bankReasonCode?: string | null;
  @IsOptional() @IsString() bankReason?: string | null;
}

export class MolliePaymentDto extends MollieEntityDto {
  @IsString() status!: string;
  /** The merchant's own, of any form. */
  @IsOptional() metadata?: JsonValue;
  @IsOptional() @IsId() orderId?: string | null;
  @IsOptional() @IsId() subscriptionId?: string | null;
  @IsOptional()
  @ValidateNested()
  @Type(() => MollieStatusReasonDto)
  statusReason?: MollieStatusReasonDto | null;
  @IsOptional()
  @ValidateNested()
  @Type(() => MolliePaymentDetailsDto)
  details?: MolliePaymentDetailsDto | null;
}

/** A payment whose money is held or taken. */
export class MollieFundedPaymentDto extends MolliePaymentDto {
  @IsDefined()
  @ValidateNested()
  @Type(() => MollieAmountDto)
  amount!: MollieAmountDto;
  /** Of payments that are captured separately. */
  @IsOptional()
  @ValidateNested()
  @Type(() => MollieAmountDto)
  amountCaptured?: MollieAmountDto | null;
}

export class MollieCaptureDto extends MollieEntityDto {
  @IsString() status!: string;
  @IsId() paymentId!: string;
  @IsOptional()
  @ValidateNested()
  @Type(() => MollieAmountDto)
  amount?: MollieAmountDto | null;
}

export class MollieRefundDto extends MollieEntityDto {
  @IsString() status!: string;
  @IsId() paymentId!: string;
  @IsDefined()
  @ValidateNested()
  @Type(() => MollieAmountDto)
  amount!: MollieAmountDto;
}

export class MollieChargebackDto extends MollieEntityDto {
  @IsId() paymentId!: string;
  @IsDefined()
  @ValidateNested()
  @Type(() => MollieAmountDto)
  amount!: MollieAmountDto;
}
