import { Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiParam } from '@nestjs/swagger';
import { AdminController } from '../operations/admin-controller.js';
import { type Page } from '../operations/cursor.js';
import { ApiProblem } from '../operations/problem.dto.js';
import { validationPipe } from '../operations/validation.js';
import { PaymentDetailDto, PaymentPageDto, type PaymentDto } from './payment.dto.js';
import { PaymentsQueryDto } from './payments-query.dto.js';
import { PaymentsReader } from './payments.reader.js';

@AdminController('payments')
export class PaymentsController {
  constructor(private readonly payments: PaymentsReader) {}

  /** Lists payments, newest first. */
  @Get()
  @ApiOkResponse({ type: PaymentPageDto })
  @ApiProblem('validation_failed')
  list(@Query(validationPipe()) query: PaymentsQueryDto): Promise<Page<PaymentDto>> {
    return this.payments.list(query);
  }

  /** Shows a payment with its statements, events and history. The id of a payment that was joined into another answers with the survivor. */
  @Get(':id')
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: PaymentDetailDto })
  @ApiProblem('not_found')
  find(@Param('id') id: string): Promise<PaymentDetailDto> {
    return this.payments.find(id);
  }
}
