import { OmitType } from '@nestjs/swagger';
import { PaymentsQueryDto } from '../payments/payments-query.dto.js';

/** The filters of GET /api/payments. All that meet them are exported, so there are no pages. */
export class PaymentsCsvQueryDto extends OmitType(PaymentsQueryDto, ['limit', 'cursor'] as const) {}
