/** Amounts from their text to ISO 4217 minor units and back: exact, or refused; never a float. */
import { isoExponent } from './currencies.js';
import { type QuarantineCode } from './provider.js';

/** The greatest amount of one statement, in minor units: what a JSON reader with doubles can hold. */
export const MAX_AMOUNT = 9_007_199_254_740_991n;

export type Amount =
  | {
      readonly ok: true;
      /** ISO 4217 minor units of `currency`, 0 to {@link MAX_AMOUNT}. */
      readonly amount: bigint;
      /** Upper-case ISO 4217 code. */
      readonly currency: string;
    }
  | {
      readonly ok: false;
      readonly code: Extract<
        QuarantineCode,
        'validation_failed' | 'currency_unknown' | 'amount_inexact' | 'number_out_of_range'
      >;
      /** What was wrong, and what would be right. */
      readonly message: string;
    };

const MAJOR = /^(\d{1,13})(?:\.(\d{1,9}))?$/;
/** Above what any exponent could bring below MAX_AMOUNT; keeps BigInt from reading megabytes. */
const MAX_MINOR_DIGITS = 30;

/**
 * Reads a decimal in major units, e.g. `49.99` or `10.000`, of a currency in any case. What its minor
 * units cannot express is `amount_inexact`, never rounded.
 */
export function majorToMinor(text: string, currency: string): Amount {
  const found = findCurrency(currency);
  if (!found.ok) return found;
  const match = MAJOR.exec(text);
  if (match === null) {
    return refuse(
      'validation_failed',
      `amount ${quote(text)} must be a plain decimal such as 49.99: digits, no sign, no exponent`,
    );
  }
  const [, whole = '', fraction = ''] = match;
  return scale(text, BigInt(whole + fraction), found.exponent - fraction.length, found.code);
}

/**
 * Reads an integer in a provider's own minor units. `ownExponents` lists, by upper-case code, where
 * the provider departs from ISO 4217 (e.g. Adyen counts ISK with 2 digits, ISO with 0).
 */
export function minorToIso(
  text: string,
  currency: string,
  ownExponents: Readonly<Record<string, number>>,
): Amount {
  const found = findCurrency(currency);
  if (!found.ok) return found;
  if (!/^\d+$/.test(text)) {
    return refuse(
      'validation_failed',
      `amount ${quote(text)} must be an integer of minor units: digits, no sign, no fraction`,
    );
  }
  if (text.length > MAX_MINOR_DIGITS) return outOfRange(text);
  const own = ownExponents[found.code] ?? found.exponent;
  return scale(text, BigInt(text), found.exponent - own, found.code);
}

/**
 * Writes minor units as a decimal in major units, e.g. 4999n EUR as `49.99`, for people and samples.
 * Throws for a code that is no currency.
 */
export function minorToMajor(amount: bigint, currency: string): string {
  const exponent = isoExponent(currency);
  if (exponent === null)
    throw new RangeError(`${quote(currency)} is not an ISO 4217 currency code`);
  if (exponent === 0) return amount.toString();
  const sign = amount < 0n ? '-' : '';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(exponent + 1, '0');
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

function findCurrency(
  currency: string,
): { ok: true; code: string; exponent: number } | Extract<Amount, { ok: false }> {
  // Checked before the case is changed: toUpperCase makes USD of 'uſd' and IDR of 'ıdr'.
  const code = /^[A-Za-z]{3}$/.test(currency) ? currency.toUpperCase() : '';
  const exponent = isoExponent(code);
  if (exponent === null) {
    return refuse('currency_unknown', `${quote(currency)} is not an ISO 4217 currency code`);
  }
  return { ok: true, code, exponent };
}

/** `value` × 10^`power`, if that is an integer within range. */
function scale(text: string, value: bigint, power: number, currency: string): Amount {
  let amount: bigint;
  if (power >= 0) {
    amount = value * 10n ** BigInt(power);
  } else {
    const divisor = 10n ** BigInt(-power);
    if (value % divisor !== 0n) {
      return refuse(
        'amount_inexact',
        `amount ${quote(text)} is finer than the minor unit of ${currency} (${isoExponent(currency)} digits)`,
      );
    }
    amount = value / divisor;
  }
  return amount > MAX_AMOUNT ? outOfRange(text) : { ok: true, amount, currency };
}

function outOfRange(text: string): Amount {
  return refuse(
    'number_out_of_range',
    `amount ${quote(text)} is more than ${MAX_AMOUNT} minor units`,
  );
}

function refuse<C extends Extract<Amount, { ok: false }>['code']>(code: C, message: string) {
  return { ok: false as const, code, message };
}

/** For messages: strangers' text, bounded and with its control characters visible. */
function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
