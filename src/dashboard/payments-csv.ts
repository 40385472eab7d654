import { type PaymentDto } from '../payments/payment.dto.js';
import { minorToMajor } from '../providers/money.js';
import { csvRow } from './csv.js';

/** The columns in order. */
const COLUMNS = [
  'id',
  'source',
  'provider',
  'account',
  'livemode',
  'status',
  'currency',
  'authorized',
  'captured',
  'refunded',
  'disputed',
  'charged_back',
  'reference',
  'refs',
  'failure_code',
  'failure_message',
  'flags',
  'version',
  'occurred_at',
  'created_at',
  'updated_at',
];

/**
 * Payments as CSV, page by page, so that millions of them need no more memory than one page.
 * @param pages at least one, be it empty
 */
export async function* paymentsCsv(
  pages: AsyncIterable<readonly PaymentDto[]>,
): AsyncGenerator<string> {
  let head = csvRow(COLUMNS);
  for await (const payments of pages) {
    yield head + payments.map((payment) => csvRow(cellsOf(payment))).join('');
    head = '';
  }
}

/** Amounts in major units. */
function cellsOf(payment: PaymentDto): (string | number | boolean | null)[] {
  const major = (amount: bigint): string => minorToMajor(amount, payment.currency);
  return [
    payment.id,
    payment.source,
    payment.provider,
    payment.account,
    payment.livemode,
    payment.status,
    payment.currency,
    major(payment.amountAuthorized),
    major(payment.amountCaptured),
    major(payment.amountRefunded),
    major(payment.amountDisputed),
    major(payment.amountChargedBack),
    payment.reference,
    payment.refs.join(' '),
    payment.failure?.code ?? null,
    payment.failure?.message ?? null,
    payment.flags.join(' '),
    payment.version,
    payment.occurredAt,
    payment.createdAt,
    payment.updatedAt,
  ];
}
