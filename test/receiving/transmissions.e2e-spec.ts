/** Providers that sign the id of a transmission and hardly its body; and those that want fixed words. */
import { type JsonNumber, type JsonObject } from '../../src/json/json.js';
import { statement } from '../../src/payments/statement.js';
import { createTestApplication, type TestApplication } from '../support/application.js';
import { fakeProvider } from '../support/fake-provider.js';

/** Takes everything for authentic, as one does who was given a body that its signature also fits. */
const acme = fakeProvider('acme', {
  keepsHeaders: ['transmission-id'],
  acknowledgement: { contentType: 'text/plain', body: '[accepted]' },
  verify: () => ({ authentic: true, verifiedWith: 'ACME' }),
  normalise: (json: JsonObject, { headers }) => [
    {
      eventId: json.id as string,
      transmissionId: headers['transmission-id'],
      type: 'paid',
      occurredAt: 0,
      account: null,
      livemode: null,
      meaning: {
        status: 'applied',
        statements: [
          statement('capture', json.payment as string, 'succeeded', {
            amount: BigInt((json.amount as JsonNumber).text),
            currency: 'EUR',
            at: 0,
            refs: [`acme:${json.payment as string}`],
          }),
        ],
      },
    },
  ],
});

describe('transmissions', () => {
  let service: TestApplication;

  beforeAll(async () => {
    service = await createTestApplication({
      providers: [acme],
      env: { ACME_WEBHOOK_SECRET: 'acme-secret-of-the-tests' },
    });
  });
  afterAll(() => service.close());

  const deliver = (transmission: string | null, body: object) =>
    service.deliver('acme', {
      body: Buffer.from(JSON.stringify(body)),
      headers: transmission === null ? {} : { 'Transmission-Id': transmission },
    });
  const events = () =>
    service.rows<{ event_id: string; status: string; code: string | null }>(
      'SELECT event_id, status, code FROM webhook_events ORDER BY id',
    );
  const captured = async () => {
    const [row] = await service.rows<{ sum: string | null }>(
      'SELECT sum(amount_captured)::text AS sum FROM payments',
    );
    return row!.sum;
  };

  it('apply one event each: another under the same transmission is kept as a conflict', async () => {
    await deliver('t1', { id: 'e1', payment: 'p1', amount: 100 });
    await deliver('t1', { id: 'e1', payment: 'p1', amount: 100 });
    expect(await captured()).toBe('100');

    for (let repeat = 0; repeat < 2; repeat++) {
      await deliver('t1', { id: 'e2', payment: 'p2', amount: 999_999 });
    }
    expect(await captured()).toBe('100');
    expect(await events()).toEqual([
      { event_id: 'e1', status: 'applied', code: null },
      {
        event_id: expect.stringMatching(/^e2~[0-9a-f]{16}$/) as string,
        status: 'quarantined',
        code: 'event_id_conflict',
      },
    ]);
  });

  it('may carry an event again, and then carry no other one either', async () => {
    await deliver('t2', { id: 'e1', payment: 'p1', amount: 100 });
    await deliver('t2', { id: 'e3', payment: 'p3', amount: 999_999 });
    expect(await captured()).toBe('100');
    expect((await events()).at(-1)).toMatchObject({ code: 'event_id_conflict' });
  });

  it('that come at once apply one event', async () => {
    const before = Number(await captured());
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        deliver('t4', { id: `rival-${i}`, payment: `rival-${i}`, amount: 7 }),
      ),
    );
    expect(Number(await captured())).toBe(before + 7);
  });

  it('with an id that cannot be kept apply nothing', async () => {
    const before = await captured();
    await deliver('x'.repeat(256), { id: 'e5', payment: 'p5', amount: 1 });
    expect(await captured()).toBe(before);
    expect((await events()).at(-1)).toMatchObject({ event_id: 'e5', code: 'id_invalid' });
  });

  it('are no matter where the provider has none', async () => {
    const before = Number(await captured());
    await deliver(null, { id: 'e6', payment: 'p6', amount: 1 });
    await deliver(null, { id: 'e7', payment: 'p7', amount: 1 });
    expect(Number(await captured())).toBe(before + 2);
  });

  it('are answered in the words that the provider looks for, whatever became of them', async () => {
    for (const [transmission, id] of [
      ['t8', 'e8'],
      ['t8', 'e8'],
      ['t8', 'e9'],
    ] as const) {
      const answer = await deliver(transmission, { id, payment: 'p8', amount: 1 });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      expect(String(answer.body)).toBe('[accepted]');
    }
  });
});
