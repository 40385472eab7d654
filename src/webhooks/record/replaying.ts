/**
 * One transaction that replays stored events: their bytes are normalised by today's code and options,
 * their statements replaced, and the payments concerned folded anew.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Source } from '../../config/settings.js';
import { type Sql } from '../../database/transaction.js';
import { type Change, Ledger, type StoredStatement } from '../../payments/ledger.js';
import { type QuarantineCode } from '../../providers/provider.js';
import { type EventStatus, type NormalisedEvent } from '../delivery.js';
import { normalise } from '../normalise.js';
import { bytesOfBody, meaningRow, type StoredBody } from './event-rows.js';
import { loadForUpdate } from './loading.js';
import { type RecordingContext } from './recording.js';
import {
  DELETE_STATEMENTS_OF_EVENTS,
  LOCK_EVENTS,
  run,
  SELECT_DELIVERIES,
  SELECT_STATEMENTS_OF_EVENTS,
  UPDATE_EVENTS,
} from './sql.js';
import { statementOfRow, type TransactionRow } from './statement-rows.js';
import { storedStatements } from './stored-statements.js';
import { isAnybodyListening } from './telling.js';
import { write } from './writing.js';

/** What became of one event. `unchanged`: it means what it meant. */
export type ReplayOutcome = EventStatus | 'unchanged';

export interface ReplayResult {
  readonly outcomes: ReadonlyMap<string, ReplayOutcome>;
  readonly changes: readonly Change[];
}

interface EventRow {
  id: string;
  delivery_id: string;
  position: number;
  source: string;
  event_id: string;
  status: EventStatus;
  code: QuarantineCode | null;
  normaliser_version: number;
  options_hash: string;
}

/** An event beside what it means now. */
interface Replayed {
  readonly row: EventRow;
  readonly source: Source;
  readonly event: NormalisedEvent;
  readonly before: readonly TransactionRow[];
  readonly statements: readonly StoredStatement[];
}

/**
 * @param sourceOf the configured source of a name; events of a source that is gone stay as they are,
 *   as do those that share the id of another event, whose meaning nobody can decide
 */
export async function replayBatch(
  sql: Sql,
  eventIds: readonly string[],
  sourceOf: (name: string) => Source | undefined,
  context: RecordingContext & { readonly silent: boolean },
): Promise<ReplayResult> {
  const outcomes = new Map<string, ReplayOutcome>();
  const replayed = await normaliseAgain(sql, eventIds, sourceOf);
  for (const row of replayed.untouched) outcomes.set(row.id, 'unchanged');

  const differing = replayed.events.filter((e) => !saysTheSame(e));
  for (const e of replayed.events) {
    outcomes.set(e.row.id, differing.includes(e) ? e.event.meaning.status : 'unchanged');
  }
  const toMark = replayed.events.filter(
    (e) => differing.includes(e) || !isMarkedWithToday(e.row, e.source),
  );
  if (toMark.length > 0) {
    const rows = toMark.map((e) => ({ id: e.row.id, ...meaningRow(e.source, e.event) }));
    await run(sql, UPDATE_EVENTS, rows);
  }
  const moving = differing.filter((e) => e.before.length > 0 || e.statements.length > 0);
  if (moving.length === 0) return { outcomes, changes: [] };

  const events = moving.map((e) => ({
    webhookEventId: e.row.id,
    source: e.source.name,
    provider: e.source.provider.name,
    statements: e.statements,
  }));
  const loaded = await loadForUpdate(sql, {
    events,
    newId: context.newId,
    paymentIds: [...new Set(moving.flatMap((e) => e.before.map((s) => s.payment_id)))],
    withTombstones: true,
  });
  const now = context.now();
  const ledger = new Ledger(loaded, now, context.newId, context.silent);
  for (const event of events) ledger.replace(event);
  await run(
    sql,
    DELETE_STATEMENTS_OF_EVENTS,
    moving.map((e) => e.row.id),
  );
  const changes = ledger.changes();
  await write(sql, changes, {
    ...context,
    now,
    telling: (await isAnybodyListening(sql)) ? new Map() : null,
  });
  return { outcomes, changes: changes.history };
}

async function normaliseAgain(
  sql: Sql,
  eventIds: readonly string[],
  sourceOf: (name: string) => Source | undefined,
): Promise<{ events: Replayed[]; untouched: EventRow[] }> {
  const rows = eventIds.length > 0 ? await run<EventRow>(sql, LOCK_EVENTS, eventIds) : [];
  if (rows.length === 0) return { events: [], untouched: [] };
  const deliveryIds = [...new Set(rows.map((row) => row.delivery_id))];
  const bodies = new Map(
    (await run<StoredBody & { id: string }>(sql, SELECT_DELIVERIES, deliveryIds)).map((d) => [
      d.id,
      d,
    ]),
  );
  const statements = new Map<string, TransactionRow[]>(rows.map((row) => [row.id, []]));
  const ids = rows.map((row) => row.id);
  for (const s of await run<TransactionRow>(sql, SELECT_STATEMENTS_OF_EVENTS, ids)) {
    statements.get(s.webhook_event_id)!.push(s);
  }
  const events: Replayed[] = [];
  const untouched: EventRow[] = [];
  for (const row of rows) {
    const source = sourceOf(row.source);
    const event =
      source && row.code !== 'event_id_conflict'
        ? normalise(source, bytesOfBody(bodies.get(row.delivery_id)!))[row.position]
        : undefined;
    if (!source || !event) {
      untouched.push(row);
      continue;
    }
    const identified = { ...event, eventId: row.event_id };
    events.push({
      row,
      source,
      event: identified,
      before: statements.get(row.id)!,
      statements: storedStatements(row.id, source, identified),
    });
  }
  return { events, untouched };
}

function saysTheSame({ row, event, before, statements }: Replayed): boolean {
  const { meaning } = event;
  const code = meaning.status === 'quarantined' ? meaning.code : null;
  return (
    row.status === meaning.status &&
    row.code === code &&
    isDeepStrictEqual(before.map(statementOfRow), statements)
  );
}

function isMarkedWithToday(row: EventRow, source: Source): boolean {
  return (
    row.normaliser_version === source.provider.normaliserVersion &&
    row.options_hash === source.optionsHash
  );
}
