import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import { type NextFunction, type Response } from 'express';
import { SETTINGS } from '../config/settings.module.js';
import { type Settings, type Source } from '../config/settings.js';
import { BodyAborted, checkDeclaredSize, readBody } from '../http/read-body.js';
import { Problem } from '../operations/problem.js';
import { Admission } from './admission.js';
import { Refusals } from './refusals.js';
import { Sources } from './sources.js';
import { sourceNameIn, type WebhookRequest } from './webhook-request.js';

/**
 * The edge: what can be said of a request before its signature. In the order in which a problem is
 * answered: the source, the method, the encoding, the type, the size. Whether there is room for it is
 * told after the signature. A provider's check of its endpoint needs no more than the edge.
 */
@Injectable()
export class WebhookEdge implements NestMiddleware {
  constructor(
    private readonly sources: Sources,
    private readonly admission: Admission,
    private readonly refusals: Refusals,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async use(request: WebhookRequest, response: Response, next: NextFunction): Promise<void> {
    let entered: boolean;
    try {
      entered = await this.enter(request, response);
    } catch (error) {
      if (error instanceof BodyAborted) return;
      // That there is no room says nothing of the request.
      if (error instanceof Problem && error.getStatus() < 500) {
        this.refusals.note(request, sourceNameIn(request), error.code);
      }
      throw error;
    }
    if (entered) next();
  }

  /**
   * Leaves what the guard needs on the request; false where the request has been answered already.
   * @throws {Problem} what is wrong with it
   */
  private async enter(request: WebhookRequest, response: Response): Promise<boolean> {
    const receivedAt = new Date();
    const source = this.sourceOf(request);
    if (request.method !== 'POST') {
      const answer = answerToCheck(request, source);
      if (answer === null) throw new Problem('method_not_allowed', { headers: { Allow: 'POST' } });
      response.type('text/plain').send(answer);
      return false;
    }
    checkEncoding(request);
    checkContentType(request, source);
    checkDeclaredSize(request, this.settings.bodyLimit);
    const { refusal, hold } = this.admission.enter(response);
    const bytes = await readBody(request, response, this.settings.bodyLimit, hold);
    request.webhook = { source, bytes, receivedAt, refusal };
    return true;
  }

  private sourceOf(request: WebhookRequest): Source {
    const name = sourceNameIn(request);
    if (name === null) throw new Problem('not_found');
    const source = this.sources.enabled(name);
    if (source === undefined) throw new Problem('source_not_found');
    return source;
  }
}

/** What the provider wants to hear when it checks that the endpoint is ours; null for anything else. */
function answerToCheck({ method, originalUrl }: WebhookRequest, source: Source): string | null {
  const query = originalUrl.indexOf('?');
  if (method !== 'GET' || query < 0) return null;
  return source.provider.challenge?.(new URLSearchParams(originalUrl.slice(query)), source) ?? null;
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
