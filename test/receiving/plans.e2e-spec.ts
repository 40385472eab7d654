/** Recording finds rows by indexes from the first one on, whatever Postgres knows of the tables. */
import { createTestApplication, type TestApplication } from '../support/application.js';
import { signedGeneric } from '../support/signed.js';

describe('recording into a new database', () => {
  let service: TestApplication;

  beforeAll(async () => {
    service = await createTestApplication();
  });
  afterAll(() => service.close());

  const send = (transaction: string, event: string, type: string) =>
    service.deliver(
      'generic',
      signedGeneric({
        event_type: type,
        transaction_id: transaction,
        event_id: event,
        amount: '1.00',
        refund_id: event,
      }),
    );

  /** How often tables were read from their beginning to their end. */
  const scans = async () => {
    // What a backend has counted is reported while it is idle, at most once a second.
    const rows = await service.rows<{ scans: string }>(`
      SELECT sum(seq_scan) AS scans FROM pg_stat_user_tables WHERE relname IN
        ('deliveries', 'webhook_events', 'payments', 'payment_refs', 'transactions', 'payment_changes')`);
    return Number(rows[0]!.scans);
  };
  const settled = async () => {
    await service.rows('SELECT pg_stat_force_next_flush()');
    let before = -1;
    for (let now = await scans(); now !== before; now = await scans()) {
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    }
    return before;
  };

  it('reads no table from its beginning to its end', async () => {
    const before = await settled();
    for (let n = 0; n < 10; n += 1) {
      const of = (i: number) => `t${n}-${i}`;
      const all = Array.from({ length: 8 }, (_, i) => i);
      await Promise.all(all.map((i) => send(of(i), `a${of(i)}`, 'payment_success')));
      await Promise.all(all.map((i) => send(of(i), `b${of(i)}`, 'payment_refunded')));
      await Promise.all(all.map((i) => send(of(i), `a${of(i)}`, 'payment_success')));
    }
    expect((await settled()) - before).toBe(0);
  });
});
