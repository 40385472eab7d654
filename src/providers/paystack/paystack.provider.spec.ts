import { createHash, createHmac } from 'node:crypto';

import { declarationOf } from '../testing/declaration.js';
import { eventsOf } from '../testing/stories.js';
import { paystackProvider } from './paystack.provider.js';
import { signPaystack } from './paystack.samples.js';

const SECRET = 'sk_test_of_the_merchant';
const OLD = 'sk_test_of_last_month_0';
const BODY = Buffer.from('{"event":"charge.success","note":"Caf\u00e9 \\/ \\u00e9"}');

const sign = (secret = SECRET, body = BODY) =>
  signPaystack({ body, expect: 'success' }, { secret, key: null, at: 0, url: '', options: {} })
    .headers['x-paystack-signature'] ?? '';

const verify = (headers: Record<string, string[]>, body = BODY) =>
  paystackProvider.verify(
    { body, headerValues: (name) => headers[name] ?? [] },
    {
      secrets: [
        { label: 'new', value: SECRET },
        { label: 'old', value: OLD },
      ],
      options: {},
      toleranceSeconds: 300,
      now: 0,
      url: '',
    },
  );
const verifySignature = (...signatures: string[]) => verify({ 'x-paystack-signature': signatures });

const INVALID = { authentic: false, code: 'signature_invalid' };

describe('the signature', () => {
  it.each([
    ['the current key', sign(), 'new'],
    ['the key before', sign(OLD), 'old'],
  ])('is accepted: %s', async (_, signature, verifiedWith) => {
    expect(await verifySignature(signature)).toEqual({ authentic: true, verifiedWith });
  });

  it('is of the bytes as they are', async () => {
    // printf '%s' '{"event":"charge.success"}' | openssl dgst -sha512 -hmac sk_test_of_the_merchant
    const body = Buffer.from('{"event":"charge.success"}');
    const signature =
      'fee2705feec8eae0ddd0405fc44e596efdc4fbe295f34e9792c922c92b98bf5d' +
      'f0f2b17a68d8f8cf06bdf64e6431e68734072bc134e0745a988bc915b615b477';
    expect(sign(SECRET, body)).toBe(signature);
    expect(await verify({ 'x-paystack-signature': [signature] }, body)).toMatchObject({
      authentic: true,
    });
    const written = Buffer.from(JSON.stringify(JSON.parse(BODY.toString())));
    expect(await verify({ 'x-paystack-signature': [sign()] }, written)).toEqual(INVALID);
  });

  const good = sign();
  it.each([
    ['a stranger', sign('sk_test_of_a_stranger_0')],
    ['SHA-256', createHmac('sha256', SECRET).update(BODY).digest('hex')],
    ['the first half of it', good.slice(0, 64)],
    ['upper-case hex', good.toUpperCase()],
    ['base64', Buffer.from(good, 'hex').toString('base64')],
    ['a prefix', `sha512=${good}`],
    ['a space before it', ` ${good}`],
    ['127 digits', good.slice(0, -1)],
    ['129 digits', `${good}0`],
    ['128 characters beyond ASCII', '\u00e9'.repeat(128)],
    ['two in one header', `${good},${good}`],
    ['two in one header, as Node joins them', `${sign(OLD)}, ${good}`],
  ])('is refused: %s', async (_, signature) => {
    expect(await verifySignature(signature)).toEqual(INVALID);
  });

  it('is refused in two headers, and missing in another one', async () => {
    expect(await verifySignature(good, good)).toEqual(INVALID);
    expect(await verify({ 'x-signature': [good] })).toEqual({
      authentic: false,
      code: 'signature_missing',
    });
  });
});

it('the id of an event is the SHA-256 of its body, since it is given none', () => {
  const body = '{"event":"charge.success","data":{"id":302961},"id":"evt_1"}';
  const sha256 = createHash('sha256').update(body).digest('hex');
  expect(eventsOf(paystackProvider, body)).toMatchObject([{ eventId: sha256 }]);
});

describe('the secret', () => {
  const { secret } = paystackProvider;

  it('has at least 12 bytes', () => {
    expect(secret.variable).toBe('PAYSTACK_SECRET_KEY');
    expect(secret.check('sk_test_123')).toContain('shorter than 12 bytes');
    expect(secret.check('sk_test_1234')).toBeNull();
  });

  it('is not the public key, which everybody can read', () => {
    expect(secret.check('pk_live_0123456789abcdef0123456789abcdef01234567')).toContain(
      'public key',
    );
  });
});

it('the subunits are one of two words', () => {
  const [option] = paystackProvider.options;
  expect(option).toMatchObject({ name: 'subunits', variable: 'PAYSTACK_SUBUNITS' });
  for (const value of ['hundredths', 'iso']) expect(option?.check?.(value)).toBeNull();
  for (const value of ['', 'ISO', '2']) expect(option?.check?.(value)).toContain('hundredths');
});

it('keeps the names and scopes that sources and stored payments rest on', () => {
  expect(declarationOf(paystackProvider)).toEqual({
    name: 'paystack',
    title: 'Paystack',
    contentTypes: ['application/json'],
    refScope: { account: false, livemode: true },
    refusesUnusable: false,
    secret: {
      variable: 'PAYSTACK_SECRET_KEY',
      made: 'sk_test_000102030405060708090a0b0c0d0e0f10111213',
    },
    options: [{ name: 'subunits', variable: 'PAYSTACK_SUBUNITS' }],
  });
});
