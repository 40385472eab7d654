import fc from 'fast-check';
import { equalsBase64, equalsHex, hmacSha256, hmacSha512 } from './hmac.js';

const digest = hmacSha256('key', 'The quick brown fox ', Buffer.from('jumps over the lazy dog'));
const hex = 'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8';
const base64 = '97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg=';

describe('hmacSha256', () => {
  it('signs the parts as one text', () => {
    expect(digest.toString('hex')).toBe(hex);
    expect(hmacSha256(Buffer.from('key'), 'The quick brown fox jumps over the lazy dog')).toEqual(
      digest,
    );
  });

  it('signs bytes as they are, valid UTF-8 or not', () => {
    expect(hmacSha256('key', Buffer.from([0xff]))).not.toEqual(hmacSha256('key', '\ufffd'));
  });

  it.each([[''], [Buffer.alloc(0)]])('refuses the empty secret', (secret) => {
    expect(() => hmacSha256(secret, 'x')).toThrow('empty secret');
  });
});

describe('hmacSha512', () => {
  it.each([
    // https://www.rfc-editor.org/rfc/rfc4231, test cases 1 and 2.
    [
      Buffer.alloc(20, 0x0b),
      ['Hi ', 'There'],
      '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde' +
        'daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
    ],
    [
      'Jefe',
      ['what do ya want for nothing?'],
      '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554' +
        '9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
    ],
  ])('signs the parts as one text', (secret, parts, expected) => {
    const signed = hmacSha512(secret, ...parts);
    expect(signed.toString('hex')).toBe(expected);
    expect(equalsHex(expected, signed)).toBe(true);
    expect(equalsHex(expected.slice(0, 64), signed)).toBe(false);
  });

  it.each([[''], [Buffer.alloc(0)]])('refuses the empty secret', (secret) => {
    expect(() => hmacSha512(secret, 'x')).toThrow('empty secret');
  });
});

describe('equalsHex', () => {
  it('accepts the digest and nothing else', () => {
    expect(equalsHex(hex, digest)).toBe(true);
    for (let i = 0; i < hex.length; i++) {
      expect(equalsHex(hex.slice(0, i), digest)).toBe(false);
      const other = hex[i] === '0' ? '1' : '0';
      expect(equalsHex(hex.slice(0, i) + other + hex.slice(i + 1), digest)).toBe(false);
    }
  });

  it.each([
    ['upper case', hex.toUpperCase()],
    ['65 digits', `${hex}0`],
    ['66 digits', `${hex}00`],
    ['a trailing line feed', `${hex}\n`],
    ['63 digits and a line feed', `${hex.slice(0, 63)}\n`],
    ['a leading space', ` ${hex}`],
    ['64 characters that are not ASCII', '\u00e9'.repeat(64)],
    ['full-width digits', hex.replace(/\d/g, (d) => String.fromCharCode(0xff10 + Number(d)))],
    ['a foreign character at the end', `${hex.slice(0, 63)}g`],
    ['0x', `0x${hex.slice(2)}`],
    ['nothing', ''],
    ['base64', base64],
  ])('is false for %s', (_, candidate) => {
    expect(equalsHex(candidate, digest)).toBe(false);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 60, maxLength: 68 }), (candidate) => {
        expect(equalsHex(candidate, digest)).toBe(false);
      }),
    );
  });
});

describe('equalsBase64', () => {
  it('accepts the digest and no prefix of it', () => {
    expect(equalsBase64(base64, digest)).toBe(true);
    for (let i = 0; i < base64.length; i++) {
      expect(equalsBase64(base64.slice(0, i), digest)).toBe(false);
    }
  });

  it.each([
    ['base64url', base64.replaceAll('+', '-')],
    ['no padding', base64.slice(0, -1)],
    ['more padding', `${base64}=`],
    ['a trailing line feed', `${base64}\n`],
    ['a line feed for the padding', `${base64.slice(0, -1)}\n`],
    ['stray bits before the padding', `${base64.slice(0, -2)}h=`],
    ['a space inside', `${base64.slice(0, 20)} ${base64.slice(21)}`],
    ['characters that are not ASCII', '\u00e9'.repeat(44)],
    ['hex', hex],
    ['nothing', ''],
  ])('is false for %s', (_, candidate) => {
    expect(equalsBase64(candidate, digest)).toBe(false);
  });

  it('accepts exactly the canonical encoding, for digests of every length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.base64String(), (b, other) => {
        const bytes = Buffer.from(b);
        const canonical = bytes.toString('base64');
        expect(equalsBase64(canonical, bytes)).toBe(true);
        expect(equalsBase64(other, bytes)).toBe(other === canonical);
      }),
    );
  });
});
