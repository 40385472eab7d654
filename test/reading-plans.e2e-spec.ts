/** What a list costs: its filters are answered by indexes, or by walking where most rows fit. */
import { jest } from '@jest/globals';
import { PrismaService } from '../src/database/prisma.service.js';
import { createTestApplication, type TestApplication } from './support/application.js';
import { type Explained, mostRead } from './support/plans.js';

const ROWS = 20_000;
/** A row a minute, so that the rare ones are days behind the newest. */
const FIRST = '2026-01-01T00:00:00.000Z';
const RARE = 50;
/** One of ten payments, all of them long ago, is of another source and currency and has failed. */
const OLD = ROWS / 10;

let service: TestApplication;

beforeAll(async () => {
  service = await createTestApplication();
  const values = `generate_series(0, ${ROWS} - 1) AS n,
    LATERAL (SELECT '${FIRST}'::timestamptz + n * interval '1 minute' AS at,
                    lpad(to_hex(n), 12, '0') AS hex) AS times,
    LATERAL (SELECT lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') AS time) AS hexes,
    LATERAL (SELECT (left(time, 8) || '-' || right(time, 4) || '-7000-8000-' || hex)::uuid AS id, n < ${RARE} AS rare, n < ${OLD} AS old) AS row`;
  await service.rows(`
    INSERT INTO payments (id, version, merged_from, source, provider, status, currency,
      amount_authorized, amount_captured, amount_refunded, amount_disputed, amount_charged_back,
      reference, refs, groups, flags, occurred_at, created_at, updated_at)
    SELECT row.id, 1, '{}',
      CASE WHEN rare THEN 'rare' WHEN old THEN 'old' ELSE 'generic' END, 'generic',
      CASE WHEN rare THEN 'charged_back' WHEN old THEN 'failed'
        ELSE 'captured' END::payment_status,
      CASE WHEN rare THEN 'CHF' WHEN old THEN 'USD' ELSE 'EUR' END,
      1, 1, 0, 0, 0, 'order-' || n, ARRAY['tx:' || n], '{}', '{}', at, at, at
    FROM ${values}`);
  await service.rows(`
    INSERT INTO payment_refs (id, namespace, source, scope, payment_id)
    SELECT n::text, 'tx', 'generic', '', row.id FROM ${values}`);
  await service.rows(`
    INSERT INTO deliveries (id, source, provider, body, body_encoding, body_sha256, body_size, headers,
      verified_with, received_at)
    VALUES ('01900000-0000-7000-8000-000000000000', 'generic', 'generic', '', 'utf8', '', 0, '{}', '', now())`);
  await service.rows(`
    INSERT INTO webhook_events (id, delivery_id, position, source, provider, event_id, type, status,
      received_at, normaliser_version, options_hash)
    SELECT row.id, '01900000-0000-7000-8000-000000000000', n,
      CASE WHEN rare THEN 'rare' ELSE 'generic' END, 'generic', 'evt_' || n,
      CASE WHEN rare THEN 'dispute' WHEN old THEN 'failure' ELSE 'capture' END,
      CASE WHEN rare THEN 'quarantined' WHEN old THEN 'ignored' ELSE 'applied' END::event_status, at, 1, ''
    FROM ${values}`);
  await service.rows('ANALYZE');
});
afterAll(() => service.close());
afterEach(() => jest.restoreAllMocks());

interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[] | undefined;
}

interface Listed {
  readonly data: readonly { readonly id: string }[];
  readonly nextCursor: string | null;
}

/** The ids of the list, and the most rows or entries that one step of reading it has read. */
async function read(list: 'payments' | 'events', query: string) {
  const pool = service.app.get(PrismaService).pool;
  const asked = jest.spyOn(pool, 'query');
  const { data } = await service.api<Listed>(`${list}?${query}`);
  const statements = (asked.mock.calls as unknown as [string | Statement, unknown[]?][])
    .map(([asked, values]) => (typeof asked === 'string' ? { text: asked, values } : asked))
    // The sending of notifications, which goes on meanwhile, names its statements.
    .filter(({ name }) => name === undefined);
  asked.mockRestore();
  expect(statements.length).toBeGreaterThan(0);
  const table = list === 'payments' ? 'payment' : 'webhook_events';
  let most = 0;
  for (const { text, values } of statements) {
    const [plan] = await service.rows<Explained>(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values);
    most = Math.max(most, mostRead(plan!, table));
  }
  return { ids: data.map(({ id }) => id), most };
}

const DAY = 'from=2026-01-03T00:00:00.000Z&to=2026-01-04T00:00:00.000Z';
const MINUTES = 'from=2026-01-01T00:10:00.000Z&to=2026-01-01T00:20:00.000Z';

it.each([
  ['payments', 'status=charged_back', 50],
  ['payments', 'status=charged_back&status=disputed', 50],
  ['payments', 'status=disputed', 0],
  ['payments', 'status=failed', 50],
  ['payments', 'status=failed&status=authorized&status=charged_back', 50],
  ['payments', 'currency=CHF', 50],
  ['payments', 'currency=USD', 50],
  ['payments', 'currency=SEK', 0],
  ['payments', 'source=rare', 50],
  ['payments', 'source=old', 50],
  ['payments', 'source=old&source=rare', 50],
  ['payments', 'source=none', 0],
  ['payments', 'source=rare&currency=CHF', 50],
  ['payments', MINUTES, 10],
  ['payments', `${MINUTES}&status=charged_back`, 10],
  ['payments', `${MINUTES}&status=captured`, 0],
  ['payments', 'reference=order-7', 1],
  ['payments', 'reference=none', 0],
  ['payments', 'ref=tx:7', 1],
  ['payments', 'ref=7', 1],
  ['events', 'status=quarantined', 50],
  ['events', 'status=ignored', 50],
  ['events', 'status=ignored&status=quarantined', 50],
  ['events', 'type=dispute', 50],
  ['events', 'type=failure', 50],
  ['events', 'type=none', 0],
  ['events', 'status=quarantined&type=capture', 0],
  ['events', 'source=none', 0],
  ['events', MINUTES, 10],
  ['events', 'eventId=evt_7', 1],
  ['events', 'eventId=none', 0],
] as const)('%s of %s are found without a walk over all', async (list, query, count) => {
  const { ids, most } = await read(list, query);
  expect(ids).toHaveLength(count);
  expect(ids).toEqual([...ids].sort().reverse());
  expect(most).toBeLessThan(ROWS / 20);
});

it.each([
  ['payments', ''],
  ['payments', 'status=captured'],
  ['payments', 'source=generic'],
  ['payments', 'currency=EUR'],
  ['payments', 'source=generic&currency=EUR'],
  ['events', ''],
  ['events', 'type=capture'],
  ['events', 'status=applied'],
  ['events', 'status=applied&status=ignored'],
  ['events', 'status=applied&type=capture'],
] as const)('%s of %s, which are most, are walked until the page is full', async (list, query) => {
  const { ids, most } = await read(list, query);
  expect(ids).toHaveLength(50);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(ROWS / 20);
});

it.each([
  ['payments', 'status=charged_back&status=failed'],
  ['payments', 'source=rare&source=old'],
  ['payments', 'currency=USD'],
  ['events', 'status=quarantined&status=ignored'],
  ['events', 'type=failure'],
] as const)('goes through the %s of %s page by page, each once', async (list, query) => {
  const ids: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: string = `${query}&limit=100${cursor && `&cursor=${cursor}`}`;
    const { data, nextCursor } = await service.api<Listed>(`${list}?${page}`);
    ids.push(...data.map(({ id }) => id));
    cursor = nextCursor;
    if (cursor !== null) expect((await read(list, page)).most).toBeLessThan(ROWS / 20);
  }
  const ofOne = query === 'currency=USD' || query === 'type=failure';
  expect(ids).toHaveLength(ofOne ? OLD - RARE : OLD);
  expect(ids).toEqual([...new Set(ids)].sort().reverse());
});

it.each(['payments', 'events'] as const)(
  'goes through the %s of a day, each once',
  async (list) => {
    const ids: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: string = `${DAY}&limit=100${cursor && `&cursor=${cursor}`}`;
      const { data, nextCursor } = await service.api<Listed>(`${list}?${page}`);
      ids.push(...data.map(({ id }) => id));
      cursor = nextCursor;
    }
    expect(ids).toHaveLength(1440);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
  },
);

it('has the newest of a time that is empty at its end', async () => {
  const { ids } = await read('events', 'from=2026-01-14T00:00:00.000Z&to=2026-03-14T00:00:00.000Z');
  expect(ids).toHaveLength(50);
  // The last row of all.
  expect(ids[0]).toMatch(/-000000004e1f$/);
  expect(ids).toEqual([...ids].sort().reverse());
});

it.each([
  ['ahead of', '01ffffff-0000-7000-8000-000000000000', 0],
  ['behind', '01900000-0000-7000-8000-000000000000', 50],
] as const)(
  'has what was received by a clock %s the others where its id is',
  async (_, id, place) => {
    // Received in the last minute of the day, by the clock that its time is of.
    await service.rows(`
    INSERT INTO webhook_events SELECT * FROM jsonb_populate_record(
      (SELECT e FROM webhook_events e LIMIT 1),
      '{"id": "${id}", "event_id": "${id}", "received_at": "2026-01-03T23:59:30Z"}')`);
    const minutes = DAY.replace('T00:00', 'T23:10');
    for (const period of [minutes, DAY]) {
      const { data } = await service.api<Listed>(`events?${period}&limit=200`);
      const expected = period === DAY && place > 0 ? -1 : place;
      expect(data.map((event) => event.id).indexOf(id)).toBe(expected);
    }
    await service.rows(`DELETE FROM webhook_events WHERE id = '${id}'`);
  },
);

it('has payments without a group in no index of groups, whose newest entries are read one by one', async () => {
  const [index] = await service.rows<{ pages: number }>(
    `SELECT pg_relation_size('payments_groups_idx')::int / 8192 AS pages`,
  );
  // Those that it has from the beginning.
  expect(index?.pages).toBe(2);
});

it.each(['payments', 'events'] as const)(
  '%s of a time that was long ago are found without a walk over what came since',
  async (list) => {
    const { ids, most } = await read(
      list,
      'from=2026-01-01T00:00:00.000Z&to=2026-01-02T10:00:00.000Z',
    );
    expect(ids).toHaveLength(50);
    expect(ids[0]).toMatch(/-0000000007f7$/);
    expect(most).toBeLessThan(ROWS / 8);
  },
);
