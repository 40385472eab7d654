/** Between deliveries and rows of `deliveries` and `webhook_events`. */
import { isUtf8 } from 'node:buffer';
import { type Source } from '../../config/settings.js';
import { type NormalisedDelivery, type NormalisedEvent } from '../delivery.js';
import { type Bytes } from '../normalise.js';
import { timestamp } from './statement-rows.js';

/** The columns of `deliveries` that a body can be read again from. */
export interface StoredBody {
  body: string;
  body_encoding: string;
  body_sha256: string;
  headers: Record<string, string>;
  received_at: Date;
}

export function eventRow(
  id: string,
  deliveryId: string,
  position: number,
  delivery: NormalisedDelivery,
  event: NormalisedEvent,
): Record<string, unknown> {
  const { source } = delivery;
  return {
    id,
    delivery_id: deliveryId,
    position,
    source: source.name,
    provider: source.provider.name,
    event_id: event.eventId,
    received_at: delivery.receivedAt,
    ...meaningRow(source, event),
  };
}

/** The columns of an event that a replay writes anew. */
export function meaningRow(source: Source, event: NormalisedEvent): Record<string, unknown> {
  return {
    type: event.type,
    status: event.meaning.status,
    code: event.meaning.status === 'quarantined' ? event.meaning.code : null,
    account: event.account,
    livemode: event.livemode,
    occurred_at: timestamp(event.occurredAt),
    normaliser_version: source.provider.normaliserVersion,
    options_hash: source.optionsHash,
  };
}

export function deliveryRow(id: string, delivery: NormalisedDelivery): Record<string, unknown> {
  const { body, encoding } = encodeBody(delivery.body);
  return {
    id,
    source: delivery.source.name,
    provider: delivery.source.provider.name,
    body,
    body_encoding: encoding,
    body_sha256: delivery.bodySha256,
    body_size: delivery.body.length,
    headers: delivery.headers,
    verified_with: delivery.verifiedWith,
    received_at: delivery.receivedAt,
  };
}

/** Text where Postgres can hold it as text, so that it can be read in the table; else base64. */
function encodeBody(bytes: Buffer): { body: Buffer | string; encoding: 'utf8' | 'base64' } {
  return isUtf8(bytes) && !bytes.includes(0)
    ? { body: bytes, encoding: 'utf8' }
    : { body: bytes.toString('base64'), encoding: 'base64' };
}

/** The exact bytes of a stored body with what a normaliser may see beside them. */
export function bytesOfBody(stored: StoredBody): Bytes {
  return {
    body: Buffer.from(stored.body, stored.body_encoding === 'base64' ? 'base64' : 'utf8'),
    bodySha256: stored.body_sha256,
    headers: stored.headers,
    receivedAt: stored.received_at,
  };
}
