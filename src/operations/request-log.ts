import { Logger } from '@nestjs/common';
import { type Request, type RequestHandler, type Response } from 'express';
import { problemCodeOf } from './problem.filter.js';
import { requestIdOf } from './request-id.js';

/** Who looks after requests of one kind, from their beginning. */
export interface RequestObserver {
  observe(request: Request, response: Response): void;
}

/** Asked every few seconds by machines: a line for each would drown the rest. */
const PROBES: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);

/**
 * One line in the log for each request, written after its answer. Of its address only the route that
 * took it: an id is in the answer, a query may hold a customer's reference.
 * @param webhooks writes the lines of /webhooks
 */
export function requestLog(webhooks: RequestObserver): RequestHandler {
  const logger = new Logger('requests');
  return (request, response, next) => {
    if (request.path.startsWith('/webhooks/')) webhooks.observe(request, response);
    else observe(logger, request, response);
    next();
  };
}

function observe(logger: Logger, request: Request, response: Response): void {
  const begin = performance.now();
  const isQuiet = PROBES.has(request.path) || request.path.startsWith('/dashboard');
  response.once('close', () => {
    const line = {
      msg: 'request',
      requestId: requestIdOf(request),
      method: request.method,
      route: (request.route as { path?: string } | undefined)?.path ?? null,
      status: response.writableFinished ? response.statusCode : null,
      code: problemCodeOf(response),
      ms: Math.round((performance.now() - begin) * 10) / 10,
    };
    if (isQuiet) logger.debug(line);
    else logger.log(line);
  });
}
