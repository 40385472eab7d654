/** How large the tables and indexes are. */

/**
 * Bytes.
 * @param {import('../../environment/postgres.mjs').Database} database
 * @returns {Promise<{ tables: number, indexes: number, largest: { name: string, bytes: number }[] }>}
 */
export async function sizes(database) {
  const rows = await database.query(
    `SELECT relname AS name, relkind = 'i' AS index,
            CASE WHEN relkind = 'i' THEN pg_relation_size(oid) ELSE pg_table_size(oid) END::float8 AS bytes
     FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
     ORDER BY bytes DESC`,
  );
  const sum = (/** @type {boolean} */ index) =>
    rows.filter((row) => row.index === index).reduce((total, row) => total + row.bytes, 0);
  return {
    tables: sum(false),
    indexes: sum(true),
    largest: rows.slice(0, 10).map(({ name, bytes }) => ({ name, bytes })),
  };
}
