import { createHmac } from 'node:crypto';

import fc from 'fast-check';

import { readJson } from '../../json/read-json.js';
import { type ProviderOptions } from '../provider.js';
import { declarationOf } from '../testing/declaration.js';
import { checkoutProvider } from './checkout.provider.js';
import { signCheckout } from './checkout.samples.js';

// There is no official verifier: signatures are made here by the description alone, and not by our signer.
// https://www.checkout.com/docs/developer-resources/event-notifications/receive-webhooks
const SECRET = '8V8x0dLK%AyD*DNS8JJr';
const AUTHORIZATION = 'ee64c3f5-example-of-an-authorization-key';
const BODY = Buffer.from(
  '{"id":"evt_1","type":"payment_approved","amount":10.50,"x":"caf\\u00e9 \\/"}',
);

const hexOf = (body: Buffer, secret = SECRET) =>
  createHmac('sha256', secret).update(body).digest('hex');
const HEX = hexOf(BODY);

function verify(
  signatures: readonly string[],
  {
    body = BODY,
    authorizations = [],
    options = {},
  }: { body?: Buffer; authorizations?: string[]; options?: ProviderOptions } = {},
) {
  return checkoutProvider.verify(
    {
      body,
      headerValues: (name) =>
        name === 'Cko-Signature' ? [...signatures] : name === 'Authorization' ? authorizations : [],
    },
    {
      secrets: [{ label: 'ONE', value: SECRET }],
      options,
      toleranceSeconds: 300,
      now: 0,
      url: 'http://localhost/webhooks/checkout',
    },
  );
}

const AUTHENTIC = { authentic: true, verifiedWith: 'ONE' };
const MISSING = { authentic: false, code: 'signature_missing' };
const INVALID = { authentic: false, code: 'signature_invalid' };

describe('the signature', () => {
  it('is that of the description, written out', async () => {
    // printf '{"a":1}' | openssl dgst -sha256 -hmac 'a signature key'
    const body = Buffer.from('{"a":1}');
    const hex = createHmac('sha256', 'a signature key').update('{"a":1}').digest('hex');
    expect(hexOf(body, 'a signature key')).toBe(hex);
    expect(await verify([HEX])).toEqual(AUTHENTIC);
  });

  it('may be written in capitals, or in both', async () => {
    expect(await verify([HEX.toUpperCase()])).toEqual(AUTHENTIC);
    expect(await verify([HEX.slice(0, 32) + HEX.slice(32).toUpperCase()])).toEqual(AUTHENTIC);
  });

  it('covers any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(),
        fc.nat(7),
        async (bytes, at, bit) => {
          const body = Buffer.from(bytes);
          const signature = hexOf(body);
          expect(await verify([signature], { body })).toEqual(AUTHENTIC);
          const more = Buffer.concat([body, Buffer.from('\n')]);
          expect(await verify([signature], { body: more })).toEqual(INVALID);
          if (body.length === 0) return;
          const flipped = Buffer.from(body);
          flipped[at % body.length]! ^= 1 << bit;
          expect(await verify([signature], { body: flipped })).toEqual(INVALID);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each<[string, string[]]>([
    ['absent', []],
    ['empty', ['']],
    ['blank', [' ']],
  ])('that is %s is missing', async (_, signatures) => {
    expect(await verify(signatures)).toEqual(MISSING);
  });

  it.each<[string, string[]]>([
    ['base64', [Buffer.from(HEX, 'hex').toString('base64')]],
    ['with a prefix', [`sha256=${HEX}`]],
    ['short of a digit', [HEX.slice(1)]],
    ['with a digit more', [`${HEX}0`]],
    ['with white space', [`${HEX} `]],
    ['in a list', [`${HEX},${HEX}`]],
    ['sent twice', [HEX, HEX]],
    ['sent with a wrong one', ['0'.repeat(64), HEX]],
    ['letters that become digits in small', ['\u212a'.repeat(64)]],
    ['64 characters beyond ASCII', ['é'.repeat(64)]],
    ['one of another key', [hexOf(BODY, 'another signature key')]],
    ['one of SHA-1', [createHmac('sha1', SECRET).update(BODY).digest('hex')]],
    ['one of a parsed body', [hexOf(Buffer.from(JSON.stringify(JSON.parse(BODY.toString()))))]],
    ['longer than a header may be', [HEX.repeat(20)]],
  ])('%s is invalid', async (_, signatures) => {
    expect(await verify(signatures)).toEqual(INVALID);
  });

  it('is in force for a body that is malformed, as authentication_failed has been', async () => {
    // The field "data" was never opened, and a character was lost.
    const body = Buffer.from(
      '{"id":"evt_1","type":"authentication_failed","version":"1.0.0","session_id":"sid_1\ufffd"},"_links":{}}',
    );
    expect(await verify([hexOf(body)], { body })).toEqual(AUTHENTIC);
    expect(readJson(body)).toEqual({ ok: false, code: 'invalid_json' });
  });
});

describe('the authorization header', () => {
  const options = { authorization: AUTHORIZATION };
  const withHeaders = (...authorizations: string[]) => verify([HEX], { options, authorizations });

  it('is not looked at where none is configured', async () => {
    expect(await verify([HEX], { authorizations: ['anything'] })).toEqual(AUTHENTIC);
  });

  it('has to be the configured value', async () => {
    expect(await withHeaders(AUTHORIZATION)).toEqual(AUTHENTIC);
  });

  it('has to be there', async () => {
    expect(await withHeaders()).toEqual(MISSING);
    expect(await withHeaders('')).toEqual(MISSING);
  });

  it.each([
    `Bearer ${AUTHORIZATION}`,
    AUTHORIZATION.slice(1),
    `${AUTHORIZATION}x`,
    `${AUTHORIZATION} `,
    AUTHORIZATION.toUpperCase(),
    AUTHORIZATION.replace('e', 'é'),
    'x'.repeat(2000),
  ])('%s is another', async (value) => {
    expect(await withHeaders(value)).toEqual(INVALID);
  });

  it('stands once', async () => {
    expect(await withHeaders(AUTHORIZATION, AUTHORIZATION)).toEqual(INVALID);
    expect(await withHeaders('another', AUTHORIZATION)).toEqual(INVALID);
  });

  it('replaces no signature', async () => {
    expect(await verify([], { options, authorizations: [AUTHORIZATION] })).toEqual(MISSING);
    expect(await verify(['0'.repeat(64)], { options, authorizations: [AUTHORIZATION] })).toEqual(
      INVALID,
    );
  });

  const [declared] = checkoutProvider.options;

  it.each([AUTHORIZATION, 'Basic dXNlcjpwYXNz', 'a'.repeat(12), 'a'.repeat(502)])(
    'may be %s',
    (value) => {
      expect(declared?.check?.(value)).toBeNull();
    },
  );

  it.each(['', 'short', 'a'.repeat(11), 'a'.repeat(503), 'é'.repeat(20), `${'a'.repeat(20)}\n`])(
    'may not be %j',
    (value) => {
      expect(declared?.check?.(value)).toMatch(/^is not/);
    },
  );
});

describe('our signer', () => {
  const sample = { body: BODY, expect: 'success' } as const;
  const context = { secret: SECRET, key: null, at: 0, url: '' };

  it('signs as the description says', () => {
    expect(signCheckout(sample, { ...context, options: {} })).toEqual({
      body: BODY,
      headers: { 'Cko-Signature': HEX },
    });
  });

  it('sends the authorization that is configured', () => {
    const options = { authorization: AUTHORIZATION };
    expect(signCheckout(sample, { ...context, options }).headers).toEqual({
      'Cko-Signature': HEX,
      Authorization: AUTHORIZATION,
    });
  });
});

it('needs a secret of 12 bytes, and says so', () => {
  expect(checkoutProvider.secret.check('é'.repeat(6))).toBeNull();
  expect(checkoutProvider.secret.check('x'.repeat(11))).toMatch(
    /^is shorter than 12 bytes.*give the webhook a longer signature key/,
  );
});

it('keeps the names and scopes that sources and stored payments rest on', () => {
  expect(declarationOf(checkoutProvider)).toEqual({
    name: 'checkout',
    title: 'Checkout.com',
    contentTypes: ['application/json'],
    refScope: { account: false, livemode: false },
    refusesUnusable: false,
    secret: {
      variable: 'CHECKOUT_WEBHOOK_SECRET',
      made: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    },
    options: [{ name: 'authorization', variable: 'CHECKOUT_AUTHORIZATION', secret: true }],
  });
});
