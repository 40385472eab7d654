import {
  Catch,
  HttpException,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { type Request, type Response } from 'express';
import { isDatabaseUnavailable } from './prisma-errors.js';
import { Problem, PROBLEM_CONTENT_TYPE, problemDocument, type ProblemCode } from './problem.js';
import { requestIdOf } from './request-id.js';

/** What Nest, Express and their parsers throw by status; anything else is a fault of ours. */
const CODES_BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'bad_request',
  401: 'unauthorized',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'body_too_large',
  415: 'content_type_unsupported',
  431: 'headers_too_large',
};

/**
 * Any exception as a problem. Nothing of a foreign exception goes into it: its text may hold SQL,
 * source code or values.
 */
export function toProblem(exception: unknown): Problem {
  if (exception instanceof Problem) return exception;
  if (isDatabaseUnavailable(exception)) {
    return new Problem('storage_unavailable', { cause: exception });
  }
  if ((exception as { type?: unknown } | null | undefined)?.type === 'entity.parse.failed') {
    return new Problem('invalid_json', { cause: exception });
  }
  const code = CODES_BY_STATUS[statusOf(exception) ?? 500] ?? 'internal_error';
  return new Problem(code, { cause: exception });
}

function statusOf(exception: unknown): number | null {
  if (exception instanceof HttpException) return exception.getStatus();
  // The errors of Express and its parsers: a plain Error with a status.
  const status = (exception as { status?: unknown } | null | undefined)?.status;
  return exception instanceof Error && typeof status === 'number' ? status : null;
}

const CODE = Symbol('code of the problem');
type TaggedResponse = Response & { [CODE]?: ProblemCode };

/** The code of the problem that an answer tells of; null where it tells of none. */
export function problemCodeOf(response: Response): ProblemCode | null {
  return (response as TaggedResponse)[CODE] ?? null;
}

/** Writes a problem as the answer; for whoever answers outside of Nest's pipeline, too. */
export function sendProblem(request: Request, response: Response, problem: Problem): void {
  const id = requestIdOf(request);
  (response as TaggedResponse)[CODE] = problem.code;
  // Part of an answer has gone: only a broken connection tells the client that it is not the whole.
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.status(problem.getStatus());
  for (const header of ['Content-Disposition', 'ETag']) response.removeHeader(header);
  // Bytes, because Express adds a charset to a string, which this media type does not have.
  const body = Buffer.from(JSON.stringify(problemDocument(problem, id)));
  response.set({
    ...problem.headers,
    'Content-Type': PROBLEM_CONTENT_TYPE,
    'Content-Length': String(body.length),
    'Cache-Control': 'no-store',
    'X-Request-Id': id,
  });
  response.end(body);
}

/**
 * A provider is not told 500, which some take for the end of an endpoint: what was not foreseen was not
 * stored, and comes again.
 */
function told(problem: Problem, request: Request): Problem {
  const isWebhook = request.originalUrl.startsWith('/webhooks/');
  return isWebhook && problem.code === 'internal_error'
    ? new Problem('storage_unavailable')
    : problem;
}

/** The one place where an exception becomes an answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const problem = told(toProblem(exception), request);
    const foreign = problem !== exception;
    if (foreign && problem.getStatus() >= 500) {
      this.logger.error({
        msg: 'a request failed',
        requestId: requestIdOf(request),
        method: request.method,
        code: problem.code,
        err: exception,
      });
    }
    sendProblem(request, http.getResponse<Response>(), problem);
  }
}
