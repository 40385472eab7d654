/**
 * The history of payments is a function of the order in which events came, and of nothing else: not of
 * what was recorded together. Over Postgres, on one service, where that order can be told.
 */
import fc from 'fast-check';
import pg from 'pg';
import { batchesArb } from '../../src/payments/testing/arbitraries.js';
import { MemoryStore } from '../../src/payments/testing/memory-store.js';
import { type NormalisedDelivery } from '../../src/webhooks/delivery.js';
import { normalise } from '../../src/webhooks/normalise.js';
import { PaymentsService } from '../../src/webhooks/payments.service.js';
import { createTestApplication, type TestApplication } from '../support/application.js';
import { sha256, unique } from '../support/signed.js';
import { sentEventsArb } from './support/arbitraries.js';
import { check } from './support/check.js';
import { type SentEvent, sign, specOf, STATING_PROVIDERS } from './support/events.js';
import { booksIn, booksOf, versionsOf } from './support/judge.js';
import { ranked } from './support/ranked.js';
import { statingVariables } from './support/stating-provider.js';
import { indexForTests, readTables, type Tables } from './support/tables.js';

let service: TestApplication;
let pool: pg.Pool;

beforeAll(async () => {
  service = await createTestApplication({
    env: statingVariables(),
    providers: STATING_PROVIDERS,
  });
  pool = new pg.Pool({ connectionString: service.database.url, max: 2 });
  await indexForTests(pool);
});

afterAll(async () => {
  await pool.end();
  await service.close();
});

const cases = sentEventsArb(12).chain((events) =>
  fc.record({ events: fc.constant(events), batches: batchesArb(events) }),
);

const met = { tombstones: 0, batches: 0, longest: 0 };

it('has one version for each difference that an event made, wherever batches end', async () => {
  await check(
    'history',
    () =>
      fc.asyncProperty(cases, async ({ events, batches }) => {
        const specs = events.map((sent) => specOf(sent));
        const alone = await tablesAfter(events.map((sent) => [sent]));
        const together = await tablesAfter(batches);
        const pure = new MemoryStore();
        for (const spec of specs) pure.deliver([spec]);

        // Among what is never violated: versions without a gap, each row of history beginning where the
        // one before ended, the last one ending with what is stored.
        expect(booksIn(alone)).toEqual(booksOf(specs));
        expect(versionsIn(alone)).toEqual(versionsOf(specs));
        expect(ranked(alone.store)).toEqual(ranked(pure));
        expect(ranked(together.store)).toEqual(ranked(alone.store));

        met.tombstones += together.tombstones;
        met.longest = Math.max(met.longest, ...versionsIn(together));
        met.batches += transactionsOf(together) < events.length ? 1 : 0;
        expect(transactionsOf(alone)).toBe(events.length);
        expect(transactionsOf(together)).toBe(batches.length);
      }),
    { usual: 100, cost: 4 },
  );
  expect(met.tombstones).toBeGreaterThan(10);
  expect(met.batches).toBeGreaterThan(30);
  expect(met.longest).toBeGreaterThan(4);
}, 3_600_000);

/** Records each batch in one transaction, in order. */
async function tablesAfter(batches: readonly (readonly SentEvent[])[]): Promise<Tables> {
  const prefix = `${unique()}.`;
  const payments = service.app.get(PaymentsService);
  for (const batch of batches) {
    // What is handed over in one turn is one batch.
    await Promise.all(batch.map((sent) => payments.record(deliveryOf(sent, prefix))));
  }
  return readTables(pool, prefix);
}

function deliveryOf(sent: SentEvent, prefix: string): NormalisedDelivery {
  const source = service.settings.sources.find(({ name }) => name === sent.source)!;
  const { body } = sign(sent, prefix);
  const bytes = { body, bodySha256: sha256(body), headers: {}, receivedAt: new Date() };
  return { ...bytes, source, verifiedWith: 'test', events: normalise(source, bytes) };
}

function versionsIn({ store }: Tables): number[] {
  const living = [...store.payments.values()].filter((p) => p.mergedInto === null);
  return living.map(({ version }) => version).sort((a, b) => a - b);
}

function transactionsOf({ events }: Tables): number {
  return new Set(events.map(({ transaction }) => transaction)).size;
}
