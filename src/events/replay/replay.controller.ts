import { Body, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiParam } from '@nestjs/swagger';
import { type Response } from 'express';
import { AdminController } from '../../operations/admin-controller.js';
import { Audited } from '../../operations/audit/audited.js';
import { ApiProblem } from '../../operations/problem.dto.js';
import { Problem } from '../../operations/problem.js';
import { validationPipe } from '../../operations/validation.js';
import { EventsReader } from '../events.reader.js';
import { streamDifferences, summarise } from './answer-run.js';
import { ReapplyQueryDto, ReapplySummaryDto, ReplayFilterDto } from './replay.dto.js';
import { type ReapplyStep, ReplayService } from './replay.service.js';

/** What is written down of a call. */
const FILTERS = ['source', 'status', 'type', 'eventId', 'from', 'to'];
export const SWITCHES = ['dryRun', 'notify'];

@AdminController('events')
export class ReplayController {
  constructor(
    private readonly replays: ReplayService,
    private readonly events: EventsReader,
  ) {}

  /** Replays the events that meet all filters: today's code reads their stored bytes again. */
  @Post('replay')
  @Audited('events.replay', [...FILTERS, ...SWITCHES])
  @HttpCode(200)
  @ApiOkResponse({ type: ReapplySummaryDto })
  @ApiProblem('validation_failed')
  async replayMany(
    @Body(validationPipe()) filter: ReplayFilterDto,
    @Query(validationPipe()) query: ReapplyQueryDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReapplySummaryDto | undefined> {
    if (Object.values(filter).every((value) => value === undefined)) {
      throw new Problem('validation_failed', {
        detail: 'Name at least one filter, so that not everything is replayed by mistake.',
      });
    }
    const { dryRun, notify } = query;
    return answer(this.replays.replay(filter, { dryRun, silent: !notify }), dryRun, response);
  }

  /** Replays one event. */
  @Post(':id/replay')
  @Audited('event.replay', SWITCHES)
  @HttpCode(200)
  @ApiParam({ name: 'id', format: 'uuid' })
  @ApiOkResponse({ type: ReapplySummaryDto })
  @ApiProblem('not_found', 'validation_failed')
  async replayOne(
    @Param('id') id: string,
    @Query(validationPipe()) query: ReapplyQueryDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ReapplySummaryDto | undefined> {
    const event = await this.events.find(id);
    const { dryRun, notify } = query;
    const step = await this.replays.replayBatch([event.id], { dryRun, silent: !notify });
    return answer(once({ ...step, last: event.id }), dryRun, response);
  }
}

/** The sums, or in a dry run the differences. */
export async function answer(
  steps: AsyncIterable<ReapplyStep>,
  dryRun: boolean,
  response: Response,
): Promise<ReapplySummaryDto | undefined> {
  if (!dryRun) return summarise(steps);
  await streamDifferences(steps, response);
  return undefined;
}

async function* once(step: ReapplyStep): AsyncGenerator<ReapplyStep> {
  yield await Promise.resolve(step);
}
