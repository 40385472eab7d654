/** Every outcome of an authentic body on a source whose sender is the user's own: 200 or 400. */
import {
  createTestApplication,
  type Answer,
  type TestApplication,
} from '../support/application.js';
import { expectProblem, fieldsOf } from '../support/problems.js';
import { sha256, signedGeneric, unique, type Signed } from '../support/signed.js';

interface EventRow {
  id: string;
  eventId: string;
  status: string;
  code: string | null;
  bodySha256: string;
  bodySize: number;
  bodyEncoding: string;
  paymentIds: string[];
}

describe('a generic webhook', () => {
  let service: TestApplication;

  beforeAll(async () => {
    service = await createTestApplication();
  });
  afterAll(() => service.close());

  const deliver = (signed: Signed): Promise<Answer> => service.deliver('generic', signed);

  const eventsOf = async (eventId: string): Promise<EventRow[]> => {
    const query = new URLSearchParams({ source: 'generic', eventId });
    return (await service.api<{ data: EventRow[] }>(`events?${query.toString()}`)).data;
  };

  /** Events and deliveries that hold exactly these bytes. */
  const copiesOf = async (body: Buffer) => {
    const [counts] = await service.rows<{ deliveries: number; events: number }>(
      `SELECT count(DISTINCT d.id)::int AS deliveries, count(e.id)::int AS events
       FROM deliveries d LEFT JOIN webhook_events e ON e.delivery_id = d.id
       WHERE d.body_sha256 = $1`,
      [sha256(body)],
    );
    return counts;
  };

  const count = async (table: string): Promise<number> => {
    const [row] = await service.rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    return row!.n;
  };

  const bytesOf = async (event: EventRow): Promise<Buffer> =>
    Buffer.from(await service.api<Buffer>(`events/${event.id}/body`));

  const success = (fields: object = {}) => ({
    event_type: 'payment_success',
    event_id: `e_${unique()}`,
    transaction_id: `tx_${unique()}`,
    amount: '49.99',
    currency: 'EUR',
    occurred_at: '2026-11-24T10:00:00Z',
    ...fields,
  });

  it('is recorded, and becomes a payment', async () => {
    const event = success({ reference: 'order-42' });
    const signed = signedGeneric(event);

    const answer = await deliver(signed);

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.body).toEqual({ status: 'success' });
    const [stored] = await eventsOf(event.event_id);
    expect(stored).toMatchObject({
      status: 'applied',
      code: null,
      bodySha256: sha256(signed.body),
      bodySize: signed.body.length,
      bodyEncoding: 'utf8',
    });
    expect((await bytesOf(stored!)).equals(signed.body)).toBe(true);
    expect(await service.api(`payments/${stored!.paymentIds[0]}`)).toMatchObject({
      source: 'generic',
      provider: 'generic',
      status: 'captured',
      currency: 'EUR',
      amountCaptured: 4999,
      reference: 'order-42',
      refs: [`tx:${event.transaction_id}`],
      version: 1,
    });
  });

  it('is answered as before when it comes again, and changes nothing', async () => {
    const signed = signedGeneric(success());
    await deliver(signed);
    const before = await service.allRows();

    for (const header of ['X-Signature', 'x-signature']) {
      const repeated = { ...signed, headers: { [header]: signed.headers['X-Signature']! } };
      const { status, body } = await deliver(repeated);
      expect({ status, body }).toEqual({
        status: 200,
        body: { status: 'success', duplicate: true },
      });
    }

    expect(await service.allRows()).toEqual(before);
  });

  it('is the same event when only its form changed', async () => {
    const event = success();
    await deliver(signedGeneric(event));
    const other = Buffer.from(JSON.stringify({ ...event, attempt: 2, amount: '49.990' }, null, 2));

    const { body } = await deliver(signedGeneric(other));

    expect(body).toEqual({ status: 'success', duplicate: true });
    expect(await copiesOf(other)).toEqual({ deliveries: 0, events: 0 });
  });

  it('accepts the signature with a prefix', async () => {
    const signed = signedGeneric(success());
    const headers = { 'X-Signature': `sha256=${signed.headers['X-Signature']}` };
    expect((await deliver({ ...signed, headers })).status).toBe(200);
  });

  it('is identified by its bytes when it has no id', async () => {
    const signed = signedGeneric(success({ event_id: undefined }));
    expect((await deliver(signed)).body).toEqual({ status: 'success' });
    expect((await deliver(signed)).body).toEqual({ status: 'success', duplicate: true });
    expect(await eventsOf(sha256(signed.body))).toHaveLength(1);
  });

  describe('that cannot be used', () => {
    it('is refused with every field named, and again when it comes again, and stored once', async () => {
      const event = {
        event_type: 'payment_refunded',
        event_id: `e_${unique()}`,
        transaction_id: '',
        amount: 'ten',
        currency: 978,
        occurred_at: 'yesterday',
        reference: 'x'.repeat(256),
        refund_id: 7,
        final: 'yes',
      };
      const signed = signedGeneric(event);
      const fields = Object.keys(event).filter((f) => f !== 'event_type' && f !== 'event_id');

      for (const attempt of [1, 2]) {
        const answer = await deliver(signed);
        expectProblem(answer, 400, 'validation_failed');
        expect({ attempt, fields: [...new Set(fieldsOf(answer))] }).toEqual({
          attempt,
          fields: fields.sort(),
        });
      }

      expect(await eventsOf(event.event_id)).toMatchObject([
        { status: 'quarantined', code: 'validation_failed', paymentIds: [] },
      ]);
      expect(await copiesOf(signed.body)).toEqual({ deliveries: 1, events: 1 });
    });

    it('names what is missing', async () => {
      const answer = await deliver(signedGeneric({ event_type: 'payment_success' }));
      expectProblem(answer, 400, 'validation_failed');
      expect([...new Set(fieldsOf(answer))]).toEqual(['amount', 'transaction_id']);
    });

    it('is unhandled_event_type when its type is not of the contract', async () => {
      const event = success({ event_type: 'payment_teleported' });
      for (let attempt = 1; attempt <= 2; attempt += 1) {
        const answer = await deliver(signedGeneric(event));
        expectProblem(answer, 400, 'unhandled_event_type');
        expect(fieldsOf(answer)).toEqual(['event_type']);
      }
      expect(await eventsOf(event.event_id)).toMatchObject([
        { status: 'quarantined', code: 'unhandled_event_type' },
      ]);
    });

    it('is event_id_conflict when its id was used to say something else', async () => {
      const event = success();
      await deliver(signedGeneric(event));
      const payments = await service.rows('SELECT * FROM payments ORDER BY id');
      const signed = signedGeneric({ ...event, amount: '50.00' });

      for (let attempt = 1; attempt <= 3; attempt += 1) {
        expectProblem(await deliver(signed), 400, 'event_id_conflict');
      }

      const id = `${event.event_id}~${sha256(signed.body).slice(0, 16)}`;
      expect(await eventsOf(id)).toMatchObject([
        { status: 'quarantined', code: 'event_id_conflict', paymentIds: [] },
      ]);
      expect(await copiesOf(signed.body)).toEqual({ deliveries: 1, events: 1 });
      expect(await service.rows('SELECT * FROM payments ORDER BY id')).toEqual(payments);
      // The first is still what it was.
      expect((await deliver(signedGeneric(event))).body).toEqual({
        status: 'success',
        duplicate: true,
      });
    });
  });

  const json = (fields: object) => JSON.stringify({ ...success(), ...fields });
  const withRaw = (fields: string) => json({}).replace(/}$/, `,${fields}}`);

  it.each<[string, string, () => string | Buffer]>([
    ['nothing', 'invalid_json', () => ''],
    ['half an object', 'invalid_json', () => `{"event_type":"payment_success","n":"${unique()}"`],
    ['a NUL byte between tokens', 'invalid_json', () => `${json({})}\0`],
    ['two objects', 'invalid_json', () => `${json({})}${json({})}`],
    [
      'bytes that are not UTF-8',
      'invalid_utf8',
      () =>
        Buffer.concat([
          Buffer.from(`{"a":"${unique()}`),
          Buffer.from([0xc3, 0x28, 0xff, 0x22, 0x7d]),
        ]),
    ],
    ['an array', 'not_object', () => `[${json({})}]`],
    ['a string', 'not_object', () => `"${unique()}"`],
    ['null', 'not_object', () => 'null'],
    ['65 levels', 'json_too_deep', () => withRaw(`"deep":${'['.repeat(64)}${']'.repeat(64)}`)],
    ['100,000 levels', 'json_too_deep', () => `${'['.repeat(1e5)}`],
    [
      '50,001 keys',
      'too_many_keys',
      () => withRaw(`"many":{${Array.from({ length: 50_001 }, (_, i) => `"${i}":0`).join()}}`),
    ],
    ['a key twice', 'duplicate_key', () => withRaw('"amount":"0.01"')],
    ['a key twice, once escaped', 'duplicate_key', () => withRaw('"\\u0061mount":"0.01"')],
    ['a number beyond a double', 'number_out_of_range', () => withRaw('"x":1e400')],
    [
      'an amount beyond 2^53-1',
      'number_out_of_range',
      () => json({ amount: '9999999999999.999', currency: 'KWD' }),
    ],
    ['an amount of 400 digits', 'validation_failed', () => json({ amount: '9'.repeat(400) })],
    ['a fraction of a cent', 'amount_inexact', () => json({ amount: '10.005' })],
    ['an exponent', 'validation_failed', () => withRaw('"x":0').replace('"49.99"', '1e2')],
    ['a currency that is none', 'currency_unknown', () => json({ currency: 'EUX' })],
    ['a time far ahead', 'time_implausible', () => json({ occurred_at: '2126-01-01T00:00:00Z' })],
    ['a NUL in an id', 'id_invalid', () => json({ transaction_id: `tx\0${unique()}` })],
    ['a lone surrogate in an id', 'id_invalid', () => withRaw('"reference":"\\ud800"')],
    [
      'a lone surrogate in the event id',
      'id_invalid',
      () => json({ event_id: `\udfff${unique()}` }),
    ],
    [
      'an id of 256 characters',
      'validation_failed',
      () => json({ transaction_id: 'x'.repeat(256) }),
    ],
    [
      'an event id of 256 characters',
      'validation_failed',
      () => json({ event_id: 'x'.repeat(256) }),
    ],
  ])('of %s is refused as %s, and kept byte for byte', async (_, code, make) => {
    const signed = signedGeneric(make());
    const paymentsBefore = await count('payments');

    for (let attempt = 1; attempt <= 2; attempt += 1) {
      expectProblem(await deliver(signed), 400, code);
    }

    expect(await copiesOf(signed.body)).toEqual({ deliveries: 1, events: 1 });
    const [row] = await service.rows<{ id: string }>(
      `SELECT e.id FROM webhook_events e JOIN deliveries d ON d.id = e.delivery_id
       WHERE d.body_sha256 = $1 AND e.status = 'quarantined' AND e.code = $2`,
      [sha256(signed.body), code],
    );
    const event = await service.api<EventRow>(`events/${row!.id}`);
    expect((await bytesOf(event)).equals(signed.body)).toBe(true);
    expect(event).toMatchObject({
      bodySha256: sha256(signed.body),
      bodySize: signed.body.length,
      paymentIds: [],
    });
    expect(await count('payments')).toBe(paymentsBefore);
  });

  it.each([
    ['64 levels', () => withRaw(`"deep":${'['.repeat(63)}${']'.repeat(63)}`)],
    ['NUL and half a surrogate pair where nobody looks', () => withRaw('"note":"\\u0000 \\ud800"')],
    [
      '__proto__ and constructor',
      () => withRaw('"__proto__":{"amount":"1"},"constructor":{"a":1}'),
    ],
    ['ids of 255 characters', () => json({ transaction_id: unique().padEnd(255, 'ü') })],
    ['an amount as a number', () => json({ amount: 49.9 })],
    ['a big number where nobody looks', () => withRaw('"n":123456789012345678901234567890')],
    [
      'an amount without decimals, of a currency in lower case',
      () => json({ currency: 'jpy', amount: '5000' }),
    ],
    ['nothing to capture', () => json({ amount: '0' })],
  ])('of %s is accepted', async (_, make) => {
    const signed = signedGeneric(make());
    const { status, body } = await deliver(signed);
    expect({ status, body }).toEqual({ status: 200, body: { status: 'success' } });
    expect(await copiesOf(signed.body)).toEqual({ deliveries: 1, events: 1 });
  });

  it('keeps only headers that prove nothing', async () => {
    const signed = signedGeneric(success());
    const headers = { ...signed.headers, Authorization: 'Bearer hunter2', 'User-Agent': 'shop/1' };
    await deliver({ ...signed, headers });
    const [row] = await service.rows<{ headers: object; verified_with: string }>(
      'SELECT headers, verified_with FROM deliveries WHERE body_sha256 = $1',
      [sha256(signed.body)],
    );
    expect(row).toEqual({
      headers: { 'content-type': 'application/json', 'user-agent': 'shop/1' },
      verified_with: 'GENERIC_WEBHOOK_SECRET',
    });
  });
});
