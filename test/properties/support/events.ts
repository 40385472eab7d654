/**
 * Events as they are sent to the service, of every source, with what each of them says. Their ids
 * begin with a mark in the place of which each delivery has a prefix of its own, so that the same
 * events may be sent many times into one database without meeting.
 */
import { type Source } from '../../../src/config/settings.js';
import { type EventSpec } from '../../../src/payments/testing/memory-store.js';
import { market as marketProvider, shop as shopProvider } from './stating-provider.js';
import { normalise } from '../../../src/webhooks/normalise.js';
import { settingsFor } from '../../support/application.js';
import { sha256, signedGeneric, signedStripe, type Signed } from '../../support/signed.js';
import { signedStatements, statingVariables, type StatedEvent } from './stating-provider.js';

/** Where the prefix of a delivery goes. */
export const MARK = '~';

export const STATING_PROVIDERS = [shopProvider, marketProvider];

export type SentEvent =
  | { readonly source: 'shop' | 'market'; readonly event: StatedEvent }
  | { readonly source: 'generic'; readonly event: { readonly event_id: string } }
  | { readonly source: 'stripe'; readonly event: { readonly id: string } };

/** The webhook of an event. Stripe counts in an event how often it is still to be delivered. */
export function sign(sent: SentEvent, prefix: string, attempt = 0): Signed {
  switch (sent.source) {
    case 'stripe': {
      const event = { ...sent.event, pending_webhooks: attempt };
      return signedStripe(JSON.parse(marked(event, prefix)) as object);
    }
    case 'generic':
      return signedGeneric(marked(sent.event, prefix));
    default:
      return signedStatements(JSON.parse(marked(sent.event, prefix)) as StatedEvent);
  }
}

/** What an event says under a given prefix; `reading` for those that can be read in several ways. */
export function specOf(sent: SentEvent, reading = 0, prefix = ''): EventSpec {
  if (sent.source === 'generic' || sent.source === 'stripe') return specOfBody(sent, prefix);
  const { eventId, account, livemode, readings } = sent.event;
  const statements = (readings[reading] ?? []).map((s) => ({
    ...s,
    refs: s.refs.map((ref) => ref.replaceAll(MARK, prefix)),
  }));
  return {
    source: sent.source,
    eventId: eventId.replaceAll(MARK, prefix),
    scope: sent.source === 'market' ? modeOf(livemode) : '',
    account,
    livemode,
    statements,
  };
}

function specOfBody(sent: SentEvent, prefix: string): EventSpec {
  const { body } = sign(sent, prefix);
  const bytes = { body, bodySha256: sha256(body), headers: {}, receivedAt: new Date() };
  const events = normalise(sourceNamed(sent.source), bytes);
  if (events.length !== 1) throw new Error(`${events.length} events in one body`);
  const { eventId, account, livemode, meaning } = events[0]!;
  if (meaning.status === 'quarantined') throw new Error(JSON.stringify([meaning, body.toString()]));
  return {
    source: sent.source,
    eventId,
    scope: sent.source === 'stripe' ? modeOf(livemode) : '',
    account,
    livemode,
    statements: meaning.status === 'applied' ? meaning.statements : [],
  };
}

function modeOf(livemode: boolean | null): string {
  return livemode ? 'live' : 'test';
}

function marked(event: object, prefix: string): string {
  const text = JSON.stringify(event, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return text.replaceAll(MARK, prefix);
}

const { sources } = settingsFor(
  { env: statingVariables(), providers: STATING_PROVIDERS },
  'postgresql://127.0.0.1/none',
);

function sourceNamed(name: string): Source {
  return sources.find((source) => source.name === name)!;
}
