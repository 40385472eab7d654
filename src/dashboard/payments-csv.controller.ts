import { Readable } from 'node:stream';
import { Get, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { AdminController } from '../operations/admin-controller.js';
import { ApiProblem } from '../operations/problem.dto.js';
import { validationPipe } from '../operations/validation.js';
import { PaymentsReader } from '../payments/payments.reader.js';
import { PaymentsCsvQueryDto } from './payments-csv-query.dto.js';
import { paymentsCsv } from './payments-csv.js';

/** Payments that are read at once. */
const PAGE = 1_000;

@AdminController('payments.csv')
@ApiTags('payments')
export class PaymentsCsvController {
  constructor(private readonly payments: PaymentsReader) {}

  /** Gives the filtered payments as CSV, newest first, amounts in major units. A file that was cut off ends in a broken connection, never in silence. */
  @Get()
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiProblem('validation_failed')
  async export(@Query(validationPipe()) query: PaymentsCsvQueryDto): Promise<StreamableFile> {
    const csv = paymentsCsv(this.payments.pages(query, PAGE));
    // Before the answer begins, so that a database that is away is a problem and not half a file.
    const begin = await csv.next();
    return new StreamableFile(Readable.from(joined(begin.value as string, csv)), {
      type: 'text/csv; charset=utf-8',
      disposition: 'attachment; filename="payments.csv"',
    });
  }
}

async function* joined(begin: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield begin;
  yield* rest;
}
