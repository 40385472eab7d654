import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Request } from 'express';
import { type Source } from '../config/settings.js';
import { type Refusal } from './admission.js';
import { type AuthenticDelivery } from './delivery.js';

/** A request to /webhooks/:source on its way through the edge, the guard and the controller. */
export interface WebhookRequest extends Request {
  /** Left by the edge. */
  webhook?: { source: Source; bytes: Buffer; receivedAt: Date; refusal: Refusal | null };
  /** Left by the guard. */
  delivery?: AuthenticDelivery;
}

/** The delivery whose signature the guard has verified. */
export const Delivery = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return context.switchToHttp().getRequest<WebhookRequest>().delivery;
});
