import { isLosslessNumber, parse, stringify } from 'lossless-json';

/** The amounts of the API's answers: integers that may be beyond what a number holds. */
const AMOUNTS = /^(amount.*|captured|refunded)$/;

/** Reads an answer of the API. Amounts are BigInt, as their DTOs have them; other numbers are numbers. */
export function readAnswer<T>(text: string): T {
  return parse(text, (key, value) => {
    if (!isLosslessNumber(value)) return value;
    const digits = value.toString();
    if (AMOUNTS.test(key) && /^-?\d+$/.test(digits)) return BigInt(digits);
    const number = Number(digits);
    // What a replay changes about an amount is called `from` and `to`.
    return Number.isInteger(number) && !Number.isSafeInteger(number) ? BigInt(digits) : number;
  }) as T;
}

/** JSON with line breaks, every number as it was written; null for what is not JSON. */
export function prettyJson(text: string): string | null {
  try {
    return stringify(parse(text), null, 2) ?? null;
  } catch {
    return null;
  }
}
