import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import express, { type Request, type Response } from 'express';

const parse = express.json({ limit: '64kb' });

/**
 * Reads the JSON body of a call to /api. A guard, so that it comes after the token's: what a stranger
 * sends is not parsed, and is answered 401 whatever it is.
 */
@Injectable()
export class JsonBodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    return new Promise((resolve, reject) => {
      parse(
        http.getRequest<Request>(),
        http.getResponse<Response>(),
        (error?: Error | 'router') => {
          if (error === undefined) resolve(true);
          else reject(error instanceof Error ? error : new Error(error));
        },
      );
    });
  }
}
