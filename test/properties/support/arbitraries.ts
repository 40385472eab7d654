/**
 * Arbitraries of events of every source, and of the ways in which they may arrive. As with those of
 * statements (src/payments/testing/arbitraries.ts) the pools are small, so that things meet.
 */
import fc from 'fast-check';
import {
  EVENT_IDS,
  eventSpecArb,
  redeliveredArb,
  REFS,
  statementsOfEventArb,
} from '../../../src/payments/testing/arbitraries.js';
import { type Statement } from '../../../src/payments/statement.js';
import { GENERIC_EVENT_TYPES } from '../../../src/providers/generic/generic.dto.js';
import {
  STRIPE_CHARGE_STATUSES,
  STRIPE_DISPUTE_STATUSES,
  STRIPE_EVENT_TYPES,
  STRIPE_INTENT_STATUSES,
  STRIPE_REFUND_STATUSES,
} from '../../../src/providers/stripe/stripe.normaliser.js';
import { charge, CREATED, intent, refund, stripeEvent } from '../../support/stripe-events.js';
import { MARK, type SentEvent } from './events.js';
import { type Reading } from './stating-provider.js';

/** An event that has no id yet. */
type Unnamed = (eventId: string) => SentEvent;

/** Marks the refs as belonging to one delivery of the events. */
export function markRefs(statements: readonly Statement[]): Statement[] {
  return statements.map((s) => ({ ...s, refs: s.refs.map((ref) => ref.replace(':', `:${MARK}`)) }));
}

const statedArb: fc.Arbitrary<Unnamed> = eventSpecArb().map(
  ({ source, account, livemode, statements }) =>
    (eventId) => ({
      source: source as 'shop' | 'market',
      event: {
        eventId,
        account: account ?? null,
        livemode: livemode ?? null,
        readings: [markRefs(statements)],
      },
    }),
);

const id = (namespace: string, ...numbers: number[]) =>
  fc.constantFrom(...numbers.map((n) => `${MARK}${namespace}_${n}`));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 2 });
const cents = fc.constantFrom(0, 1000, 1000, 2000, 3000);
const seconds = fc.constantFrom(CREATED, CREATED, CREATED + 1);
const stripeCurrency = fc.constantFrom('eur', 'eur', 'eur', 'eur', 'usd');

/** Objects of Stripe by how the type of an event begins that shows them. */
const stripeObjects: readonly [prefix: string, fc.Arbitrary<object>][] = [
  [
    'payment_intent.',
    fc
      .record({
        id: id('pi', 1, 2),
        amount: cents,
        amount_capturable: cents,
        amount_received: cents,
        cancellation_reason: fc.constantFrom(null, 'abandoned', 'automatic'),
        currency: stripeCurrency,
        last_payment_error: fc.constantFrom(null, { code: 'card_declined', message: 'No.' }),
        latest_charge: maybe(id('ch', 1, 2, 3)),
        metadata: fc.constantFrom({}, { order_id: 'order-1' }, { reference: 'order-2' }),
        status: fc.constantFrom(...STRIPE_INTENT_STATUSES.keys()),
        transfer_group: fc.constantFrom(null, 'cart-1'),
      })
      .map((fields) => intent('', fields)),
  ],
  [
    'charge.dispute.',
    fc
      .record({
        id: id('dp', 1, 2),
        amount: cents,
        charge: id('ch', 1, 2, 3),
        currency: stripeCurrency,
        payment_intent: maybe(id('pi', 1, 2)),
        status: fc.constantFrom(...STRIPE_DISPUTE_STATUSES.keys()),
      })
      .map((fields) => ({ object: 'dispute', ...fields })),
  ],
  [
    'charge.',
    fc
      .record({
        id: id('ch', 1, 2, 3),
        amount: cents,
        amount_captured: cents,
        amount_refunded: cents,
        captured: fc.constantFrom(true, true, false),
        currency: stripeCurrency,
        payment_intent: maybe(id('pi', 1, 2)),
        refunded: fc.boolean(),
        status: fc.constantFrom('succeeded', 'succeeded', ...STRIPE_CHARGE_STATUSES.keys()),
      })
      .map((fields) => charge('', fields)),
  ],
  [
    'refund.',
    fc
      .record({
        id: id('re', 1, 2),
        amount: cents,
        charge: maybe(id('ch', 1, 2, 3)),
        created: seconds,
        currency: stripeCurrency,
        payment_intent: maybe(id('pi', 1, 2)),
        reason: fc.constantFrom(null, 'requested_by_customer', 'expired_uncaptured_charge'),
        status: fc.constantFrom(...STRIPE_REFUND_STATUSES.keys()),
      })
      .map((fields) => refund('', fields)),
  ],
];

function stripeObject(type: string): fc.Arbitrary<object> {
  // The one event of a refund that is named after its charge.
  const shown = type === 'charge.refund.updated' ? 'refund.updated' : type;
  return stripeObjects.find(([prefix]) => shown.startsWith(prefix))![1];
}

const stripeArb: fc.Arbitrary<Unnamed> = fc
  .constantFrom(...STRIPE_EVENT_TYPES.keys())
  .chain((type) =>
    fc.record({
      type: fc.constant(type),
      object: stripeObject(type),
      created: seconds,
      livemode: fc.constantFrom(false, false, false, true),
    }),
  )
  .map(({ type, object, ...fields }) => (eventId) => ({
    source: 'stripe',
    event: stripeEvent(type, object, { ...fields, id: eventId }),
  }));

const genericArb: fc.Arbitrary<Unnamed> = fc
  .record({
    event_type: fc.constantFrom(...GENERIC_EVENT_TYPES.keys()),
    transaction_id: id('tx', 1, 2),
    amount: fc.constantFrom('0', '10', '10.00', '20.00', '30.00'),
    currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'USD', null),
    occurred_at: fc.constantFrom(null, '2026-11-24T10:00:00Z', '2026-11-24T10:00:01Z'),
    reference: fc.constantFrom(null, 'order-1', 'order-2'),
    capture_id: fc.constantFrom(null, 'a', 'b'),
    refund_id: fc.constantFrom('1', '2'),
    dispute_id: fc.constantFrom(null, '1'),
    failure_reason: fc.constantFrom(null, 'insufficient funds'),
    final: fc.constantFrom(null, true, false),
  })
  .map((fields) => (eventId) => {
    const { kind } = GENERIC_EVENT_TYPES.get(fields.event_type)!;
    // The contract has no refund and no dispute of nothing.
    const least = kind === 'refund' || kind === 'dispute' ? '10' : '0';
    const amount = fields.amount === '0' ? least : fields.amount;
    return { source: 'generic', event: { ...fields, amount, event_id: eventId } };
  });

/** What a service receives in the course of some payments: of one kind of source, or of all. */
export function sentEventsArb(maxLength = 10): fc.Arbitrary<SentEvent[]> {
  const sequence = (event: fc.Arbitrary<Unnamed>) => fc.array(event, { minLength: 1, maxLength });
  return fc
    .oneof(
      { weight: 4, arbitrary: sequence(statedArb) },
      { weight: 3, arbitrary: sequence(stripeArb) },
      { weight: 1, arbitrary: sequence(genericArb) },
      { weight: 2, arbitrary: sequence(fc.oneof(statedArb, stripeArb, genericArb)) },
    )
    .map((unnamed) => unnamed.map((named, i) => named(`${MARK}${eventId(i)}`)));
}

/** Like {@link sentEventsArb}, only of sources that state their statements. */
export function statedEventsArb(maxLength: number) {
  return fc
    .array(statedArb, { minLength: 1, maxLength })
    .map((unnamed) => unnamed.map((named, i) => named(`${MARK}${eventId(i)}`) as StatedSentEvent));
}

export type StatedSentEvent = Extract<SentEvent, { source: 'shop' | 'market' }>;

/** Ids that not every order of texts orders alike. */
function eventId(i: number): string {
  return EVENT_IDS[i] ?? `evt_number_${i}`;
}

/** How events arrive: on which connections, in which order, which of them together. */
export interface Arrival {
  /** The service at the end of each connection. */
  readonly connections: readonly number[];
  readonly deliveries: readonly {
    readonly event: number;
    readonly connection: number;
    /** Sent along with what was sent on the same connection before. */
    readonly together: boolean;
  }[];
}

/** Each of so many events at least once, on one to four connections to so many services. */
export function arrivalArb(events: number, services: number): fc.Arbitrary<Arrival> {
  const indices = Array.from({ length: events }, (_, i) => i);
  const connections = fc.array(fc.nat(services - 1), { minLength: 1, maxLength: 4 });
  return fc.tuple(redeliveredArb(indices), connections).chain(([order, connections]) =>
    fc
      .array(
        fc.record({
          connection: fc.nat(connections.length - 1),
          together: fc.constantFrom(true, true, false),
        }),
        { minLength: order.length, maxLength: order.length },
      )
      .map((places) => ({
        connections,
        deliveries: places.map((place, i) => ({ event: order[i]!, ...place })),
      })),
  );
}

/**
 * Events of sources that state their statements, each with so many readings; the first is what it
 * means, the others are mistakes that a normaliser may make with it.
 */
export function mistakenEventsArb(
  readings: number,
  maxLength = 8,
): fc.Arbitrary<readonly StatedSentEvent[]> {
  return statedEventsArb(maxLength).chain((events) =>
    fc.tuple(
      ...events.map(({ source, event }) => {
        const [right = null] = event.readings;
        const mistakes = fc.array(mistakeArb(right ?? []), {
          minLength: readings - 1,
          maxLength: readings - 1,
        });
        return mistakes.map((wrong) => ({
          source,
          event: { ...event, readings: [right, ...wrong] },
        }));
      }),
    ),
  );
}

/** Another amount, key or ref, one ref more (it joins), one less (it splits), a statement less, or none. */
function mistakeArb(statements: readonly Statement[]): fc.Arbitrary<Reading> {
  const changed = (change: (s: Statement) => Partial<Statement>) =>
    fc
      .nat(Math.max(0, statements.length - 1))
      .map((which) => statements.map((s, i) => (i === which ? { ...s, ...change(s) } : s)));
  const ref = fc.constantFrom(...REFS.map((name) => name.replace(':', `:${MARK}`)));
  const withRef = (refsOf: (s: Statement, other: string) => readonly string[]) =>
    ref.chain((other) => changed((s) => ({ refs: [...new Set(refsOf(s, other))] })));
  return fc.oneof(
    changed((s) => ({ amount: s.amount === 10n ? 20n : 10n, currency: s.currency ?? 'EUR' })),
    changed((s) => ({ key: `${s.key}_2` })),
    withRef((_, other) => [other]),
    withRef((s, other) => [...s.refs, other]),
    changed((s) => ({ refs: s.refs.slice(-1) })),
    fc.constant(statements.slice(1)),
    fc.constant(null),
    statementsOfEventArb.map(markRefs),
    fc.constant(statements),
  );
}
