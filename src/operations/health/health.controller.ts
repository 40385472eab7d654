import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  HealthCheck,
  HealthCheckService,
  type HealthCheckResult,
  type HealthIndicatorFunction,
} from '@nestjs/terminus';
import { type Response } from 'express';
import { Readiness } from './readiness.js';

/** For whoever runs the service: is it alive, and may it be sent work? Needs no token, tells no secrets. */
@ApiTags('health')
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly readiness: Readiness,
  ) {}

  /** Is the process alive? The database is not asked: a restart would not bring it back. */
  @Get('livez')
  @HealthCheck()
  live(@Res({ passthrough: true }) response: Response) {
    return this.answer(response, []);
  }

  /** May it be sent work: does the database answer within a second, with all migrations, and is it not shutting down? */
  @Get('readyz')
  @HealthCheck()
  ready(@Res({ passthrough: true }) response: Response) {
    return this.answer(response, this.readiness.checks);
  }

  /** Terminus throws its answer when a check is down; it is an answer all the same, not a problem. */
  private async answer(response: Response, checks: readonly HealthIndicatorFunction[]) {
    try {
      return await this.health.check([...checks]);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      response.status(error.getStatus());
      return error.getResponse() as HealthCheckResult;
    }
  }
}
