import { type ProviderOptions, type Secret } from '../provider.js';
import { declarationOf } from '../testing/declaration.js';
import { braintreeProvider } from './braintree.provider.js';
import { signBraintree } from './braintree.samples.js';
import { signatureOf } from './braintree.signature.js';
import { OFFICIAL, officialGateway } from './testing/official.js';

const PUBLIC_KEY = 'test_public_key';
const PRIVATE_KEY = 'test_private_key';
const OPTIONS: ProviderOptions = { merchantId: 'test_merchant', publicKey: PUBLIC_KEY };
const SECRETS: readonly Secret[] = [{ label: 'ONE', value: PRIVATE_KEY }];

// Signed by the official package, so that our verifier is not measured by our own signer.
const gatewayOf = (publicKey = PUBLIC_KEY, privateKey = PRIVATE_KEY) =>
  officialGateway(publicKey, privateKey);
const sampleOf = (kind: string, gateway = gatewayOf()) =>
  gateway.webhookTesting.sampleNotification(kind, 'bt_txn_1');

const SAMPLE = await sampleOf('transaction_settled');
const [, HEX = ''] = SAMPLE.bt_signature.split('|');

function formOf(fields: Record<string, string> | [string, string][]): Buffer {
  return Buffer.from(new URLSearchParams(fields).toString());
}

function verify(
  body: Buffer | Record<string, string>,
  { secrets = SECRETS, options = OPTIONS } = {},
) {
  return braintreeProvider.verify(
    { body: Buffer.isBuffer(body) ? body : formOf(body), headerValues: () => [] },
    { secrets, options, toleranceSeconds: 300, now: 0, url: 'http://localhost/webhooks/braintree' },
  );
}

const AUTHENTIC = { authentic: true, verifiedWith: 'ONE' };
const MISSING = { authentic: false, code: 'signature_missing' };
const INVALID = { authentic: false, code: 'signature_invalid' };

describe('a notification', () => {
  it.each(OFFICIAL.kinds)(
    'of kind %s, as the official package signs it, is authentic',
    async (kind) => {
      expect(await verify({ ...(await sampleOf(kind)) })).toEqual(AUTHENTIC);
    },
  );

  it('is authentic without the line feed at the end of its payload', async () => {
    expect(SAMPLE.bt_payload.endsWith('\n')).toBe(true);
    expect(await verify({ ...SAMPLE, bt_payload: SAMPLE.bt_payload.slice(0, -1) })).toEqual(
      AUTHENTIC,
    );
    expect(await verify({ ...SAMPLE, bt_payload: `${SAMPLE.bt_payload}\n` })).toEqual(INVALID);
  });

  it('is authentic under any of the pairs of keys, while keys are rotated', async () => {
    const options = { ...OPTIONS, publicKey: `old_public_key,${PUBLIC_KEY}` };
    const secrets = [{ label: 'OLD', value: 'old_private_key' }, ...SECRETS];
    expect(await verify({ ...SAMPLE }, { options, secrets })).toEqual(AUTHENTIC);
    const old = await sampleOf('check', gatewayOf('old_public_key', 'old_private_key'));
    expect(await verify({ ...old }, { options, secrets })).toEqual({
      authentic: true,
      verifiedWith: 'OLD',
    });
    expect(await verify({ ...old })).toEqual(INVALID);
    // Under its own public key only.
    const crossed = await sampleOf('check', gatewayOf('old_public_key', PRIVATE_KEY));
    expect(await verify({ ...crossed }, { options, secrets })).toEqual(INVALID);
  });

  it('counts the pair of our key, wherever it stands among those of others', async () => {
    const others = Array.from({ length: 50 }, (_, i) => `other_key_${i}|${'0'.repeat(40)}`);
    for (const pairs of [
      [SAMPLE.bt_signature, ...others],
      [...others, SAMPLE.bt_signature],
    ]) {
      expect(await verify({ ...SAMPLE, bt_signature: pairs.join('&') })).toEqual(AUTHENTIC);
    }
  });

  it('does not count a right signature under the name of another key', async () => {
    const body = { ...SAMPLE, bt_signature: `other_public_key|${HEX}` };
    expect(await verify(body)).toEqual(INVALID);
  });

  it.each<[string, Buffer]>([
    ['no fields', formOf({})],
    ['no signature', formOf({ bt_payload: SAMPLE.bt_payload })],
    ['no payload', formOf({ bt_signature: SAMPLE.bt_signature })],
    ['an empty signature', formOf({ ...SAMPLE, bt_signature: '' })],
    ['an empty payload', formOf({ ...SAMPLE, bt_payload: '' })],
    ['two signatures', formOf([...Object.entries(SAMPLE), ['bt_signature', SAMPLE.bt_signature]])],
    ['two payloads', formOf([...Object.entries(SAMPLE), ['bt_payload', SAMPLE.bt_payload]])],
    ['another payload before it', formOf([['bt_payload', 'PGE+'], ...Object.entries(SAMPLE)])],
    ['names in another case', formOf({ BT_SIGNATURE: HEX, BT_PAYLOAD: SAMPLE.bt_payload })],
    ['more fields than it has', formOf([...Object.entries(SAMPLE), ...fields(15)])],
    ['a body of JSON', Buffer.from(JSON.stringify(SAMPLE))],
    ['a body of nothing but joints', Buffer.alloc(100_000, '&')],
  ])('with %s has no signature', async (_, body) => {
    expect(await verify(body)).toEqual(MISSING);
  });

  it('may have further fields, and be written with more percent signs than it needs', async () => {
    expect(await verify(formOf([...fields(14), ...Object.entries(SAMPLE)]))).toEqual(AUTHENTIC);
    const escaped = (text: string) => Buffer.from(text).toString('hex').replace(/../g, '%$&');
    const form = Object.entries(SAMPLE).map(
      ([name, value]) => `${escaped(name)}=${escaped(value)}`,
    );
    expect(await verify(Buffer.from(form.join('&')))).toEqual(AUTHENTIC);
  });

  it.each<[string, string]>([
    ['the pair without its key', HEX],
    ['an empty pair', `${PUBLIC_KEY}|`],
    ['the key alone', PUBLIC_KEY],
    ['a third part', `${PUBLIC_KEY}|${HEX}|x`],
    ['an empty third part', `${PUBLIC_KEY}|${HEX}|`],
    ['the key twice', `${SAMPLE.bt_signature}&${SAMPLE.bt_signature}`],
    ['a wrong one before it', `${PUBLIC_KEY}|${'0'.repeat(40)}&${SAMPLE.bt_signature}`],
    ['a wrong one after it', `${SAMPLE.bt_signature}&${PUBLIC_KEY}|${'0'.repeat(40)}`],
    ['a prefix', SAMPLE.bt_signature.slice(0, -1)],
    ['a digit more', `${SAMPLE.bt_signature}0`],
    ['white space', `${SAMPLE.bt_signature} `],
    ['a line feed', `${SAMPLE.bt_signature}\n`],
    ['capital digits', `${PUBLIC_KEY}|${HEX.toUpperCase()}`],
    ['base64', `${PUBLIC_KEY}|${Buffer.from(HEX, 'hex').toString('base64')}`],
    ['the key in capitals', `${PUBLIC_KEY.toUpperCase()}|${HEX}`],
    ['40 characters beyond ASCII', `${PUBLIC_KEY}|${'é'.repeat(40)}`],
    ['more than 8 KB', `${'x'.repeat(8192)}&${SAMPLE.bt_signature}`],
    ['pairs joined by a comma', `x|y,${SAMPLE.bt_signature}`],
  ])('whose signature is %s is refused', async (_, signature) => {
    expect(await verify({ ...SAMPLE, bt_signature: signature })).toEqual(INVALID);
  });

  it('has a signature in which no prefix and no other character will do', async () => {
    for (let length = 0; length < HEX.length; length += 1) {
      const other = HEX[length] === '0' ? '1' : '0';
      for (const hex of [
        HEX.slice(0, length),
        HEX.slice(0, length) + other + HEX.slice(length + 1),
      ]) {
        const body = { ...SAMPLE, bt_signature: `${PUBLIC_KEY}|${hex}` };
        expect(await verify(body)).toEqual(INVALID);
      }
    }
  });

  it('with any bit of its payload flipped is refused', async () => {
    const payload = Buffer.from(SAMPLE.bt_payload);
    for (let bit = 0; bit < payload.length * 8; bit += 7) {
      const flipped = Buffer.from(payload);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const body = { ...SAMPLE, bt_payload: flipped.toString('latin1') };
      expect(await verify(body)).toEqual(INVALID);
    }
  });

  it('with a plus sign that became white space is refused, as is a payload of other characters', async () => {
    const signed = (payload: string) => {
      const { body } = signBraintree(
        { body: formOf({ bt_payload: payload }), expect: 'success' },
        { secret: PRIVATE_KEY, key: null, at: 0, url: '', options: OPTIONS },
      );
      return body;
    };
    expect(await verify(signed('PGE+\n'))).toEqual(AUTHENTIC);
    const body = Buffer.from(signed('PGE+\n').toString().replace('%2B', '+'));
    expect(await verify(body)).toEqual(INVALID);
    for (const payload of [
      'PGE \n',
      'PGE-',
      'PGE_',
      'PGE+\r\n',
      'PG\tE',
      '<xml>',
      'PGÉ',
      'PG\0E',
    ]) {
      expect(await verify(signed(payload))).toEqual(INVALID);
    }
  });

  it('is refused under a key that was not hashed, under none and under the empty one', async () => {
    const { createHmac } = await import('node:crypto');
    const hex = createHmac('sha1', PRIVATE_KEY).update(SAMPLE.bt_payload).digest('hex');
    expect(await verify({ ...SAMPLE, bt_signature: `${PUBLIC_KEY}|${hex}` })).toEqual(INVALID);
    expect(await verify({ ...SAMPLE }, { secrets: [] })).toEqual(INVALID);
    const empty = await sampleOf('check', gatewayOf(PUBLIC_KEY, ' '));
    expect(await verify({ ...empty })).toEqual(INVALID);
  });

  it('without a configured public key is refused, also where it names an empty one', async () => {
    const options = { merchantId: 'test_merchant' };
    expect(await verify({ ...SAMPLE }, { options })).toEqual(INVALID);
    const nameless = { ...SAMPLE, bt_signature: `|${HEX}` };
    expect(await verify(nameless, { options })).toEqual(INVALID);
    expect(await verify(nameless, { options: { ...options, publicKey: '' } })).toEqual(INVALID);
  });

  it('may name so many keys that its signature has 8 KB', async () => {
    const others = 'x'.repeat(8192 - SAMPLE.bt_signature.length - 1);
    const body = { ...SAMPLE, bt_signature: `${others}&${SAMPLE.bt_signature}` };
    expect(await verify(body)).toEqual(AUTHENTIC);
  });

  it('is neither signed nor verified with an empty key', () => {
    expect(() => signatureOf('a text', '')).toThrow('an empty key verifies nothing');
    expect(signatureOf('a text', 'k')).toHaveLength(20);
  });
});

describe('the check of the endpoint', () => {
  const context = { secrets: SECRETS, options: OPTIONS };
  const answer = (query: string, given: typeof context = context) =>
    braintreeProvider.challenge?.(new URLSearchParams(query), given);
  const CHALLENGE = '20f9f8ed05f77439fe955c977e4c8a53';

  it('is answered as the official package does', () => {
    for (const challenge of [CHALLENGE, CHALLENGE.slice(12), CHALLENGE.slice(5)]) {
      const theirs = gatewayOf().webhookNotification.verify(challenge);
      expect(answer(`bt_challenge=${challenge}`)).toBe(theirs);
      expect(theirs).toMatch(/^test_public_key\|[0-9a-f]{40}$/);
    }
  });

  it('is answered with the first pair of keys', () => {
    const options = { ...OPTIONS, publicKey: `${PUBLIC_KEY},new_public_key` };
    const secrets = [...SECRETS, { label: 'NEW', value: 'new_private_key' }];
    expect(answer(`bt_challenge=${CHALLENGE}`, { secrets, options })).toBe(
      gatewayOf().webhookNotification.verify(CHALLENGE),
    );
  });

  it('is not answered without a private key', () => {
    expect(answer(`bt_challenge=${CHALLENGE}`, { ...context, secrets: [] })).toBeNull();
  });

  it.each([
    '',
    'bt_challenge',
    'bt_challenge=',
    'challenge=20f9f8ed05f77439fe955c977e4c8a53',
    'bt_challenge=20f9f8ed05f77439fe9',
    'bt_challenge=20f9f8ed05f77439fe955c977e4c8a530',
    'bt_challenge=20F9F8ED05F77439FE955C977E4C8A53',
    'bt_challenge=20f9f8ed05f77439fe955c977e4c8a5g',
    'bt_challenge=20f9f8ed05f77439fe955c977e4c8a5%0a',
    'bt_challenge=20f9f8ed05f77439fe955c977e4c8a53%0a',
    'bt_challenge=%2020f9f8ed05f77439fe955c977e4c8a5',
    'bt_challenge=PG5vdGlmaWNhdGlvbj4KPC9ub3Q%2b',
    'bt_challenge=20f9f8ed05f77439fe955c977e4c8a53&bt_challenge=20f9f8ed05f77439fe955c977e4c8a53',
  ])('is no check: %j', (query) => {
    expect(answer(query)).toBeNull();
  });

  it('gives nobody a notification: what it signs is no payload', async () => {
    for (const challenge of [CHALLENGE, CHALLENGE.slice(12), CHALLENGE.slice(4)]) {
      const signature = answer(`bt_challenge=${challenge}`) ?? '';
      expect(signature).not.toBe('');
      const forged = { bt_signature: signature, bt_payload: challenge };
      expect(await verify(forged)).toEqual(INVALID);
      expect(await verify({ ...forged, bt_payload: `${challenge}\n` })).toEqual(INVALID);
    }
  });
});

describe('the settings', () => {
  const [merchantId, publicKey] = braintreeProvider.options;

  it.each(['test_public_key', 'a', 'old_key,new_key'])('take the public key %s', (value) => {
    expect(publicKey?.check?.(value)).toBeNull();
  });

  it.each(['a b', 'a|b', 'a&b', 'a,,b', ',', 'é', 'a\n', 'x'.repeat(256)])(
    'refuse the public key %j',
    (value) => {
      expect(publicKey?.check?.(value)).toMatch(/^is not/);
    },
  );

  it.each(['', 'short', 'twelve_chars\n', 'twelve chars!', 'é'.repeat(12), 'x'.repeat(256)])(
    'refuse the private key %j',
    (value) => {
      expect(braintreeProvider.secret.check(value)).toMatch(/^is not/);
    },
  );

  it('need all three', () => {
    expect(merchantId?.required).toBeDefined();
    expect(publicKey?.required).toBeDefined();
    expect(braintreeProvider.secret.check('0123456789ab')).toBeNull();
  });
});

describe('our signer', () => {
  it('signs as the official package does', async () => {
    const gateway = gatewayOf();
    const { body } = signBraintree(
      { body: formOf({ bt_payload: SAMPLE.bt_payload }), expect: 'success' },
      { secret: PRIVATE_KEY, key: null, at: 0, url: '', options: OPTIONS },
    );
    const form = new URLSearchParams(body.toString());
    expect(Object.fromEntries(form)).toEqual(SAMPLE);
    const parsed = await gateway.webhookNotification.parse(
      form.get('bt_signature') ?? '',
      form.get('bt_payload') ?? '',
    );
    expect(parsed.kind).toBe('transaction_settled');
  });

  it('leaves alone what is no notification', () => {
    for (const text of ['', '{}', 'bt_payload=', 'bt_payload=a&bt_payload=b']) {
      const body = Buffer.from(text);
      const context = { secret: PRIVATE_KEY, key: null, at: 0, url: '', options: OPTIONS };
      expect(signBraintree({ body, expect: 'success' }, context)).toEqual({ body, headers: {} });
    }
  });
});

function fields(count: number): [string, string][] {
  return Array.from({ length: count }, (_, i): [string, string] => [`field_${i}`, 'x']);
}

it('keeps the names and scopes that sources and stored payments rest on', () => {
  expect(declarationOf(braintreeProvider)).toEqual({
    name: 'braintree',
    title: 'Braintree',
    contentTypes: ['application/x-www-form-urlencoded'],
    refScope: { account: false, livemode: false },
    alsoStates: { account: true },
    signatureInBody: true,
    refusesUnusable: false,
    secret: { variable: 'BRAINTREE_PRIVATE_KEY', made: '000102030405060708090a0b0c0d0e0f' },
    options: [
      {
        name: 'merchantId',
        variable: 'BRAINTREE_MERCHANT_ID',
        required: { example: 'example0merchant' },
      },
      {
        name: 'publicKey',
        variable: 'BRAINTREE_PUBLIC_KEY',
        required: { example: 'example0public0k' },
      },
    ],
  });
});
