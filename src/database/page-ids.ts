/** Which rows are on a page of a list: those that meet all conditions, by id descending. */
import { Prisma } from '../generated/prisma/client.js';
import { type PrismaService } from './prisma.service.js';

export interface PageOfIds {
  /** Names of ours, never of a stranger */
  readonly table: 'payments' | 'webhook_events';
  readonly timeColumn: 'occurred_at' | 'received_at';
  /** Inclusive */
  readonly from?: Date | undefined;
  /** Exclusive */
  readonly to?: Date | undefined;
  readonly conditions: readonly Prisma.Sql[];
  readonly take: number;
}

/** So many are sorted in some 20 ms. */
const FEW = 50_000;

/** The ids of the first rows, `take` of them at most. */
export async function pageIds(
  { pool }: Pick<PrismaService, 'pool'>,
  { table, timeColumn, from, to, conditions, take }: PageOfIds,
): Promise<string[]> {
  const time = Prisma.raw(timeColumn);
  const all = [...conditions];
  if (from) all.push(Prisma.sql`${time} >= ${from.toISOString()}::timestamptz`);
  if (to) all.push(Prisma.sql`${time} < ${to.toISOString()}::timestamptz`);
  const where = all.length > 0 ? Prisma.sql`WHERE ${Prisma.join(all, ' AND ')}` : Prisma.empty;
  const matching = Prisma.sql`SELECT id FROM ${Prisma.raw(table)} ${where}`;

  // Postgres takes the rows of a time for spread over all ids. They are together, and if they are long
  // ago, it would walk over all that came since; so the rows of that time are found first and sorted.
  if (from && to && to.getTime() < Date.now()) {
    const few = Prisma.sql`
      WITH matching AS MATERIALIZED (${matching} LIMIT ${FEW + 1})
      SELECT (SELECT count(*) FROM matching)::int AS count,
             ARRAY(SELECT id::text FROM matching ORDER BY id DESC LIMIT ${take}) AS ids`;
    const { rows } = await pool.query<{ count: number; ids: string[] }>(few.text, few.values);
    const [found] = rows;
    if (found && found.count <= FEW) return found.ids;
  }
  const walk = Prisma.sql`${matching} ORDER BY id DESC LIMIT ${take}`;
  const { rows } = await pool.query<{ id: string }>(walk.text, walk.values);
  return rows.map(({ id }) => id);
}
