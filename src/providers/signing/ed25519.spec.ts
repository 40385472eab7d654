import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';

import fc from 'fast-check';

import { ed25519PublicKey, verifiesEd25519 } from './ed25519.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
const key = ed25519PublicKey(raw)!;
const MESSAGE = Buffer.from('the message');
const good = sign(null, MESSAGE, privateKey).toString('base64');

describe('ed25519PublicKey', () => {
  it('is the key of its 32 bytes', () => {
    expect(key.equals(publicKey)).toBe(true);
  });

  it.each([0, 1, 31, 33, 64])('is none of %i bytes', (length) => {
    expect(ed25519PublicKey(Buffer.alloc(length, 7))).toBeNull();
  });

  describe.each([
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ])('of small order, %s', (hex) => {
    it.each([0, 0x80])('is none, with sign %i', (bit) => {
      const weak = Buffer.from(hex, 'hex');
      weak[31]! |= bit;
      expect(ed25519PublicKey(weak)).toBeNull();

      // Why: a signature of nobody (the neutral point and zero) is one of many messages.
      const forged = Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]);
      const jwk = { kty: 'OKP', crv: 'Ed25519', x: weak.toString('base64url') };
      const accepting = createPublicKey({ key: jwk, format: 'jwk' });
      const messages = Array.from({ length: 200 }, (_, n) => Buffer.from(`message ${n}`));
      expect(messages.some((message) => verify(null, message, accepting, forged))).toBe(true);
    });
  });
});

describe('verifiesEd25519', () => {
  it('accepts the signature of the message by that key and no other', () => {
    expect(verifiesEd25519(good, MESSAGE, key)).toBe(true);
    expect(verifiesEd25519(good, Buffer.from('another message'), key)).toBe(false);
    expect(verifiesEd25519(good, MESSAGE, generateKeyPairSync('ed25519').publicKey)).toBe(false);
  });

  it('accepts the second vector of RFC 8032, section 7.1', () => {
    const theirs = ed25519PublicKey(
      Buffer.from('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', 'hex'),
    )!;
    const signature = Buffer.from(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
      'hex',
    );
    expect(verifiesEd25519(signature.toString('base64'), Buffer.from('r'), theirs)).toBe(true);
  });

  it('accepts no prefix of it and no other bit in it', () => {
    for (let i = 0; i < good.length; i += 1) {
      expect(verifiesEd25519(good.slice(0, i), MESSAGE, key)).toBe(false);
    }
    for (let bit = 0; bit < 512; bit += 1) {
      const bytes = Buffer.from(good, 'base64');
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(verifiesEd25519(bytes.toString('base64'), MESSAGE, key)).toBe(false);
    }
  });

  it('accepts no other scalar that is equal modulo the order of the group', () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const bytes = Buffer.from(good, 'base64');
    const scalar = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`);
    const greater = (scalar + order).toString(16).padStart(64, '0');
    Buffer.from(greater, 'hex').reverse().copy(bytes, 32);
    expect(verifiesEd25519(bytes.toString('base64'), MESSAGE, key)).toBe(false);
  });

  it.each([
    ['base64url', Buffer.from(good, 'base64').toString('base64url')],
    ['one padding', good.slice(0, -1)],
    ['more padding', `${good}=`],
    ['a trailing line feed', `${good}\n`],
    ['a leading space', ` ${good}`],
    ['stray bits before the padding', `${good.slice(0, -3)}${stray(good.at(-3)!)}==`],
    ['hex', Buffer.from(good, 'base64').toString('hex')],
    ['nothing', ''],
  ])('is false for %s', (_, candidate) => {
    expect(verifiesEd25519(candidate, MESSAGE, key)).toBe(false);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.base64String()), (candidate) => {
        expect(verifiesEd25519(candidate, MESSAGE, key)).toBe(false);
      }),
    );
  });
});

/** The next digit of base64: it differs in a bit that the padding makes meaningless. */
function stray(digit: string): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return digits[digits.indexOf(digit) + 1]!;
}
