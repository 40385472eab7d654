import fc from 'fast-check';
import { CURRENCIES } from './currencies.js';
import { type Amount, majorToMinor, MAX_AMOUNT, minorToIso, minorToMajor } from './money.js';

const ok = (amount: bigint, currency: string) => ({ ok: true, amount, currency });
const codeOf = (result: Amount) => (result.ok ? result.amount : result.code);

const anyCurrency = fc.constantFrom(...CURRENCIES);
const anyAmount = fc.oneof(
  fc.bigInt({ min: 0n, max: MAX_AMOUNT }),
  fc.bigInt({ min: 0n, max: 1000n }),
  fc.constantFrom(0n, 1n, MAX_AMOUNT),
);

describe('majorToMinor', () => {
  it.each([
    ['49.99', 'EUR', 4999n],
    ['49.9', 'EUR', 4990n],
    ['49', 'EUR', 4900n],
    ['10.000', 'EUR', 1000n],
    ['10.000000000', 'EUR', 1000n],
    ['0', 'EUR', 0n],
    ['0.00', 'JPY', 0n],
    ['007', 'JPY', 7n],
    ['1.234', 'KWD', 1234n],
    ['1.2345', 'CLF', 12345n],
    ['49.99', 'XXX', 4999n],
    ['1.10', 'HUF', 110n],
    // As doubles: 1.005 * 100 = 100.49999999999999, 8.2 * 100 = 819.9999999999999.
    ['8.20', 'EUR', 820n],
    ['9999999999999.99', 'EUR', 999999999999999n],
  ])('%s %s: %s', (text, currency, expected) => {
    expect(majorToMinor(text, currency)).toEqual(ok(expected, currency));
  });

  it('takes the currency in any case', () => {
    expect(majorToMinor('1', 'eUr')).toEqual(ok(100n, 'EUR'));
  });

  it.each([
    ['10.005', 'EUR', 'amount_inexact'],
    ['1.005', 'EUR', 'amount_inexact'],
    ['0.000000001', 'EUR', 'amount_inexact'],
    ['100.5', 'JPY', 'amount_inexact'],
    ['1e2', 'EUR', 'validation_failed'],
    ['-1', 'EUR', 'validation_failed'],
    ['+1', 'EUR', 'validation_failed'],
    ['', 'EUR', 'validation_failed'],
    [' 1', 'EUR', 'validation_failed'],
    ['1 ', 'EUR', 'validation_failed'],
    ['1\n', 'EUR', 'validation_failed'],
    ['.5', 'EUR', 'validation_failed'],
    ['5.', 'EUR', 'validation_failed'],
    ['1,00', 'EUR', 'validation_failed'],
    ['1.0.0', 'EUR', 'validation_failed'],
    ['0x10', 'EUR', 'validation_failed'],
    ['١', 'EUR', 'validation_failed'],
    ['１', 'EUR', 'validation_failed'],
    ['NaN', 'EUR', 'validation_failed'],
    ['10000000000000', 'EUR', 'validation_failed'],
    ['0.0000000000', 'EUR', 'validation_failed'],
    ['9007199254740.991', 'KWD', MAX_AMOUNT],
    ['9007199254740.992', 'KWD', 'number_out_of_range'],
    ['9999999999999', 'CLF', 'number_out_of_range'],
    ['1', 'ABC', 'currency_unknown'],
    ['1', '', 'currency_unknown'],
    ['1', 'EURO', 'currency_unknown'],
    ['1', 'XAU', 'currency_unknown'],
    ['1', 'u\u017fd', 'currency_unknown'],
    ['1', '\u0131dr', 'currency_unknown'],
    ['1', 'EUREUR', 'currency_unknown'],
  ])('%j %s: %s', (text, currency, expected) => {
    expect(codeOf(majorToMinor(text, currency))).toBe(expected);
  });

  it('says what was wrong without repeating a long text', () => {
    const result = majorToMinor('x\0'.repeat(10_000), 'EUR');
    expect(result.ok ? '' : result.message).toMatch(/^amount "x\\u0000.{20,250}…" must be a plain/);
  });

  it('reads back what minorToMajor wrote', () => {
    fc.assert(
      fc.property(anyAmount, anyCurrency, (amount, [currency]) => {
        const major = minorToMajor(amount, currency);
        fc.pre(/^\d{1,13}(\.|$)/.test(major));
        expect(majorToMinor(major, currency)).toEqual(ok(amount, currency));
      }),
    );
  });

  it('invents no amount: what it reads is the decimal, to the last digit', () => {
    const decimal = fc.stringMatching(/^\d{1,13}(\.\d{1,9})?$/);
    fc.assert(
      fc.property(decimal, anyCurrency, (text, [currency, exponent]) => {
        const [whole = '', fraction = ''] = text.split('.');
        const billionths = BigInt(whole + fraction.padEnd(9, '0'));
        const unit = 10n ** BigInt(9 - exponent);
        const expected =
          billionths % unit !== 0n
            ? 'amount_inexact'
            : billionths / unit > MAX_AMOUNT
              ? 'number_out_of_range'
              : billionths / unit;
        expect(codeOf(majorToMinor(text, currency))).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('minorToIso', () => {
  const own = { ISK: 2, MGA: 0, CLP: 2, CVE: 0 };
  it.each([
    ['4999', 'eur', {}, 4999n],
    ['4999', 'EUR', own, 4999n],
    ['50000', 'ISK', own, 500n],
    ['50050', 'ISK', own, 'amount_inexact'],
    ['5000', 'MGA', own, 500000n],
    ['5000', 'MGA', {}, 5000n],
    ['0', 'ISK', own, 0n],
    ['9007199254740991', 'EUR', {}, MAX_AMOUNT],
    ['9007199254740992', 'EUR', {}, 'number_out_of_range'],
    ['9223372036854775808', 'EUR', {}, 'number_out_of_range'],
    ['90071992547409', 'MGA', own, 9007199254740900n],
    ['90071992547410', 'MGA', own, 'number_out_of_range'],
    ['900719925474099100', 'ISK', own, MAX_AMOUNT],
    ['1'.repeat(31), 'EUR', {}, 'number_out_of_range'],
    ['-1', 'EUR', {}, 'validation_failed'],
    ['1.5', 'EUR', {}, 'validation_failed'],
    ['1.0', 'EUR', {}, 'validation_failed'],
    ['1e2', 'EUR', {}, 'validation_failed'],
    ['', 'EUR', {}, 'validation_failed'],
    ['١', 'EUR', {}, 'validation_failed'],
    ['1', 'ABC', { ABC: 2 }, 'currency_unknown'],
  ])('%s %s %j: %s', (text, currency, exponents, expected) => {
    expect(codeOf(minorToIso(text, currency, exponents))).toBe(expected);
  });

  it('keeps the value: the ISO amount in major units is the own amount in major units', () => {
    const exponents = fc.nat(4);
    fc.assert(
      fc.property(anyAmount, anyCurrency, exponents, (amount, [currency, iso], ownExponent) => {
        const result = minorToIso(`${amount}`, currency, { [currency]: ownExponent });
        const [left, right] = [amount * 10n ** BigInt(iso), 10n ** BigInt(ownExponent)];
        if (result.ok) expect(result.amount * right).toBe(left);
        else if (result.code === 'amount_inexact') expect(left % right).not.toBe(0n);
        else expect(left / right).toBeGreaterThan(MAX_AMOUNT);
      }),
    );
  });
});

describe('minorToMajor', () => {
  it.each([
    [4999n, 'EUR', '49.99'],
    [5n, 'EUR', '0.05'],
    [0n, 'EUR', '0.00'],
    [500n, 'JPY', '500'],
    [1n, 'KWD', '0.001'],
    [-105n, 'EUR', '-1.05'],
    [10n ** 30n, 'EUR', `1${'0'.repeat(28)}.00`],
  ])('%s %s is %s', (amount, currency, expected) => {
    expect(minorToMajor(amount, currency)).toBe(expected);
  });

  it('throws for a code that is no currency', () => {
    expect(() => minorToMajor(1n, 'ABC')).toThrow('"ABC" is not an ISO 4217 currency code');
  });
});
