import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../database/prisma.service.js';
import { Sources } from '../../webhooks/sources.js';
import { firstIdAt, GREATEST_ID, LEAST_ID } from '../../operations/id-range.js';
import { Tally } from '../../operations/tally.js';
import { STEP } from './step.js';

/** The first id of a step that ends before $1; no row where fewer are left above $2 than a step has. */
const BEGIN_OF_STEP = `
  SELECT id FROM webhook_events WHERE id < $1 AND id >= $2 ORDER BY id DESC OFFSET ${STEP - 1} LIMIT 1`;

const NEWEST = `
  SELECT source, max(received_at) AS last FROM webhook_events
  WHERE id >= $1 AND id < $2 GROUP BY source`;

/** For how long an id that was made may still be without its commit, in milliseconds. */
const SETTLED = 120_000;

/** When each source received its newest event. */
@Injectable()
export class LastEventsTally extends Tally<ReadonlyMap<string, Date>> {
  constructor(prisma: PrismaService, sources: Sources) {
    const search = new Search(
      prisma,
      sources.all.map(({ name }) => name),
    );
    super('the last events', () => search.run());
  }
}

/**
 * Goes down from the newest event until every source has been met, at most to where it began the time
 * before. No index leads to the last event of a source: each event would have to pay for it.
 */
class Search {
  private found: ReadonlyMap<string, Date> = new Map();
  private floor = LEAST_ID;

  constructor(
    private readonly prisma: PrismaService,
    private readonly names: readonly string[],
  ) {}

  async run(): Promise<ReadonlyMap<string, Date>> {
    const floor = firstIdAt(new Date(Date.now() - SETTLED));
    const met = new Map<string, Date>();
    let before: string | null = GREATEST_ID;
    while (before !== null && !this.names.every((name) => met.has(name))) {
      before = await this.step(before, met);
    }
    this.found = new Map([...this.found, ...met]);
    this.floor = floor;
    return this.found;
  }

  /** Looks at the events of one step; where the next one ends, or null at the floor. */
  private async step(before: string, met: Map<string, Date>): Promise<string | null> {
    const { pool } = this.prisma;
    const begin = (await pool.query<{ id: string }>(BEGIN_OF_STEP, [before, this.floor])).rows[0];
    const { rows } = await pool.query<{ source: string; last: Date }>(NEWEST, [
      begin?.id ?? this.floor,
      before,
    ]);
    for (const { source, last } of rows) if (!met.has(source)) met.set(source, last);
    return begin?.id ?? null;
  }
}
