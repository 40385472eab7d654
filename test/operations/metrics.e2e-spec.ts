/** What /metrics tells, by the names that dashboards and alerts rest on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PROVIDERS } from '../../src/providers/index.js';
import { answering, AppServer } from '../notifications/support/app-server.js';
import {
  ADMIN_TOKEN,
  createTestApplication,
  type TestApplication,
  type TestApplicationOptions,
} from '../support/application.js';
import { expectProblem } from '../support/problems.js';
import { signedGeneric, signedStripe, unique } from '../support/signed.js';
import { intent, stripeEvent } from '../support/stripe-events.js';
import { type Metric, readExposition } from './support/exposition.js';

const NAMES = [
  'webhook_received_total',
  'webhook_rejected_total',
  'webhook_ack_duration_seconds_bucket',
  'webhook_event_age_seconds_bucket',
  'webhook_conflicts_total',
  'payment_changes_total',
  'notification_backlog',
  'notification_oldest_age_seconds',
  'notification_attempts_total',
  'database_pool_in_use',
  'database_pool_waiting',
  'build_info',
  'process_resident_memory_bytes',
  'process_cpu_seconds_total',
  'nodejs_eventloop_lag_p99_seconds',
];

async function metricsOf(service: TestApplication): Promise<Map<string, Metric>> {
  const { status, headers, body } = await service.fetch('/metrics');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return readExposition((body as Buffer).toString());
}

async function valueOf(service: TestApplication, name: string, labels = ''): Promise<number> {
  return (await metricsOf(service)).get(name)?.samples.get(labels) ?? 0;
}

/** Answers are counted after they have gone. */
async function eventually(measure: () => Promise<number>, expected: number): Promise<void> {
  const deadline = Date.now() + 5_000;
  while ((await measure()) !== expected && Date.now() < deadline) await sleep(20);
  expect(await measure()).toBe(expected);
}

describe('GET /metrics', () => {
  let service: TestApplication;
  const start = async (options: TestApplicationOptions = {}) => {
    service = await createTestApplication(options);
  };
  afterEach(() => service.close());

  const received = (labels: string) => valueOf(service, 'webhook_received_total', labels);
  const rejected = (labels: string) => valueOf(service, 'webhook_rejected_total', labels);
  const event = (fields: object = {}) => ({
    event_type: 'payment_success',
    event_id: unique(),
    transaction_id: unique(),
    amount: '1.00',
    currency: 'EUR',
    ...fields,
  });

  it('has every name, and each configured source from 0 on, so that silence can be seen', async () => {
    await start();
    const metrics = await metricsOf(service);
    expect(NAMES.filter((name) => !metrics.has(name) && !/changes|attempts/.test(name))).toEqual(
      [],
    );
    const samples = [...metrics.get('webhook_received_total')!.samples];
    const outcomes = ['accepted', 'duplicate', 'ignored', 'quarantined', 'rejected', 'unavailable'];
    const expected = ['generic', 'stripe'].flatMap((source) =>
      outcomes.map((outcome) => [`source="${source}",outcome="${outcome}"`, 0]),
    );
    expect(samples.sort()).toEqual(expected.sort());
    expect(await rejected('source="stripe",code="signature_invalid"')).toBe(0);
    const [labels] = [...metrics.get('build_info')!.samples.keys()];
    expect(labels).toMatch(/^version="\d+\.\d+\.\d+",node="v\d+\.\d+\.\d+"$/);
    expect(metrics.get('notification_backlog')!.samples.get('')).toBe(0);
    expect(metrics.get('notification_oldest_age_seconds')!.samples.get('')).toBe(0);
  });

  it('counts each request by what became of it', async () => {
    await start();
    const delivery = signedGeneric(event());
    await service.deliver('generic', delivery);
    await service.deliver('generic', delivery);
    await service.deliver('generic', signedGeneric(event({ amount: 'much' })));
    await service.deliver('generic', signedGeneric(event(), 'another-secret'));
    await service.deliver('stripe', signedStripe(stripeEvent('customer.created', { id: 'cus_1' })));
    await service.deliver('stripe', { body: Buffer.from('{}'), headers: {} });
    await service.deliver(
      'stripe',
      signedStripe(stripeEvent('payment_intent.created', intent(`pi_${unique()}`))),
    );

    await eventually(() => received('source="generic",outcome="accepted"'), 1);
    await eventually(() => received('source="generic",outcome="duplicate"'), 1);
    await eventually(() => received('source="generic",outcome="quarantined"'), 1);
    await eventually(() => received('source="generic",outcome="rejected"'), 1);
    await eventually(() => received('source="stripe",outcome="ignored"'), 1);
    await eventually(() => received('source="stripe",outcome="rejected"'), 1);
    await eventually(() => received('source="stripe",outcome="accepted"'), 1);
    expect(await rejected('source="generic",code="signature_invalid"')).toBe(1);
    expect(await rejected('source="stripe",code="signature_missing"')).toBe(1);
    // What is stored was not rejected, even where it was answered 400.
    expect(await rejected('source="generic",code="validation_failed"')).toBe(0);
    // Stored: two of generic and one repeat, two of stripe.
    expect(await valueOf(service, 'webhook_ack_duration_seconds_count')).toBe(5);
    expect(await valueOf(service, 'payment_changes_total', 'status="captured"')).toBe(1);
    expect(await valueOf(service, 'payment_changes_total', 'status="pending"')).toBe(1);
  });

  it('gives strangers one series, whatever they name', async () => {
    await start();
    for (const name of ['nobody', 'a', 'b', 'GENERIC', 'generic/', '../generic', '%00']) {
      await service.deliver(encodeURIComponent(name), signedGeneric(event()));
    }
    await eventually(() => received('source="",outcome="rejected"'), 7);
    const { samples } = (await metricsOf(service)).get('webhook_received_total')!;
    expect(
      [...samples.keys()].filter((labels) => !/source="(generic|stripe)?"/.test(labels)),
    ).toEqual([]);
  });

  it('counts conflicts, and tells how old an event was when it was first received', async () => {
    await start();
    const id = unique();
    const old = new Date(Date.now() - 2 * 3_600_000).toISOString();
    const first = event({ event_id: id, occurred_at: old });
    await service.deliver('generic', signedGeneric(first));
    await service.deliver('generic', signedGeneric(first));
    await service.deliver('generic', signedGeneric({ ...first, amount: '2.00' }));
    await service.deliver('generic', signedGeneric({ ...first, amount: '2.00' }));
    await eventually(() => valueOf(service, 'webhook_conflicts_total'), 1);
    // The first and the conflict; what has no time has no age.
    await service.deliver('generic', signedGeneric(event()));
    await eventually(() => received('source="generic",outcome="accepted"'), 2);
    expect(await valueOf(service, 'webhook_event_age_seconds_count')).toBe(2);
    expect(await valueOf(service, 'webhook_event_age_seconds_bucket', 'le="3600"')).toBe(0);
    expect(await valueOf(service, 'webhook_event_age_seconds_bucket', 'le="21600"')).toBe(2);
  });

  it('counts versions that a replay makes, and none of a dry run', async () => {
    await start();
    await service.deliver('generic', signedGeneric(event()));
    await service.rows('UPDATE transactions SET amount = 77');
    const reproject = (query: string) =>
      service.fetch(`/api/payments/reproject${query}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
      });
    const captured = () => valueOf(service, 'payment_changes_total', 'status="captured"');
    expect((await reproject('?dryRun=true')).status).toBe(200);
    expect(await captured()).toBe(1);
    expect((await reproject('')).status).toBe(200);
    expect(await captured()).toBe(2);
  });

  it('tells of notifications: what waits, for how long, and how attempts ended', async () => {
    await start({ env: { NOTIFY_ALLOW_CIDRS: '127.0.0.0/8' } });
    const app = await AppServer.start(answering(500));
    try {
      const created = await service.fetch('/api/endpoints', {
        method: 'POST',
        headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: 'shop', url: app.url }),
      });
      expect(created.status).toBe(201);
      await service.deliver('generic', signedGeneric(event()));
      const attempts = (result: string) =>
        valueOf(service, 'notification_attempts_total', `endpoint="shop",result="${result}"`);
      await eventually(() => attempts('failed'), 1);
      await eventually(() => valueOf(service, 'notification_backlog'), 1);
      expect(await valueOf(service, 'notification_oldest_age_seconds')).toBeGreaterThan(0);
    } finally {
      await app.close();
    }
  });

  it('is not there where METRICS is off', async () => {
    await start({ env: { METRICS: 'off' } });
    expectProblem(await service.fetch('/metrics'), 404, 'not_found');
  });

  it('knows every provider by its name alone', async () => {
    const sources = PROVIDERS.filter(({ options }) => !options.some((o) => o.required)).map(
      ({ name, secret }) => ({
        name: `a-${name}`,
        provider: name,
        secrets: [secret.make(Buffer.alloc(32, 7))],
      }),
    );
    await start({ sources });
    const { samples } = (await metricsOf(service)).get('webhook_received_total')!;
    for (const { name } of sources)
      expect(samples.get(`source="${name}",outcome="accepted"`)).toBe(0);
  });
});
