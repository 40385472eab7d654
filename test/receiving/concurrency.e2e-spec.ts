/** Many at once: on one process, on two, and in one batch. */
import { jest } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import {
  createTestApplication,
  type Answer,
  type TestApplication,
} from '../support/application.js';
import { PrismaService } from '../../src/database/prisma.service.js';
import { type NormalisedDelivery } from '../../src/webhooks/delivery.js';
import { normalise } from '../../src/webhooks/normalise.js';
import { ReapplyService } from '../../src/webhooks/reapply.service.js';
import { readOwners, recordBatch } from '../../src/webhooks/record/recording.js';
import { PaymentsService } from '../../src/webhooks/payments.service.js';
import { expectProblem } from '../support/problems.js';
import { sha256, signedGeneric, signedStripe, unique } from '../support/signed.js';
import { charge, intent, refund, stripeEvent } from '../support/stripe-events.js';

describe('deliveries at once', () => {
  let one: TestApplication;
  let two: TestApplication;

  beforeAll(async () => {
    one = await createTestApplication();
    two = await createTestApplication({ database: one.database });
  });
  afterAll(async () => {
    await two.close();
    await one.close();
  });

  const success = (fields: object = {}) => ({
    event_type: 'payment_success',
    event_id: `e_${unique()}`,
    transaction_id: `tx_${unique()}`,
    amount: '49.99',
    currency: 'EUR',
    ...fields,
  });

  const countOf = (answers: readonly Answer[]) => {
    const counts: Record<string, number> = {};
    for (const { status, body } of answers) {
      const key = `${status} ${JSON.stringify(body)}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  };

  it.each(['one process', 'two processes'])(
    'of one event, 50 times, on %s: one is recorded and 49 are duplicates',
    async (where) => {
      const signed = signedGeneric(success());
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => {
          const service = where === 'two processes' && i % 2 ? two : one;
          return service.deliver('generic', signed);
        }),
      );
      expect(countOf(answers)).toEqual({
        '200 {"status":"success"}': 1,
        '200 {"status":"success","duplicate":true}': 49,
      });
      const rows = await one.rows(
        `SELECT e.status, p.version, p.amount_captured FROM webhook_events e
         JOIN deliveries d ON d.id = e.delivery_id
         JOIN transactions t ON t.webhook_event_id = e.id JOIN payments p ON p.id = t.payment_id
         WHERE d.body_sha256 = $1`,
        [sha256(signed.body)],
      );
      expect(rows).toEqual([{ status: 'applied', version: 1, amount_captured: '4999' }]);
    },
  );

  it('of an event that says two things: one is recorded and the other is a conflict', async () => {
    const event = success();
    const bodies = [signedGeneric(event), signedGeneric({ ...event, amount: '50.00' })];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        (i % 4 < 2 ? one : two).deliver('generic', bodies[i % 2]!),
      ),
    );
    const refused = answers.filter(({ status }) => status === 400);
    expect(refused).toHaveLength(20);
    for (const answer of refused) expectProblem(answer, 400, 'event_id_conflict');
    const accepted = answers.filter(({ status }) => status === 200);
    expect(countOf(accepted)).toEqual({
      '200 {"status":"success"}': 1,
      '200 {"status":"success","duplicate":true}': 19,
    });
    const rows = await one.rows<{ status: string }>(
      `SELECT status FROM webhook_events WHERE event_id LIKE $1 || '%' ORDER BY status`,
      [event.event_id],
    );
    expect(rows.map(({ status }) => status)).toEqual(['applied', 'quarantined']);
  });

  it('of 100 events of one payment over two processes: all are stored, and add up', async () => {
    const transaction = `tx_${unique()}`;
    const cents = Array.from({ length: 100 }, (_, i) => 101 + i * 7);
    const answers = await Promise.all(
      cents.map((amount, i) => {
        const event = success({
          event_type: 'payment_captured',
          transaction_id: transaction,
          capture_id: `cap_${i}`,
          amount: (amount / 100).toFixed(2),
        });
        return (i % 2 ? one : two).deliver('generic', signedGeneric(event));
      }),
    );
    expect(countOf(answers)).toEqual({ '200 {"status":"success"}': 100 });
    const sum = cents.reduce((a, b) => a + b);
    const { data } = await one.api<{ data: { id: string }[] }>(`payments?ref=${transaction}`);
    expect(data).toMatchObject([{ status: 'captured', amountCaptured: sum, mergedFrom: [] }]);
    const payment = await one.api<{
      transactions: unknown[];
      version: number;
      history: { version: number }[];
    }>(`payments/${data[0]!.id}`);
    expect(payment.transactions).toHaveLength(100);
    expect(payment.history.map(({ version }) => version)).toEqual(
      Array.from({ length: payment.version }, (_, i) => i + 1),
    );
  });

  it("of 60 payments, each by one process forwards and by the other backwards, do not stand in each other's way", async () => {
    const transactions = Array.from({ length: 60 }, () => `tx_${unique()}`);
    const send = (service: TestApplication, transaction: string, capture: string) =>
      service.deliver(
        'generic',
        signedGeneric(
          success({
            event_type: 'payment_captured',
            transaction_id: transaction,
            capture_id: capture,
          }),
        ),
      );
    const answers = await Promise.all([
      ...transactions.map((transaction) => send(one, transaction, 'a')),
      ...[...transactions].reverse().map((transaction) => send(two, transaction, 'b')),
    ]);
    expect(countOf(answers)).toEqual({ '200 {"status":"success"}': 120 });
    const rows = await one.rows(
      `SELECT amount_captured, count(*)::int AS payments FROM payments
       WHERE refs && $1 GROUP BY amount_captured`,
      [transactions.map((transaction) => `tx:${transaction}`)],
    );
    expect(rows).toEqual([{ amount_captured: '9998', payments: 60 }]);
  });

  it('of what joins payments: whoever comes first, each is one payment in the end', async () => {
    const ids = Array.from({ length: 25 }, unique);
    const parts = ids.flatMap((id) => [
      stripeEvent('refund.created', refund(id)),
      stripeEvent(
        'payment_intent.processing',
        intent(id, { latest_charge: null, status: 'processing' }),
      ),
      stripeEvent('charge.succeeded', charge(id)),
      stripeEvent('charge.dispute.created', {
        id: `dp_${id}`,
        object: 'dispute',
        amount: 500,
        charge: `ch_${id}`,
        currency: 'eur',
        payment_intent: null,
        status: 'warning_needs_response',
      }),
    ]);
    const answers = await Promise.all(
      parts.map((event, i) =>
        ((i + (i >> 2)) % 2 ? one : two).deliver('stripe', signedStripe(event)),
      ),
    );
    expect(countOf(answers)).toEqual({ '200 {"status":"success"}': parts.length });

    const rows = await one.rows(
      `SELECT status, amount_captured, amount_refunded, flags, count(*)::int AS payments,
         sum((SELECT count(*) FROM transactions t WHERE t.payment_id = p.id))::int AS statements,
         sum((SELECT count(*) FROM payment_refs r WHERE r.payment_id = p.id))::int AS refs
       FROM payments p WHERE source = 'stripe' AND merged_into IS NULL GROUP BY 1, 2, 3, 4`,
    );
    expect(rows).toEqual([
      {
        status: 'partially_refunded',
        amount_captured: '4999',
        amount_refunded: '1000',
        flags: [],
        payments: 25,
        statements: 25 * 5,
        refs: 25 * 4,
      },
    ]);
  });

  it('of a payment that is being joined into another: the later one follows it there', async () => {
    const id = unique();
    const processing = intent(id, { latest_charge: null, status: 'processing' });
    await one.deliver('stripe', signedStripe(stripeEvent('refund.created', refund(id))));
    await one.deliver('stripe', signedStripe(stripeEvent('payment_intent.processing', processing)));
    const source = one.settings.sources.find(({ name }) => name === 'stripe')!;
    const { body } = signedStripe(stripeEvent('charge.succeeded', charge(id)));
    const bytes = { body, bodySha256: sha256(body), headers: {}, receivedAt: new Date() };
    const joining = { ...bytes, source, verifiedWith: 'test', events: normalise(source, bytes) };
    const succeeded = stripeEvent('payment_intent.succeeded', intent(id, { latest_charge: null }));

    // It only knows the payment that is about to be joined away, and waits for its lock.
    let late: Promise<Answer> | undefined;
    await one.app.get(PrismaService).commitTogether(async (sql) => {
      await recordBatch(sql, [joining], await readOwners(sql, [joining]), {
        newId: uuidv7,
        now: () => new Date(),
      });
      late = two.deliver('stripe', signedStripe(succeeded));
      await untilSomebodyWaits();
    });

    expect((await late!).body).toEqual({ status: 'success' });
    const rows = await one.rows(
      `SELECT merged_into IS NULL AS alive, status, amount_captured,
         (SELECT count(*)::int FROM transactions t WHERE t.payment_id = p.id) AS statements
       FROM payments p WHERE refs && $1 ORDER BY id`,
      [[`ch:ch_${id}`, `pi:pi_${id}`]],
    );
    expect(rows).toEqual([
      { alive: true, status: 'partially_refunded', amount_captured: '4999', statements: 5 },
      expect.objectContaining({ alive: false, statements: 0 }),
    ]);
  });

  it('of a ref that is given up meanwhile: it is taken anew, and its payment found again', async () => {
    const id = unique();
    await one.deliver('stripe', signedStripe(stripeEvent('charge.succeeded', charge(id))));
    // By a source bound to live mode the event means nothing: its payment is emptied and keeps its refs.
    const bound = await createTestApplication({
      database: one.database,
      env: { STRIPE_LIVEMODE: 'true' },
    });
    const [event] = await one.rows<{ id: string }>(
      `SELECT webhook_event_id AS id FROM transactions WHERE $1 = ANY(refs) LIMIT 1`,
      [`ch:ch_${id}`],
    );
    await bound.app.get(ReapplyService).replay([event!.id], { dryRun: false, silent: true });
    await bound.close();

    const source = one.settings.sources.find(({ name }) => name === 'stripe')!;
    const processing = intent(id, { latest_charge: null, status: 'processing' });
    const { body } = signedStripe(stripeEvent('payment_intent.processing', processing));
    const bytes = { body, bodySha256: sha256(body), headers: {}, receivedAt: new Date() };
    const taking = { ...bytes, source, verifiedWith: 'test', events: normalise(source, bytes) };
    let late: Promise<Answer> | undefined;
    await one.app.get(PrismaService).commitTogether(async (sql) => {
      // Takes the emptied payment by pi_ and gives its ch_ up, for which the other one waits.
      await recordBatch(sql, [taking], await readOwners(sql, [taking]), {
        newId: uuidv7,
        now: () => new Date(),
      });
      late = two.deliver('stripe', signedStripe(stripeEvent('refund.created', refund(id))));
      await untilSomebodyWaits();
    });
    expect((await late!).body).toEqual({ status: 'success' });

    const lost = await one.rows(
      `SELECT ref FROM transactions t, unnest(t.refs) AS ref WHERE NOT EXISTS (
         SELECT 1 FROM payment_refs r
         WHERE r.source = t.source AND r.scope = t.ref_scope AND r.payment_id = t.payment_id
           AND r.namespace || ':' || r.id = ref)`,
    );
    expect(lost).toEqual([]);
    // No statement that is left connects the two.
    const refsOfPayments = await one.rows(
      `SELECT refs FROM payments WHERE merged_into IS NULL AND refs && $1 ORDER BY refs`,
      [[`ch:ch_${id}`, `pi:pi_${id}`]],
    );
    expect(refsOfPayments).toEqual([
      { refs: [`ch:ch_${id}`, `re:re_${id}`] },
      { refs: [`pi:pi_${id}`] },
    ]);
  });

  const untilSomebodyWaits = async () => {
    for (;;) {
      const waiting = await one.rows(
        `SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)
         WHERE NOT granted AND datname = current_database()`,
      );
      if (waiting.length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  describe('in one batch', () => {
    afterEach(() => jest.restoreAllMocks());

    const delivery = (event: object, headers: Record<string, string> = {}): NormalisedDelivery => {
      const source = one.settings.sources.find(({ name }) => name === 'generic')!;
      const { body } = signedGeneric(event);
      const bytes = { body, bodySha256: sha256(body), headers, receivedAt: new Date() };
      return { ...bytes, source, verifiedWith: 'test', events: normalise(source, bytes) };
    };

    const byEventId = (a: { event_id: string }, b: { event_id: string }) =>
      a.event_id < b.event_id ? -1 : 1;

    it('do not fail when the database refuses one of them, which is kept all the same', async () => {
      const payments = one.app.get(PaymentsService);
      const good = Array.from({ length: 9 }, () => success());
      // No text of Postgres holds a NUL: the edge lets none through, so it is put here.
      const poison = delivery(success(), { 'content-type': '\0' });
      const batch = [
        ...good.slice(0, 4).map((e) => delivery(e)),
        poison,
        ...good.slice(4).map((e) => delivery(e)),
      ];
      const commits = jest.spyOn(one.app.get(PrismaService), 'commitTogether');

      const results = await Promise.allSettled(batch.map((item) => payments.record(item)));

      // Once together, then each by itself, and the one that is refused without its meaning.
      expect(commits).toHaveBeenCalledTimes(1 + batch.length + 1);
      const told = results.map((result) => (result.status === 'fulfilled' ? result.value : null));
      const recorded = [{ status: 'applied', code: null, duplicate: false, errors: [] }];
      const kept = [
        { status: 'quarantined', code: 'validation_failed', duplicate: false, errors: [] },
      ];
      expect(told).toEqual(batch.map((item) => (item === poison ? kept : recorded)));
      const stored = await one.rows<{ event_id: string }>(
        `SELECT e.event_id, e.status, d.body FROM webhook_events e
         JOIN deliveries d ON d.id = e.delivery_id WHERE e.event_id = ANY($1) ORDER BY e.id`,
        [batch.map((item) => item.events[0]!.eventId)],
      );
      expect(stored.sort(byEventId)).toEqual(
        batch
          .map((item) => ({
            event_id: item.events[0]!.eventId,
            status: item === poison ? 'quarantined' : 'applied',
            body: item.body.toString(),
          }))
          .sort(byEventId),
      );

      const [again] = await Promise.allSettled([payments.record(poison)]);
      expect(again).toMatchObject({ value: [{ status: 'quarantined', duplicate: true }] });
    });

    it('do not wait for the payments of those that are duplicates', async () => {
      const payments = one.app.get(PaymentsService);
      const known = delivery(success());
      await payments.record(known);
      await two.app.get(PrismaService).commitTogether(async (sql) => {
        const { rowCount } = await sql.query(
          `SELECT FROM payments WHERE id IN
             (SELECT t.payment_id FROM transactions t WHERE t.event_id = $1) FOR UPDATE`,
          [known.events[0]!.eventId],
        );
        expect(rowCount).toBe(1);
        const results = await Promise.all(
          [known, delivery(success())].map((d) => payments.record(d)),
        );
        expect(results).toMatchObject([[{ duplicate: true }], [{ duplicate: false }]]);
      });
    });

    it('are answered as one after the other', async () => {
      const payments = one.app.get(PaymentsService);
      const event = success();
      const batch = [event, event, { ...event, amount: '1.00' }, { ...event, amount: '1.00' }].map(
        (e) => delivery(e),
      );
      const commits = jest.spyOn(one.app.get(PrismaService), 'commitTogether');
      const results = await Promise.all(batch.map((item) => payments.record(item)));
      expect(commits).toHaveBeenCalledTimes(1);
      expect(
        results.flat().map(({ status, code, duplicate }) => ({ status, code, duplicate })),
      ).toEqual([
        { status: 'applied', code: null, duplicate: false },
        { status: 'applied', code: null, duplicate: true },
        { status: 'quarantined', code: 'event_id_conflict', duplicate: false },
        { status: 'quarantined', code: 'event_id_conflict', duplicate: true },
      ]);
    });
  });
});
