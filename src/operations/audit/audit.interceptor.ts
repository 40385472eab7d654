import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Request } from 'express';
import { catchError, concatMap, from, map, type Observable } from 'rxjs';
import { actorOf } from '../actor.js';
import { toProblem } from '../problem.filter.js';
import { requestIdOf } from '../request-id.js';
import { AuditService } from './audit.service.js';
import { keptParameters } from './parameters.js';

/** Where `@Audited` puts the action of a route. */
export const AUDITED = Symbol('audited');

/** What is kept of a call. */
export interface AuditedAction {
  readonly action: string;
  readonly parameters: readonly string[];
}

/**
 * Writes down what an operator does: before it is done, so that nothing is done unwritten, and again
 * how it ended. It comes before the pipes, so what they refuse is written down as well.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly audit: AuditService,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request<{ id?: string }>>();
    const { action, parameters } = this.reflector.get<AuditedAction>(AUDITED, context.getHandler());
    const started = this.audit.start({
      actor: actorOf(request),
      action,
      target: request.params.id ?? null,
      parameters: keptParameters(parameters, request.query, request.body),
      requestId: requestIdOf(request),
    });
    return from(started).pipe(
      concatMap((id) =>
        next.handle().pipe(
          concatMap((value: unknown) =>
            from(this.audit.end(id, 'succeeded')).pipe(map(() => value)),
          ),
          catchError(async (error: unknown) => {
            await this.audit.end(id, toProblem(error).code);
            throw error;
          }),
        ),
      ),
    );
  }
}
