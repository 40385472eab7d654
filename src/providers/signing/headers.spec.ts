import { type SignedRequest } from '../provider.js';
import { parseUnixSeconds, signatureHeader, withinTolerance } from './headers.js';

const request = (...values: string[]): SignedRequest => ({
  body: Buffer.alloc(0),
  headerValues: (name) => (name === 'x-signature' ? values : []),
});

describe('signatureHeader', () => {
  it('gives the one value', () => {
    expect(signatureHeader(request('abc'), 'x-signature')).toEqual({ ok: true, value: 'abc' });
    expect(signatureHeader(request('a'.repeat(1024)), 'x-signature').ok).toBe(true);
  });

  it.each([
    ['absent', [], 'signature_missing'],
    ['empty', [''], 'signature_missing'],
    ['blank', [' \t'], 'signature_missing'],
    ['two', ['bad', 'good'], 'signature_invalid'],
    ['two that are equal', ['good', 'good'], 'signature_invalid'],
    ['two that are empty', ['', ''], 'signature_invalid'],
    ['more than 1 KB', ['a'.repeat(1025)], 'signature_invalid'],
  ])('%s: %s', (_, values, code) => {
    expect(signatureHeader(request(...values), 'x-signature')).toEqual({ ok: false, code });
  });
});

describe('parseUnixSeconds', () => {
  it.each([
    ['0', 0],
    ['1700000000', 1700000000],
    ['999999999999', 999999999999],
  ])('reads %s', (text, seconds) => {
    expect(parseUnixSeconds(text)).toBe(seconds);
  });

  it.each([
    [''],
    ['-1'],
    ['+1'],
    [' 1'],
    ['1 '],
    ['1\n'],
    ['1e3'],
    ['1.0'],
    ['1junk'],
    ['NaN'],
    ['0x1'],
    ['9007199254740992'],
    ['١'],
  ])('refuses %j', (text) => {
    expect(parseUnixSeconds(text)).toBeNull();
  });
});

describe('withinTolerance', () => {
  const now = 1_700_000_000;
  it.each([
    [0, 300, true],
    [-300, 300, true],
    [300, 300, true],
    [-301, 300, false],
    [301, 300, false],
    [0, 0, true],
    [1, 0, false],
    [-1, 0, false],
    [315_360_000, 300, false],
    [NaN, 300, false],
  ])('%i s from now within %i: %s', (offset, tolerance, expected) => {
    expect(withinTolerance(now + offset, now * 1000, tolerance)).toBe(expected);
    expect(withinTolerance(now + offset, now * 1000 + 999, tolerance)).toBe(expected);
  });
});
