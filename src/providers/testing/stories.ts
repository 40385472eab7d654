/** From a provider's bodies to the payments they make, in whatever order they arrive: for tests. */
import { createHash } from 'node:crypto';

import { readJson } from '../../json/read-json.js';
import { MemoryStore } from '../../payments/testing/memory-store.js';
import { ordersOf } from '../../payments/testing/orders.js';
import { type Nameless, paymentsIn } from '../../payments/testing/partition.js';
import { type PaymentEvent, type Provider, type Sample } from '../provider.js';

/** A body as it is received; throws where it cannot be read. */
export function eventsOf(
  provider: Provider,
  body: Buffer | string,
  headers: Readonly<Record<string, string>> = {},
): PaymentEvent[] {
  const bytes = Buffer.from(body);
  const json = provider.decode?.(bytes) ?? readJson(bytes);
  if (!json.ok) throw new Error(`the body is not readable: ${json.code}`);
  const options = Object.fromEntries(
    provider.options.flatMap(({ name, default: fallback, required }) => {
      const value = fallback ?? required?.example;
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const bodySha256 = createHash('sha256').update(bytes).digest('hex');
  return provider.normalise(json.value, { options, headers, body: bytes, bodySha256 });
}

/** The events of samples, with the headers that the service keeps of them. */
export function eventsOfSamples(provider: Provider, samples: readonly Sample[]): PaymentEvent[] {
  return samples.flatMap((sample) => {
    const kept = Object.entries(sample.headers ?? {})
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => provider.keepsHeaders?.includes(name));
    return eventsOf(provider, sample.body, Object.fromEntries(kept));
  });
}

/**
 * The payments that events make, delivered one by one in every order, each order with one of them
 * delivered twice.
 */
export function* paymentsInEveryOrder(
  provider: Provider,
  events: readonly PaymentEvent[],
): Generator<Nameless[]> {
  for (const order of ordersOf(events)) {
    const store = new MemoryStore();
    for (const event of [...order, ...order.slice(0, 1)]) deliver(store, provider, event);
    yield paymentsIn(store);
  }
}

function deliver(store: MemoryStore, { refScope }: Provider, event: PaymentEvent): void {
  const { eventId, account, livemode, meaning } = event;
  if (eventId === null) throw new Error('an event without an id cannot be told apart from others');
  if (meaning.status === 'quarantined') throw new Error(`quarantined: ${JSON.stringify(meaning)}`);
  const scope = [refScope.account ? account : null, refScope.livemode ? livemode : null];
  store.deliver([
    {
      eventId,
      account,
      livemode,
      scope: scope.join('/'),
      statements: meaning.status === 'applied' ? meaning.statements : [],
    },
  ]);
}
