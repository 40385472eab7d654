import { Get } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { AdminController } from '../../operations/admin-controller.js';
import { OverviewDto } from '../overview.dto.js';
import { OverviewReader } from './overview.reader.js';

@AdminController('overview')
export class OverviewController {
  constructor(private readonly overview: OverviewReader) {}

  /** Shows the service at a glance: what arrives, what it became, what is told, and what needs a look. */
  @Get()
  @ApiOkResponse({ type: OverviewDto })
  read(): Promise<OverviewDto> {
    return this.overview.read();
  }
}
