import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../database/prisma.service.js';
import { type PaymentStatus } from '../../payments/fold.js';
import { isoExponent } from '../../providers/currencies.js';
import { type MoneyDto, type StatusCountDto } from '../overview.dto.js';
import { GREATEST_ID, LEAST_ID } from '../../operations/id-range.js';
import { Tally } from '../../operations/tally.js';
import { STEP } from './step.js';

/** The last id of a step that begins after $1; no row where fewer are left than a step has. */
const END_OF_STEP = `SELECT id FROM payments WHERE id > $1 ORDER BY id OFFSET ${STEP - 1} LIMIT 1`;

/** Neither payments that were joined into others nor those whose statements a replay took away. */
const SUMS = `
  SELECT status, currency, livemode, count(*)::int AS count,
    sum(amount_captured)::text AS captured, sum(amount_refunded)::text AS refunded
  FROM payments
  WHERE id > $1 AND id <= $2 AND merged_into IS NULL AND refs <> '{}'
  GROUP BY status, currency, livemode`;

interface SumRow {
  readonly status: PaymentStatus;
  readonly currency: string;
  readonly livemode: boolean | null;
  readonly count: number;
  readonly captured: string;
  readonly refunded: string;
}

export interface PaymentsCount {
  readonly paymentsByStatus: StatusCountDto[];
  readonly money: MoneyDto[];
}

/**
 * Counts all payments and their money. Step by step, since a single statement over millions would
 * outlast its timeout and a shutdown: each payment is in one step, as it is at that moment.
 */
@Injectable()
export class PaymentsTally extends Tally<PaymentsCount> {
  constructor(prisma: PrismaService) {
    super('payments', () => countPayments(prisma));
  }
}

async function countPayments({ pool }: PrismaService): Promise<PaymentsCount> {
  const statuses = new Map<PaymentStatus, number>();
  const money = new Map<string, MoneyDto>();
  for (let after: string | null = LEAST_ID; after !== null;) {
    const end: string | undefined = (await pool.query<{ id: string }>(END_OF_STEP, [after])).rows[0]
      ?.id;
    const { rows } = await pool.query<SumRow>(SUMS, [after, end ?? GREATEST_ID]);
    for (const row of rows) {
      statuses.set(row.status, (statuses.get(row.status) ?? 0) + row.count);
      addMoney(money, row);
    }
    after = end ?? null;
  }
  return {
    paymentsByStatus: [...statuses].map(([status, count]) => ({ status, count })),
    money: [...money.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1)),
  };
}

/** Live and test money is never added up. */
function addMoney(sums: Map<string, MoneyDto>, { currency, livemode, ...row }: SumRow): void {
  const key = `${currency} ${livemode}`;
  const before = sums.get(key) ?? {
    currency,
    livemode,
    captured: 0n,
    refunded: 0n,
    // Every currency that is stored has been found in the same table.
    exponent: isoExponent(currency)!,
  };
  sums.set(key, {
    ...before,
    captured: before.captured + BigInt(row.captured),
    refunded: before.refunded + BigInt(row.refunded),
  });
}
