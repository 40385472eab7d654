/**
 * Events as providers send them: distinct, 880 bytes, signed, as complete HTTP requests. The nth event
 * of a run has an id that SQL can compute again, and that is as scattered as a provider's ids are.
 */
import { createHmac, hash } from 'node:crypto';

export const SECRETS = {
  generic: 'bench-secret-of-the-generic-source',
  stripe: 'whsec_benchsecretofthestripesource',
};
export const BODY_BYTES = 880;

/** Events of so many payments are told step by step, as they would be by many customers at once. */
const CONCURRENT_PAYMENTS = 128;

/**
 * @typedef {object} Workload
 * @property {'generic' | 'stripe'} source
 * @property {number} eventsPerPayment
 */

/** @satisfies {Record<string, Workload>} */
export const WORKLOADS = {
  generic: { source: 'generic', eventsPerPayment: 1 },
  'generic-lifecycle': { source: 'generic', eventsPerPayment: 3 },
  stripe: { source: 'stripe', eventsPerPayment: 1 },
  'stripe-lifecycle': { source: 'stripe', eventsPerPayment: 3 },
};

/** SQL for the event id of number `n` (an expression) of a run. */
export const eventIdSql = (/** @type {string} */ run, /** @type {string} */ n) =>
  `'evt_' || md5('${run}:' || ${n})`;

const eventId = (/** @type {string} */ run, /** @type {number} */ n) =>
  `evt_${hash('md5', `${run}:${n}`)}`;

/**
 * The nth event of a run as an HTTP request, signed at `now` (milliseconds since the epoch).
 * @param {Workload} workload
 * @param {string} run
 * @param {number} n from 0
 * @param {number} now
 */
export function requestOf(workload, run, n, now) {
  const { payment, step } = placeOf(n, workload.eventsPerPayment);
  const unique = hash('md5', `${run}:payment:${payment}`);
  const id = eventId(run, n);
  const single = workload.eventsPerPayment === 1;
  const body =
    workload.source === 'generic'
      ? genericBody(id, unique, single ? 1 : step, now, single)
      : stripeBody(id, unique, single ? 2 : step, now);
  const headers =
    workload.source === 'generic'
      ? { 'X-Signature': sign(body, SECRETS.generic) }
      : stripe(body, now);
  return Buffer.from(
    `POST /webhooks/${workload.source} HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n` +
      Object.entries(headers)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('') +
      `\r\n${body}`,
    'latin1',
  );
}

function placeOf(/** @type {number} */ n, /** @type {number} */ perPayment) {
  const block = CONCURRENT_PAYMENTS * perPayment;
  const within = n % block;
  return {
    payment: Math.floor(n / block) * CONCURRENT_PAYMENTS + (within % CONCURRENT_PAYMENTS),
    step: Math.floor(within / CONCURRENT_PAYMENTS),
  };
}

/** Authorized, captured, a part of it refunded; or paid at once. */
const GENERIC_STEPS = [
  { event_type: 'payment_authorized', amount: '49.99' },
  { event_type: 'payment_captured', amount: '49.99' },
  { event_type: 'payment_refunded', amount: '10.00', refund_id: 'r1' },
];
const GENERIC_SINGLE = { event_type: 'payment_success', amount: '49.99' };

/**
 * @param {string} id
 * @param {string} unique
 * @param {number} step
 * @param {number} now
 * @param {boolean} single
 */
function genericBody(id, unique, step, now, single) {
  return padded({
    event_id: id,
    ...(single ? GENERIC_SINGLE : GENERIC_STEPS[step]),
    transaction_id: `tx_${unique}`,
    currency: 'EUR',
    occurred_at: new Date(now + step * 1000).toISOString(),
    reference: `order-${unique.slice(0, 12)}`,
    customer: { id: `cus_${unique.slice(12, 24)}`, country: 'DE', locale: 'de-DE' },
    payment_method: { type: 'card', brand: 'visa', last4: '4242', exp_month: 11, exp_year: 2030 },
  });
}

/** What Stripe tells of a card payment: the intent, its charge, the intent again. */
const STRIPE_STEPS = [
  { type: 'payment_intent.created', status: 'requires_payment_method' },
  { type: 'charge.succeeded', status: 'succeeded' },
  { type: 'payment_intent.succeeded', status: 'succeeded' },
];

function stripeBody(
  /** @type {string} */ id,
  /** @type {string} */ unique,
  /** @type {number} */ step,
  /** @type {number} */ now,
) {
  const { type = '', status } = STRIPE_STEPS[step] ?? {};
  const created = Math.floor(now / 1000);
  const common = {
    amount: 4999,
    created,
    currency: 'eur',
    customer: `cus_${unique.slice(0, 14)}`,
    livemode: false,
    metadata: { order_id: `order-${unique.slice(0, 12)}` },
    status,
  };
  const paid = step === 2;
  const object = type.startsWith('charge')
    ? {
        id: `ch_${unique}`,
        object: 'charge',
        ...common,
        amount_captured: 4999,
        amount_refunded: 0,
        captured: true,
        paid: true,
        payment_intent: `pi_${unique}`,
        refunded: false,
      }
    : {
        id: `pi_${unique}`,
        object: 'payment_intent',
        ...common,
        amount_capturable: 0,
        amount_received: paid ? 4999 : 0,
        latest_charge: paid ? `ch_${unique}` : null,
        payment_method_types: ['card'],
      };
  return padded({
    id,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: created + step,
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  });
}

const WORDS = 'A parcel of two books and a lamp, to be left with the neighbour. ';

/** The object as JSON of exactly BODY_BYTES, all of it ASCII. */
function padded(/** @type {object} */ object) {
  const json = JSON.stringify({ ...object, description: '' });
  const missing = BODY_BYTES - json.length;
  if (missing < 0) throw new Error(`a body of ${json.length} bytes is longer than ${BODY_BYTES}`);
  const text = WORDS.repeat(Math.ceil(missing / WORDS.length)).slice(0, missing);
  return `${json.slice(0, -2)}${text}"}`;
}

function stripe(/** @type {string} */ body, /** @type {number} */ now) {
  const time = Math.floor(now / 1000);
  return { 'Stripe-Signature': `t=${time},v1=${sign(`${time}.${body}`, SECRETS.stripe)}` };
}

function sign(/** @type {string} */ text, /** @type {string} */ secret) {
  return createHmac('sha256', secret).update(text).digest('hex');
}
