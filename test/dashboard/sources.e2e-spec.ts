/** Sources as they are set up at the provider, and a test event through the whole service. */
import path from 'node:path';
import { type SourceDto, type SourcesDto } from '../../src/dashboard/source.dto.js';
import { type TestEventDto } from '../../src/dashboard/test-event.dto.js';
import { type EventDetailDto } from '../../src/events/event.dto.js';
import { type PaymentDto } from '../../src/payments/payment.dto.js';
import { PROVIDERS } from '../../src/providers/index.js';
import { call } from '../notifications/admin-client.js';
import {
  createTestApplication,
  GENERIC_SECRET,
  STRIPE_SECRET,
  type TestApplication,
} from '../support/application.js';
import { createTestDirectory } from '../support/database.js';
import { expectProblem } from '../support/problems.js';
import { createSigner } from '../support/signer.js';

describe('the sources', () => {
  let service: TestApplication;
  beforeAll(async () => {
    service = await createTestApplication({
      env: {
        PUBLIC_URL: 'https://pay.example',
        PAYPAL_WEBHOOK_ID: '1A2B3C4D5E6F',
        DATA_DIR: await createTestDirectory(),
      },
      sources: [
        {
          name: 'live',
          provider: 'stripe',
          secrets: [`whsec_${'a'.repeat(32)}`],
          livemode: true,
          account: 'acct_1',
        },
        { name: 'off', provider: 'generic', secrets: ['another-secret-of-this'], enabled: false },
      ],
    });
  });
  afterAll(() => service.close());

  const sources = async (): Promise<SourceDto[]> => (await service.api<SourcesDto>('sources')).data;
  const source = async (name: string) => (await sources()).find((each) => each.name === name);
  const test = (name: string) => call(service, 'POST', `sources/${name}/test`);

  it('are listed with what the console of the provider is given', async () => {
    expect((await sources()).map(({ name }) => name)).toEqual([
      'generic',
      'live',
      'off',
      'paypal',
      'stripe',
    ]);
    const stripe = PROVIDERS.find(({ name }) => name === 'stripe')!;
    expect(await source('stripe')).toEqual({
      name: 'stripe',
      provider: 'stripe',
      title: stripe.title,
      enabled: true,
      url: 'https://pay.example/webhooks/stripe',
      account: null,
      livemode: null,
      secretLabels: ['STRIPE_WEBHOOK_SECRET'],
      secretDescription: stripe.secret.description,
      subscriptions: stripe.subscriptions,
      warnings: [expect.stringContaining('STRIPE_LIVEMODE')],
      testRefusal: null,
    });
    expect(await source('live')).toMatchObject({ account: 'acct_1', livemode: true, warnings: [] });
    expect((await source('off'))!.warnings).toEqual([expect.stringContaining('switched off')]);
  });

  it('show no secret', async () => {
    const text = JSON.stringify(await sources());
    for (const { secrets } of service.settings.sources) {
      for (const { value } of secrets) expect(text).not.toContain(value);
    }
    expect(text).not.toContain(STRIPE_SECRET);
    expect(text).not.toContain(GENERIC_SECRET);
  });

  it.each(['live', 'off'])(
    'of %s refuse a test event, with the reason that is known before',
    async (name) => {
      const { testRefusal } = (await source(name))!;
      const answer = await test(name);
      expectProblem(answer, 409, 'conflict');
      expect((answer.body as { detail: string }).detail).toBe(testRefusal);
      expect(await service.rows('SELECT 1 FROM webhook_events')).toEqual([]);
    },
  );

  it('refuse a test event where the configured secret cannot sign', async () => {
    const answer = await test('paypal');
    expectProblem(answer, 409, 'conflict');
    expect((answer.body as { detail: string }).detail).toContain('a key that only it has');
    expect(await service.rows('SELECT 1 FROM webhook_events')).toEqual([]);
  });

  it('refuse a test event where there is no such source', async () => {
    expectProblem(await test('nobody'), 404, 'not_found');
  });
});

describe('an address that no provider reaches', () => {
  it.each([
    ['http://127.0.0.1:3000', 'PUBLIC_URL'],
    ['http://pay.example', 'TLS'],
  ])('%s is warned of', async (url, word) => {
    const service = await createTestApplication({ env: { PUBLIC_URL: url } });
    const { data } = await service.api<SourcesDto>('sources');
    await service.close();
    expect(data[0]!.warnings[0]).toContain(word);
  });
});

/** Their ids are numbers. */
const WITHOUT_WORDS: ReadonlySet<string> = new Set(['shopify']);

describe('a test event', () => {
  let service: TestApplication;
  beforeAll(async () => {
    const dataDir = await createTestDirectory();
    const keys = path.join(dataDir, 'simulator');
    const signers = await Promise.all(PROVIDERS.map((each) => createSigner(each, keys)));
    const env = Object.fromEntries(signers.flatMap((each) => Object.entries(each.env)));
    service = await createTestApplication({ env: { ...env, DATA_DIR: dataDir } });
  });
  afterAll(() => service.close());

  it.each(PROVIDERS.map(({ name }) => name))('of %s goes the way of a real one', async (name) => {
    const answer = await call(service, 'POST', `sources/${name}/test`);
    expect(answer.status).toBe(200);
    const sent = answer.body as TestEventDto;
    expect(sent).toEqual({
      scenario: expect.any(String) as string,
      asExpected: true,
      status: 200,
      answer: expect.any(String) as string,
      eventId: expect.any(String) as string,
      milliseconds: expect.any(Number) as number,
    });

    const event = await service.api<EventDetailDto>(`events/${sent.eventId}`);
    expect(event).toMatchObject({
      source: name,
      status: 'applied',
      headers: { 'user-agent': 'payment-webhooks-test' },
    });
    // Live money is never made of it.
    expect(event.livemode).not.toBe(true);
    const payment = await service.api<PaymentDto>(`payments/${event.paymentIds[0]}`);
    expect(payment.livemode).not.toBe(true);
    const ids = [event.eventId, payment.reference, ...payment.refs].join(' ');
    if (!WITHOUT_WORDS.has(name)) expect(ids).toMatch(/test/i);
  });

  it('can be sent again, and is another one then', async () => {
    const first = await call(service, 'POST', 'sources/generic/test');
    const second = await call(service, 'POST', 'sources/generic/test');
    expect((second.body as TestEventDto).eventId).not.toBe((first.body as TestEventDto).eventId);
  });

  it('says what it was answered where it does not get through', async () => {
    await service.rows('ALTER TABLE deliveries RENAME TO away');
    const answer = await call(service, 'POST', 'sources/generic/test');
    await service.rows('ALTER TABLE away RENAME TO deliveries');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ asExpected: false, status: 503, eventId: null });
    expect((answer.body as TestEventDto).answer).toContain('storage_unavailable');
  });

  it('is written down', async () => {
    const { data } = await service.api<{ data: object[] }>('audit?action=source.test&limit=1');
    expect(data).toEqual([expect.objectContaining({ target: 'generic', outcome: 'succeeded' })]);
  });
});
