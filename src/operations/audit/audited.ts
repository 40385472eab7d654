import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { AUDITED, AuditInterceptor, type AuditedAction } from './audit.interceptor.js';

/**
 * Leaves an entry in GET /api/audit for each call of this route; what it is done to is its `:id`. Every
 * route under /api that is not a GET has it; a test sees to that.
 * @param action what is done to what, e.g. `event.replay`
 * @param parameters names of the query and the body whose values are kept; all others may be secrets
 */
export function Audited(action: string, parameters: readonly string[] = []): MethodDecorator {
  return applyDecorators(
    SetMetadata(AUDITED, { action, parameters } satisfies AuditedAction),
    UseInterceptors(AuditInterceptor),
  );
}
