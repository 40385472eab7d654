/** What cannot be stored is never acknowledged: 503, soon, and with a time to come again. */
import {
  createTestApplication,
  type Answer,
  type TestApplication,
} from '../support/application.js';
import { Lifecycle } from '../../src/operations/lifecycle.js';
import { Cable } from '../support/cable.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { fakeProvider } from '../support/fake-provider.js';
import { expectProblem } from '../support/problems.js';
import { head, RawConnection } from '../support/raw-http.js';
import { signedGeneric, unique, type Signed } from '../support/signed.js';

const delivery = (): Signed =>
  signedGeneric({
    event_type: 'payment_success',
    event_id: `e_${unique()}`,
    transaction_id: `tx_${unique()}`,
    amount: '1',
  });

const expectUnavailable = (answer: Answer, code: string) => {
  expectProblem(answer, 503, code);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
};

describe('while the database', () => {
  let database: TestDatabase;
  let cable: Cable;
  let service: TestApplication;

  beforeAll(async () => {
    database = await createTestDatabase();
    cable = await Cable.to(database);
    const behindCable = { url: cable.url, drop: () => Promise.resolve() };
    service = await createTestApplication({ database: behindCable });
  });
  afterAll(async () => {
    cable.repair();
    await service.close();
    await cable.remove();
    await database.drop();
  });

  const timed = async (work: Promise<Answer>): Promise<[Answer, number]> => {
    const started = performance.now();
    return [await work, performance.now() - started];
  };

  it('is away, a delivery is not acknowledged, and soon told so; once it is back, it is recorded', async () => {
    const first = delivery();
    expect((await service.deliver('generic', delivery())).status).toBe(200);
    cable.cut();

    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const [answer, milliseconds] = await timed(service.deliver('generic', first));
      expectUnavailable(answer, 'storage_unavailable');
      expect(milliseconds).toBeLessThan(2_000);
    }
    expect((await service.fetch('/readyz')).status).toBe(503);
    expect((await service.fetch('/livez')).status).toBe(200);
    // Who cannot sign learns nothing of it.
    const stranger = { ...first, headers: {} };
    expectProblem(await service.deliver('generic', stranger), 401, 'signature_missing');

    cable.repair();
    expect((await service.deliver('generic', first)).body).toEqual({ status: 'success' });
  });

  it('does not answer, a delivery is told so within five seconds', async () => {
    const first = delivery();
    cable.silence();
    const [answer, milliseconds] = await timed(service.deliver('generic', first));
    cable.repair();
    expectUnavailable(answer, 'storage_unavailable');
    expect(milliseconds).toBeLessThan(7_500);
    const again = await service.deliver('generic', first);
    expect(again.status).toBe(200);
  });

  it('has no room, a delivery is told so', async () => {
    // The error of a full disk, raised by a trigger since no disk can be filled here.
    await service.rows(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$`);
    await service.rows(`CREATE TRIGGER full_disk BEFORE INSERT ON deliveries
      FOR EACH ROW EXECUTE FUNCTION full_disk()`);
    const first = delivery();
    expectUnavailable(await service.deliver('generic', first), 'storage_full');
    await service.rows('DROP FUNCTION full_disk CASCADE');
    expect((await service.deliver('generic', first)).body).toEqual({ status: 'success' });
  });
});

describe('a service', () => {
  it('whose verifier fails lets nobody in, and asks to come again', async () => {
    const broken = fakeProvider('broken', {
      verify: () => {
        throw new TypeError('a fault of the verifier');
      },
    });
    const env = { BROKEN_WEBHOOK_SECRET: 'secret-of-the-broken-one' };
    const service = await createTestApplication({ providers: [broken], env });
    try {
      expectUnavailable(await service.deliver('broken', delivery()), 'verification_unavailable');
      expect(await service.rows('SELECT 1 FROM deliveries')).toEqual([]);
    } finally {
      await service.close();
    }
  });

  it('that has as much to do as MAX_IN_FLIGHT allows sends more away', async () => {
    const service = await createTestApplication({ env: { MAX_IN_FLIGHT: '2' } });
    const slow = [await RawConnection.open(service.port), await RawConnection.open(service.port)];
    try {
      const signed = delivery();
      const headers = head(
        'POST /webhooks/generic HTTP/1.1',
        'Host: localhost',
        'Expect: 100-continue',
        `Content-Length: ${signed.body.length}`,
        `X-Signature: ${signed.headers['X-Signature']}`,
      );
      for (const connection of slow) {
        connection.send(headers);
        expect((await connection.answer()).status).toBe(100);
      }

      expectUnavailable(await service.deliver('generic', delivery()), 'overloaded');
      // What would be refused in any case is not told to come again.
      const text = { 'Content-Type': 'text/plain' };
      const wrong = await service.deliver('generic', { ...delivery(), headers: text });
      expectProblem(wrong, 415, 'content_type_unsupported');
      const large = { body: Buffer.alloc(1024 * 1024 + 1), headers: {} };
      expectProblem(await service.deliver('generic', large), 413, 'body_too_large');
      const chunked = await service.fetch('/webhooks/generic', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: new Blob([Buffer.alloc(1024 * 1024 + 1)]).stream(),
        duplex: 'half',
      });
      expectProblem(chunked, 413, 'body_too_large');
      const stranger = await service.deliver('generic', { ...delivery(), headers: {} });
      expectProblem(stranger, 401, 'signature_missing');

      slow[0]!.send(signed.body);
      expect((await slow[0]!.answer()).body).toEqual({ status: 'success' });
      expect((await service.deliver('generic', delivery())).status).toBe(200);
      // A client that goes away gives its place back, too.
      slow[1]!.abort();
      const two = await Promise.all([1, 2].map(() => service.deliver('generic', delivery())));
      expect(two.map(({ status }) => status)).toEqual([200, 200]);
    } finally {
      for (const connection of slow) connection.close();
      await service.close();
    }
  });

  it('that has twice as much to do reads nothing more', async () => {
    const service = await createTestApplication({ env: { MAX_IN_FLIGHT: '1' } });
    const slow = [await RawConnection.open(service.port), await RawConnection.open(service.port)];
    try {
      for (const connection of slow) {
        connection.send(
          head(
            'POST /webhooks/generic HTTP/1.1',
            'Host: localhost',
            'Expect: 100-continue',
            'Content-Length: 10',
          ),
        );
        expect((await connection.answer()).status).toBe(100);
      }
      const stranger = await service.deliver('generic', { ...delivery(), headers: {} });
      expectUnavailable(stranger, 'overloaded');
    } finally {
      for (const connection of slow) connection.close();
      await service.close();
    }
  });

  it('that shuts down is not ready, then refuses, and finishes what it has', async () => {
    const service = await createTestApplication();
    const connection = await RawConnection.open(service.port);
    try {
      const lifecycle = service.app.get(Lifecycle);
      expect((await service.fetch('/readyz')).status).toBe(200);

      lifecycle.startDraining();
      expect((await service.fetch('/readyz')).status).toBe(503);
      const signed = delivery();
      expect((await service.deliver('generic', signed)).body).toEqual({ status: 'success' });

      const under = delivery();
      connection.send(
        head(
          'POST /webhooks/generic HTTP/1.1',
          'Host: localhost',
          'Expect: 100-continue',
          `Content-Length: ${under.body.length}`,
          `X-Signature: ${under.headers['X-Signature']}`,
        ),
      );
      expect((await connection.answer()).status).toBe(100);
      lifecycle.startRefusing();
      const answer = await service.deliver('generic', delivery());
      expectUnavailable(answer, 'draining');
      expect(answer.headers.get('connection')).toBe('close');
      connection.send(under.body);
      expect((await connection.answer()).body).toEqual({ status: 'success' });
    } finally {
      connection.close();
      await service.close();
    }
  });
});
