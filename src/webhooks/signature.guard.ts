import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  Logger,
} from '@nestjs/common';
import { SETTINGS } from '../config/settings.module.js';
import { type Settings, type Source } from '../config/settings.js';
import { Problem } from '../operations/problem.js';
import { type Verification } from '../providers/provider.js';
import { Refusals } from './refusals.js';
import { headerValues } from './webhook-edge.middleware.js';
import { type WebhookRequest } from './webhook-request.js';

const KEPT_HEADERS = ['content-type', 'user-agent'];

/** Is it authentic? Decided on bytes; nothing was parsed before, and nobody gets past without a yes. */
@Injectable()
export class SignatureGuard implements CanActivate {
  private readonly logger = new Logger(SignatureGuard.name);

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly refusals: Refusals,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<WebhookRequest>();
    const { source, bytes, receivedAt, refusal } = request.webhook!;
    const verification = await this.verify(request, source, bytes, receivedAt);
    if (!verification.authentic) {
      this.refusals.note(request, source.name, verification.code);
      throw new Problem(verification.code);
    }
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

  private async verify(
    request: WebhookRequest,
    source: Source,
    body: Buffer,
    receivedAt: Date,
  ): Promise<Verification> {
    try {
      return await source.provider.verify(
        { body, headerValues: (name) => headerValues(request, name) },
        {
          secrets: source.secrets,
          options: source.options,
          toleranceSeconds: this.settings.toleranceSeconds,
          now: receivedAt.getTime(),
          url: source.url,
        },
      );
    } catch (err) {
      // A fault of ours: nobody gets in by it, and the provider comes again when it is mended.
      this.logger.error({ msg: 'a verifier failed', source: source.name, err });
      return { authentic: false, code: 'verification_unavailable' };
    }
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
