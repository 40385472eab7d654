import { applyDecorators, Controller, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { AdminTokenGuard } from './admin-token.guard.js';
import { ExactJsonInterceptor } from './exact-json.interceptor.js';
import { JsonBodyGuard } from './json-body.guard.js';
import { ApiProblem } from './problem.dto.js';

/**
 * A controller under /api: behind the admin token, with exact integers, and documented as such.
 * There is no other way into /api; a test walks over all routes and asks each without a token.
 */
export function AdminController(path: string): ClassDecorator {
  return applyDecorators(
    Controller(`api/${path}`),
    UseGuards(AdminTokenGuard, JsonBodyGuard),
    UseInterceptors(ExactJsonInterceptor),
    ApiTags(path),
    ApiBearerAuth(),
    ApiProblem('unauthorized', 'storage_unavailable'),
  );
}
