/** The reads of the API that a user may ask for, with values that exist, and some that never do. */

const HALF_A_YEAR = 182 * 24 * 3600 * 1000;

/**
 * @param {import('../../environment/postgres.mjs').Database} database with at least one payment
 * @returns {Promise<{ name: string, path: string }[]>}
 */
export async function apiReads(database) {
  const middle = new Date(Date.now() - HALF_A_YEAR);
  // The payment of half a year ago, else the oldest.
  const [payment] = await database.query(
    `SELECT id, reference, refs[1] AS ref FROM payments
     ORDER BY id >= $1 DESC, id LIMIT 1`,
    [firstIdAt(middle)],
  );
  const [event] = await database.query(
    `SELECT e.id, e.event_id FROM webhook_events e
     JOIN transactions t ON t.webhook_event_id = e.id WHERE t.payment_id = $1 ORDER BY e.id LIMIT 1`,
    [payment.id],
  );
  const day = [middle, new Date(middle.getTime() + 24 * 3600 * 1000)].map((d) => d.toISOString());
  const cursor = Buffer.from(payment.id).toString('base64url');
  const payments = (/** @type {Record<string, string>} */ query) => pathOf('payments', query);
  const events = (/** @type {Record<string, string>} */ query) => pathOf('events', query);
  return [
    { name: 'payments, newest', path: payments({}) },
    { name: 'payments, 200', path: payments({ limit: '200' }) },
    { name: 'payments, a page in the middle', path: payments({ cursor }) },
    { name: 'payments, frequent status', path: payments({ status: 'captured' }) },
    { name: 'payments, status 1 of 10', path: payments({ status: 'failed' }) },
    { name: 'payments, status of none', path: payments({ status: 'charged_back' }) },
    { name: 'payments, source', path: payments({ source: 'generic' }) },
    { name: 'payments, source of none', path: payments({ source: 'none' }) },
    { name: 'payments, reference', path: payments({ reference: payment.reference }) },
    { name: 'payments, reference of none', path: payments({ reference: 'none' }) },
    { name: 'payments, ref with namespace', path: payments({ ref: payment.ref }) },
    { name: 'payments, ref without', path: payments({ ref: payment.ref.replace('tx:', '') }) },
    { name: 'payments, currency 1 of 20', path: payments({ currency: 'USD' }) },
    { name: 'payments, currency of none', path: payments({ currency: 'CHF' }) },
    { name: 'payments, a day', path: payments({ from: day[0] ?? '', to: day[1] ?? '' }) },
    {
      name: 'payments, a day and a status',
      path: payments({ from: day[0] ?? '', to: day[1] ?? '', status: 'failed' }),
    },
    { name: 'one payment', path: `/api/payments/${payment.id}` },
    { name: 'events, newest', path: events({}) },
    { name: 'events, quarantined (none)', path: events({ status: 'quarantined' }) },
    { name: 'events, type', path: events({ type: 'payment_captured' }) },
    { name: 'events, type of none', path: events({ type: 'none' }) },
    { name: 'events, event id', path: events({ eventId: event.event_id }) },
    { name: 'events, event id of none', path: events({ eventId: 'none' }) },
    { name: 'events, a day', path: events({ from: day[0] ?? '', to: day[1] ?? '' }) },
    { name: 'one event', path: `/api/events/${event.id}` },
    { name: 'its body', path: `/api/events/${event.id}/body` },
  ];
}

function pathOf(/** @type {string} */ list, /** @type {Record<string, string>} */ query) {
  return `/api/${list}?${new URLSearchParams(query)}`;
}

/** The least UUID v7 of a moment. */
function firstIdAt(/** @type {Date} */ time) {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
