/** The exponents of the view payments_in_major_units are those of the code. */
import pg from 'pg';
import { CURRENCIES } from '../../src/providers/currencies.js';
import { createTestDatabase } from '../support/database.js';

it('currency_exponent() agrees with src/providers/currencies.ts', async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query<{ code: string; exponent: number }>(
    'SELECT code, currency_exponent(code) AS exponent FROM unnest($1::text[]) AS code',
    [CURRENCIES.map(([code]) => code)],
  );
  const { rows: amounts } = await client.query<{ eur: string; jpy: string }>(
    `SELECT major_units(4999, 'EUR')::text AS eur, major_units(500, 'JPY')::text AS jpy`,
  );
  await client.end();
  await database.drop();
  expect(rows.map(({ code, exponent }) => [code, exponent])).toEqual(CURRENCIES);
  expect(amounts).toEqual([{ eur: '49.99', jpy: '500' }]);
});
