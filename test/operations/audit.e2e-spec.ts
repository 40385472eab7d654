/** What operators do through /api is written down, and can be read. */
import { createHash } from 'node:crypto';
import { ADMIN_TOKEN, createTestApplication, type Answer } from '../support/application.js';
import { type TestApplication } from '../support/application.js';
import { expectProblem, fieldsOf } from '../support/problems.js';
import { routesOf, type Route } from '../support/routes.js';
import { signedGeneric, unique } from '../support/signed.js';

interface Entry {
  id: string;
  at: string;
  actor: string;
  action: string;
  target: string | null;
  parameters: Record<string, unknown>;
  requestId: string;
  outcome: string;
}

interface EntryPage {
  data: Entry[];
  nextCursor: string | null;
}

const ACTOR = `admin:${createHash('sha256').update(ADMIN_TOKEN).digest('hex').slice(0, 12)}`;
const NOWHERE = '01900000-0000-7000-8000-ffffffffffff';

describe('the audit', () => {
  let service: TestApplication;
  let eventId: string;

  beforeAll(async () => {
    service = await createTestApplication();
    const event = { event_type: 'payment_pending', transaction_id: unique() };
    await service.deliver('generic', signedGeneric(event));
    const [row] = await service.rows<{ id: string }>('SELECT id FROM webhook_events');
    eventId = row!.id;
  });
  afterAll(() => service.close());
  beforeEach(() => service.rows('TRUNCATE audit_entries'));

  const post = (path: string, body?: object): Promise<Answer> =>
    service.fetch(`/api/${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  const entries = async (query = ''): Promise<Entry[]> =>
    (await service.api<EntryPage>(`audit${query}`)).data;

  it('has who replayed which event, when, and how it ended', async () => {
    const before = Date.now();
    const answer = await post(`events/${eventId}/replay?notify=false`);
    const [entry, ...others] = await entries();
    expect(others).toEqual([]);
    expect(entry).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/) as string,
      actor: ACTOR,
      action: 'event.replay',
      target: eventId,
      parameters: { notify: 'false' },
      requestId: answer.headers.get('x-request-id'),
      outcome: 'succeeded',
    });
    expect(Date.parse(entry!.at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(entry!.at)).toBeLessThanOrEqual(Date.now());
  });

  it.each<[string, object | undefined, Partial<Entry>]>([
    [
      'events/replay?dryRun=true',
      { source: ['generic'], status: ['ignored'], type: 't', unknown: 'not kept' },
      {
        action: 'events.replay',
        parameters: { source: ['generic'], status: ['ignored'], type: 't', dryRun: 'true' },
        outcome: 'validation_failed',
      },
    ],
    [
      'events/replay?dryRun=true',
      { source: ['generic'] },
      { parameters: { source: ['generic'], dryRun: 'true' }, outcome: 'succeeded' },
    ],
    ['events/replay', {}, { action: 'events.replay', outcome: 'validation_failed' }],
    [
      'payments/reproject?dryRun=maybe',
      undefined,
      {
        action: 'payments.reproject',
        parameters: { dryRun: 'maybe' },
        outcome: 'validation_failed',
      },
    ],
    ['payments/reproject', undefined, { action: 'payments.reproject', outcome: 'succeeded' }],
    [`events/${NOWHERE}/replay`, undefined, { target: NOWHERE, outcome: 'not_found' }],
  ])('has %s %j', async (path, body, expected) => {
    await post(path, body);
    expect(await entries()).toMatchObject([expected]);
  });

  it('has one entry for each route that changes something', async () => {
    const changing = routesOf(service.app).filter(
      ({ method, path }) => path.startsWith('/api/') && !['GET', 'HEAD'].includes(method),
    );
    expect(changing.length).toBeGreaterThanOrEqual(3);
    for (const { method, path } of changing) {
      await service.rows('TRUNCATE audit_entries');
      await call({ method, path });
      const found = await entries();
      expect({ method, path, entries: found.length }).toEqual({ method, path, entries: 1 });
      expect(found[0]!.outcome).not.toBe('started');
    }
  });

  const call = ({ method, path }: Route): Promise<Answer> =>
    service.fetch(path.replaceAll(/:\w+/g, NOWHERE), {
      method,
      headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
    });

  it('has nothing of who was not let in, nor of who only reads', async () => {
    await service.fetch('/api/payments/reproject', { method: 'POST' });
    await service.api('events');
    await service.api('payments');
    expect(await entries()).toEqual([]);
  });

  it('comes first: what cannot be written down is not done', async () => {
    await service.rows('ALTER TABLE audit_entries RENAME TO audit_entries_away');
    const before = await service.rows('SELECT xmin, * FROM payments');
    await service.rows("UPDATE payments SET status = 'failed'");
    const answer = await post('payments/reproject');
    await service.rows('ALTER TABLE audit_entries_away RENAME TO audit_entries');
    expect(answer.status).toBe(500);
    expect(before).toHaveLength(1);
    expect(await service.rows('SELECT status FROM payments')).toEqual([{ status: 'failed' }]);
    await post('payments/reproject');
    expect(await service.rows('SELECT status FROM payments')).toEqual([{ status: 'pending' }]);
  });

  it('is listed newest first, in pages, by filters', async () => {
    for (let i = 0; i < 3; i += 1) await post('payments/reproject');
    await post('events/replay', {});
    const all = await entries();
    expect(all.map(({ action }) => action)).toEqual([
      'events.replay',
      ...Array.from({ length: 3 }, () => 'payments.reproject'),
    ]);
    expect([...all].sort((a, b) => (a.id < b.id ? 1 : -1))).toEqual(all);

    const first = await service.api<EntryPage>('audit?limit=3');
    const second = await service.api<EntryPage>(`audit?limit=3&cursor=${first.nextCursor}`);
    expect([...first.data, ...second.data]).toEqual(all);
    expect(second.nextCursor).toBeNull();

    const [newest] = all;
    const count = async (query: string) => (await entries(query)).length;
    expect(await count('?action=events.replay')).toBe(1);
    expect(await count('?outcome=succeeded')).toBe(3);
    expect(await count(`?actor=${encodeURIComponent(ACTOR)}`)).toBe(4);
    expect(await count('?actor=somebody')).toBe(0);
    expect(await count(`?target=${eventId}`)).toBe(0);
    expect(await count(`?to=${newest!.at}&from=${newest!.at}`)).toBe(0);
    expect(await count(`?from=${newest!.at}`)).toBeGreaterThanOrEqual(1);
  });

  it('names every parameter that is wrong', async () => {
    const answer = await service.fetch('/api/audit?source=a&limit=0&from=now&cursor=x', {
      headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    expectProblem(answer, 400, 'validation_failed');
    expect(fieldsOf(answer)).toEqual(['cursor', 'from', 'limit', 'source']);
  });
});
