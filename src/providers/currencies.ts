/**
 * The minor units of currencies: ISO 4217's list one from `currency-codes`, and what that package
 * lacks. Never `Intl`: its digits are those of everyday use (0 for HUF and IDR), not ISO's.
 */
import { data as listOne } from 'currency-codes';

/**
 * List one says "N.A." of their minor units (the package 0): metals, units of account, the code for
 * tests. No payer is charged in them, and an amount has no exact meaning: they count as unknown.
 */
const WITHOUT_MINOR_UNITS = new Set('XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA'.split(' '));

/** Codes that list one has gained since the package was made (2024): amendments 176 and 179. */
const ADDED: readonly [string, number][] = [
  ['XAD', 2],
  ['XCG', 2],
];

/**
 * Codes withdrawn since 1999, which old payments and their late refunds still carry. ISO's list of
 * withdrawn codes states no minor units; these are the last that list one stated.
 */
const WITHDRAWN: Readonly<Record<number, string>> = {
  0: 'BEF BYB BYR ESP GRD ITL LUF MGF PTE TPE TRL',
  2:
    'AFA ATS AZM BGL CSD CYP DEM EEK FIM FRF GHC GWP HRK IEP LTL LVL MRO MTL MZM NLG ROL RUR SDD ' +
    'SIT SKK SLL SRG STD TMM VEB VEF YUM ZMK ZWD ZWL ZWN ZWR',
};

/** "No currency": ISO gives it no minor units, docs/law.md gives it those of most currencies. */
const NO_CURRENCY: readonly [string, number] = ['XXX', 2];

const exponents = new Map<string, number>([
  ...listOne
    .filter(({ code }) => !WITHOUT_MINOR_UNITS.has(code))
    .map(({ code, digits }): [string, number] => [code, digits]),
  ...Object.entries(WITHDRAWN).flatMap(([exponent, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, Number(exponent)]),
  ),
  ...ADDED,
  NO_CURRENCY,
]);

/** Every currency an amount can be in, as [code, exponent], by code. */
export const CURRENCIES: readonly (readonly [code: string, exponent: number])[] = [
  ...exponents,
].sort(([a], [b]) => (a < b ? -1 : 1));

/**
 * How many decimal digits the minor unit of an upper-case ISO 4217 code has, active or withdrawn;
 * null where there is no such currency, or none that money is counted in (XAU, XDR, XTS).
 */
export function isoExponent(code: string): number | null {
  return exponents.get(code) ?? null;
}
