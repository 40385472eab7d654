/**
 * The statements of recording, each with one plan. Rows go in as arrays of their columns; names let
 * Postgres keep the plan of a connection.
 */
import { type Sql } from '../../database/transaction.js';
import { Recordset, type RowsInSql } from './recordset.js';

const EVENTS = new Recordset(`
  id uuid, delivery_id uuid, position int, source text, provider text, event_id text, type text,
  status event_status, code text, account text, livemode boolean, occurred_at timestamptz,
  received_at timestamptz, normaliser_version int, options_hash text`);

const DELIVERIES = new Recordset(`
  id uuid, source text, provider text, body text, body_encoding text, body_sha256 text,
  body_size int, headers jsonb, verified_with text, received_at timestamptz`);

const REF_KEY_COLUMNS = `id text, namespace text, source text, scope text`;
const REF_KEYS = new Recordset(REF_KEY_COLUMNS);
const REFS = new Recordset(`${REF_KEY_COLUMNS}, payment_id uuid`);

const PAYMENT_IDENTITY_COLUMNS = `
  id uuid, version int, merged_into uuid, merged_from uuid[], announced text[],
  updated_at timestamptz`;

const PAYMENT_IDENTITIES = new Recordset(PAYMENT_IDENTITY_COLUMNS);

const PAYMENTS = new Recordset(`
  ${PAYMENT_IDENTITY_COLUMNS}, source text, provider text, created_at timestamptz, account text,
  livemode boolean, status payment_status, currency text, amount_authorized numeric,
  amount_captured numeric, amount_refunded numeric, amount_disputed numeric,
  amount_charged_back numeric, reference text, refs text[], groups text[], failure_code text,
  failure_message text, flags text[], occurred_at timestamptz`);

const STATEMENTS = new Recordset(`
  webhook_event_id uuid, ordinal int, payment_id uuid, source text, event_id text,
  kind statement_kind, key text, status text, amount bigint, currency text,
  occurred_at timestamptz, refs text[], ref_scope text, groups text[], account text,
  livemode boolean, final boolean, implied boolean, release boolean, release_amount bigint,
  born timestamptz, "of" text, reference text, failure_code text, failure_message text`);

const CHANGES = new Recordset(`
  payment_id uuid, version int, cause change_cause, webhook_event_id uuid, "from" jsonb, "to" jsonb,
  silent boolean, at timestamptz`);

const EVENT_KEYS = new Recordset(`source text, event_id text`);
const TRANSMISSION_KEYS = new Recordset(`source text, id text`);
const TRANSMISSIONS = new Recordset(`source text, id text, event_id text`);
const STATEMENT_PLACES = new Recordset(`webhook_event_id uuid, ordinal int, payment_id uuid`);

const MESSAGES = new Recordset(`
  id uuid, payment_id uuid, version int, source text, type text, body text, created_at timestamptz`);

const assignments = PAYMENTS.names
  .split(', ')
  .filter((name) => !['id', 'source', 'provider', 'created_at'].includes(name))
  .map((name) => `${name} = r.${name}`)
  .join(', ');

/** Endpoints that are paused are told later; those that are off, never. */
const IS_ANYBODY_LISTENING = `EXISTS (SELECT 1 FROM endpoints WHERE status <> 'off')`;

/**
 * Inserts events and, for those that are new, their deliveries. With each that is new it says whether
 * anybody is to be told of what it changes. The unique key (source, event_id) is
 * the lock between two deliveries of one event; the one order keeps batches from deadlocking.
 * A delivery that brings nothing new is not stored again.
 */
export const INSERT_EVENTS = withRows(
  'insert-events',
  [EVENTS, DELIVERIES],
  (events, deliveries) => `
WITH inserted AS (
  INSERT INTO webhook_events (${EVENTS.names})
  SELECT ${EVENTS.names} FROM ${events.sql}
  ORDER BY source COLLATE "C", event_id COLLATE "C", id
  ON CONFLICT (source, event_id) DO NOTHING
  RETURNING id, delivery_id
), stored AS (
  INSERT INTO deliveries (${DELIVERIES.names})
  SELECT ${DELIVERIES.names} FROM ${deliveries.sql}
  WHERE r.id IN (SELECT delivery_id FROM inserted)
  ON CONFLICT (id) DO NOTHING
)
SELECT id, ${IS_ANYBODY_LISTENING} AS listening FROM inserted`,
);

/** Says which event a transmission carried, once and for all; one order for everybody, as with events. */
export const INSERT_TRANSMISSIONS = withRows(
  'insert-transmissions',
  [TRANSMISSIONS],
  (rows) => `
INSERT INTO transmissions (source, id, event_id)
SELECT source, id, event_id FROM ${rows.sql}
ORDER BY source COLLATE "C", id COLLATE "C"
ON CONFLICT (source, id) DO NOTHING`,
);

export const SELECT_TRANSMISSIONS = withRows(
  'select-transmissions',
  [TRANSMISSION_KEYS],
  (rows) => `
SELECT t.source, t.id, t.event_id
FROM ${rows.sql}
JOIN transmissions t USING (source, id)`,
);

/** What is stored under the identities of events that were not new. */
export const SELECT_EVENTS = withRows(
  'select-events',
  [EVENT_KEYS],
  (rows) => `
SELECT e.id, e.source, e.event_id, e.status, e.code, e.delivery_id, d.body_sha256
FROM ${rows.sql}
CROSS JOIN LATERAL (
  SELECT * FROM webhook_events e WHERE (e.source, e.event_id) = (r.source, r.event_id) OFFSET 0
) e
CROSS JOIN LATERAL (SELECT body_sha256 FROM deliveries WHERE id = e.delivery_id OFFSET 0) d`,
);

export const SELECT_DELIVERIES = {
  name: 'select-deliveries',
  text: `
SELECT id, body, body_encoding, body_sha256, headers, received_at
FROM deliveries WHERE id = ANY($1::uuid[])`,
};

/** Reserves refs that nobody has; the unique key is the lock, the order the same for everybody. */
export const INSERT_REFS = withRows(
  'insert-refs',
  [REFS],
  (rows) => `
INSERT INTO payment_refs (${REFS.names})
SELECT ${REFS.names} FROM ${rows.sql}
ORDER BY id COLLATE "C", namespace COLLATE "C", source COLLATE "C", scope COLLATE "C"
ON CONFLICT (id, namespace, source, scope) DO NOTHING
RETURNING id, namespace, source, scope`,
);

/**
 * OFFSET keeps the planner from joining by a scan of the whole table, which it prefers while it believes
 * that the table is small: the plan is kept, and the table grows (0.1 instead of 1.1 ms at 8,000 refs).
 */
export const SELECT_REFS = withRows(
  'select-refs',
  [REF_KEYS],
  (keys) => `
SELECT p.id, p.namespace, p.source, p.scope, p.payment_id
FROM ${keys.sql}
CROSS JOIN LATERAL (
  SELECT * FROM payment_refs p
  WHERE (p.id, p.namespace, p.source, p.scope) = (r.id, r.namespace, r.source, r.scope) OFFSET 0
) p`,
);

export const SELECT_REFS_OF_PAYMENTS = {
  name: 'select-refs-of-payments',
  text: `SELECT id, namespace, source, scope, payment_id FROM payment_refs WHERE payment_id = ANY($1::uuid[])`,
};

export const LOCK_PAYMENTS = {
  name: 'lock-payments',
  text: `SELECT id, merged_into FROM payments WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
};

export const SELECT_PAYMENTS = {
  name: 'select-payments',
  text: `SELECT * FROM payments WHERE id = ANY($1::uuid[])`,
};

export const SELECT_STATEMENTS = {
  name: 'select-statements',
  text: `SELECT * FROM transactions WHERE payment_id = ANY($1::uuid[])`,
};

/** New payments, new statements and history. */
export const INSERT_CHANGES = withRows(
  'insert-changes',
  [PAYMENTS, STATEMENTS, CHANGES],
  (payments, statements, changes) => `
WITH created AS (
  INSERT INTO payments (${PAYMENTS.names}) SELECT ${PAYMENTS.names} FROM ${payments.sql}
), stated AS (
  INSERT INTO transactions (${STATEMENTS.names}) SELECT ${STATEMENTS.names} FROM ${statements.sql}
)
INSERT INTO payment_changes (${CHANGES.names}) SELECT ${CHANGES.names} FROM ${changes.sql}`,
);

/** The ids stand there twice, since an array is looked up by the index. */
export const UPDATE_PAYMENTS = withRows(
  'update-payments',
  [PAYMENTS],
  (rows) => `
UPDATE payments p SET ${assignments} FROM ${rows.sql}
WHERE p.id = r.id AND p.id = ANY (${rows.array('id')})`,
);

/** The identity of payments whose fold stays as it is stored: tombstones. */
export const UPDATE_IDENTITIES = withRows(
  'update-identities',
  [PAYMENT_IDENTITIES],
  (rows) => `
UPDATE payments p
SET version = r.version, merged_into = r.merged_into, merged_from = r.merged_from,
    announced = r.announced, updated_at = r.updated_at
FROM ${rows.sql} WHERE p.id = r.id`,
);

export const MOVE_REFS = withRows(
  'move-refs',
  [REFS],
  (rows) => `
UPDATE payment_refs p SET payment_id = r.payment_id
FROM ${rows.sql}
WHERE (p.id, p.namespace, p.source, p.scope) = (r.id, r.namespace, r.source, r.scope)
RETURNING p.payment_id`,
);

export const DELETE_REFS = withRows(
  'delete-refs',
  [REF_KEYS],
  (keys) => `
DELETE FROM payment_refs p
USING ${keys.sql}
WHERE (p.id, p.namespace, p.source, p.scope) = (r.id, r.namespace, r.source, r.scope)`,
);

export const MOVE_STATEMENTS = withRows(
  'move-statements',
  [STATEMENT_PLACES],
  (places) => `
UPDATE transactions t SET payment_id = r.payment_id
FROM ${places.sql}
WHERE t.webhook_event_id = r.webhook_event_id AND t.ordinal = r.ordinal`,
);

/** Events in the order of their ids, each with its delivery; nobody else replays them meanwhile. */
export const LOCK_EVENTS = {
  name: 'lock-events',
  text: `
SELECT e.id, e.delivery_id, e.position, e.source, e.event_id, e.status, e.code, e.normaliser_version,
       e.options_hash
FROM webhook_events e WHERE e.id = ANY($1::uuid[]) ORDER BY e.id FOR NO KEY UPDATE`,
};

export const SELECT_STATEMENTS_OF_EVENTS = {
  name: 'select-statements-of-events',
  text: `SELECT * FROM transactions WHERE webhook_event_id = ANY($1::uuid[]) ORDER BY webhook_event_id, ordinal`,
};

export const DELETE_STATEMENTS_OF_EVENTS = {
  name: 'delete-statements-of-events',
  text: `DELETE FROM transactions WHERE webhook_event_id = ANY($1::uuid[])`,
};

/** What an event means by today's code; its identity and its bytes stay. */
export const UPDATE_EVENTS = withRows(
  'update-events',
  [EVENTS],
  (rows) => `
UPDATE webhook_events e
SET type = r.type, status = r.status, code = r.code, account = r.account, livemode = r.livemode,
    occurred_at = r.occurred_at, normaliser_version = r.normaliser_version,
    options_hash = r.options_hash
FROM ${rows.sql} WHERE e.id = r.id`,
);

/** The last snapshot that was told of each payment. */
export const SELECT_LAST_CHANGES = {
  name: 'select-last-changes',
  text: `
SELECT c.payment_id, c."to" FROM payments p
JOIN payment_changes c ON c.payment_id = p.id AND c.version = p.version
WHERE p.id = ANY($1::uuid[])`,
};

export const SELECT_LISTENING = {
  name: 'select-listening',
  text: `SELECT ${IS_ANYBODY_LISTENING} AS listening`,
};

/**
 * Messages with a notification for each endpoint that wants them; its lock keeps one that is being
 * deleted from being gone when the foreign key is checked. The first half of a notification's id
 * is that of its message, so that it is a UUID v7 and ids grow with time; the rest is random.
 */
export const INSERT_NOTIFICATIONS = withRows(
  'insert-notifications',
  [MESSAGES],
  (messages) => `
WITH wanted AS (
  SELECT r.*, e.id AS endpoint_id
  FROM ${messages.sql}
  JOIN endpoints e ON e.status <> 'off'
   AND (r.type = ANY (e.types) OR cardinality(e.types) = 0)
   AND (r.source = ANY (e.sources) OR cardinality(e.sources) = 0)
  FOR KEY SHARE OF e
), stored AS (
  INSERT INTO messages (payment_id, version, type, body)
  SELECT DISTINCT ON (payment_id, version) payment_id, version, type, body FROM wanted
)
INSERT INTO notifications (id, endpoint_id, payment_id, version, status, attempts, due_at, fence,
                           by_hand, created_at)
SELECT (left(id::text, 18) || right(gen_random_uuid()::text, 18))::uuid, endpoint_id, payment_id,
       version, 'pending', 0, now(), 0, false, created_at
FROM wanted`,
);

interface Statement {
  readonly name: string;
  readonly text: string;
  /** Of the parameters that are rows; none where they are lists of ids. */
  readonly recordsets?: readonly Recordset[];
}
type Parameter = readonly object[] | readonly string[];

/** A statement whose parameters are rows, and which reads each of them once as `r`. */
function withRows(
  name: string,
  recordsets: readonly Recordset[],
  text: (...rows: RowsInSql[]) => string,
): Statement {
  let first = 1;
  const rows = recordsets.map((recordset) => {
    const at = recordset.from(first);
    first += recordset.width;
    return at;
  });
  return { name, recordsets, text: text(...rows) };
}

/** Runs one of the statements above. */
export async function run<Row extends object>(
  sql: Pick<Sql, 'query'>,
  statement: Statement,
  ...parameters: Parameter[]
): Promise<Row[]> {
  const { rows } = await sql.query<Row>(withValues(statement, parameters));
  return rows;
}

/** The same for one whose rows nobody needs: it is done, or the transaction does not commit. */
export function send(sql: Sql, statement: Statement, ...parameters: Parameter[]): void {
  sql.send(withValues(statement, parameters));
}

function withValues({ name, text, recordsets }: Statement, parameters: readonly Parameter[]) {
  const values = recordsets
    ? recordsets.flatMap((recordset, i) => recordset.encode(parameters[i] as readonly object[]))
    : [...parameters];
  return { name, text, values };
}
