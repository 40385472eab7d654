import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { SETTINGS } from '../config/settings.module.js';
import { type Settings } from '../config/settings.js';
import { fingerprintOf, setActor } from './actor.js';
import { Problem } from './problem.js';

/** Lets a request pass that carries the admin token as a bearer token (RFC 6750). */
@Injectable()
export class AdminTokenGuard implements CanActivate {
  private readonly expected: Buffer | null;

  constructor(@Inject(SETTINGS) settings: Settings) {
    this.expected = settings.adminToken === null ? null : sha256(settings.adminToken);
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const { authorization } = request.headers;
    if (this.expected === null) {
      throw new Problem('unauthorized', {
        detail: 'No admin token is configured, so nobody is let in. Set ADMIN_TOKEN and restart.',
      });
    }
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new Problem('unauthorized');
    // Digests have one length, so the comparison tells nothing about the token, not even its length.
    if (!timingSafeEqual(sha256(token), this.expected)) {
      throw new Problem('unauthorized', {
        detail: 'This is not the admin token. Send the one of ADMIN_TOKEN.',
      });
    }
    setActor(request, fingerprintOf(token));
    return true;
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
