/** Whether each acknowledged event is a row. */
import { eventIdSql } from '../load/events.mjs';

/**
 * Where a contestant keeps its events: the condition that the event of an id is stored.
 * @typedef {(id: string) => string} StoredCondition an SQL expression → an SQL condition
 */

/**
 * Of the events 0 to `sent - 1` of a run those that are rows, and how many are missing that were
 * acknowledged.
 *
 * @param {import('../environment/postgres.mjs').Database} database
 * @param {StoredCondition} stored
 * @param {object} sent
 * @param {string} sent.run
 * @param {number} sent.sent
 * @param {number[]} [sent.unanswered] known not to be acknowledged
 * @param {number} [sent.tail] of so many last ones the load generator does not know which were
 */
export async function countRows(database, stored, { run, sent, unanswered = [], tail = 0 }) {
  const [row] = await database.query(
    `SELECT count(*) FILTER (WHERE s)::int AS rows,
            count(*) FILTER (WHERE NOT s AND n < $2 AND n <> ALL($3::int[]))::int AS missing
     FROM (SELECT n, EXISTS (${stored(eventIdSql(run, 'n'))}) AS s
           FROM generate_series(0, $1::int - 1) n) AS events`,
    [sent, sent - tail, unanswered],
  );
  return /** @type {{ rows: number, missing: number }} */ (row);
}
