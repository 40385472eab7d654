import {
  Injectable,
  StreamableFile,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { type Request, type Response } from 'express';
import { map, type Observable } from 'rxjs';
import { stringifyJson } from '../json/stringify-json.js';
import { requestIdOf } from './request-id.js';

/**
 * Writes the answers of /api. JSON.stringify knows no BigInt, and a number would round sums beyond
 * 2^53; amounts must be JSON integers that are exact at any size. Files pass as they are.
 */
@Injectable()
export class ExactJsonInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    response.set({ 'X-Request-Id': requestIdOf(request), 'Cache-Control': 'no-store' });
    return next.handle().pipe(
      map((value: unknown) => {
        if (value === undefined || value instanceof StreamableFile) return value;
        response.type('application/json; charset=utf-8');
        return stringifyJson(value);
      }),
    );
  }
}
