/** What the log says of each request: one line, after its answer, with what one looks for. */
import { type INestApplication } from '@nestjs/common';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApplication } from '../../src/app.http.js';
import { createLogger } from '../../src/operations/logger.js';
import { ADMIN_TOKEN, settingsFor } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { signedGeneric, unique, type Signed } from '../support/signed.js';

const ID = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
const NUMBER = expect.any(Number) as number;

describe('the log', () => {
  let lines: Record<string, unknown>[] = [];
  let database: TestDatabase;
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    const settings = settingsFor({}, database.url);
    const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
    app = await createApplication(settings, database.url, createLogger('info', { write }).nest);
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    (app.getHttpServer() as Server).closeAllConnections();
    await app.close();
    await database.drop();
  });
  beforeEach(() => (lines = []));

  const deliver = (source: string, { body, headers }: Signed) =>
    fetch(`${url}/webhooks/${source}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body,
    });

  /** The lines of requests; none stands there before its answer has gone. */
  async function linesOfRequests(count: number): Promise<Record<string, unknown>[]> {
    const found = () => lines.filter(({ msg }) => msg === 'webhook' || msg === 'request');
    const deadline = Date.now() + 5_000;
    while (found().length < count && Date.now() < deadline) await sleep(10);
    await sleep(50);
    expect(found()).toHaveLength(count);
    return found();
  }

  it('has one line for a webhook, with what became of it', async () => {
    const eventId = unique();
    const event = { event_type: 'payment_success', event_id: eventId, transaction_id: unique() };
    const delivery = signedGeneric({ ...event, amount: '1.00' });
    await (await deliver('generic', delivery)).text();
    await (await deliver('generic', delivery)).text();
    const line = {
      level: 'info',
      time: expect.any(String) as string,
      context: 'webhooks',
      requestId: ID,
      source: 'generic',
      eventId,
      type: 'payment_success',
      events: 1,
      outcome: 'accepted',
      code: null,
      status: 200,
      bytes: delivery.body.length,
      ms: NUMBER,
      msg: 'webhook',
    };
    expect(await linesOfRequests(2)).toEqual([line, { ...line, outcome: 'duplicate' }]);
  });

  it('warns of what somebody has to look into, with the id that the answer names', async () => {
    const refused = await deliver('generic', signedGeneric({}, 'another-secret'));
    const { instance } = (await refused.json()) as { instance: string };
    const unusable = await deliver('generic', signedGeneric({ event_type: 'payment_success' }));
    const unusableId = ((await unusable.json()) as { instance: string }).instance;
    const [first, second] = await linesOfRequests(2);
    expect(first).toMatchObject({
      ...{ level: 'warn', requestId: instance, source: 'generic', outcome: 'rejected' },
      ...{ code: 'signature_invalid', status: 401, eventId: null },
    });
    expect(second).toMatchObject({
      ...{ level: 'warn', requestId: unusableId, source: 'generic', outcome: 'quarantined' },
      ...{ code: 'validation_failed', status: 400 },
    });
  });

  it('is not filled with warnings, nor with words, by strangers', async () => {
    await (await deliver('4111111111111111', signedGeneric({}))).text();
    const [line] = await linesOfRequests(1);
    expect(line).toMatchObject({ level: 'info', source: null, outcome: 'rejected', status: 404 });
    expect(JSON.stringify(line)).not.toContain('4111111111111111');
  });

  it('names the route of another request, and nothing of its address', async () => {
    const headers = { Authorization: `Bearer ${ADMIN_TOKEN}` };
    await (await fetch(`${url}/api/payments?reference=secret-reference`, { headers })).text();
    await (await fetch(`${url}/api/payments/not-an-id`, { headers })).text();
    await (await fetch(`${url}/api/payments`)).text();
    await (await fetch(`${url}/secret-path`)).text();
    const found = await linesOfRequests(4);
    expect(found.map(({ method, route, status, code }) => [method, route, status, code])).toEqual([
      ['GET', '/api/payments', 200, null],
      ['GET', '/api/payments/:id', 404, 'not_found'],
      ['GET', '/api/payments', 401, 'unauthorized'],
      ['GET', null, 404, 'not_found'],
    ]);
    expect(found[0]).toMatchObject({ requestId: ID, ms: NUMBER, context: 'requests' });
    expect(JSON.stringify(lines)).not.toMatch(/secret-/);
  });

  it('says nothing of probes, of the page and of whoever collects metrics', async () => {
    for (const path of ['/livez', '/readyz', '/metrics', '/dashboard']) {
      await (await fetch(`${url}${path}`)).text();
    }
    await linesOfRequests(0);
  });

  it('has the line of a client that went away before its answer', async () => {
    const controller = new AbortController();
    const endless = new ReadableStream({
      start(stream) {
        stream.enqueue(Buffer.from('{'));
        setTimeout(() => controller.abort(), 100);
      },
    });
    const sent = { method: 'POST', body: endless, duplex: 'half', signal: controller.signal };
    await expect(fetch(`${url}/webhooks/generic`, sent as RequestInit)).rejects.toThrow();
    const [line] = await linesOfRequests(1);
    expect(line).toMatchObject({ outcome: 'aborted', status: null, source: 'generic' });
  });
});
