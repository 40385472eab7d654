import { ApiPropertyOptional } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { PageQueryDto } from '../operations/page-query.dto.js';
import { Exact, MayBeAbsent, Statuses, Time } from '../operations/query-parameters.js';
import { PAYMENT_STATUSES, type PaymentStatus } from './fold.js';

export class PaymentsQueryDto extends PageQueryDto {
  @Statuses(PAYMENT_STATUSES)
  status?: PaymentStatus[];

  @Exact('reference', 300, "The merchant's reference, or a group with or without its namespace")
  reference?: string;

  @Exact('ref', 300, "One of the provider's ids of the payment, with or without its namespace")
  ref?: string;

  @MayBeAbsent()
  @Matches(/^[A-Z]{3}$/, { message: 'currency must be an ISO 4217 code in upper case, e.g. EUR' })
  @ApiPropertyOptional({ type: String, description: 'ISO 4217, upper case', example: 'EUR' })
  currency?: string;

  @Time('from', 'Only payments with `occurredAt` at or after this time')
  from?: Date;

  @Time('to', 'Only payments with `occurredAt` before this time')
  to?: Date;
}
