/** Events to be sent while something fails, and what the database has to hold of them. */
import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { type EventSpec } from '../../../src/payments/testing/memory-store.js';
import { sentEventsArb } from '../../properties/support/arbitraries.js';
import { sign, specOf } from '../../properties/support/events.js';
import { booksIn, booksOf } from '../../properties/support/judge.js';
import { type Webhook } from '../../properties/support/senders.js';
import { readTables, type Tables } from '../../properties/support/tables.js';
import { randomFrom } from './form.js';

export interface SentEvent {
  readonly webhook: Webhook;
  /** What it says, without the prefix. */
  readonly spec: EventSpec;
}

/** Events of every kind of source about so many payments and more, in any order. */
export function eventsOf(seed: number, stories: number, prefix: string): SentEvent[] {
  const events = fc.sample(sentEventsArb(6), { seed, numRuns: stories }).flatMap((story, number) =>
    story.map((sent) => ({
      webhook: { source: sent.source, ...sign(sent, `${prefix}${number}.`) },
      spec: specOf(sent, 0, `${number}.`),
    })),
  );
  const random = randomFrom(seed);
  const places = new Map(events.map((event) => [event, random()]));
  return events.sort((a, b) => places.get(a)! - places.get(b)!);
}

/**
 * What was acknowledged is stored; what is stored, is stored once, and the payments are its fold, as
 * the plain reading of the law has it.
 */
export async function expectKept(
  pool: pg.Pool,
  prefix: string,
  events: readonly SentEvent[],
  acknowledged: ReadonlySet<Webhook>,
): Promise<{ readonly tables: Tables; readonly stored: readonly SentEvent[] }> {
  const tables = await readTables(pool, prefix);
  const books = booksIn(tables);
  const known = new Set(books.events);
  const isStored = ({ spec }: SentEvent) => known.has(`${spec.source} ${spec.eventId}`);
  const lost = events.filter((event) => acknowledged.has(event.webhook) && !isStored(event));
  expect(lost.map(({ spec }) => spec.eventId)).toEqual([]);
  const stored = events.filter(isStored);
  expect(books).toEqual(booksOf(stored.map(({ spec }) => spec)));
  return { tables, stored };
}

/** Waits until whatever a process that is gone has begun in the database is over. */
export async function untilNobodyWrites(pool: pg.Pool): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database()
         AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`,
    );
    if (rowCount === 0) return;
    await sleep(10);
  }
}
