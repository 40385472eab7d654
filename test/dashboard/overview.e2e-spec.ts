/** The service at a glance: what arrived, what it became, what is told, what needs a look. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type OverviewDto } from '../../src/dashboard/overview.dto.js';
import { PrismaService } from '../../src/database/prisma.service.js';
import {
  ADMIN_TOKEN,
  createTestApplication,
  type TestApplication,
} from '../support/application.js';
import { createPayment, id, notification, time } from '../notifications/rows.js';
import { signedGeneric, signedStripe, unique } from '../support/signed.js';
import { intent, stripeEvent } from '../support/stripe-events.js';

describe('the overview', () => {
  let service: TestApplication;
  beforeEach(async () => {
    service = await createTestApplication({
      sources: [
        {
          name: 'off',
          provider: 'generic',
          secrets: ['a-secret-of-a-source-that-is-off'],
          enabled: false,
        },
      ],
    });
  });
  afterEach(() => service.close());

  /** The first answer in which everything has been counted since now. */
  const counted = async (): Promise<OverviewDto> => {
    const since = new Date().toISOString();
    for (;;) {
      const overview = await service.api<OverviewDto>('overview');
      if (Object.values(overview.asOf).every((at) => at !== null && at >= since)) return overview;
      await sleep(200);
    }
  };
  const generic = (fields: object) =>
    service.deliver(
      'generic',
      signedGeneric({ event_id: unique(), transaction_id: unique(), ...fields }),
    );

  it('of a new service has nothing but its sources', async () => {
    const source = { lastEventAt: null, quarantined24h: 0, rejected: 0 };
    const { now, uptimeSeconds, asOf, ...rest } = await counted();
    expect(Math.abs(Date.parse(now) - Date.now())).toBeLessThan(60_000);
    expect(uptimeSeconds).toEqual(expect.any(Number));
    expect(Object.keys(asOf)).toEqual(['events', 'lastEvents', 'payments', 'notifications']);
    expect(rest).toEqual({
      windowMinutes: 60,
      eventsPerMinute: [],
      acknowledgement: { p50: null, p99: null, count: 0 },
      paymentsByStatus: [],
      money: [],
      notifications: {
        pending: 0,
        dead: 0,
        oldestUnsentAt: null,
        endpointsFailing: [],
        endpointsPaused: [],
        endpointsOff: [],
      },
      sources: [
        { name: 'generic', provider: 'generic', enabled: true, ...source },
        { name: 'off', provider: 'generic', enabled: false, ...source },
        { name: 'stripe', provider: 'stripe', enabled: true, ...source },
      ],
      quarantined: [],
    });
  });

  it('counts events by minute, source and outcome, and when each source had its last', async () => {
    await generic({ event_type: 'payment_success', amount: '10.00', currency: 'EUR' });
    await generic({ event_type: 'payment_success', amount: '10.00', currency: 'EUR' });
    await generic({ event_type: 'something_else' });
    await service.deliver(
      'stripe',
      signedStripe(stripeEvent('payment_intent.succeeded', intent(unique()))),
    );
    await service.fetch('/webhooks/stripe', { method: 'POST', body: '{}' });

    const { eventsPerMinute, sources, quarantined, acknowledgement } = await counted();

    const total = (source: string, outcome: string) =>
      eventsPerMinute
        .filter((minute) => minute.source === source && minute.outcome === outcome)
        .reduce((sum, { count }) => sum + count, 0);
    expect(total('generic', 'applied')).toBe(2);
    expect(total('generic', 'quarantined')).toBe(1);
    expect(total('stripe', 'applied')).toBe(1);
    for (const { minute } of eventsPerMinute) expect(minute).toMatch(/:00\.000Z$/);
    const [row] = await service.rows<{ last: Date }>(
      "SELECT max(received_at) AS last FROM webhook_events WHERE source = 'generic'",
    );
    expect(sources.find(({ name }) => name === 'generic')).toMatchObject({
      lastEventAt: row!.last.toISOString(),
      quarantined24h: 1,
      rejected: 0,
    });
    expect(sources.find(({ name }) => name === 'stripe')).toMatchObject({ rejected: 1 });
    expect(quarantined).toEqual([
      expect.objectContaining({ source: 'generic', code: 'unhandled_event_type' }),
    ]);
    // Of the five requests one was refused.
    expect(acknowledgement).toEqual({
      p50: expect.any(Number) as number,
      p99: expect.any(Number) as number,
      count: 4,
    });
  });

  it('counts each event once when it is asked again', async () => {
    await generic({ event_type: 'payment_pending' });
    await counted();
    await generic({ event_type: 'payment_pending' });
    const { eventsPerMinute } = await counted();
    expect(eventsPerMinute.reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });

  it('knows the last event of a source that has been silent for long', async () => {
    await generic({ event_type: 'something_else' });
    await service.rows(`
      UPDATE webhook_events SET id = '01900000-0000-7000-8000-000000000001',
        received_at = '2024-06-09T12:00:00Z'`);
    const { sources, eventsPerMinute } = await counted();
    expect(eventsPerMinute).toEqual([]);
    expect(sources.find(({ name }) => name === 'generic')!.lastEventAt).toBe(
      '2024-06-09T12:00:00.000Z',
    );
  });

  it('adds up money by currency and mode, exactly, over more than one step', async () => {
    // Two steps and a bit; the greatest sum is beyond 2^53. A busy machine is not given them all at once.
    for (let first = 1; first <= 100_001; first += 10_000) {
      await service.rows(`
        INSERT INTO payments (id, version, merged_from, source, provider, livemode, status, currency,
          amount_authorized, amount_captured, amount_refunded, amount_disputed, amount_charged_back,
          refs, groups, flags, created_at, updated_at)
        SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 1, '{}', 'stripe', 'stripe', n % 2 = 0,
          CASE WHEN n % 10 = 0 THEN 'refunded' ELSE 'captured' END::payment_status,
          CASE WHEN n = 7 THEN 'JPY' ELSE 'EUR' END,
          0, 9007199254740991, CASE WHEN n % 10 = 0 THEN 9007199254740991 ELSE 0 END, 0, 0,
          ARRAY['pi:' || n], '{}', '{}', now(), now()
        FROM generate_series(${first}, least(${first} + 9999, 100001)) n`);
    }
    const emptied = await createPayment(service.app.get(PrismaService), 1, ['payment.created']);
    await service.rows(`UPDATE payments SET refs = '{}' WHERE id = '${emptied}'`);

    await counted();
    const text = await textOfOverview();

    expect(JSON.parse(text)).toMatchObject({
      paymentsByStatus: expect.arrayContaining([
        { status: 'captured', count: 90_001 },
        { status: 'refunded', count: 10_000 },
      ]) as unknown,
    });
    const one = 9_007_199_254_740_991n;
    const money = (
      currency: string,
      livemode: boolean,
      n: bigint,
      back: bigint,
      exponent: number,
    ) =>
      `{"currency":"${currency}","livemode":${livemode},"captured":${n * one},"refunded":${back * one},"exponent":${exponent}}`;
    expect(text).toContain(money('EUR', false, 50_000n, 0n, 2));
    expect(text).toContain(money('EUR', true, 50_000n, 10_000n, 2));
    expect(text).toContain(money('JPY', false, 1n, 0n, 0));
  });

  const textOfOverview = async (): Promise<string> => {
    const headers = { Authorization: `Bearer ${ADMIN_TOKEN}` };
    const answer = await fetch(`${service.url}/api/overview`, { headers });
    return answer.text();
  };

  it('shows what waits in the outbox, and the endpoints that need a look', async () => {
    const prisma = service.app.get(PrismaService);
    const endpoint = (n: number, name: string, fields: object) => ({
      id: id(n, 9),
      name,
      url: 'https://198.51.100.7/payments',
      secret: `whsec_${'A'.repeat(44)}`,
      status: 'active' as const,
      createdAt: time(0),
      updatedAt: time(0),
      ...fields,
    });
    await prisma.endpoint.createMany({
      data: [
        endpoint(1, 'shop', { status: 'paused', statusReason: 'operator' }),
        endpoint(2, 'books', { failingSince: time(5) }),
        endpoint(3, 'gone', { status: 'off', statusReason: 'gone' }),
        endpoint(4, 'fine', {}),
      ],
    });
    const payment = await createPayment(prisma, 1, ['payment.created']);
    await prisma.notification.createMany({
      data: [
        notification(1, id(1, 9), payment, { status: 'pending' }),
        notification(2, id(1, 9), payment, { status: 'pending' }),
        notification(3, id(1, 9), payment, { status: 'dead' }),
        notification(4, id(1, 9), payment, { status: 'delivered' }),
        // That endpoint is told nothing any more.
        notification(0, id(3, 9), payment, { status: 'pending' }),
      ],
    });

    const { notifications } = await counted();

    expect(notifications).toEqual({
      pending: 2,
      dead: 1,
      oldestUnsentAt: time(1).toISOString(),
      endpointsFailing: [
        { id: id(2, 9), name: 'books', reason: null, failingSince: time(5).toISOString() },
      ],
      endpointsPaused: [{ id: id(1, 9), name: 'shop', reason: 'operator', failingSince: null }],
      endpointsOff: [{ id: id(3, 9), name: 'gone', reason: 'gone', failingSince: null }],
    });
  });
});
