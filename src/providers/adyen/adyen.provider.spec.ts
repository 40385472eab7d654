import { hmacValidator as HmacValidator } from '@adyen/api-library/lib/src/utils/index.js';
import fc from 'fast-check';

import { type JsonObject } from '../../json/json.js';
import { readJson } from '../../json/read-json.js';
import { type PaymentEvent, type ProviderOptions, type Secret } from '../provider.js';
import { declarationOf } from '../testing/declaration.js';
import { adyenProvider } from './adyen.provider.js';
import { signAdyen } from './adyen.samples.js';

// Signed by the official package, so that our verifier is not measured by our own signer.
const official = new HmacValidator();

const KEY = '4E1C5A2F9B7D3E8061A4C2F5D9B8E7A36F0C1D2B3A4958677685948372615041';
const OLD = '00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF';
const STRANGER = 'F'.repeat(64);
const SECRETS: readonly Secret[] = [
  { label: 'new', value: KEY },
  { label: 'old', value: OLD },
];

interface Fields {
  [name: string]: unknown;
  additionalData?: Record<string, unknown>;
}

const CAPTURE: Fields = {
  amount: { currency: 'EUR', value: 4999 },
  eventCode: 'CAPTURE',
  eventDate: '2026-11-24T11:00:00+01:00',
  merchantAccountCode: 'ExampleCompanyECOM',
  merchantReference: 'order:42\\x',
  originalReference: 'QFQTPCQ8HXSKGK82',
  paymentMethod: 'visa',
  pspReference: 'WNS7WQ756L2GWR82',
  reason: '',
  success: 'true',
};

function signed(fields: Fields, key = KEY): Fields {
  const hmacSignature = official.calculateHmac(
    fields as unknown as Parameters<typeof official.calculateHmac>[0],
    key,
  );
  return { ...fields, additionalData: { ...fields.additionalData, hmacSignature } };
}

function notification(...items: Fields[]): Buffer {
  return bodyOf({
    live: 'false',
    notificationItems: items.map((item) => ({ NotificationRequestItem: item })),
  });
}

function bodyOf(json: unknown): Buffer {
  return Buffer.from(JSON.stringify(json));
}

function verify(
  body: Buffer,
  {
    secrets = SECRETS,
    options = {},
    authorization = [],
  }: { secrets?: readonly Secret[]; options?: ProviderOptions; authorization?: string[] } = {},
) {
  return adyenProvider.verify(
    { body, headerValues: (name) => (name === 'Authorization' ? authorization : []) },
    { secrets, options, toleranceSeconds: 300, now: 0, url: 'http://localhost/webhooks/adyen' },
  );
}

function normalise(body: Buffer): PaymentEvent[] {
  const json = readJson(body);
  if (!json.ok) throw new Error(json.code);
  return adyenProvider.normalise(json.value, { options: {}, headers: {}, body, bodySha256: '' });
}

const MISSING = { authentic: false, code: 'signature_missing' };
const INVALID = { authentic: false, code: 'signature_invalid' };
const GOOD = signed(CAPTURE);
const SIGNATURE = GOOD.additionalData?.hmacSignature as string;
const withSignature = (hmacSignature: unknown): Fields => ({
  ...CAPTURE,
  additionalData: { hmacSignature },
});

describe('an item', () => {
  it('is authentic under any of the keys, which may be written in any case', async () => {
    expect(await verify(notification(GOOD))).toEqual({ authentic: true, verifiedWith: 'new' });
    expect(await verify(notification(signed(CAPTURE, OLD)))).toEqual({
      authentic: true,
      verifiedWith: 'old',
    });
    const secrets = [{ label: 'lower', value: KEY.toLowerCase() }];
    expect(await verify(notification(GOOD), { secrets })).toMatchObject({ authentic: true });
  });

  it('signs an absent field as an empty one', async () => {
    for (const name of Object.keys(CAPTURE).filter((n) => n !== 'amount')) {
      const rest: Fields = { ...CAPTURE, [name]: undefined };
      for (const fields of [rest, { ...rest, [name]: null }, { ...rest, [name]: '' }]) {
        expect(await verify(notification(signed(fields)))).toMatchObject({ authentic: true });
      }
    }
    // The package throws where there is no amount; what it means is two empty fields.
    const hmacSignature = official.calculateHmac('psp:::::::', KEY);
    for (const amount of [undefined, null, {}, { value: null }]) {
      const item = { pspReference: 'psp', amount, additionalData: { hmacSignature } };
      expect(await verify(notification(item))).toMatchObject({ authentic: true });
    }
  });

  it.each(['order:42', ':', '::a:', '\\:/\\/slashes', 'Café ₹ \u2028 😀', '\u0000', '"'])(
    'signs the reference %j without escaping it',
    async (merchantReference) => {
      const item = signed({ ...CAPTURE, merchantReference });
      expect(await verify(notification(item))).toMatchObject({ authentic: true });
    },
  );

  it('signs numbers and booleans as they are written', async () => {
    const item = signed({ ...CAPTURE, pspReference: 42, success: true });
    expect(await verify(notification(item))).toMatchObject({ authentic: true });
  });

  it('signs no object as if it were empty', async () => {
    const { additionalData } = signed({ ...CAPTURE, merchantReference: '' });
    const item = { ...CAPTURE, merchantReference: {}, additionalData };
    expect(await verify(notification(item))).toEqual(INVALID);
  });

  it.each<[string, Fields]>([
    ['no additionalData', CAPTURE],
    ['additionalData null', { ...CAPTURE, additionalData: null as never }],
    ['additionalData that is a text', { ...CAPTURE, additionalData: SIGNATURE as never }],
    ['additionalData that is a list', { ...CAPTURE, additionalData: [SIGNATURE] as never }],
    ['no signature', { ...CAPTURE, additionalData: {} }],
    ['an empty signature', withSignature('')],
    ['a signature null', withSignature(null)],
    ['a signature beside additionalData', { ...CAPTURE, hmacSignature: SIGNATURE }],
    [
      'a signature under another name',
      { ...CAPTURE, additionalData: { HmacSignature: SIGNATURE } },
    ],
  ])('without a signature is refused: %s', async (_, item) => {
    expect(await verify(notification(item))).toEqual(MISSING);
  });

  it.each<[string, unknown]>([
    ['a prefix of it', SIGNATURE.slice(0, -1)],
    ['without its padding', SIGNATURE.replace('=', '')],
    ['with one character more', `${SIGNATURE}A`],
    ['with more padding', `${SIGNATURE}=`],
    ['with white space', ` ${SIGNATURE}`],
    ['with a line feed', `${SIGNATURE}\n`],
    ['twice', `${SIGNATURE},${SIGNATURE}`],
    ['in a list', [SIGNATURE]],
    ['in an object', { 0: SIGNATURE }],
    ['a number', 1],
    ['true', true],
    ['in hex', Buffer.from(SIGNATURE, 'base64').toString('hex')],
    ['44 characters beyond ASCII', 'é'.repeat(44)],
    ['of a stranger', signed(CAPTURE, STRANGER).additionalData?.hmacSignature],
    ['of the empty key', signed(CAPTURE, '').additionalData?.hmacSignature],
    [
      'of the key as text',
      signed(CAPTURE, Buffer.from(KEY).toString('hex')).additionalData?.hmacSignature,
    ],
    ['of another item', signed({ ...CAPTURE, success: 'false' }).additionalData?.hmacSignature],
  ])('with a wrong signature is refused: %s', async (_, signature) => {
    expect(await verify(notification(withSignature(signature)))).toEqual(INVALID);
  });

  it('has a signature in which no prefix and no other character will do', async () => {
    for (let length = 1; length < SIGNATURE.length; length += 1) {
      expect(await verify(notification(withSignature(SIGNATURE.slice(0, length))))).toEqual(
        INVALID,
      );
      const other = SIGNATURE[length] === 'A' ? 'B' : 'A';
      const changed = SIGNATURE.slice(0, length) + other + SIGNATURE.slice(length + 1);
      expect(await verify(notification(withSignature(changed)))).toEqual(INVALID);
    }
  });

  it('in base64url is refused', async () => {
    const reference = Array.from({ length: 99 }, (_, i) => `order-${i}`).find((r) =>
      /[+/]/.test(
        signed({ ...CAPTURE, merchantReference: r }).additionalData?.hmacSignature as string,
      ),
    );
    const item = signed({ ...CAPTURE, merchantReference: reference });
    const standard = item.additionalData?.hmacSignature as string;
    const hmacSignature = standard.replaceAll('+', '-').replaceAll('/', '_');
    expect(await verify(notification(item))).toMatchObject({ authentic: true });
    expect(await verify(notification({ ...item, additionalData: { hmacSignature } }))).toEqual(
      INVALID,
    );
  });

  const SIGNED_FIELDS = [
    'pspReference',
    'originalReference',
    'merchantAccountCode',
    'merchantReference',
    'amount.value',
    'amount.currency',
    'eventCode',
    'success',
  ];

  it.each(SIGNED_FIELDS)('with one bit of %s flipped is refused', async (path) => {
    const inAmount = path.startsWith('amount.');
    const name = inAmount ? path.slice('amount.'.length) : path;
    const holder = (inAmount ? GOOD.amount : GOOD) as Fields;
    const text = String(holder[name]);
    let tried = 0;
    for (let bit = 0; bit < text.length * 7; bit += 1) {
      const at = Math.floor(bit / 7);
      const flipped =
        text.slice(0, at) +
        String.fromCharCode(text.charCodeAt(at) ^ (1 << (bit % 7))) +
        text.slice(at + 1);
      const changed = { ...holder, [name]: flipped };
      const item = inAmount ? { ...GOOD, amount: changed } : changed;
      expect(await verify(notification(item))).toEqual(INVALID);
      tried += 1;
    }
    expect(tried).toBeGreaterThan(0);
  });

  it.each(SIGNED_FIELDS)('with %s removed is refused', async (path) => {
    const item = structuredClone(GOOD);
    if (path.startsWith('amount.')) delete (item.amount as Fields)[path.slice('amount.'.length)];
    else delete item[path];
    expect(await verify(notification(item))).toEqual(INVALID);
  });

  it('that reads as another one by the same signature is refused', async () => {
    // Every way of putting the borders of the eight fields elsewhere in what is signed.
    const genuine: Fields = { ...CAPTURE, merchantReference: '7:EUR:CAPTURE' };
    const { hmacSignature } = signed(genuine).additionalData ?? {};
    const texts = [
      genuine.pspReference,
      genuine.originalReference,
      genuine.merchantAccountCode,
      genuine.merchantReference,
      '4999',
      'EUR',
      genuine.eventCode,
      genuine.success,
    ]
      .join(':')
      .split(':');
    const accepted: string[][] = [];
    let readings = 0;
    const split = async (rest: readonly string[], fields: readonly string[]): Promise<void> => {
      if (fields.length === 7) {
        readings += 1;
        const all = [...fields, rest.join(':')];
        const [psp, original, account, reference, value, currency, code, success] = all;
        const item = {
          pspReference: psp,
          originalReference: original,
          merchantAccountCode: account,
          merchantReference: reference,
          amount: { value, currency },
          eventCode: code,
          success,
          additionalData: { hmacSignature },
        };
        if ((await verify(notification(item))).authentic) accepted.push(all);
        return;
      }
      for (let taken = 1; taken <= rest.length - (7 - fields.length); taken += 1) {
        await split(rest.slice(taken), [...fields, rest.slice(0, taken).join(':')]);
      }
    };
    await split(texts, []);
    expect(readings).toBe(36);
    expect(accepted).toEqual([
      [
        'WNS7WQ756L2GWR82',
        'QFQTPCQ8HXSKGK82',
        'ExampleCompanyECOM',
        '7:EUR:CAPTURE',
        '4999',
        'EUR',
        'CAPTURE',
        'true',
      ],
    ]);
  });

  it.each<[string, Fields]>([
    ['a colon in the account', { merchantAccountCode: 'X:Y' }],
    ['a colon in the reference of Adyen', { pspReference: 'X:Y' }],
    ['a colon in the original reference', { originalReference: 'X:Y' }],
    ['a colon in the event code', { eventCode: 'X:Y' }],
    ['a colon in success', { success: 'true:' }],
    ['a colon in the currency', { amount: { value: 1, currency: 'EUR:' } }],
    ['a colon in the value', { amount: { value: '1:2', currency: 'EUR' } }],
    ['a list', { pspReference: ['WNS7WQ756L2GWR82'] }],
    ['an object', { merchantReference: {} }],
    ['an amount that is a list', { amount: [] }],
    ['half a surrogate pair, signed as U+FFFD', { merchantReference: '\ud800' }],
  ])('with %s is refused, though the package accepts it', async (_, fields) => {
    const item = signed({ ...CAPTURE, ...fields });
    expect(official.validateHMAC(item as never, KEY)).toBe(true);
    expect(await verify(notification(item))).toEqual(INVALID);
  });
});

describe('a notification', () => {
  const AUTHORISATION = { ...CAPTURE, eventCode: 'AUTHORISATION', originalReference: undefined };

  it('of several items needs each of them to be authentic, wherever the bad one stands', async () => {
    const items = [signed(AUTHORISATION), GOOD, signed({ ...CAPTURE, eventCode: 'REFUND' })];
    expect(await verify(notification(...items))).toMatchObject({ authentic: true });
    for (const index of items.keys()) {
      const good = items[index] as Fields;
      const tampered = { ...good, amount: { currency: 'EUR', value: 1 } };
      expect(await verify(notification(...items.with(index, tampered)))).toEqual(INVALID);
      const foreign = signed({ ...good, additionalData: undefined }, STRANGER);
      expect(await verify(notification(...items.with(index, foreign)))).toEqual(INVALID);
      const unsigned = { ...good, additionalData: {} };
      expect(await verify(notification(...items.with(index, unsigned)))).toEqual(MISSING);
      const body = JSON.parse(notification(...items).toString()) as {
        notificationItems: unknown[];
      };
      body.notificationItems[index] = good;
      expect(await verify(bodyOf(body))).toEqual(MISSING);
    }
  });

  it('lacks a signature rather than having a wrong one where both hold', async () => {
    const wrong = signed(CAPTURE, STRANGER);
    expect(await verify(notification(wrong, CAPTURE))).toEqual(MISSING);
  });

  it('is signed with one key: items under two do not belong together', async () => {
    const first = signed(AUTHORISATION, OLD);
    expect(await verify(notification(first, signed(CAPTURE, OLD)))).toMatchObject({
      verifiedWith: 'old',
    });
    expect(await verify(notification(first, GOOD))).toEqual(INVALID);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['an empty list', []],
    ['null', null],
    ['an object', { NotificationRequestItem: GOOD }],
    ['a text', 'x'],
    ['an item without its wrapping', [GOOD]],
    ['a list in a list', [[{ NotificationRequestItem: GOOD }]]],
    ['null in a list', [null]],
    ['an item null', [{ NotificationRequestItem: null }]],
    ['an item that is a list', [{ NotificationRequestItem: [GOOD] }]],
    ['an item in another spelling', [{ notificationRequestItem: GOOD }]],
  ])('whose items are %s has no signature', async (_, notificationItems) => {
    expect(await verify(bodyOf({ live: 'false', notificationItems }))).toEqual(MISSING);
  });

  it.each([
    '',
    ' ',
    '{',
    '[]',
    'null',
    '"x"',
    '{}',
    '\u0000',
    '{"notificationItems":',
    '[['.repeat(5000),
    '{"a":'.repeat(5000),
    'live=false&notificationItems=x',
  ])('that is %j has no signature', async (text) => {
    expect(await verify(Buffer.from(text))).toEqual(MISSING);
  });

  it('that is not UTF-8, or begins with a byte order mark, has no signature', async () => {
    const good = notification(GOOD);
    const latin1 = Buffer.concat([good.subarray(0, -1), Buffer.from(',"x":"\xe9"}', 'latin1')]);
    expect(await verify(latin1)).toEqual(MISSING);
    expect(await verify(Buffer.concat([Buffer.from('\ufeff'), good]))).toEqual(MISSING);
  });

  it('that names a field twice has no signature: no second amount slips in', async () => {
    const text = notification(GOOD).toString();
    const smuggled = [
      ['"amount":', '"amount":{"currency":"EUR","value":1},"amount":'],
      ['"amount":', '"am\\u006funt":{"currency":"EUR","value":1},"amount":'],
      ['"value":4999', '"value":4999,"value":1'],
      ['"success":"true"', '"success":"true","success":"false"'],
      ['"hmacSignature":', '"hmacSignature":"x","hmacSignature":'],
      ['"notificationItems":', '"notificationItems":[],"notificationItems":'],
      ['"NotificationRequestItem":', '"NotificationRequestItem":{},"NotificationRequestItem":'],
    ];
    for (const [from = '', to = ''] of smuggled) {
      expect(text).toContain(from);
      expect(await verify(Buffer.from(text.replace(from, to)))).toEqual(MISSING);
    }
    expect(await verify(Buffer.from(text))).toMatchObject({ authentic: true });
  });

  it('of any bytes is no exception', async () => {
    const good = notification(GOOD, signed(AUTHORISATION)).toString();
    const pieces = fc.constantFrom(
      ...good.split(/(?<=[{}[\],:])/),
      '"additionalData":{"hmacSignature":5},',
      '"__proto__":{"hmacSignature":"x"},',
      '1e999',
      '-1',
    );
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc.array(pieces, { maxLength: 40 }).map((texts) => Buffer.from(texts.join(''))),
      fc
        .tuple(fc.nat(good.length - 1), fc.nat(good.length), pieces)
        .map(([at, length, piece]) =>
          Buffer.from(good.slice(0, at) + piece + good.slice(at + length)),
        ),
    );
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const { authentic } = await verify(body);
        // What is cut or put into a good body may be about a field that is not signed.
        if (authentic)
          expect(normalise(body).map(moneyOf)).toEqual(normalise(Buffer.from(good)).map(moneyOf));
      }),
      { numRuns: 2000, seed: 20261124 },
    );
  });
});

describe('a key', () => {
  it.each(['', 'zz', ' ', 'f'.repeat(63), 'f'.repeat(65), 'g'.repeat(64), `${KEY}\n`, `0x${KEY}`])(
    '%j is refused, and verifies nothing if it is there all the same',
    async (value) => {
      expect(adyenProvider.secret.check(value)).toContain('64 hex digits');
      // For the package "zz" is the empty key, with which anyone can sign.
      const body = notification(signed(CAPTURE, value));
      const secrets = [{ label: 'bad', value }];
      expect(await verify(body, { secrets })).toEqual(INVALID);
      expect(await verify(notification(GOOD), { secrets: [...secrets, ...SECRETS] })).toMatchObject(
        {
          verifiedWith: 'new',
        },
      );
    },
  );

  it('is accepted in any case', () => {
    expect([KEY, KEY.toLowerCase()].map((key) => adyenProvider.secret.check(key))).toEqual([
      null,
      null,
    ]);
    expect(adyenProvider.secret.make(Buffer.alloc(32, 0xab))).toBe('AB'.repeat(32));
  });

  it('there has to be', async () => {
    expect(await verify(notification(GOOD), { secrets: [] })).toEqual(INVALID);
  });
});

describe('basic authentication', () => {
  const basicAuth = 'adyen:pässword:with colon';
  const encoded = Buffer.from(basicAuth).toString('base64');
  const ask = (authorization: string[], item = GOOD) =>
    verify(notification(item), { options: { basicAuth }, authorization });

  it('is demanded where it is set, besides the signature', async () => {
    expect(await ask([`Basic ${encoded}`])).toEqual({ authentic: true, verifiedWith: 'new' });
    expect(await ask([`Basic ${encoded}`], CAPTURE)).toEqual(MISSING);
    expect(await ask([`Basic ${encoded}`], signed(CAPTURE, STRANGER))).toEqual(INVALID);
    expect(await ask([])).toEqual(MISSING);
    expect(await ask([''])).toEqual(MISSING);
  });

  it.each<[string, string[]]>([
    ['another password', [`Basic ${Buffer.from('adyen:x').toString('base64')}`]],
    ['another password of the same length', [`Basic ${'A'.repeat(encoded.length)}`]],
    ['a prefix', [`Basic ${encoded.slice(0, -4)}`]],
    ['one character more', [`Basic ${encoded}A`]],
    ['without padding', [`Basic ${encoded.replaceAll('=', '')}`]],
    ['in plain text', [`Basic ${basicAuth}`]],
    ['no scheme', [encoded]],
    ['the scheme alone', ['Basic']],
    ['another scheme', [`Bearer ${encoded}`]],
    ['another case of the scheme', [`basic ${encoded}`]],
    ['two spaces', [`Basic  ${encoded}`]],
    ['more after it', [`Basic ${encoded} x`]],
    ['a list', [`Basic ${encoded}, Basic ${encoded}`]],
    ['two headers', [`Basic ${encoded}`, `Basic ${encoded}`]],
    ['2 KB', [`Basic ${'A'.repeat(2048)}`]],
    ['characters beyond ASCII', [`Basic ${'é'.repeat(encoded.length)}`]],
  ])('is wrong: %s', async (_, authorization) => {
    expect(await ask(authorization)).toEqual(INVALID);
  });

  it('is not looked at where it is not set', async () => {
    expect(await verify(notification(GOOD), { authorization: ['x', 'y'] })).toMatchObject({
      authentic: true,
    });
  });

  it('stands in what we sign, and is never kept', async () => {
    const sample = { body: notification(CAPTURE), expect: 'success' } as const;
    const context = { secret: KEY, key: null, at: 0, url: '', options: { basicAuth } };
    const { body, headers } = signAdyen(sample, context);
    expect(
      await verify(body, { options: { basicAuth }, authorization: Object.values(headers) }),
    ).toMatchObject({ authentic: true });
    expect(adyenProvider.keepsHeaders ?? []).toEqual([]);
  });

  it.each<[string, string, boolean]>([
    ['basicAuth', 'user:password', true],
    ['basicAuth', 'user:pass:word', true],
    ['basicAuth', 'user', false],
    ['basicAuth', 'user:', false],
    ['basicAuth', ':password', false],
    ['basicAuth', ':user:password', false],
    ['basicAuth', `user:${'x'.repeat(495)}`, true],
    ['basicAuth', `user:${'x'.repeat(496)}`, false],
    ['capture', 'manual', true],
    ['capture', 'immediate', true],
    ['capture', 'Immediate', false],
    ['capture', 'delayed', false],
  ])('option %s may be %j: %j', (name, value, good) => {
    const option = adyenProvider.options.find((o) => o.name === name);
    expect(option?.check?.(value) === null).toBe(good);
  });

  it('is said to need a colon, and a capture to be one of two, where they are not', () => {
    const [auth, capture] = adyenProvider.options;
    expect(auth?.check?.('user')).toMatch(/^is not "user:password" of at most 500 bytes/);
    expect(capture?.check?.('delayed')).toBe('is neither manual nor immediate');
  });
});

/** All of an event that says what happened to money. */
function moneyOf({ eventId, type, account, meaning }: PaymentEvent) {
  const statements = meaning.status === 'applied' ? meaning.statements : [];
  return {
    eventId,
    type,
    account,
    status: meaning.status,
    statements: statements.map((s) => ({ ...s, at: null, groups: null, failure: null })),
  };
}

describe('what is not signed', () => {
  const items: Fields[] = [
    { ...CAPTURE, eventCode: 'AUTHORISATION', originalReference: undefined },
    { ...CAPTURE, eventCode: 'AUTHORISATION', success: 'false' },
    CAPTURE,
    { ...CAPTURE, eventCode: 'CAPTURE_FAILED' },
    { ...CAPTURE, eventCode: 'CANCELLATION' },
    { ...CAPTURE, eventCode: 'CANCEL_OR_REFUND' },
    { ...CAPTURE, eventCode: 'REFUND', success: 'false' },
    { ...CAPTURE, eventCode: 'CHARGEBACK' },
    { ...CAPTURE, eventCode: 'REPORT_AVAILABLE' },
  ];
  const UNSIGNED = [
    'eventDate',
    'reason',
    'paymentMethod',
    'operations',
    'live',
    'value',
    'currency',
    'originalPsp',
    'modificationReference',
  ];
  const ADDITIONAL = [
    'modification.action',
    'disputeStatus',
    'chargebackReasonCode',
    'orderReference',
    'merchantOrderReference',
    'amount',
    'value',
    'pspReference',
    'originalReference',
    'grossValue',
    'capturePspReference',
  ];
  const values = fc.oneof(
    fc.constantFrom<unknown>(
      '',
      'refund',
      'cancel',
      'true',
      'false',
      'Lost',
      'Won',
      '1970-01-01T00:00:00Z',
      '2026-11-24T10:00:00Z',
      'yesterday',
      '\u0000',
      '\ud800',
      'x'.repeat(300),
      0,
      -1,
      1e300,
      null,
      true,
      [],
      {},
      { value: 1, currency: 'USD' },
    ),
    fc.string({ unit: 'binary' }),
  );

  it('changes no money, no key and no identity, however it is changed', async () => {
    const changes = fc.record({
      item: fc.constantFrom(...items),
      fields: fc.dictionary(fc.constantFrom(...UNSIGNED), values),
      additional: fc.dictionary(fc.constantFrom(...ADDITIONAL), values),
      amount: fc.dictionary(fc.constantFrom('decimals', 'Value', 'currencyCode'), values),
      live: values,
      envelope: fc.dictionary(fc.constantFrom('eventCode', 'amount', 'success', 'x'), values),
      removed: fc.subarray(UNSIGNED),
    });
    await fc.assert(
      fc.asyncProperty(changes, async ({ item, fields, additional, live, ...more }) => {
        const genuine = signed(item);
        const changed: Fields = {
          ...genuine,
          ...fields,
          amount: { ...(genuine.amount as object), ...more.amount },
          additionalData: { ...additional, ...genuine.additionalData },
        };
        for (const name of more.removed) delete changed[name];
        const body = bodyOf({
          ...more.envelope,
          live,
          notificationItems: [{ NotificationRequestItem: changed, ...more.envelope }],
        });
        expect(await verify(body)).toMatchObject({ authentic: true });
        expect(normalise(body).map(moneyOf)).toEqual(normalise(notification(genuine)).map(moneyOf));
      }),
      { numRuns: 1000 },
    );
  });

  it('is the mode: it describes, and no ref depends on it', () => {
    const livemodes = ['true', 'false', 'TRUE', true, null, undefined].map((live) => {
      const [event] = normalise(
        bodyOf({ live, notificationItems: [{ NotificationRequestItem: CAPTURE }] }),
      );
      return event?.livemode;
    });
    expect(livemodes).toEqual([true, false, null, null, null, null]);
    expect(adyenProvider.refScope).toEqual({ account: false, livemode: false });
  });
});

describe('our signer', () => {
  const context = { secret: KEY, key: null, at: 0, url: '', options: {} };

  it('signs each item as the official package does, and keeps what it did not sign', () => {
    const body = notification(
      { ...CAPTURE, additionalData: { cardSummary: '1111' } },
      { ...CAPTURE, originalReference: undefined },
    );
    const signedBody = signAdyen({ body, expect: 'success' }, context).body.toString();
    const { notificationItems } = JSON.parse(signedBody) as JsonObject & {
      notificationItems: { NotificationRequestItem: Fields }[];
    };
    expect(
      notificationItems.map(({ NotificationRequestItem: item }) =>
        official.validateHMAC(item as never, KEY),
      ),
    ).toEqual([true, true]);
    expect(notificationItems[0]?.NotificationRequestItem.additionalData?.cardSummary).toBe('1111');
  });

  it('writes numbers as they were', () => {
    const body = Buffer.from(
      '{"notificationItems":[{"NotificationRequestItem":{"amount":{"value":9007199254740993}}}]}',
    );
    expect(signAdyen({ body, expect: 'success' }, context).body.toString()).toContain(
      '9007199254740993',
    );
  });

  it('leaves alone what is no notification', () => {
    for (const text of ['', '{}', '[', '{"notificationItems":[]}']) {
      const body = Buffer.from(text);
      expect(signAdyen({ body, expect: 'success' }, context)).toEqual({ body, headers: {} });
    }
  });
});

it('keeps the names and scopes that sources and stored payments rest on', () => {
  expect(declarationOf(adyenProvider)).toEqual({
    name: 'adyen',
    title: 'Adyen',
    contentTypes: ['application/json'],
    refScope: { account: false, livemode: false },
    alsoStates: { account: true, livemode: true },
    signatureInBody: true,
    refusesUnusable: false,
    acknowledgement: { contentType: 'text/plain', body: '[accepted]' },
    secret: {
      variable: 'ADYEN_HMAC_KEY',
      made: '000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F',
    },
    options: [
      { name: 'basicAuth', variable: 'ADYEN_BASIC_AUTH', secret: true },
      { name: 'capture', variable: 'ADYEN_CAPTURE', default: 'manual' },
    ],
  });
});
