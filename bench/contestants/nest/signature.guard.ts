import {
  type CanActivate,
  type ExecutionContext,
  Injectable,
  type RawBodyRequest,
  UnauthorizedException,
} from '@nestjs/common';
import { type Request } from 'express';
import { createHmac, timingSafeEqual } from 'node:crypto';

@Injectable()
export class SignatureGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<RawBodyRequest<Request>>();
    const given = Buffer.from(request.header('X-Signature') ?? '', 'hex');
    const expected = createHmac('sha256', process.env.SECRET ?? '')
      .update(request.rawBody ?? '')
      .digest();
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new UnauthorizedException();
    }
    return true;
  }
}
