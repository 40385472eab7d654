/** The filtered payments as a file for a spreadsheet. */
import {
  createTestApplication,
  type Answer,
  type TestApplication,
} from '../support/application.js';
import { call } from '../notifications/admin-client.js';
import { expectProblem, fieldsOf } from '../support/problems.js';
import { signedGeneric, unique } from '../support/signed.js';

describe('the export of payments', () => {
  let service: TestApplication;
  beforeAll(async () => {
    service = await createTestApplication();
    const pay = (reference: string, amount: string, currency: string) =>
      service.deliver(
        'generic',
        signedGeneric({
          event_type: 'payment_success',
          event_id: unique(),
          transaction_id: unique(),
          reference,
          amount,
          currency,
        }),
      );
    await pay('=HYPERLINK("https://evil.example")', '49.99', 'EUR');
    await pay('order, 2', '5000', 'JPY');
    // More than two pages of another currency.
    await service.rows(`
      INSERT INTO payments (id, version, merged_from, source, provider, status, currency,
        amount_authorized, amount_captured, amount_refunded, amount_disputed, amount_charged_back,
        refs, groups, flags, reference, created_at, updated_at)
      SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 1, '{}', 'stripe', 'stripe', 'captured', 'KWD',
        1234, n, 0, 0, 0, ARRAY['pi:' || n], '{}', '{}', 'shared', now(), now()
      FROM generate_series(1, 2500) n`);
  });
  afterAll(() => service.close());

  const csv = (query = ''): Promise<Answer> => call(service, 'GET', `payments.csv${query}`);
  const rowsOf = ({ body }: Answer): string[] => String(body).split('\r\n').slice(1, -1);

  it('is a file with a name, which nobody keeps', async () => {
    const answer = await csv('?currency=EUR');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="payments.csv"');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('has amounts in major units, and no formula', async () => {
    const [euro] = rowsOf(await csv('?currency=EUR'));
    expect(euro).toContain(',captured,EUR,49.99,49.99,0.00,0.00,0.00,');
    expect(euro).toContain(`,"'=HYPERLINK(""https://evil.example"")",`);
    const [yen] = rowsOf(await csv('?currency=JPY'));
    expect(yen).toContain(',captured,JPY,5000,5000,0,0,0,"order, 2",');
  });

  it('has all that meet the filters, each once, newest first', async () => {
    const rows = rowsOf(await csv('?currency=KWD'));
    expect(rows).toHaveLength(2500);
    const captured = rows.map((row) => row.split(',')[8]);
    const expected = Array.from({ length: 2500 }, (_, i) => ((2500 - i) / 1000).toFixed(3));
    expect(captured).toEqual(expected);
    expect(rowsOf(await csv())).toHaveLength(2502);
    expect(rowsOf(await csv('?status=failed'))).toEqual([]);
    expect(rowsOf(await csv('?reference=shared'))).toHaveLength(2500);
    expect(rowsOf(await csv('?reference=order%2C%202'))).toHaveLength(1);
  });

  it('has no pages', async () => {
    const answer = await csv('?limit=10&cursor=abc&status=nothing');
    expectProblem(answer, 400, 'validation_failed');
    expect(fieldsOf(answer)).toEqual(['cursor', 'limit', 'status']);
  });

  it('is a problem where the database is away', async () => {
    await service.rows('ALTER TABLE payments RENAME TO away');
    const answer = await csv();
    await service.rows('ALTER TABLE away RENAME TO payments');
    expectProblem(answer, 500, 'internal_error');
  });

  it('breaks off where it fails on its way, so that half a file is not taken for the whole', async () => {
    // The second page cannot be told in major units: there is no such currency.
    await service.rows(
      `UPDATE payments SET currency = 'QQQ' WHERE id = '01900000-0000-7000-8000-000000000001'`,
    );
    await expect(csv()).rejects.toThrow();
    await service.rows(`UPDATE payments SET currency = 'KWD' WHERE currency = 'QQQ'`);
  });
});
