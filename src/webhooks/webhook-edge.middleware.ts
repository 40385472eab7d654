import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import { type NextFunction, type Response } from 'express';
import { SETTINGS } from '../config/settings.module.js';
import { type Settings, type Source } from '../config/settings.js';
import { BodyAborted, checkDeclaredSize, readBody } from '../http/read-body.js';
import { Problem } from '../operations/problem.js';
import { Admission } from './admission.js';
import { Sources } from './sources.js';
import { type WebhookRequest } from './webhook-request.js';

const PATH = /^\/webhooks\/([a-z0-9][a-z0-9-]{0,62})$/;

/**
 * The edge: what can be said of a request before its signature. In the order in which a problem is
 * answered: the source, the method, the encoding, the type, the size. Whether there is room for it is
 * told after the signature.
 */
@Injectable()
export class WebhookEdge implements NestMiddleware {
  constructor(
    private readonly sources: Sources,
    private readonly admission: Admission,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async use(request: WebhookRequest, response: Response, next: NextFunction): Promise<void> {
    const receivedAt = new Date();
    const source = this.sourceOf(request);
    if (request.method !== 'POST') {
      throw new Problem('method_not_allowed', { headers: { Allow: 'POST' } });
    }
    checkEncoding(request);
    checkContentType(request, source);
    checkDeclaredSize(request, this.settings.bodyLimit);
    const { refusal, hold } = this.admission.enter(response);
    try {
      const bytes = await readBody(request, response, this.settings.bodyLimit, hold);
      request.webhook = { source, bytes, receivedAt, refusal };
    } catch (error) {
      if (error instanceof BodyAborted) return;
      throw error;
    }
    next();
  }

  private sourceOf(request: WebhookRequest): Source {
    const path = request.originalUrl.split('?', 1)[0]!;
    const name = PATH.exec(path)?.[1];
    if (name === undefined) throw new Problem('not_found');
    const source = this.sources.enabled(name);
    if (source === undefined) throw new Problem('source_not_found');
    return source;
  }
}

/** The signature is about the bytes as they were sent: nothing is decompressed. */
function checkEncoding(request: WebhookRequest): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new Problem('content_encoding_unsupported');
  }
}

function checkContentType(request: WebhookRequest, source: Source): void {
  const type = request.headers['content-type'];
  if (type === undefined) return;
  const [essence = '', ...parameters] = type.split(';').map((part) => part.trim().toLowerCase());
  const charsets = parameters.filter((p) => p.startsWith('charset='));
  const utf8 = charsets.every((p) => /^charset="?utf-?8"?$/.test(p));
  const once = headerValues(request, 'content-type').length === 1;
  if (!once || !utf8 || !source.provider.contentTypes.includes(essence)) {
    throw new Problem('content_type_unsupported');
  }
}

/** All values of a header in the order of arrival; Node joins or drops repeated ones. */
export function headerValues(request: WebhookRequest, name: string): string[] {
  const values: string[] = [];
  const wanted = name.toLowerCase();
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    if (request.rawHeaders[i]!.toLowerCase() === wanted) values.push(request.rawHeaders[i + 1]!);
  }
  return values;
}
