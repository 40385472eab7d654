import { Get, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { AdminController } from '../admin-controller.js';
import { type Page } from '../cursor.js';
import { ApiProblem } from '../problem.dto.js';
import { validationPipe } from '../validation.js';
import { AuditPageDto, type AuditEntryDto } from './audit.dto.js';
import { AuditQueryDto } from './audit-query.dto.js';
import { AuditService } from './audit.service.js';

@AdminController('audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  /** Lists what operators did through this API, newest first. */
  @Get()
  @ApiOkResponse({ type: AuditPageDto })
  @ApiProblem('validation_failed')
  list(@Query(validationPipe()) query: AuditQueryDto): Promise<Page<AuditEntryDto>> {
    return this.audit.list(query);
  }
}
