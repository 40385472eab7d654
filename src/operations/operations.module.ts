import { Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { AuditModule } from './audit/audit.module.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { Lifecycle } from './lifecycle.js';
import { ProblemFilter } from './problem.filter.js';

/** What every service needs besides its work: health, errors, audit, the way out. */
@Global()
@Module({
  // The answer of a probe says what is down; a line in the log for each would only drown the rest.
  imports: [TerminusModule.forRoot({ logger: false }), AuditModule],
  controllers: [HealthController],
  providers: [Lifecycle, Readiness, { provide: APP_FILTER, useClass: ProblemFilter }],
  exports: [Lifecycle],
})
export class OperationsModule {}
