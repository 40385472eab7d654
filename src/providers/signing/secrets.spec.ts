import { type Secret } from '../provider.js';
import { MAX_SIGNATURES } from './headers.js';
import { equalsHex, hmacSha256 } from './hmac.js';
import { verifyHeader, verifyWithSecrets } from './secrets.js';

const secrets: Secret[] = [
  { label: 'KEY', value: 'first secret' },
  { label: 'KEY#2', value: 'second secret' },
];
const body = 'the body';
const sign = (secret: string) => hmacSha256(secret, body).toString('hex');
const bad = 'f'.repeat(64);

function verify(...signatures: string[]) {
  let digests = 0;
  const verification = verifyWithSecrets(
    secrets,
    signatures,
    (secret) => {
      digests++;
      return hmacSha256(secret, body);
    },
    equalsHex,
  );
  return { verification, digests };
}

describe('verifyWithSecrets', () => {
  it('names the secret that verified', () => {
    for (const { label, value } of secrets) {
      const expected = { authentic: true, verifiedWith: label };
      expect(verify(sign(value)).verification).toEqual(expected);
      expect(verify(bad, '', sign(value)).verification).toEqual(expected);
    }
  });

  it('refuses what no secret signed', () => {
    const refused = { authentic: false, code: 'signature_invalid' };
    expect(verify(sign('third secret')).verification).toEqual(refused);
    expect(verify(bad, bad).verification).toEqual(refused);
    expect(verifyWithSecrets([], [bad], () => Buffer.from(bad, 'hex'), equalsHex)).toEqual(refused);
  });

  it(`looks at ${MAX_SIGNATURES} signatures, and at none of more or fewer than one`, () => {
    const good = sign('first secret');
    const many = Array<string>(MAX_SIGNATURES - 1).fill(bad);
    expect(verify(...many, good).verification.authentic).toBe(true);
    expect(verify(...many, bad, good)).toMatchObject({
      verification: { authentic: false },
      digests: 0,
    });
    expect(verify()).toMatchObject({ verification: { authentic: false }, digests: 0 });
  });
});

describe('verifyHeader', () => {
  const verifyValues = (...values: string[]) =>
    verifyHeader(
      { body: Buffer.from(body), headerValues: (name) => (name === 'x-hmac' ? values : []) },
      secrets,
      'x-hmac',
      (secret) => hmacSha256(secret, body),
      equalsHex,
    );

  it('takes the one signature of the header', () => {
    const good = sign('second secret');
    expect(verifyValues(good)).toEqual({ authentic: true, verifiedWith: 'KEY#2' });
    expect(verifyValues(bad)).toEqual({ authentic: false, code: 'signature_invalid' });
    expect(verifyValues()).toEqual({ authentic: false, code: 'signature_missing' });
    expect(verifyValues(good, good)).toEqual({ authentic: false, code: 'signature_invalid' });
  });
});
