import { isJsonObject, type JsonObject } from '../../json/json.js';
import { readDto } from '../dto.js';
import { normaliseGeneric } from '../generic/generic.normaliser.js';
import {
  type FieldError,
  type Meaning,
  type NormaliseContext,
  type PaymentEvent,
} from '../provider.js';
import { readableId } from '../text.js';
import { StandardWebhooksEnvelopeDto } from './standard-webhooks.dto.js';

/**
 * One body of the generic contract → its one event. The specification leaves the payload open, so it
 * is ours: in `data` of the envelope that the specification proposes, or at the top level.
 */
export function normaliseStandardWebhooks(
  json: JsonObject,
  context: NormaliseContext,
): PaymentEvent[] {
  const inData = json.event_type == null && isJsonObject(json.data);
  const body = inData ? (json.data as JsonObject) : json;
  const envelope = readDto(StandardWebhooksEnvelopeDto, {
    timestamp: body.occurred_at == null ? (json.timestamp ?? null) : null,
  });
  const events = normaliseGeneric(
    {
      ...body,
      // Whatever the body calls itself, the id that is signed beside it is its identity.
      event_id: eventIdOf(context),
      occurred_at: body.occurred_at ?? (envelope.ok ? (envelope.dto.timestamp ?? null) : null),
    },
    context,
  );
  return events.map((event) => ({
    ...event,
    type: event.type || (readableId(json.type) ?? ''),
    meaning: meaningIn(event.meaning, inData ? 'data.' : '', envelope.ok ? [] : envelope.errors),
  }));
}

/** Of the two names that the verifier allows, a request has one. */
function eventIdOf({ headers }: NormaliseContext): string | null {
  return readableId(headers['webhook-id'] ?? headers['svix-id']);
}

/** The meaning of a body that stands at `path` in an envelope with these errors. */
function meaningIn(meaning: Meaning, path: string, envelope: readonly FieldError[]): Meaning {
  const errors = meaning.status === 'quarantined' ? (meaning.errors ?? []) : [];
  const all = [...envelope, ...errors.map((error) => ({ ...error, field: path + error.field }))];
  if (envelope.length > 0) return { status: 'quarantined', code: 'validation_failed', errors: all };
  return meaning.status === 'quarantined' ? { ...meaning, errors: all } : meaning;
}
