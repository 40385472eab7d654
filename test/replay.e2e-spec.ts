/** Replay and reprojection over the API, by two configurations of the service on one database. */
import { ADMIN_TOKEN, createTestApplication, type TestApplication } from './support/application.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { signedGeneric } from './support/signed.js';

interface Payment {
  id: string;
  status: string;
  currency: string;
  amountCaptured: number;
  version: number;
  history: { cause: string }[];
}

let database: TestDatabase;
let inEuro: TestApplication;
let inYen: TestApplication;

beforeAll(async () => {
  database = await createTestDatabase();
  inEuro = await createTestApplication({ database, env: { GENERIC_CURRENCY: 'EUR' } });
  inYen = await createTestApplication({ database, env: { GENERIC_CURRENCY: 'JPY' } });
});

afterAll(async () => {
  await inEuro.close();
  await inYen.close();
  await database.drop();
});

async function post(app: TestApplication, path: string, body?: object) {
  return app.fetch(`/api/${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

async function capture(transaction: string): Promise<string> {
  const body = JSON.stringify({
    event_type: 'payment_success',
    transaction_id: transaction,
    event_id: `event of ${transaction}`,
    amount: '49',
  });
  const answer = await inEuro.deliver('generic', signedGeneric(body));
  expect(answer.body).toEqual({ status: 'success' });
  const { data } = await inEuro.api<{ data: Payment[] }>(`payments?ref=${transaction}`);
  return data[0]!.id;
}

const shown = (id: string) => inEuro.api<Payment>(`payments/${id}`);

describe('a replay', () => {
  it('reads the stored bytes by the options of today, and back again', async () => {
    const id = await capture('tx_replayed');
    const { data } = await inEuro.api<{ data: { id: string }[] }>(
      'events?eventId=event%20of%20tx_replayed',
    );
    const path = `events/${data[0]!.id}/replay`;

    const changed = await post(inYen, path);
    expect(changed.body).toEqual({
      matched: 1,
      applied: 1,
      ignored: 0,
      quarantined: 0,
      unchanged: 0,
      changedPayments: 1,
    });
    const yen = await shown(id);
    expect(yen).toMatchObject({ currency: 'JPY', amountCaptured: 49, version: 2 });
    expect(yen.history.at(-1)).toMatchObject({ cause: 'replay' });

    await post(inEuro, path);
    expect(await shown(id)).toMatchObject({ currency: 'EUR', amountCaptured: 4900, version: 3 });
  });

  it('of what says the same changes no row', async () => {
    await capture('tx_same');
    const before = await inEuro.allRows();
    const answer = await post(inEuro, 'events/replay', { source: ['generic'] });
    expect(answer.body).toMatchObject({ applied: 0, changedPayments: 0 });
    expect((answer.body as { unchanged: number }).unchanged).toBeGreaterThan(0);
    expect(await inEuro.allRows()).toEqual(before);
  });

  it('in a dry run streams the differences, one payment a line, and changes nothing', async () => {
    const id = await capture('tx_dry');
    const before = await inEuro.allRows();
    const answer = await post(inYen, 'events/replay?dryRun=true', { eventId: 'event of tx_dry' });
    expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
    // One payment is one line, and so one JSON value.
    expect(answer.body).toEqual({
      paymentId: id,
      version: 2,
      mergedInto: null,
      differences: [
        { field: 'currency', from: 'EUR', to: 'JPY' },
        { field: 'amountAuthorized', from: 4900, to: 49 },
        { field: 'amountCaptured', from: 4900, to: 49 },
      ],
    });
    expect(await inEuro.allRows()).toEqual(before);
  });

  it('demands a filter, a known event and the token', async () => {
    expect(await post(inEuro, 'events/replay', {})).toMatchObject({
      status: 400,
      body: { code: 'validation_failed' },
    });
    // A null is no filter, and must not be taken for the absence of one.
    for (const field of ['source', 'status', 'type', 'eventId', 'from', 'to']) {
      const answer = await post(inEuro, 'events/replay', { [field]: null });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    }
    const unknown = 'events/019ab000-0000-7000-8000-000000000000/replay';
    expect((await post(inEuro, unknown)).status).toBe(404);
    expect((await inEuro.fetch('/api/events/replay', { method: 'POST' })).status).toBe(401);
    const broken = await inEuro.fetch('/api/events/replay', {
      method: 'POST',
      headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
      body: '{',
    });
    expect(broken).toMatchObject({ status: 400, body: { code: 'invalid_json' } });
  });
});

describe('a reprojection', () => {
  it('brings lost columns back and makes no version', async () => {
    await capture('tx_lost');
    const before = await inEuro.allRows();
    await inEuro.rows(
      `UPDATE payments SET status = 'pending', currency = 'XXX', amount_authorized = 0,
         amount_captured = 0, refs = '{}', groups = '{}', reference = NULL, occurred_at = NULL`,
    );
    expect(await inEuro.allRows()).not.toEqual(before);
    const first = await post(inEuro, 'payments/reproject');
    expect(first.body).toMatchObject({ changedPayments: 0 });
    expect(await inEuro.allRows()).toEqual(before);
    const second = await post(inEuro, 'payments/reproject?dryRun=true');
    expect((second.body as Buffer).length).toBe(0);
  });
});
