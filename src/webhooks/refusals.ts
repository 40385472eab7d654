import { Injectable } from '@nestjs/common';
import { type ProblemCode, PROBLEMS } from '../operations/problem.js';
import { requestIdOf } from '../operations/request-id.js';
import { Sources } from './sources.js';
import { type WebhookRequest } from './webhook-request.js';

/** How many are kept of each source. */
export const KEPT_REFUSALS = 50;
const MAX_HEADERS = 40;
const MAX_NAME = 64;

/** A refused request: names and sizes, so that no secret and no customer's data is in it. */
export interface Refusal {
  readonly at: Date;
  /** The name in its address; null where it has none. */
  readonly source: string | null;
  readonly code: ProblemCode;
  readonly status: number;
  readonly requestId: string;
  readonly method: string;
  readonly headerNames: readonly string[];
  readonly contentType: string | null;
  /** Bytes; null where unknown. */
  readonly bodySize: number | null;
}

/**
 * What was refused lately, so that a wrong secret explains itself. In the memory of this process, and
 * bounded, since strangers write it: all that name no configured source share one place.
 */
@Injectable()
export class Refusals {
  /** Since when this process keeps them. */
  readonly since = new Date();
  private readonly kept = new Map<string | null, Refusal[]>();
  private readonly counts = new Map<string, number>();

  constructor(private readonly sources: Sources) {}

  /** @param name the source in the address of the request, configured or not; null where it has none */
  note(request: WebhookRequest, name: string | null, code: ProblemCode): void {
    const refusal: Refusal = {
      at: new Date(),
      source: name,
      code,
      status: PROBLEMS[code].status,
      requestId: requestIdOf(request),
      method: request.method,
      headerNames: headerNames(request),
      contentType: contentType(request),
      bodySize: request.webhook?.bytes.length ?? declaredSize(request),
    };
    const configured = name !== null && this.sources.find(name) !== undefined;
    const place = configured ? name : null;
    const before = this.kept.get(place) ?? [];
    this.kept.set(place, [refusal, ...before.slice(0, KEPT_REFUSALS - 1)]);
    if (configured) this.counts.set(name, this.count(name) + 1);
  }

  /** All that are kept, newest first. */
  list(): Refusal[] {
    return [...this.kept.values()].flat().sort((a, b) => b.at.getTime() - a.at.getTime());
  }

  /** How many requests to a configured source were refused since the start of this process. */
  count(source: string): number {
    return this.counts.get(source) ?? 0;
  }
}

function headerNames({ rawHeaders }: WebhookRequest): string[] {
  return rawHeaders
    .filter((_, index) => index % 2 === 0)
    .slice(0, MAX_HEADERS)
    .map((name) => name.slice(0, MAX_NAME).toLowerCase());
}

/** The essence of the media type, where it is one: anything else could be a value that is nobody's business. */
function contentType(request: WebhookRequest): string | null {
  const essence = request.headers['content-type']?.split(';', 1)[0]!.trim().toLowerCase();
  return essence !== undefined && /^[a-z]{1,20}\/[a-z0-9.+-]{1,60}$/.test(essence) ? essence : null;
}

function declaredSize(request: WebhookRequest): number | null {
  const declared = request.headers['content-length'];
  return declared === undefined ? null : Number(declared);
}
