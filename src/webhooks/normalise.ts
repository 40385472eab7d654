/**
 * From exact bytes to events: the same for a request, for the comparison of two deliveries of one
 * event, and for a replay. Pure, and it never throws for an authentic body.
 */
import { hash } from 'node:crypto';
import { type Source } from '../config/settings.js';
import { readJson } from '../json/read-json.js';
import { type Statement } from '../payments/statement.js';
import { MAX_AMOUNT } from '../providers/money.js';
import { type Meaning, type PaymentEvent, type QuarantineCode } from '../providers/provider.js';
import { type NormalisedEvent } from './delivery.js';

/** Most characters of an id, a key or a reference; an event id beyond it is hashed instead. */
const MAX_ID_LENGTH = 255;
const MAX_EVENT_ID_BYTES = 255;
const A_DAY = 24 * 60 * 60 * 1000;

export interface Bytes {
  readonly body: Buffer;
  readonly bodySha256: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly receivedAt: Date;
}

/**
 * The events of a body; at least one, so that something is stored for whatever is authentic.
 * @param onFault is told of a provider that threw: a fault of ours, for which no event may be lost
 */
export function normalise(
  source: Source,
  bytes: Bytes,
  onFault: (error: unknown) => void = () => undefined,
): NormalisedEvent[] {
  return read(source, bytes, onFault).map((event) =>
    identified(checked(event, source, bytes.receivedAt), bytes),
  );
}

function read(source: Source, bytes: Bytes, onFault: (error: unknown) => void): PaymentEvent[] {
  const { provider } = source;
  try {
    const json = provider.decode?.(bytes.body) ?? readJson(bytes.body);
    if (!json.ok) return [unreadable({ status: 'quarantined', code: json.code })];
    const events = provider.normalise(json.value, {
      options: source.options,
      headers: bytes.headers,
      body: bytes.body,
      bodySha256: bytes.bodySha256,
    });
    return events.length > 0 ? events : [unreadable({ status: 'ignored' })];
  } catch (error) {
    // Quarantined, it is replayed once the provider is mended.
    onFault(error);
    return [unreadable({ status: 'quarantined', code: 'validation_failed' })];
  }
}

export function sha256(bytes: Buffer | string): string {
  return hash('sha256', bytes, 'hex');
}

/** A body of which no event could be read. */
function unreadable(meaning: Meaning): PaymentEvent {
  return { eventId: null, type: '', occurredAt: 0, account: null, livemode: null, meaning };
}

/** What holds for the events of every provider, whatever its normaliser looked at. */
function checked(event: PaymentEvent, source: Source, receivedAt: Date): PaymentEvent {
  const code = objection(event, source, receivedAt);
  return code === null ? event : { ...event, meaning: { status: 'quarantined', code } };
}

function objection(event: PaymentEvent, source: Source, receivedAt: Date): QuarantineCode | null {
  const { meaning } = event;
  if (meaning.status === 'quarantined') return null;
  if (event.eventId !== null && !isWellFormed(event.eventId)) return 'id_invalid';
  if (event.account !== null && !isId(event.account)) return 'id_invalid';
  if (event.transmissionId !== undefined && !isId(event.transmissionId)) return 'id_invalid';
  const wanted = source.account === 'self' ? null : source.account;
  if (source.account !== null && event.account !== wanted) return 'account_mismatch';
  const anotherMode = event.livemode !== null && event.livemode !== source.livemode;
  if (source.livemode !== null && anotherMode) return 'mode_mismatch';
  if (!isPlausible(event.occurredAt, receivedAt)) return 'time_implausible';
  if (meaning.status === 'ignored') return null;
  for (const s of meaning.statements) {
    if (s.refs.length === 0) return 'no_ref';
    if (!idsOf(s).every(isId)) return 'id_invalid';
    if (!isPlausible(s.at, receivedAt)) return 'time_implausible';
    if (s.amount !== null && (s.amount < 0n || s.amount > MAX_AMOUNT)) return 'number_out_of_range';
  }
  return null;
}

/** A ref is an id with its namespace; a key may be put together from two ids. */
function idsOf(s: Statement): string[] {
  const plain = [s.reference, s.failure?.code ?? null].filter((id) => id !== null);
  const named = [...s.refs, ...s.groups].map((ref) => ref.slice(ref.indexOf(':') + 1));
  return [...plain, ...named, ...s.key.split('/')];
}

/** Whether Postgres can keep it and an index can hold it: no NUL, no half of a surrogate pair. */
function isId(id: string): boolean {
  return id.length > 0 && id.length <= MAX_ID_LENGTH && isWellFormed(id);
}

function isWellFormed(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** A time in the far future would win for ever; one before 1970 is no time of a webhook. */
function isPlausible(at: number, receivedAt: Date): boolean {
  return at >= 0 && at <= receivedAt.getTime() + A_DAY;
}

function identified(event: PaymentEvent, bytes: Bytes): NormalisedEvent {
  return {
    eventId: eventIdOf(event.eventId, bytes),
    transmissionId: isId(event.transmissionId ?? '') ? event.transmissionId : undefined,
    type: printable(event.type),
    occurredAt: isPlausible(event.occurredAt, bytes.receivedAt) ? event.occurredAt : 0,
    account: event.account !== null && isId(event.account) ? event.account : null,
    livemode: event.livemode,
    meaning: event.meaning,
  };
}

/** The provider's id; hashed where it is too long to be a key; the body's hash where there is none. */
function eventIdOf(eventId: string | null, bytes: Bytes): string {
  if (!eventId || !isWellFormed(eventId)) return bytes.bodySha256;
  return Buffer.byteLength(eventId) > MAX_EVENT_ID_BYTES ? sha256(eventId) : eventId;
}

function printable(text: string): string {
  return text.slice(0, MAX_ID_LENGTH).toWellFormed().replaceAll('\0', '');
}
