import { type Source } from '../../config/settings.js';
import { refKey, type StoredStatement } from '../../payments/ledger.js';
import { type NormalisedEvent } from '../delivery.js';

/** The statements of an event as they are stored; none unless it is applied. */
export function storedStatements(
  webhookEventId: string,
  source: Source,
  event: NormalisedEvent,
): StoredStatement[] {
  if (event.meaning.status !== 'applied') return [];
  const refScope = refScopeOf(source, event);
  return event.meaning.statements.map((s, ordinal) => ({
    webhookEventId,
    eventId: event.eventId,
    ordinal,
    source: source.name,
    refScope,
    account: event.account,
    livemode: event.livemode,
    // Named one by one for the reason told at `statement()`.
    kind: s.kind,
    key: s.key,
    status: s.status,
    amount: s.amount,
    currency: s.currency,
    at: s.at,
    refs: s.refs,
    groups: s.groups,
    final: s.final,
    implied: s.implied,
    release: s.release,
    releaseAmount: s.releaseAmount,
    born: s.born,
    of: s.of,
    reference: s.reference,
    failure: s.failure,
  }));
}

/** The keys of the refs of its statements. */
export function refKeysOfEvent(source: Source, event: NormalisedEvent): string[] {
  if (event.meaning.status !== 'applied') return [];
  const scope = refScopeOf(source, event);
  return event.meaning.statements.flatMap((s) =>
    s.refs.map((ref) => refKey(source.name, scope, ref)),
  );
}

/** Account and mode belong to a ref only where each event of the provider states them. */
function refScopeOf(source: Source, event: NormalisedEvent): string {
  const { refScope } = source.provider;
  const parts = [];
  if (refScope.account) parts.push(event.account ?? '');
  if (refScope.livemode) parts.push(event.livemode === true ? 'live' : 'test');
  return parts.join('/');
}
