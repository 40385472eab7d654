/** The statements that make the rows of some payments with two events each. */

/**
 * What the two events of a payment are, by the kind of its story, and what the payment is after each.
 * Of twenty payments fourteen are captured, two each are canceled, refunded in part, and failed.
 */
const STORIES = `(VALUES
  ('captured', 1, 'payment_authorized', 'authorization', 'authorized', 4999, '', false, 'authorized', 4999, 0, 0),
  ('captured', 2, 'payment_captured', 'capture', 'succeeded', 4999, '', false, 'captured', 4999, 4999, 0),
  ('canceled', 1, 'payment_authorized', 'authorization', 'authorized', 4999, '', false, 'authorized', 4999, 0, 0),
  ('canceled', 2, 'payment_canceled', 'authorization', 'voided', 4999, '', false, 'canceled', 4999, 0, 0),
  ('refunded', 1, 'payment_success', 'capture', 'succeeded', 4999, '', true, 'captured', 4999, 4999, 0),
  ('refunded', 2, 'payment_refunded', 'refund', 'succeeded', 1000, '/r1', false, 'partially_refunded', 4999, 4999, 1000),
  ('failed', 1, 'payment_pending', 'authorization', 'pending', 4999, '', false, 'pending', 0, 0, 0),
  ('failed', 2, 'payment_failure', 'authorization', 'failed', 4999, '', false, 'failed', 0, 0, 0)
) AS story (story, step, type, kind, statement_status, amount, key_suffix, final,
            status, authorized, captured, refunded)`;

const SNAPSHOT = `jsonb_build_object('status', status, 'currency', currency,
  'amountAuthorized', authorized::text, 'amountCaptured', captured::text,
  'amountRefunded', refunded::text, 'amountDisputed', '0', 'amountChargedBack', '0',
  'reference', reference, 'failure', NULL, 'flags', '[]'::jsonb)`;

/**
 * Of payments `firstPayment` to `endPayment - 1` out of `payments` in a year.
 * @param {{ firstPayment: number, endPayment: number, payments: number, bodyBytes: number }} range
 * @returns {string[]} to be run in one transaction
 */
export function fillStatements({ firstPayment, endPayment, payments, bodyBytes }) {
  return [
    `CREATE TEMP TABLE filled_payments ON COMMIT DROP AS
     SELECT uuidv7(at - clock_timestamp()) AS payment_id, at, 'tx_' || hash AS tx,
            'tx:tx_' || hash AS ref, 'order-' || left(hash, 12) AS reference, p AS number,
            CASE WHEN p % 20 = 3 THEN 'USD' ELSE 'EUR' END AS currency,
            CASE p % 10 WHEN 7 THEN 'canceled' WHEN 8 THEN 'refunded' WHEN 9 THEN 'failed'
              ELSE 'captured' END AS story
     FROM (SELECT p, md5('fill:' || p) AS hash,
                  date_trunc('milliseconds', now() - interval '1 year' * (1 - p::float8 / ${payments})) AS at
           FROM generate_series(${firstPayment}, ${endPayment} - 1) p) AS numbers`,

    `CREATE TEMP TABLE filled_events ON COMMIT DROP AS
     SELECT p.payment_id, p.tx, p.ref, p.reference, p.currency, story.*,
            'evt_' || md5('fill:' || p.number || ':' || step) AS event_id,
            event_at, uuidv7(event_at - clock_timestamp()) AS delivery_id,
            uuidv7(event_at - clock_timestamp()) AS webhook_event_id
     FROM filled_payments p JOIN ${STORIES} USING (story),
          LATERAL (SELECT p.at + interval '1 minute' * (step - 1) AS event_at) AS times
     ORDER BY step, p.at`,

    `INSERT INTO deliveries (id, source, provider, body, body_encoding, body_sha256, body_size, headers,
       verified_with, received_at)
     SELECT delivery_id, 'generic', 'generic', body, 'utf8',
            encode(sha256(convert_to(body, 'UTF8')), 'hex'), length(body),
            '{"content-type": "application/json"}', 'GENERIC_WEBHOOK_SECRET', event_at
     FROM filled_events, LATERAL (SELECT rpad(format(
       '{"event_id":"%s","event_type":"%s","transaction_id":"%s","amount":"%s","currency":"%s",'
       '"reference":"%s","occurred_at":"%s",%s"description":"',
       event_id, type, tx, (amount / 100.0)::numeric(12, 2), currency, reference,
       to_char(event_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       CASE WHEN key_suffix = '' THEN '' ELSE '"refund_id":"r1",' END),
       ${bodyBytes} - 2, 'A parcel of two books and a lamp, to be left with the neighbour. ') || '"}' AS body) AS bodies`,

    `INSERT INTO webhook_events (id, delivery_id, position, source, provider, event_id, type, status,
       occurred_at, received_at, normaliser_version, options_hash)
     SELECT webhook_event_id, delivery_id, 0, 'generic', 'generic', event_id, type, 'applied',
            event_at, event_at, 1, repeat('0', 64)
     FROM filled_events`,

    `INSERT INTO payments (id, version, merged_from, source, provider, status, currency,
       amount_authorized, amount_captured, amount_refunded, amount_disputed, amount_charged_back,
       reference, refs, groups, flags, occurred_at, created_at, updated_at)
     SELECT payment_id, 2, '{}', 'generic', 'generic', e.status::payment_status, e.currency,
            e.authorized, e.captured, e.refunded, 0, 0,
            e.reference, ARRAY[e.ref], '{}', '{}', p.at, p.at, e.event_at
     FROM filled_events e JOIN filled_payments p USING (payment_id) WHERE step = 2`,

    `INSERT INTO payment_refs (id, namespace, source, scope, payment_id)
     SELECT tx, 'tx', 'generic', '', payment_id FROM filled_payments`,

    `INSERT INTO transactions (webhook_event_id, ordinal, payment_id, source, event_id, kind, key,
       status, amount, currency, occurred_at, refs, ref_scope, groups, final, implied, release, reference)
     SELECT webhook_event_id, 0, payment_id, 'generic', event_id, kind::statement_kind, tx || key_suffix,
            statement_status, amount, currency, event_at, ARRAY[ref], '', '{}', final, false, false, reference
     FROM filled_events`,

    `INSERT INTO payment_changes (payment_id, version, cause, webhook_event_id, "from", "to", silent, at)
     SELECT payment_id, step, 'event', webhook_event_id,
            lag(${SNAPSHOT}) OVER (PARTITION BY payment_id ORDER BY step), ${SNAPSHOT}, false, event_at
     FROM filled_events`,
  ];
}
