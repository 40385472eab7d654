import { IsDateString, IsIn, IsNumberString, IsOptional, IsString, Length } from 'class-validator';

/** What each event type makes of a payment. */
export const STATUSES: Readonly<Record<string, string>> = {
  payment_success: 'captured',
  payment_failure: 'failed',
  payment_authorized: 'authorized',
  payment_captured: 'captured',
  payment_refunded: 'refunded',
};

export class WebhookDto {
  @IsIn(Object.keys(STATUSES)) event_type!: string;
  @IsString() @Length(1, 255) event_id!: string;
  @IsString() @Length(1, 255) transaction_id!: string;
  @IsNumberString() amount!: string;
  @IsString() @Length(3, 3) currency!: string;
  @IsDateString() occurred_at!: string;
  @IsOptional() @IsString() @Length(1, 255) reference?: string;
}
