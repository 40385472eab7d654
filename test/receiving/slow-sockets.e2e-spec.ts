/** Two thousand connections that say nothing, or something very slowly, beside real deliveries. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestApplication, type TestApplication } from '../support/application.js';
import { head, RawConnection } from '../support/raw-http.js';
import { signedGeneric, unique } from '../support/signed.js';

const SLOW = 2_000;
/** They are opened so many at a time; a greater burst would wait in the system's queue. */
const BURST = 100;
/** Twice the 12 seconds that are promised, since the machine may be busy. In milliseconds. */
const GONE_AFTER = 24_000;

const PARTS = [
  '',
  'POST /webhooks/generic HTTP/1.1\r\nHost: loc',
  `${head('POST /webhooks/generic HTTP/1.1', 'Host: localhost', 'Content-Length: 1000')}{"event_`,
];

describe('slow connections', () => {
  let service: TestApplication;
  const slow: RawConnection[] = [];

  beforeAll(async () => {
    service = await createTestApplication();
  });
  afterAll(async () => {
    for (const connection of slow) connection.close();
    await service.close();
  });

  it('are all ended in time, and keep nobody else from being answered', async () => {
    const ends: Promise<number>[] = [];
    while (slow.length < SLOW) {
      const burst = Array.from({ length: BURST }, () => RawConnection.open(service.port));
      for (const connection of await Promise.all(burst)) {
        const started = performance.now();
        connection.send(PARTS[slow.length % PARTS.length]!);
        ends.push(connection.end().then(() => performance.now() - started));
        slow.push(connection);
      }
    }

    let ended = false;
    const all = Promise.all(ends).finally(() => (ended = true));
    let answered = 0;
    while (!ended && answered < 10_000) {
      // Some go on for ever, one byte at a time; it does not save them.
      for (const [i, connection] of slow.entries()) {
        if (i % PARTS.length > 0 && !connection.closed) connection.send('a');
      }
      const event = { event_type: 'payment_pending', transaction_id: unique() };
      const answer = await service.deliver('generic', signedGeneric(event));
      expect(answer.body).toEqual({ status: 'success' });
      answered += 1;
      await sleep(200);
    }

    expect(Math.max(...(await all))).toBeLessThan(GONE_AFTER);
    // They lived long enough to be in the way.
    expect(Math.min(...(await all))).toBeGreaterThan(4_000);
    expect(answered).toBeGreaterThan(3);
  });
});
