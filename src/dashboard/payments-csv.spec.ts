import { type PaymentDto } from '../payments/payment.dto.js';
import { paymentsCsv } from './payments-csv.js';

const PAYMENT: PaymentDto = {
  id: '01900000-0000-7000-8000-000000000001',
  source: 'shop',
  provider: 'generic',
  account: null,
  livemode: false,
  status: 'partially_refunded',
  currency: 'EUR',
  amountAuthorized: 4999n,
  amountCaptured: 9_007_199_254_740_993n,
  amountRefunded: 5n,
  amountDisputed: 0n,
  amountChargedBack: 0n,
  reference: '=1+1',
  refs: ['ch:1', 'pi:1'],
  groups: [],
  failure: null,
  flags: ['refunded_over_captured'],
  version: 3,
  mergedFrom: [],
  occurredAt: null,
  createdAt: '2026-11-24T10:00:00.000Z',
  updatedAt: '2026-11-24T10:00:01.000Z',
};

async function textOf(pages: PaymentDto[][]): Promise<string> {
  const chunks: string[] = [];
  // eslint-disable-next-line @typescript-eslint/require-await -- pages come one after the other
  const given = async function* () {
    yield* pages;
  };
  for await (const chunk of paymentsCsv(given())) chunks.push(chunk);
  return chunks.join('');
}

const HEAD =
  'id,source,provider,account,livemode,status,currency,authorized,captured,refunded,disputed,' +
  'charged_back,reference,refs,failure_code,failure_message,flags,version,occurred_at,created_at,updated_at\r\n';

it('has a row for each payment, with exact amounts in major units', async () => {
  const yen = { ...PAYMENT, currency: 'JPY', failure: { code: 'declined', message: 'No, sorry' } };
  expect(await textOf([[PAYMENT], [yen]])).toBe(
    `${HEAD}${PAYMENT.id},shop,generic,,false,partially_refunded,EUR,49.99,90071992547409.93,0.05,0.00,0.00,` +
      `'=1+1,ch:1 pi:1,,,refunded_over_captured,3,,2026-11-24T10:00:00.000Z,2026-11-24T10:00:01.000Z\r\n` +
      `${PAYMENT.id},shop,generic,,false,partially_refunded,JPY,4999,9007199254740993,5,0,0,` +
      `'=1+1,ch:1 pi:1,declined,"No, sorry",refunded_over_captured,3,,2026-11-24T10:00:00.000Z,2026-11-24T10:00:01.000Z\r\n`,
  );
});

it('has the names of its columns where there is no payment', async () => {
  expect(await textOf([[]])).toBe(HEAD);
});
