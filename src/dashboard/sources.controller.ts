import { Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiParam } from '@nestjs/swagger';
import { SETTINGS } from '../config/settings.module.js';
import { type Settings } from '../config/settings.js';
import { AdminController } from '../operations/admin-controller.js';
import { Audited } from '../operations/audit/audited.js';
import { Problem } from '../operations/problem.js';
import { ApiProblem } from '../operations/problem.dto.js';
import { Sources } from '../webhooks/sources.js';
import { sourceAnswer } from './source-answer.js';
import { SourcesDto } from './source.dto.js';
import { TestEventDto } from './test-event.dto.js';
import { TestEvents } from './test-events.js';

@AdminController('sources')
export class SourcesController {
  constructor(
    private readonly sources: Sources,
    private readonly tests: TestEvents,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Lists the configured sources with what the provider's console is to be given. */
  @Get()
  @ApiOkResponse({ type: SourcesDto })
  list(): SourcesDto {
    return { data: this.sources.all.map((source) => sourceAnswer(source, this.settings)) };
  }

  /** Sends a signed test event to a source by HTTP, as the provider would. It is stored like any other, and told to the endpoints. */
  @Post(':id/test')
  @Audited('source.test')
  @HttpCode(200)
  @ApiParam({ name: 'id', description: 'The name of a source', example: 'stripe' })
  @ApiOkResponse({ type: TestEventDto })
  @ApiProblem('not_found', 'conflict')
  async test(@Param('id') name: string): Promise<TestEventDto> {
    const source = this.sources.find(name);
    if (source === undefined) {
      throw new Problem('not_found', {
        detail: 'No source of this name is configured. Take the name from GET /api/sources.',
      });
    }
    return this.tests.send(source);
  }
}
