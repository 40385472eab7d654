/**
 * The statements of sending. Rows go in as one JSON parameter; names let Postgres keep the plan of a
 * connection. Why they are as they are is told in docs/architecture.md, "Notifications".
 *
 * A notification is the head of its payment at its endpoint where no earlier one is pending; only heads
 * are sent. One that was retried by hand stands outside of this order.
 */

/**
 * That a notification found by its id is pending. As text, since no index can answer that: the plan is
 * kept, and one that was made while little was pending walks all that is pending for each id, 12 ms
 * instead of 1 behind a backlog of 20,000.
 */
const IS_PENDING = `n.status::text = 'pending'`;

/**
 * That a notification takes its turn among those of its payment. Pending is the first of the statuses;
 * so written, only the index of what waits can answer it, never the one of all that is due.
 */
const WAITS = `f.status <= 'pending' AND NOT f.by_hand`;

/**
 * Those of the attempts $1 (ids) with $2 (fences of their claims) that are still held. The ids stand
 * there twice, since for a join alone the planner reads the whole table while it thinks it small.
 */
const HELD = `
FROM unnest($1::uuid[], $2::int[]) AS r(id, fence)
WHERE n.id = ANY($1::uuid[]) AND n.id = r.id AND n.fence = r.fence AND ${IS_PENDING}`;

/** The earliest notification that is pending, of the payment of `due`. */
const HEAD = `
  SELECT f.id FROM notifications f
  WHERE f.endpoint_id = due.endpoint_id AND f.payment_id = due.payment_id
    AND ${WAITS}
  ORDER BY f.version LIMIT 1`;

/**
 * Claims what may be sent now: of each active endpoint as many heads as it has slots left.
 *
 * $1 attempts under way by endpoint, as a JSON object; $2 slots of one endpoint; $3 slots of all;
 * $4 how many that are due are looked at for each endpoint; $5 the lease in milliseconds.
 */
export const CLAIM = {
  name: 'claim-notifications',
  text: `
WITH open AS MATERIALIZED (
  SELECT id, name, url, secret,
    CASE WHEN previous_secret_until > now() THEN previous_secret END AS previous_secret,
    -- An endpoint that fails is tried by one at a time, so that its timeouts hold few slots.
    CASE WHEN failing_since IS NULL THEN least($2::int, greatest(1, $3::int / count(*) OVER ())) ELSE 1 END
      - coalesce(($1::jsonb ->> id::text)::int, 0) AS slots
  FROM endpoints WHERE status = 'active'
), heads AS MATERIALIZED (
  SELECT DISTINCT due.endpoint_id, coalesce(head.id, due.id) AS id
  FROM open
  CROSS JOIN LATERAL (
    SELECT n.id, n.endpoint_id, n.payment_id, n.by_hand FROM notifications n
    WHERE n.endpoint_id = open.id AND n.status = 'pending' AND n.due_at <= now()
    ORDER BY n.due_at LIMIT $4::int
  ) due
  LEFT JOIN LATERAL (${HEAD}) head ON NOT due.by_hand
  WHERE open.slots > 0
), taken AS MATERIALIZED (
  SELECT claimable.id
  FROM open
  CROSS JOIN LATERAL (
    -- Locked, a row is looked at once more as it is now: whoever else claimed it has made it due later.
    SELECT n.id FROM notifications n
    WHERE n.id = ANY(ARRAY(SELECT heads.id FROM heads WHERE heads.endpoint_id = open.id))
      AND ${IS_PENDING} AND n.due_at <= now()
    ORDER BY n.due_at LIMIT greatest(open.slots, 0)
    FOR NO KEY UPDATE OF n SKIP LOCKED
  ) claimable
)
UPDATE notifications n
SET fence = n.fence + 1, due_at = now() + $5::int * interval '1 millisecond'
FROM taken, open, messages m
WHERE n.id = taken.id AND open.id = n.endpoint_id
  AND m.payment_id = n.payment_id AND m.version = n.version
RETURNING n.id, n.endpoint_id, n.fence, n.attempts, m.body,
  open.name AS endpoint, open.url, open.secret, open.previous_secret`,
};

/**
 * Puts aside what is due but waits for a head that is being sent or waits itself: it becomes due with
 * its head, and is not looked at meanwhile. The head is locked, so that whoever ends its attempt
 * afterwards finds what was put aside, and makes it due again. Waits for no lock itself.
 *
 * $1 how many that are due are looked at for each endpoint.
 */
export const PUT_ASIDE = {
  name: 'put-notifications-aside',
  text: `
WITH behind AS MATERIALIZED (
  SELECT due.id, head.id AS head
  FROM endpoints e
  CROSS JOIN LATERAL (
    SELECT d.id, d.endpoint_id, d.payment_id FROM notifications d
    WHERE d.endpoint_id = e.id AND d.status = 'pending' AND d.due_at <= now() AND NOT d.by_hand
    ORDER BY d.due_at LIMIT $1::int
  ) due
  CROSS JOIN LATERAL (${HEAD}) head
  WHERE e.status = 'active' AND head.id <> due.id
), waiting AS MATERIALIZED (
  SELECT n.id FROM notifications n
  WHERE n.id = ANY(ARRAY(SELECT behind.id FROM behind)) AND ${IS_PENDING} AND n.due_at <= now()
  FOR NO KEY UPDATE OF n SKIP LOCKED
), heads AS MATERIALIZED (
  SELECT n.id, n.due_at FROM notifications n
  WHERE n.id = ANY(ARRAY(SELECT behind.head FROM behind JOIN waiting USING (id)))
    AND ${IS_PENDING} AND n.due_at > now()
  FOR SHARE OF n SKIP LOCKED
)
UPDATE notifications n SET due_at = heads.due_at
FROM behind JOIN heads ON heads.id = behind.head
WHERE n.id = ANY(ARRAY(SELECT waiting.id FROM waiting)) AND n.id = behind.id AND ${IS_PENDING}`,
};

/** Lengthens the leases of attempts under way. $1 ids, $2 fences; $3 the lease in milliseconds. */
export const RENEW = {
  name: 'renew-notifications',
  text: `
UPDATE notifications n SET due_at = now() + $3::int * interval '1 millisecond'
${HELD}
RETURNING n.id`,
};

/** Ends leases without an attempt: what is held becomes due. $1 ids, $2 fences. */
export const GIVE_BACK = {
  name: 'give-notifications-back',
  text: `
UPDATE notifications n SET due_at = now()
${HELD}`,
};

/** Writes how attempts ended, of those that are still held. $1 the attempts, $2 their ids. */
export const END_ATTEMPTS = {
  name: 'end-notification-attempts',
  text: `
WITH ended AS (
  UPDATE notifications n
  SET status = r.outcome, attempts = n.attempts + 1,
    due_at = now() + r.delay * interval '1 millisecond'
  FROM json_to_recordset($1) AS r(id uuid, fence int, outcome notification_status, delay int,
    duration int, status int, answer text, error text)
  WHERE n.id = ANY($2::uuid[]) AND n.id = r.id AND n.fence = r.fence AND ${IS_PENDING}
  RETURNING n.id, n.attempts, r.duration, r.status, r.answer, r.error
)
INSERT INTO notification_attempts (notification_id, number, at, duration_ms, status, answer, error)
SELECT id, attempts, now() - duration * interval '1 millisecond', duration, status, answer, error
FROM ended
RETURNING notification_id AS id`,
};

/**
 * Makes due what waited for notifications that are not pending any more: of each payment the next.
 * A statement of its own after END_ATTEMPTS, so that it sees what was put aside until then. $1 ids.
 */
export const RELEASE_NEXT = {
  name: 'release-next-notifications',
  text: `
UPDATE notifications n SET due_at = now()
FROM notifications ended
CROSS JOIN LATERAL (
  SELECT f.id FROM notifications f
  WHERE f.endpoint_id = ended.endpoint_id AND f.payment_id = ended.payment_id
    AND f.version > ended.version AND ${WAITS}
  ORDER BY f.version LIMIT 1
) next
WHERE ended.id = ANY($1::uuid[]) AND ended.status <> 'pending' AND NOT ended.by_hand
  AND n.id = next.id AND n.due_at > now()`,
};

/**
 * Lets all that waits for notifications that were delayed wait as long as they. From each to its
 * followers, by the order of the index that has them. $1 ids.
 */
export const DELAY_FOLLOWERS = {
  name: 'delay-following-notifications',
  text: `
WITH followers AS MATERIALIZED (
  SELECT follower.id, head.due_at
  FROM (
    SELECT n.endpoint_id, n.payment_id, n.version, n.due_at FROM notifications n
    WHERE n.id = ANY($1::uuid[]) AND ${IS_PENDING} AND NOT n.by_hand OFFSET 0
  ) head
  CROSS JOIN LATERAL (
    SELECT f.id FROM notifications f
    WHERE f.endpoint_id = head.endpoint_id AND f.payment_id = head.payment_id
      AND f.version > head.version AND ${WAITS}
      AND f.due_at < head.due_at
    ORDER BY f.version OFFSET 0
  ) follower
)
UPDATE notifications n SET due_at = followers.due_at
FROM followers
WHERE n.id = followers.id AND ${IS_PENDING} AND n.due_at < followers.due_at`,
};

/**
 * Writes what attempts say of their endpoints, where it is news. $1 verdicts; $2 days of nothing but
 * failures after which an endpoint is paused.
 */
export const JUDGE_ENDPOINTS = {
  name: 'judge-endpoints',
  text: `
UPDATE endpoints e
SET failing_since = CASE WHEN r.verdict = 'working' THEN NULL ELSE coalesce(e.failing_since, now()) END,
  status = CASE WHEN r.verdict = 'gone' THEN 'off'
                WHEN r.verdict = 'failing' AND e.failing_since IS NOT NULL THEN 'paused'
                ELSE e.status END,
  status_reason = CASE WHEN r.verdict = 'gone' THEN 'gone'
                       WHEN r.verdict = 'failing' AND e.failing_since IS NOT NULL THEN 'failing'
                       ELSE e.status_reason END,
  updated_at = CASE WHEN r.verdict = 'working' OR e.failing_since IS NULL AND r.verdict = 'failing'
                    THEN e.updated_at ELSE now() END
FROM json_to_recordset($1) AS r(id uuid, verdict text)
WHERE e.id = r.id AND e.status = 'active'
  AND CASE r.verdict
    WHEN 'working' THEN e.failing_since IS NOT NULL
    WHEN 'failing' THEN e.failing_since IS NULL OR e.failing_since <= now() - $2::int * interval '1 day'
    ELSE true
  END
RETURNING e.id, e.name, e.status`,
};
