/** The statements of one transaction; columns that never differ here are constants. */

/** As the service begins: otherwise Postgres keeps plans that scan, made while the tables were empty. */
export const BEGIN = `
BEGIN;
SET LOCAL enable_seqscan = off;
SET LOCAL plan_cache_mode = force_generic_plan;
SET LOCAL jit = off`;

export const INSERT_EVENTS = {
  name: 'insert-events',
  text: `
WITH inserted AS (
  INSERT INTO webhook_events (id, delivery_id, position, source, provider, event_id, type, status,
    occurred_at, received_at, normaliser_version, options_hash)
  SELECT id, delivery_id, 0, 'generic', 'generic', event_id, type, 'applied',
    occurred_at, received_at, 1, repeat('0', 64)
  FROM json_to_recordset($1) AS r(id uuid, delivery_id uuid, event_id text, type text,
    occurred_at timestamptz, received_at timestamptz)
  ORDER BY event_id COLLATE "C"
  ON CONFLICT (source, event_id) DO NOTHING
  RETURNING id, delivery_id
), stored AS (
  INSERT INTO deliveries (id, source, provider, body, body_encoding, body_sha256, body_size, headers,
    verified_with, received_at)
  SELECT id, 'generic', 'generic', body, 'utf8', body_sha256, body_size,
    '{"content-type": "application/json"}', 'GENERIC_WEBHOOK_SECRET', received_at
  FROM json_to_recordset($2) AS r(id uuid, body text, body_sha256 text, body_size int,
    received_at timestamptz)
  WHERE id IN (SELECT delivery_id FROM inserted)
)
SELECT id FROM inserted`,
};

export const SELECT_REFS = {
  name: 'select-refs',
  text: `
SELECT id, payment_id FROM payment_refs
WHERE id = ANY($1) AND namespace = 'tx' AND source = 'generic' AND scope = ''`,
};

export const INSERT_REFS = {
  name: 'insert-refs',
  text: `
INSERT INTO payment_refs (id, namespace, source, scope, payment_id)
SELECT id, 'tx', 'generic', '', payment_id
FROM json_to_recordset($1) AS r(id text, payment_id uuid)
ORDER BY id COLLATE "C"
ON CONFLICT DO NOTHING
RETURNING id, payment_id`,
};

export const LOCK_PAYMENTS = {
  name: 'lock-payments',
  text: `SELECT FROM payments WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`,
};

export const SELECT_PAYMENTS = {
  name: 'select-payments',
  text: `SELECT * FROM payments WHERE id = ANY($1)`,
};

export const SELECT_STATEMENTS = {
  name: 'select-statements',
  text: `SELECT * FROM transactions WHERE payment_id = ANY($1)`,
};

const PAYMENT = `
  id uuid, version int, status payment_status, amount_authorized numeric, amount_captured numeric,
  amount_refunded numeric, reference text, refs text[], occurred_at timestamptz,
  announced text[], created_at timestamptz, updated_at timestamptz`;

export const WRITE = {
  name: 'write',
  text: `
WITH created AS (
  INSERT INTO payments (id, version, merged_from, announced, source, provider, status, currency,
    amount_authorized, amount_captured, amount_refunded, amount_disputed, amount_charged_back,
    reference, refs, groups, flags, occurred_at, created_at, updated_at)
  SELECT id, version, '{}', announced, 'generic', 'generic', status, 'EUR',
    amount_authorized, amount_captured, amount_refunded, 0, 0,
    reference, refs, '{}', '{}', occurred_at, created_at, updated_at
  FROM json_to_recordset($1) AS r(${PAYMENT})
), updated AS (
  UPDATE payments p
  SET version = r.version, status = r.status, amount_authorized = r.amount_authorized,
      amount_captured = r.amount_captured, amount_refunded = r.amount_refunded,
      occurred_at = r.occurred_at, announced = r.announced, updated_at = r.updated_at
  FROM json_to_recordset($2) AS r(${PAYMENT}) WHERE p.id = r.id
), stated AS (
  INSERT INTO transactions (webhook_event_id, ordinal, payment_id, source, event_id, kind, key,
    status, amount, currency, occurred_at, refs, ref_scope, groups, final, implied, release, reference)
  SELECT webhook_event_id, 0, payment_id, 'generic', event_id, kind, key,
    status, amount, 'EUR', occurred_at, refs, '', '{}', final, false, false, reference
  FROM json_to_recordset($3) AS r(webhook_event_id uuid, payment_id uuid, event_id text,
    kind statement_kind, key text, status text, amount bigint, occurred_at timestamptz, refs text[],
    final boolean, reference text)
)
INSERT INTO payment_changes (payment_id, version, cause, webhook_event_id, "from", "to", silent, at)
SELECT payment_id, version, cause, webhook_event_id, "from", "to", silent, at
FROM json_to_recordset($4) AS r(payment_id uuid, version int, cause change_cause,
  webhook_event_id uuid, "from" jsonb, "to" jsonb, silent boolean, at timestamptz)`,
};
