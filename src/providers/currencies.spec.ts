import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { CURRENCIES, isoExponent } from './currencies.js';

/** ISO 4217 list one as published; the package's own numbers are derived from it. */
const listOne = [
  ...readFileSync(
    createRequire(import.meta.url).resolve('currency-codes/iso-4217-list-one.xml'),
    'utf8',
  ).matchAll(/<Ccy>(\w{3})<\/Ccy>\s*<CcyNbr>\d+<\/CcyNbr>\s*<CcyMnrUnts>([^<]+)<\/CcyMnrUnts>/g),
].map(([, code = '', units = '']) => ({ code, units }));

describe('isoExponent', () => {
  it('is what list one of ISO 4217 says, and null where it says N.A.', () => {
    expect(listOne.length).toBeGreaterThan(250);
    for (const { code, units } of listOne.filter(({ code }) => code !== 'XXX')) {
      expect([code, isoExponent(code)]).toEqual([code, units === 'N.A.' ? null : Number(units)]);
    }
  });

  it.each([
    ['EUR', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['CLF', 4],
    ['HUF', 2],
    ['IDR', 2],
    ['MGA', 2],
    ['ISK', 0],
    ['UGX', 0],
    ['CLP', 0],
    ['CVE', 2],
    ['TWD', 2],
    ['XCG', 2],
    ['XXX', 2],
  ])('%s has %i', (code, exponent) => {
    expect(isoExponent(code)).toBe(exponent);
  });

  it('knows the withdrawn codes that payments still carry', () => {
    const withdrawn = 'HRK BGN EEK LTL LVL SKK SIT ANG MRO STD VEF ZMK CUC SLL ZWL DEM FRF'.split(
      ' ',
    );
    for (const code of withdrawn) expect([code, isoExponent(code)]).toEqual([code, 2]);
    for (const code of ['BYR', 'ITL', 'ESP', 'TRL']) expect(isoExponent(code)).toBe(0);
  });

  it.each([
    ['XAU'],
    ['XDR'],
    ['XTS'],
    ['eur'],
    ['ABC'],
    [''],
    ['EUR '],
    ['__proto__'],
    ['constructor'],
  ])('knows no currency %p', (code) => {
    expect(isoExponent(code)).toBeNull();
  });
});

describe('CURRENCIES', () => {
  it('lists each code once, in order', () => {
    const codes = CURRENCIES.map(([code]) => code);
    expect(codes).toEqual([...new Set(codes)].sort());
    expect(codes.every((code) => /^[A-Z]{3}$/.test(code))).toBe(true);
    expect(CURRENCIES.every(([code, exponent]) => isoExponent(code) === exponent)).toBe(true);
  });
});
