/** Webhooks of Stripe, signed by its official SDK: what is answered, stored and folded. */
import {
  STRIPE_SECRET,
  createTestApplication,
  type TestApplication,
} from '../support/application.js';
import { charge, intent, refund, stripeEvent } from '../support/stripe-events.js';
import { expectProblem } from '../support/problems.js';
import { sha256, signedGeneric, signedStripe, unique } from '../support/signed.js';

interface Payment {
  id: string;
  status: string;
  refs: string[];
  mergedFrom: string[];
  flags: string[];
  version: number;
}

describe('a webhook of Stripe', () => {
  let service: TestApplication;

  beforeAll(async () => {
    service = await createTestApplication();
  });
  afterAll(() => service.close());

  const send = async (event: object, source = 'stripe') => {
    const { status, body } = await service.deliver(source, signedStripe(event));
    return { status, body };
  };
  const paymentOf = async (ref: string): Promise<Payment> => {
    const { data } = await service.api<{ data: Payment[] }>(`payments?ref=${ref}`);
    expect(data).toHaveLength(1);
    return data[0]!;
  };
  const eventOf = async (id: string) => {
    const { data } = await service.api<{ data: unknown[] }>(`events?eventId=${id}`);
    expect(data).toHaveLength(1);
    return data[0];
  };
  const succeeded = () => stripeEvent('payment_intent.succeeded', intent(unique()));

  it('becomes a captured payment', async () => {
    const id = unique();
    const event = stripeEvent('payment_intent.succeeded', intent(id));

    expect(await send(event)).toEqual({ status: 200, body: { status: 'success' } });

    expect(await paymentOf(`pi:pi_${id}`)).toMatchObject({
      source: 'stripe',
      livemode: false,
      account: null,
      status: 'captured',
      currency: 'EUR',
      amountCaptured: 4999,
      reference: `order-${id}`,
      refs: [`ch:ch_${id}`, `pi:pi_${id}`],
      occurredAt: '2026-11-24T10:00:00.000Z',
    });
  });

  it('is a duplicate when the same bytes come again, freshly signed, and no row changes', async () => {
    const event = succeeded();
    await send(event);
    const before = await service.allRows();

    const again = signedStripe(event, STRIPE_SECRET, Date.now() - 60_000);
    const { status, body } = await service.deliver('stripe', again);

    expect({ status, body }).toEqual({ status: 200, body: { status: 'success', duplicate: true } });
    expect(await service.allRows()).toEqual(before);
  });

  it('is a duplicate when a retry counts its pending webhooks otherwise', async () => {
    const event = succeeded();
    await send(event);
    const before = await service.allRows();
    expect(await send({ ...event, pending_webhooks: 0 })).toEqual({
      status: 200,
      body: { status: 'success', duplicate: true },
    });
    expect(await service.allRows()).toEqual(before);
  });

  it('is quarantined when its id was used to say something else, and the payment stays', async () => {
    const id = unique();
    const event = stripeEvent('payment_intent.succeeded', intent(id));
    await send(event);
    const before = await paymentOf(`pi_${id}`);
    const other = { ...event, data: { object: intent(id, { amount_received: 1 }) } };
    const answer = { status: 'quarantined', code: 'event_id_conflict' };

    expect((await send(other)).body).toEqual(answer);
    expect((await send(other)).body).toEqual({ ...answer, duplicate: true });

    expect(await paymentOf(`pi_${id}`)).toEqual(before);
    const conflict = `${event.id}~${sha256(signedStripe(other).body).slice(0, 16)}`;
    expect(await eventOf(conflict)).toMatchObject({ ...answer, paymentIds: [] });
  });

  it.each([
    ['of a type that moves no payment', stripeEvent('customer.created', { id: 'cus_1' })],
    ['of a type that nobody knows', stripeEvent('teapot.boiled', { id: 'tp_1' })],
    [
      'of API v2, which only points to its content',
      {
        id: `evt_${unique()}`,
        object: 'v2.core.event',
        created: '2026-11-24T10:00:00.000Z',
        livemode: false,
        related_object: { id: 'ba_1', type: 'billing.meter', url: '/v2/billing/meters/ba_1' },
        type: 'v1.billing.meter.error_report_triggered',
      },
    ],
  ])('is ignored when it is %s', async (_, event) => {
    expect(await send(event)).toEqual({ status: 200, body: { status: 'ignored' } });
    expect((await send(event)).body).toEqual({ status: 'ignored', duplicate: true });
    expect(await eventOf(event.id)).toMatchObject({
      status: 'ignored',
      code: null,
      paymentIds: [],
    });
  });

  it.each([
    ['unknown_status', stripeEvent('payment_intent.succeeded', intent('u', { status: 'paid' }))],
    ['currency_unknown', stripeEvent('payment_intent.succeeded', intent('c', { currency: 'eux' }))],
    ['validation_failed', stripeEvent('payment_intent.succeeded', intent('v', { amount: '4999' }))],
    [
      'number_out_of_range',
      stripeEvent('payment_intent.succeeded', intent('n', { amount_received: 2 ** 53 })),
    ],
    ['time_implausible', { ...succeeded(), created: 4_102_444_800 }],
    ['id_invalid', stripeEvent('payment_intent.succeeded', intent('i\0'))],
  ])(
    'is quarantined as %s, and answered 200 so that it is not sent for days',
    async (code, event) => {
      expect(await send(event)).toEqual({ status: 200, body: { status: 'quarantined', code } });
      expect((await send(event)).body).toEqual({ status: 'quarantined', code, duplicate: true });
      expect(await eventOf(event.id)).toMatchObject({
        status: 'quarantined',
        code,
        paymentIds: [],
      });
    },
  );

  it('is quarantined when it cannot be read', async () => {
    const { body, headers } = signedStripe([]);
    const answer = await service.deliver('stripe', { body, headers });
    expect(answer.body).toMatchObject({ status: 'quarantined', code: 'not_object' });
    expect(await eventOf(sha256(body))).toMatchObject({ code: 'not_object', type: '' });
  });

  it('is one payment when its children come first', async () => {
    const id = unique();
    // The refund knows only its charge, the intent does not know of one yet: two payments.
    await send(stripeEvent('refund.created', refund(id)));
    const first = await paymentOf(`ch_${id}`);
    expect(first).toMatchObject({ status: 'partially_refunded', flags: ['missing_parent'] });
    const processing = intent(id, { latest_charge: null, status: 'processing' });
    await send(stripeEvent('payment_intent.processing', processing));
    const second = await paymentOf(`pi_${id}`);
    expect(second.id).not.toBe(first.id);

    // The charge knows both.
    await send(stripeEvent('charge.succeeded', charge(id)));
    await send(stripeEvent('payment_intent.succeeded', intent(id)));

    const joined = await paymentOf(`pi_${id}`);
    expect(joined).toEqual(await paymentOf(`re_${id}`));
    const [survivor, loser] = [first.id, second.id].sort();
    expect(joined).toMatchObject({
      id: survivor,
      mergedFrom: [loser],
      status: 'partially_refunded',
      amountCaptured: 4999,
      amountRefunded: 1000,
      flags: [],
      refs: [`ch:ch_${id}`, `pi:pi_${id}`, `re:re_${id}`],
    });
    // The tombstone is known by its id, and by nothing else.
    expect(await service.api(`payments/${loser}`)).toEqual(
      await service.api(`payments/${survivor}`),
    );
    const left = await service.rows(
      `SELECT id, merged_into,
         (SELECT count(*)::int FROM payment_refs r WHERE r.payment_id = p.id) AS refs,
         (SELECT count(*)::int FROM transactions t WHERE t.payment_id = p.id) AS transactions
       FROM payments p WHERE id = $1`,
      [loser],
    );
    expect(left).toEqual([{ id: loser, merged_into: survivor, refs: 0, transactions: 0 }]);
  });

  it('keeps test and live apart, though their ids are the same', async () => {
    const id = unique();
    for (const livemode of [true, false]) {
      await send(stripeEvent('payment_intent.succeeded', intent(id), { livemode }));
    }
    const { data } = await service.api<{ data: { livemode: boolean }[] }>(`payments?ref=pi_${id}`);
    expect(data.map(({ livemode }) => livemode).sort()).toEqual([false, true]);
  });

  describe('on a source with more than one secret, bound to an account and a mode', () => {
    const OLD = 'whsec_the-secret-before';
    const NEW = 'whsec_the-secret-after-it';
    let bound: TestApplication;

    beforeAll(async () => {
      bound = await createTestApplication({
        env: {
          STRIPE_WEBHOOK_SECRET: `${NEW},${OLD}`,
          STRIPE_LIVEMODE: 'true',
          STRIPE_ACCOUNT: 'acct_1',
        },
        sources: [
          {
            name: 'stripe-own',
            provider: 'stripe',
            secrets: ['whsec_of-another-source'],
            account: 'self',
          },
        ],
      });
    });
    afterAll(() => bound.close());

    const bindings: [string, object, object][] = [
      ['of its account and mode', { livemode: true, account: 'acct_1' }, { status: 'success' }],
      [
        'of another mode',
        { livemode: false, account: 'acct_1' },
        { status: 'quarantined', code: 'mode_mismatch' },
      ],
      [
        'of another account',
        { livemode: true, account: 'acct_2' },
        { status: 'quarantined', code: 'account_mismatch' },
      ],
      ['of no account', { livemode: true }, { status: 'quarantined', code: 'account_mismatch' }],
    ];

    it.each(bindings)('%s', async (_, fields, answer) => {
      const event = { ...succeeded(), ...fields };
      expect((await bound.deliver('stripe', signedStripe(event, NEW))).body).toEqual(answer);
    });

    it('takes none of a connected account where it is bound to its own', async () => {
      const secret = 'whsec_of-another-source';
      const own = signedStripe({ ...succeeded() }, secret);
      const connected = signedStripe({ ...succeeded(), account: 'acct_1' }, secret);
      expect((await bound.deliver('stripe-own', own)).body).toEqual({ status: 'success' });
      expect((await bound.deliver('stripe-own', connected)).body).toMatchObject({
        code: 'account_mismatch',
      });
    });

    it('accepts each of its secrets, and says which it was', async () => {
      const labels = [];
      for (const secret of [OLD, NEW]) {
        const event = { ...succeeded(), livemode: true, account: 'acct_1' };
        expect((await bound.deliver('stripe', signedStripe(event, secret))).status).toBe(200);
        const [row] = await bound.rows<{ verified_with: string }>(
          `SELECT d.verified_with FROM deliveries d JOIN webhook_events e ON e.delivery_id = d.id
           WHERE e.event_id = $1`,
          [event.id],
        );
        labels.push(row!.verified_with);
      }
      expect(new Set(labels).size).toBe(2);
      expect(labels.join()).not.toContain('whsec_');
      expect(labels.every((label) => label.startsWith('STRIPE_WEBHOOK_SECRET'))).toBe(true);
    });

    it('accepts no secret of another source', async () => {
      const signed = signedStripe(succeeded(), 'whsec_of-another-source');
      expectProblem(await bound.deliver('stripe', signed), 401, 'signature_invalid');
    });
  });

  describe('that is not authentic', () => {
    it.each([
      ['signature_missing', 'unsigned', () => ({ ...signedStripe(succeeded()), headers: {} })],
      [
        'signature_invalid',
        'signed by another',
        () => signedStripe(succeeded(), 'whsec_a-stranger'),
      ],
    ])('is %s when it is %s, and nothing is stored', async (code, _, make) => {
      const before = await service.allRows();
      expectProblem(await service.deliver('stripe', make()), 401, code);
      expect(await service.allRows()).toEqual(before);
    });

    it('is signature_invalid when one byte is another', async () => {
      const signed = signedStripe(succeeded());
      signed.body[signed.body.length - 1] = 0x20;
      expectProblem(await service.deliver('stripe', signed), 401, 'signature_invalid');
    });

    it('is signature_invalid when it is signed as for another provider', async () => {
      const { body } = signedStripe(succeeded());
      const { headers } = signedGeneric(body, STRIPE_SECRET);
      const header = { 'Stripe-Signature': headers['X-Signature']! };
      expectProblem(await service.deliver('stripe', { body, headers }), 401, 'signature_missing');
      expectProblem(
        await service.deliver('stripe', { body, headers: header }),
        401,
        'signature_invalid',
      );
    });

    it.each([-302_000, 302_000])('is out of tolerance %i ms from now', async (offset) => {
      const signed = signedStripe(succeeded(), STRIPE_SECRET, Date.now() + offset);
      expectProblem(await service.deliver('stripe', signed), 401, 'timestamp_out_of_tolerance');
      const wrong = signedStripe(succeeded(), 'whsec_of-somebody-else', Date.now() + offset);
      expectProblem(await service.deliver('stripe', wrong), 401, 'signature_invalid');
    });

    it.each([-290_000, 290_000])('is accepted %i ms from now', async (offset) => {
      const signed = signedStripe(succeeded(), STRIPE_SECRET, Date.now() + offset);
      expect((await service.deliver('stripe', signed)).status).toBe(200);
    });
  });
});
