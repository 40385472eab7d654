/** Which rows are on a page of a list: those that meet all conditions, by id descending. */
import { Prisma } from '../generated/prisma/client.js';
import { type PrismaService } from './prisma.service.js';

type Database = Pick<PrismaService, 'pool'>;

interface Page {
  /** Names of columns are ours as well, never a stranger's */
  readonly table: 'payments' | 'webhook_events';
  readonly conditions: readonly Prisma.Sql[];
  /** Only rows whose id is less */
  readonly cursor: string | undefined;
  readonly take: number;
}

export interface PageOfIds extends Page {
  readonly timeColumn: 'occurred_at' | 'received_at';
  /** Inclusive */
  readonly from?: Date | undefined;
  /** Exclusive */
  readonly to?: Date | undefined;
}

export interface PageOfValues extends Page {
  /** There is an index of it and the id. */
  readonly column: string;
  readonly type: 'text' | 'payment_status' | 'event_status';
  readonly values: readonly string[];
}

/** So many are sorted in some 20 ms. */
const FEW = 50_000;

const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The ids of the first rows, `take` of them at most. */
export async function pageIds(
  { pool }: Database,
  { table, timeColumn, from, to, conditions, cursor, take }: PageOfIds,
): Promise<string[]> {
  const time = Prisma.raw(timeColumn);
  const all = [...conditions];
  if (cursor !== undefined) all.push(Prisma.sql`id < ${cursor}::uuid`);
  if (from) all.push(Prisma.sql`${time} >= ${from.toISOString()}::timestamptz`);
  if (to) all.push(Prisma.sql`${time} < ${to.toISOString()}::timestamptz`);
  const where = all.length > 0 ? Prisma.sql`WHERE ${Prisma.join(all, ' AND ')}` : Prisma.empty;
  const matching = Prisma.sql`SELECT id FROM ${Prisma.raw(table)} ${where}`;

  // Postgres takes the rows of a time for spread over all ids. They are together, and if they are long
  // ago, it would walk over all that came since; so the rows of that time are found first and sorted.
  if (from && to && to.getTime() < Date.now()) {
    // "matching.id", since "id" alone would be the text, which takes twice as long to sort.
    const few = Prisma.sql`
      WITH matching AS MATERIALIZED (${matching} LIMIT ${FEW + 1})
      SELECT (SELECT count(*) FROM matching)::int AS count,
             ARRAY(SELECT id::text FROM matching ORDER BY matching.id DESC LIMIT ${take}) AS ids`;
    const { rows } = await pool.query<{ count: number; ids: string[] }>(few.text, few.values);
    const [found] = rows;
    if (found && found.count <= FEW) return found.ids;
  }
  const walk = Prisma.sql`${matching} ORDER BY id DESC LIMIT ${take}`;
  const { rows } = await pool.query<{ id: string }>(walk.text, walk.values);
  return rows.map(({ id }) => id);
}

/**
 * The ids of the first rows that have one of some values in a column: the newest of each value, by its own
 * part of the index. Asked for rows that equal a value, Postgres rather walks over all rows, since one in
 * ten is soon met if it may be anywhere: but a status that payments only pass through, that of a bad day,
 * or the currency of a country that was left, is long ago.
 */
export async function pageIdsOfValues(
  { pool }: Database,
  { table, column, type, values, conditions, cursor, take }: PageOfValues,
): Promise<string[]> {
  const [from, name, cast] = [Prisma.raw(table), Prisma.raw(column), Prisma.raw(type)];
  const walks = [...new Set(values)].map((value) => {
    const all = [
      ...conditions,
      Prisma.sql`(${name}, id) >= (${value}::${cast}, ${FIRST_ID}::uuid)`,
      // Not "<": of rows that are less Postgres expects as many as have a lesser value, none for the first.
      Prisma.sql`(${name}, id) <= (${value}::${cast}, ${cursor ?? LAST_ID}::uuid)`,
    ];
    if (cursor !== undefined) all.push(Prisma.sql`id <> ${cursor}::uuid`);
    return Prisma.sql`(SELECT id FROM ${from} WHERE ${Prisma.join(all, ' AND ')} ORDER BY ${name} DESC, id DESC LIMIT ${take})`;
  });
  const newest = Prisma.sql`
    SELECT id FROM (${Prisma.join(walks, ' UNION ALL ')}) AS newest ORDER BY id DESC LIMIT ${take}`;
  const { rows } = await pool.query<{ id: string }>(newest.text, newest.values);
  return rows.map(({ id }) => id);
}
