/** PayPal signs the id of a transmission and of its body a checksum: what a forged body can do. */
import { crc32 } from 'node:zlib';
import { paypalProvider } from '../../src/providers/paypal/paypal.provider.js';
import { withChecksum } from '../../src/providers/paypal/testing/forgery.js';
import { createTestApplication, type TestApplication } from '../support/application.js';
import { createTestDirectory } from '../support/database.js';
import { sha256, type Signed, unique } from '../support/signed.js';
import { createSigner, type TestSigner } from '../support/signer.js';

describe('a body that collides with one of PayPal in its checksum', () => {
  let service: TestApplication;
  let signer: TestSigner;

  beforeAll(async () => {
    signer = await createSigner(paypalProvider, await createTestDirectory());
    service = await createTestApplication({ env: signer.env });
  });
  afterAll(() => service.close());

  const capture = (id: string, value: string) =>
    JSON.stringify({
      id: `WH-${id}`,
      create_time: new Date().toISOString(),
      event_type: 'PAYMENT.CAPTURE.COMPLETED',
      resource: { id, status: 'COMPLETED', amount: { currency_code: 'EUR', value } },
    });

  /** A delivery as PayPal signs it, and another event with the same checksum under its headers. */
  const forge = (): { genuine: Signed; forged: Signed } => {
    const name = unique().toUpperCase();
    const body = Buffer.from(capture(name, '10.00'));
    const genuine = signer.sign({ body, expect: 'success' });
    const other = withChecksum(capture(`${name}X`, '9000.00'), crc32(body));
    return { genuine, forged: { body: other, headers: genuine.headers } };
  };
  const send = async (delivery: Signed) => {
    const { status, body } = await service.deliver('paypal', delivery);
    return { status, body };
  };
  const eventsOf = (...deliveries: Signed[]) =>
    service.rows(
      `SELECT e.event_id AS "eventId", e.status, e.code, d.body
       FROM webhook_events e JOIN deliveries d ON d.id = e.delivery_id
       WHERE d.body_sha256 = ANY($1) ORDER BY e.id`,
      [deliveries.map(({ body }) => sha256(body))],
    );
  const idOf = ({ body }: Signed) => (JSON.parse(body.toString()) as { id: string }).id;
  const capturedBy = (delivery: Signed) =>
    service.rows(
      `SELECT p.amount_captured::text AS captured FROM payments p
       JOIN payment_refs r ON r.payment_id = p.id WHERE r.id = $1`,
      [idOf(delivery).replace('WH-', '')],
    );
  const conflictOf = ({ body }: Signed) => ({
    eventId: `${idOf({ body, headers: {} })}~${sha256(body).slice(0, 16)}`,
    status: 'quarantined',
    code: 'event_id_conflict',
    body: body.toString(),
  });

  const CONFLICT = { status: 'quarantined', code: 'event_id_conflict' };

  it('is stored and moves nothing, once and again', async () => {
    const { genuine, forged } = forge();
    expect(crc32(forged.body)).toBe(crc32(genuine.body));
    expect(forged.body.equals(genuine.body)).toBe(false);

    expect(await send(genuine)).toEqual({ status: 200, body: { status: 'success' } });
    expect(await send(forged)).toEqual({ status: 200, body: CONFLICT });
    expect(await send(forged)).toEqual({ status: 200, body: { ...CONFLICT, duplicate: true } });

    expect(await eventsOf(genuine, forged)).toEqual([
      { eventId: idOf(genuine), status: 'applied', code: null, body: genuine.body.toString() },
      conflictOf(forged),
    ]);
    expect(await capturedBy(genuine)).toEqual([{ captured: '1000' }]);
    expect(await capturedBy(forged)).toEqual([]);
  });

  it('cannot stand beside the genuine one when it is first, either', async () => {
    const { genuine, forged } = forge();
    expect(await send(forged)).toEqual({ status: 200, body: { status: 'success' } });
    expect(await send(genuine)).toEqual({ status: 200, body: CONFLICT });
    expect(await eventsOf(genuine, forged)).toEqual([
      { eventId: idOf(forged), status: 'applied', code: null, body: forged.body.toString() },
      conflictOf(genuine),
    ]);
    expect(await capturedBy(genuine)).toEqual([]);
  });

  it('is refused under any other transmission, and nothing of it is stored', async () => {
    const { genuine, forged } = forge();
    const another = { 'PAYPAL-TRANSMISSION-ID': unique() };
    expect(genuine.headers).toHaveProperty('PAYPAL-TRANSMISSION-ID');
    const answer = await send({ body: forged.body, headers: { ...genuine.headers, ...another } });
    expect(answer).toMatchObject({ status: 401, body: { code: 'signature_invalid' } });
    expect(await eventsOf(forged)).toEqual([]);
  });
});
