/**
 * One transaction that records a batch of deliveries. Its steps, each in the order of the global locks
 * (events, refs, payments), are told in docs/architecture.md.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Sql } from '../../database/transaction.js';
import { type MessageEvent } from '../../notifications/message.js';
import { type Change, Ledger, type LedgerEvent } from '../../payments/ledger.js';
import { type Meaning, type QuarantineCode } from '../../providers/provider.js';
import {
  type EventStatus,
  type NormalisedDelivery,
  type NormalisedEvent,
  type RecordedEvent,
} from '../delivery.js';
import { normalise } from '../normalise.js';
import { bytesOfBody, deliveryRow, eventRow, type StoredBody } from './event-rows.js';
import { loadForUpdate, selectRefs } from './loading.js';
import {
  INSERT_EVENTS,
  INSERT_TRANSMISSIONS,
  run,
  SELECT_DELIVERIES,
  SELECT_EVENTS,
  SELECT_TRANSMISSIONS,
} from './sql.js';
import { refKeysOfEvent, storedStatements } from './stored-statements.js';
import { write } from './writing.js';

/** One event on its way into the database. */
interface Candidate {
  readonly id: string;
  readonly deliveryId: string;
  readonly position: number;
  readonly delivery: NormalisedDelivery;
  event: NormalisedEvent;
  result: RecordedEvent | null;
}

interface StoredEventRow {
  id: string;
  source: string;
  event_id: string;
  status: EventStatus;
  code: QuarantineCode | null;
  delivery_id: string;
  body_sha256: string;
}

export interface RecordingContext {
  /** UUID v7, increasing. */
  readonly newId: () => string;
  readonly now: () => Date;
}

/** Whose the refs of the deliveries are; can be read while the transaction begins. */
export function readOwners(
  sql: Pick<Sql, 'query'>,
  deliveries: readonly NormalisedDelivery[],
): Promise<ReadonlyMap<string, string>> {
  const keys = deliveries.flatMap(({ source, events }) =>
    events.flatMap((event) => refKeysOfEvent(source, event)),
  );
  return selectRefs(sql, [...new Set(keys)]);
}

/** What a transaction that records has done. */
export interface Recorded {
  /** One list for each delivery, one result for each of its events. */
  readonly results: RecordedEvent[][];
  /** The versions of payments that were made. */
  readonly changes: readonly Change[];
  /** Whether there is any endpoint that is told of changes. */
  readonly listening: boolean;
}

/**
 * Records the deliveries in their order.
 * @param owners what `readOwners` found
 */
export async function recordBatch(
  sql: Sql,
  deliveries: readonly NormalisedDelivery[],
  owners: ReadonlyMap<string, string>,
  context: RecordingContext,
): Promise<Recorded> {
  const candidates = deliveries.map((delivery) => {
    const deliveryId = context.newId();
    return delivery.events.map((event, position): Candidate => ({
      id: context.newId(),
      deliveryId,
      position,
      delivery,
      event,
      result: null,
    }));
  });
  const all = candidates.flat();

  await refuseReusedTransmissions(sql, all);
  const { known, listening } = await insert(sql, all);
  const conflicts = await answerDuplicates(sql, known);
  if (conflicts.length > 0) {
    const { known: knownConflicts } = await insert(sql, conflicts);
    const stored = await selectStored(sql, knownConflicts);
    for (const c of knownConflicts) c.result = duplicateOf(stored.get(identity(c))!, c);
  }

  const fresh = all.filter((c) => c.result === null);
  const changes = await applyToPayments(sql, fresh, { ...context, owners, listening });
  for (const c of fresh) c.result = resultOf(c);
  return { results: candidates.map((list) => list.map((c) => c.result!)), changes, listening };
}

/**
 * Where a provider signs the id of the transmission and hardly the body (PayPal: its CRC-32), a second
 * body with another event under the same transmission is a forgery: stored, and never applied.
 */
async function refuseReusedTransmissions(
  sql: Sql,
  candidates: readonly Candidate[],
): Promise<void> {
  const transmitted = candidates.filter((c) => c.event.transmissionId !== undefined);
  if (transmitted.length === 0) return;
  const rows = transmitted.map((c) => ({
    source: c.delivery.source.name,
    id: c.event.transmissionId,
    event_id: c.event.eventId,
  }));
  await run(sql, INSERT_TRANSMISSIONS, rows);
  const stored = await run<{ source: string; id: string; event_id: string }>(
    sql,
    SELECT_TRANSMISSIONS,
    rows,
  );
  const carried = new Map(stored.map((row) => [`${row.source} ${row.id}`, row.event_id]));
  for (const c of transmitted) {
    const eventId = carried.get(`${c.delivery.source.name} ${c.event.transmissionId}`);
    if (eventId !== c.event.eventId) c.event = conflicting(c);
  }
}

/** The event under an identity of its own, so that it is stored and applies nothing. */
function conflicting({ event, delivery }: Candidate): NormalisedEvent {
  return {
    ...event,
    eventId: `${event.eventId}~${delivery.bodySha256.slice(0, 16)}`,
    meaning: { status: 'quarantined', code: 'event_id_conflict' },
  };
}

/** Inserts what is new; returns what is not, and whether anybody is told of what is. */
async function insert(
  sql: Sql,
  candidates: readonly Candidate[],
): Promise<{ known: Candidate[]; listening: boolean }> {
  const deliveries = new Map(candidates.map((c) => [c.deliveryId, c.delivery]));
  const inserted = await run<{ id: string; listening: boolean }>(
    sql,
    INSERT_EVENTS,
    candidates.map((c) => eventRow(c.id, c.deliveryId, c.position, c.delivery, c.event)),
    [...deliveries].map(([id, delivery]) => deliveryRow(id, delivery)),
  );
  const listening = inserted[0]?.listening ?? false;
  if (inserted.length === candidates.length) return { known: [], listening };
  const ids = new Set(inserted.map((row) => row.id));
  return { known: candidates.filter((c) => !ids.has(c.id)), listening };
}

/**
 * Answers the events that were stored before as they were answered then. Those that share an event id
 * but mean something else are returned as conflicts, under an identity of their own.
 */
async function answerDuplicates(sql: Sql, known: readonly Candidate[]): Promise<Candidate[]> {
  if (known.length === 0) return [];
  const stored = await selectStored(sql, known);
  const differing: { candidate: Candidate; row: StoredEventRow }[] = [];
  for (const candidate of known) {
    const row = stored.get(identity(candidate))!;
    if (row.body_sha256 === candidate.delivery.bodySha256) {
      candidate.result = duplicateOf(row, candidate);
    } else differing.push({ candidate, row });
  }
  if (differing.length === 0) return [];

  // Providers change a body between attempts (a counter of pending deliveries), never its meaning.
  const bodies = await selectBodies(
    sql,
    differing.map(({ row }) => row.delivery_id),
  );
  const conflicts: Candidate[] = [];
  for (const { candidate, row } of differing) {
    const meaning = storedMeaning(candidate, bodies.get(row.delivery_id)!);
    if (
      meaning &&
      isDeepStrictEqual(statementsOf(meaning), statementsOf(candidate.event.meaning))
    ) {
      candidate.result = duplicateOf(row, candidate);
      continue;
    }
    candidate.event = conflicting(candidate);
    conflicts.push(candidate);
  }
  return conflicts;
}

async function selectStored(
  sql: Sql,
  candidates: readonly Candidate[],
): Promise<Map<string, StoredEventRow>> {
  if (candidates.length === 0) return new Map();
  const keys = new Map(
    candidates.map((c) => [
      identity(c),
      { source: c.delivery.source.name, event_id: c.event.eventId },
    ]),
  );
  const rows = await run<StoredEventRow>(sql, SELECT_EVENTS, [...keys.values()]);
  return new Map(rows.map((row) => [`${row.source} ${row.event_id}`, row]));
}

async function selectBodies(sql: Sql, ids: readonly string[]): Promise<Map<string, StoredBody>> {
  const rows = await run<StoredBody & { id: string }>(sql, SELECT_DELIVERIES, ids);
  return new Map(rows.map((row) => [row.id, row]));
}

/** What the stored bytes mean by today's code and options. */
function storedMeaning(candidate: Candidate, stored: StoredBody): Meaning | undefined {
  const bytes = bytesOfBody(stored);
  return normalise(candidate.delivery.source, bytes).find(
    (event) => event.eventId === candidate.event.eventId,
  )?.meaning;
}

function statementsOf(meaning: Meaning): readonly unknown[] {
  return meaning.status === 'applied' ? meaning.statements : [];
}

async function applyToPayments(
  sql: Sql,
  fresh: readonly Candidate[],
  context: RecordingContext & { owners: ReadonlyMap<string, string>; listening: boolean },
): Promise<readonly Change[]> {
  const events = fresh.flatMap((c): LedgerEvent[] => {
    const statements = storedStatements(c.id, c.delivery.source, c.event);
    const { name, provider } = c.delivery.source;
    return statements.length === 0
      ? []
      : [{ webhookEventId: c.id, source: name, provider: provider.name, statements }];
  });
  if (events.length === 0) return [];
  const loaded = await loadForUpdate(sql, { events, newId: context.newId, refs: context.owners });
  const now = context.now();
  const ledger = new Ledger(loaded, now, context.newId);
  for (const event of events) ledger.apply(event);
  const changes = ledger.changes();
  await write(sql, changes, {
    now,
    newId: context.newId,
    silent: false,
    telling: context.listening ? new Map(fresh.map((c) => [c.id, messageEvent(c)])) : null,
  });
  return changes.history;
}

function messageEvent({ id, delivery, event }: Candidate): MessageEvent {
  return { id, source: delivery.source.name, eventId: event.eventId, type: event.type };
}

function duplicateOf(row: StoredEventRow, candidate: Candidate): RecordedEvent {
  return {
    status: row.status,
    code: row.code,
    duplicate: true,
    errors: errorsOf(candidate.event.meaning),
  };
}

function resultOf(c: Candidate): RecordedEvent {
  const { meaning } = c.event;
  return {
    status: meaning.status,
    code: meaning.status === 'quarantined' ? meaning.code : null,
    duplicate: false,
    errors: errorsOf(meaning),
  };
}

function errorsOf(meaning: Meaning): RecordedEvent['errors'] {
  return meaning.status === 'quarantined' ? (meaning.errors ?? []) : [];
}

function identity(c: Candidate): string {
  return `${c.delivery.source.name} ${c.event.eventId}`;
}
