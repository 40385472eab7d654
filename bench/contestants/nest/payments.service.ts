import { type WebhookDto } from './webhook.dto.js';

/** Records an event and its payment; false when the event was there before. */
export abstract class PaymentsService {
  abstract record(event: WebhookDto): Promise<boolean>;
}
