import { HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { type Response } from 'express';
import { AdminController } from '../../operations/admin-controller.js';
import { Audited } from '../../operations/audit/audited.js';
import { ApiProblem } from '../../operations/problem.dto.js';
import { validationPipe } from '../../operations/validation.js';
import { answer, SWITCHES } from './replay.controller.js';
import { ReapplyQueryDto, ReapplySummaryDto } from './replay.dto.js';
import { ReplayService } from './replay.service.js';

@AdminController('payments')
export class ReprojectController {
  constructor(private readonly replays: ReplayService) {}

  /** Folds the stored statements of every payment again; parses nothing. */
  @Post('reproject')
  @Audited('payments.reproject', SWITCHES)
  @HttpCode(200)
  @ApiOkResponse({ type: ReapplySummaryDto })
  @ApiProblem('validation_failed')
  reproject(
    @Query(validationPipe()) query: ReapplyQueryDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReapplySummaryDto | undefined> {
    const { dryRun, notify } = query;
    return answer(this.replays.reproject({ dryRun, silent: !notify }), dryRun, response);
  }
}
