import { Type } from 'class-transformer';
import { IsOptional, IsString, ValidateNested } from 'class-validator';

import { IsDateTimeWithZone, IsId } from '../dto.js';

// What is read of notifications, and nothing else, by the names of their elements:
// https://developer.paypal.com/braintree/docs/reference/general/webhooks/transaction and the pages beside it.

/** What every notification states. */
export class BraintreeNotificationDto {
  @IsDateTimeWithZone() timestamp!: string;
  @IsId() kind!: string;
  /** The merchant that it is about, where that may be another than the one it is sent to. */
  @IsOptional() @IsId() 'source-merchant-id'?: string | null;
}

class BraintreeLocalDetailsDto {
  @IsOptional() @IsId() 'payment-id'?: string | null;
}

export class BraintreeTransactionDto {
  @IsId() id!: string;
  /** Samples of the official package leave these out; a settlement has to state its type. */
  @IsOptional() @IsString() type?: string | null;
  @IsOptional() @IsString() status?: string | null;
  /** Major units; without a currency it has no meaning. */
  @IsOptional() @IsString() amount?: string | null;
  @IsOptional() @IsString() 'currency-iso-code'?: string | null;
  @IsOptional() @IsId() 'order-id'?: string | null;
  @IsOptional() @IsId() 'subscription-id'?: string | null;
  /** The sale that a credit gives back. */
  @IsOptional() @IsId() 'refunded-transaction-id'?: string | null;
  @IsOptional()
  @ValidateNested()
  @Type(() => BraintreeLocalDetailsDto)
  'local-payment'?: BraintreeLocalDetailsDto | null;

  // Why it failed.
  @IsOptional() @IsId() 'processor-response-code'?: string | null;
  @IsOptional() @IsString() 'processor-response-text'?: string | null;
  @IsOptional() @IsId() 'processor-settlement-response-code'?: string | null;
  @IsOptional() @IsString() 'processor-settlement-response-text'?: string | null;
  @IsOptional() @IsId() 'gateway-rejection-reason'?: string | null;
}

class BraintreeTransactionsDto {
  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => BraintreeTransactionDto)
  transaction?: BraintreeTransactionDto[] | null;
}

export class BraintreeSubscriptionDto {
  @IsOptional() @IsId() id?: string | null;
  /** The newest comes first. */
  @IsOptional()
  @ValidateNested()
  @Type(() => BraintreeTransactionsDto)
  transactions?: BraintreeTransactionsDto | null;
}

class BraintreeDisputedTransactionDto {
  @IsId() id!: string;
}

export class BraintreeDisputeDto {
  @IsId() id!: string;
  @IsString() kind!: string;
  @IsOptional() @IsString() status?: string | null;
  @IsOptional() @IsString() 'amount-disputed'?: string | null;
  @IsOptional() @IsString() 'currency-iso-code'?: string | null;
  @IsOptional()
  @ValidateNested()
  @Type(() => BraintreeDisputedTransactionDto)
  transaction?: BraintreeDisputedTransactionDto | null;
}

/** A payment by a local method (iDEAL, BLIK), which may have no transaction yet. */
export class BraintreeLocalPaymentDto {
  @IsId() 'payment-id'!: string;
  @IsOptional()
  @ValidateNested()
  @Type(() => BraintreeTransactionDto)
  transaction?: BraintreeTransactionDto | null;
}
