import { Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SETTINGS } from '../config/settings.module.js';
import { type Settings } from '../config/settings.js';
import { AdminController } from '../operations/admin-controller.js';
import { ApiProblem } from '../operations/problem.dto.js';
import { validationPipe } from '../operations/validation.js';
import { Refusals } from '../webhooks/refusals.js';
import { Sources } from '../webhooks/sources.js';
import { hintFor } from './hint.js';
import { RefusalsDto } from './refusal.dto.js';
import { RefusalsQueryDto } from './refusals-query.dto.js';

@AdminController('refusals')
@ApiTags('webhooks')
export class RefusalsController {
  constructor(
    private readonly refusals: Refusals,
    private readonly sources: Sources,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Lists the requests to /webhooks that were refused lately, with what is most likely wrong. */
  @Get()
  @ApiOkResponse({ type: RefusalsDto })
  @ApiProblem('validation_failed')
  list(@Query(validationPipe()) { source: wanted }: RefusalsQueryDto): RefusalsDto {
    const refusals = this.refusals
      .list()
      .filter(({ source }) => wanted === undefined || (source !== null && wanted.includes(source)));
    return {
      data: refusals.map(({ at, headerNames, ...refusal }) => ({
        ...refusal,
        at: at.toISOString(),
        headerNames: [...headerNames],
        hint: hintFor(refusal, this.sources, this.settings),
      })),
      since: this.refusals.since.toISOString(),
    };
  }
}
