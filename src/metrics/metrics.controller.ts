import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { type Response } from 'express';
import { SETTINGS } from '../config/settings.module.js';
import { type Settings } from '../config/settings.js';
import { ApiProblem } from '../operations/problem.dto.js';
import { Problem } from '../operations/problem.js';
import { Metrics } from './metrics.js';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** For Prometheus. Needs no token: a proxy in front shows it only to who may see it. */
@ApiTags('health')
@Controller()
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Get('metrics')
  @ApiOperation({ summary: 'Metrics in the text format of Prometheus' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' }, description: 'Of this process' })
  @ApiProblem('not_found')
  async read(@Res() response: Response): Promise<void> {
    if (!this.settings.metrics) throw new Problem('not_found');
    const text = await this.metrics.text();
    response.set('Cache-Control', 'no-store').type(TEXT).send(text);
  }
}
