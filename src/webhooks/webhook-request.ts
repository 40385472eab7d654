import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { type Source } from '../config/settings.js';
import { type Refusal } from './admission.js';
import { type AuthenticDelivery, type NormalisedDelivery, type RecordedEvent } from './delivery.js';

/** A request to /webhooks/:source on its way through the edge, the guard and the controller. */
export interface WebhookRequest extends Request {
  /** Left by the edge. */
  webhook?: { source: Source; bytes: Buffer; receivedAt: Date; refusal: Refusal | null };
  /** Left by the guard. */
  delivery?: AuthenticDelivery;
  /** Left by the controller once it is stored: what was delivered, and what became of each event. */
  recorded?: { delivery: NormalisedDelivery; events: readonly RecordedEvent[] };
}

const PATH = /^\/webhooks\/([a-z0-9][a-z0-9-]{0,62})$/;

/** The name of a source in the address, configured or not; null where there is none. */
export function sourceNameIn({ originalUrl }: WebhookRequest): string | null {
  return PATH.exec(originalUrl.split('?', 1)[0]!)?.[1] ?? null;
}

/** The delivery whose signature the guard has verified. */
export const Delivery = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return context.switchToHttp().getRequest<WebhookRequest>().delivery;
});
