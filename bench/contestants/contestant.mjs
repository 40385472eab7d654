/**
 * What the bench knows of a contestant.
 *
 * @typedef {object} Contestant
 * @property {string} name
 * @property {string} schema `service`, or the path of a file of SQL with its tables
 * @property {import('../measure/rows.mjs').StoredCondition} stored
 * @property {() => string | null} unavailable why it cannot run here, with the cure
 * @property {() => Promise<void>} [prepare] before the first start
 * @property {(where: { databaseUrl: string }) => Promise<Running>} start
 *
 * @typedef {object} Running
 * @property {string[]} urls one per instance
 * @property {number[]} pids their processes; children are found
 * @property {() => Promise<void>} stop
 */
export {};
