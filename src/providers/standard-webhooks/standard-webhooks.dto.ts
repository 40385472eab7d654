import { IsOptional } from 'class-validator';

import { IsDateTimeWithZone } from '../dto.js';

/** What is read of the envelope `{ type, timestamp, data }` beside the body of the generic contract. */
export class StandardWebhooksEnvelopeDto {
  /** The time of the event, where the body in it states none. */
  @IsOptional() @IsDateTimeWithZone() timestamp?: string | null;
}
