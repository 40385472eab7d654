import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { SETTINGS } from '../config/settings.module.js';
import { type Settings } from '../config/settings.js';
import { Problem } from '../operations/problem.js';
import { headerValues } from './webhook-edge.middleware.js';
import { type WebhookRequest } from './webhook-request.js';

const KEPT_HEADERS = ['content-type', 'user-agent'];

/** Is it authentic? Decided on bytes; nothing was parsed before, and nobody gets past without a yes. */
@Injectable()
export class SignatureGuard implements CanActivate {
  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<WebhookRequest>();
    const { source, bytes, receivedAt, refusal } = request.webhook!;
    const verification = await source.provider.verify(
      { body: bytes, headerValues: (name) => headerValues(request, name) },
      {
        secrets: source.secrets,
        options: source.options,
        toleranceSeconds: this.settings.toleranceSeconds,
        now: receivedAt.getTime(),
        url: source.url,
      },
    );
    if (!verification.authentic) throw new Problem(verification.code);
    if (refusal !== null) throw new Problem(refusal);
    request.delivery = {
      source,
      body: bytes,
      headers: keptHeaders(request, source.provider.keepsHeaders ?? []),
      verifiedWith: verification.verifiedWith,
      receivedAt,
    };
    return true;
  }
}

/** By allow-list, so that no signature and no authorization is ever stored. */
function keptHeaders(request: WebhookRequest, more: readonly string[]): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of [...KEPT_HEADERS, ...more]) {
    const value = request.headers[name];
    if (typeof value === 'string') kept[name] = value;
  }
  return kept;
}
