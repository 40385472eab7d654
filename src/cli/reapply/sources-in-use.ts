import { type PrismaService } from '../../database/prisma.service.js';

/**
 * The names of the sources that have events, sorted. One look into the index of (source, event_id) for
 * each, so that it is quick on a table of any size.
 */
export async function sourcesInUse(prisma: PrismaService): Promise<string[]> {
  const { rows } = await prisma.pool.query<{ source: string }>(
    `WITH RECURSIVE found AS (
       SELECT min(source) AS source FROM webhook_events
       UNION ALL
       SELECT (SELECT min(source) FROM webhook_events e WHERE e.source > found.source)
       FROM found WHERE source IS NOT NULL
     )
     SELECT source FROM found WHERE source IS NOT NULL ORDER BY source`,
  );
  return rows.map(({ source }) => source);
}
