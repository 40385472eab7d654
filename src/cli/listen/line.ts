/** One line about a message, for people. */
import { parse } from 'lossless-json';
import { minorToMajor } from '../../providers/money.js';

/** Amounts as bigint, everything else as JSON has it. */
interface Message {
  readonly type: string;
  readonly data: {
    readonly payment: {
      readonly id: string;
      readonly version: bigint;
      readonly mergedInto?: string;
      readonly status?: string;
      readonly currency?: string;
      readonly amountAuthorized?: bigint;
      readonly amountCaptured?: bigint;
      readonly amountRefunded?: bigint;
      readonly source?: string;
      readonly reference?: string | null;
    };
    readonly event: { readonly type: string } | null;
    readonly cause: string;
  };
}

/**
 * Type, money, reference, id and version, and what caused it.
 * @param body a verified body, as the service makes it
 */
export function lineOf(body: string): string {
  const { type, data } = parse(body, null, BigInt) as Message;
  const { payment, event, cause } = data;
  const what =
    payment.mergedInto === undefined
      ? [moneyOf(payment), payment.reference, payment.source]
      : [`into ${payment.mergedInto}`];
  const parts = [
    type.padEnd(26),
    ...what,
    `${payment.id} v${payment.version}`,
    event?.type ?? cause,
  ];
  return parts.filter((part) => part).join('  ');
}

function moneyOf({ status, currency, ...p }: Message['data']['payment']): string {
  const amount = p.amountCaptured || p.amountAuthorized || 0n;
  const refunded = p.amountRefunded
    ? `, ${minorToMajor(p.amountRefunded, currency!)} refunded`
    : '';
  return `${status} ${minorToMajor(amount, currency!)} ${currency}${refunded}`;
}
