/** Which rows are on a page of a list: those that meet all filters, by id descending. */
import { Prisma } from '../generated/prisma/client.js';
import { firstIdAt, GREATEST_ID, LEAST_ID, timeOfId } from '../operations/id-range.js';
import { type PrismaService } from './prisma.service.js';

/** All names are ours, never a stranger's. */
export interface PageOfIds {
  readonly table: 'payments' | 'webhook_events';
  /** What every row of the list meets */
  readonly always: readonly Prisma.Sql[];
  readonly columns: readonly ColumnFilter[];
  /** What is asked for beside columns and times */
  readonly conditions: readonly Prisma.Sql[];
  readonly timeColumn: 'occurred_at' | 'received_at';
  /** Inclusive */
  readonly from: Date | undefined;
  /** Exclusive */
  readonly to: Date | undefined;
  /** Only rows whose id is less */
  readonly cursor: string | undefined;
  readonly take: number;
}

/** The row has one of some values in a column. */
export interface ColumnFilter {
  readonly column: string;
  readonly type: 'text' | 'payment_status' | 'event_status';
  /** undefined: anything */
  readonly values: readonly string[] | undefined;
  /** Whether there is an index of the column and the id */
  readonly indexed: boolean;
}

type Database = Pick<PrismaService, 'pool'>;

/** So many are looked through in some 20 ms. */
const FEW = 50_000;
/** Of a period; the newest rows are looked for in the last one. */
const PARTS = 32;

/** The ids of the first rows, `take` of them at most. */
export async function pageIds(database: Database, page: PageOfIds): Promise<string[]> {
  const { columns, conditions, from, to } = page;
  const [asked, ...more] = columns.filter(({ values }) => values !== undefined);
  if (asked?.indexed && more.length === 0 && conditions.length === 0 && !from && !to) {
    return idsByIndex(database, page, asked);
  }
  // Postgres takes the rows of a time for spread over all ids. They are together, and if they are long
  // ago, it would walk over all that came since; so the rows of that time are found first.
  if (from && to && to.getTime() < Date.now()) {
    const ids = await idsIfFew(database, page, { from, to });
    if (ids) return ids;
  }
  return idsOf(database, Prisma.sql`${matching(page)} ORDER BY id DESC LIMIT ${page.take}`);
}

/**
 * By the column's own index: the newest of each value, and of these the newest. Asked for rows that equal
 * a value, Postgres rather walks over all rows, since one in ten is soon met if it may be anywhere: but a
 * status that payments only pass through, that of a bad day, or the currency of a country that was left,
 * is long ago.
 */
function idsByIndex(
  database: Database,
  { table, always, cursor, take }: PageOfIds,
  { column, type, values }: ColumnFilter,
): Promise<string[]> {
  const [from, name, cast] = [Prisma.raw(table), Prisma.raw(column), Prisma.raw(type)];
  const walks = [...new Set(values)].map((value) => {
    const all = [
      ...always,
      Prisma.sql`(${name}, id) >= (${value}::${cast}, ${LEAST_ID}::uuid)`,
      // Not "<": of rows that are less Postgres expects as many as have a lesser value, none for the first.
      Prisma.sql`(${name}, id) <= (${value}::${cast}, ${cursor ?? GREATEST_ID}::uuid)`,
    ];
    if (cursor !== undefined) all.push(Prisma.sql`id <> ${cursor}::uuid`);
    return Prisma.sql`(
      SELECT id FROM ${from} ${where(all)} ORDER BY ${name} DESC, id DESC LIMIT ${take})`;
  });
  const newest = Prisma.join(walks, ' UNION ALL ');
  return idsOf(
    database,
    Prisma.sql`SELECT id FROM (${newest}) AS newest ORDER BY id DESC LIMIT ${take}`,
  );
}

/** Null where the rows are too many to be looked through. */
async function idsIfFew(
  database: Database,
  page: PageOfIds,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<string[] | null> {
  const { cursor, take } = page;
  // An id begins with its time, so the newest ids mostly are in the last part of the period. Those alone
  // are sorted; if they fill the page, none of the others is newer, whatever the clocks did.
  const end = Math.min(to.getTime(), cursor === undefined ? Infinity : timeOfId(cursor).getTime());
  const lastPart = firstIdAt(new Date(end - (to.getTime() - from.getTime()) / PARTS));
  const { text, values } = Prisma.sql`
    SELECT count(*)::int AS count,
           coalesce((array_agg(id::text ORDER BY id DESC) FILTER (WHERE id >= ${lastPart}::uuid))
                    [1:${take}::int], '{}') AS newest
    FROM (${matching(page)} LIMIT ${FEW + 1}) AS matching`;
  const { rows } = await database.pool.query<{ count: number; newest: string[] }>(text, values);
  const { count, newest } = rows[0]!;
  if (count > FEW) return null;
  if (newest.length >= Math.min(take, count)) return newest;
  return idsOf(
    database,
    Prisma.sql`
      WITH matching AS MATERIALIZED (${matching(page)})
      SELECT id FROM matching ORDER BY id DESC LIMIT ${take}`,
  );
}

function matching({ table, always, columns, conditions, timeColumn, from, to, cursor }: PageOfIds) {
  const time = Prisma.raw(timeColumn);
  const all = [...always, ...conditions];
  for (const { column, type, values } of columns) {
    if (!values) continue;
    all.push(Prisma.sql`${Prisma.raw(column)} = ANY (${values}::${Prisma.raw(`${type}[]`)})`);
  }
  if (cursor !== undefined) all.push(Prisma.sql`id < ${cursor}::uuid`);
  if (from) all.push(Prisma.sql`${time} >= ${from.toISOString()}::timestamptz`);
  if (to) all.push(Prisma.sql`${time} < ${to.toISOString()}::timestamptz`);
  return Prisma.sql`SELECT id FROM ${Prisma.raw(table)} ${where(all)}`;
}

function where(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  if (conditions.length === 0) return Prisma.empty;
  return Prisma.sql`WHERE ${Prisma.join([...conditions], ' AND ')}`;
}

async function idsOf({ pool }: Database, { text, values }: Prisma.Sql): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>(text, values);
  return rows.map(({ id }) => id);
}
