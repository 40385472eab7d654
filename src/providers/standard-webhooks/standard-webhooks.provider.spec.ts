import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Verification } from '../provider.js';
import { declarationOf } from '../testing/declaration.js';
import { standardWebhooksProvider as provider } from './standard-webhooks.provider.js';

const NOW = Date.UTC(2026, 10, 24, 10);
const SECONDS = NOW / 1000;
const ID = 'msg_1';
const BODY = Buffer.from('{"event_type":"payment_canceled","transaction_id":"tx_1"}');

const KEY = Buffer.alloc(32, 1);
const OLD_KEY = Buffer.alloc(24, 2);
const SECRET = `whsec_${KEY.toString('base64')}`;
const OLD_SECRET = `whsec_${OLD_KEY.toString('base64')}`;
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const PUBLIC_KEY = publicKeyOf(publicKey);
const stranger = generateKeyPairSync('ed25519');

function publicKeyOf(key: KeyObject): string {
  const raw = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
  return `whpk_${raw.toString('base64')}`;
}

const message = (id = ID, time: number | string = SECONDS) =>
  Buffer.concat([Buffer.from(`${id}.${time}.`), BODY]);
const v1 = (key = KEY, of = message()) =>
  `v1,${createHmac('sha256', key).update(of).digest('base64')}`;
const v1a = (key = privateKey, of = message()) => `v1a,${sign(null, of, key).toString('base64')}`;
const STRANGERS = v1(Buffer.alloc(32, 9));

type Headers = Readonly<Record<string, string | string[]>>;

const headersOf = (signature: string | string[], id = ID, time = `${SECONDS}`): Headers => ({
  'webhook-id': id,
  'webhook-timestamp': time,
  'webhook-signature': signature,
});

function verify(
  headers: Headers,
  secrets = { new: SECRET, old: OLD_SECRET, public: PUBLIC_KEY } as Record<string, string>,
): Verification | Promise<Verification> {
  return provider.verify(
    { body: BODY, headerValues: (name) => [headers[name] ?? []].flat() },
    {
      secrets: Object.entries(secrets).map(([label, value]) => ({ label, value })),
      options: {},
      toleranceSeconds: 300,
      now: NOW,
      url: 'http://localhost/webhooks/standard-webhooks',
    },
  );
}

describe('the signature', () => {
  it.each([
    ['the current secret', v1(), 'new'],
    ['the one before', v1(OLD_KEY), 'old'],
    ['a private key', v1a(), 'public'],
    ['both secrets, while one is rolled', `${v1(OLD_KEY)} ${v1()}`, 'new'],
    ['both algorithms', `${v1a()} ${v1()}`, 'new'],
    ['a stranger first', `${STRANGERS} ${v1()}`, 'new'],
    ["a stranger's key first", `${v1a(stranger.privateKey)} ${v1a()}`, 'public'],
    ['the eighth of eight', `${`${STRANGERS} `.repeat(7)}${v1()}`, 'new'],
    ['a version to come beside it', `v2,abc_-= ${v1()}`, 'new'],
    ['the tenth version beside it', `v10,abc ${v1()}`, 'new'],
  ])('is accepted: %s', async (_, signature, verifiedWith) => {
    expect(await verify(headersOf(signature))).toEqual({ authentic: true, verifiedWith });
  });

  const base64 = v1().slice(3);
  const base64url = Buffer.from(base64, 'base64').toString('base64url');
  it.each([
    ['of a stranger', STRANGERS],
    ["by a stranger's private key", v1a(stranger.privateKey)],
    ['without a version', base64],
    ['an empty one', 'v1,'],
    ['a version alone', 'v1'],
    ['v2', `v2,${base64}`],
    ['V1', `V1,${base64}`],
    ['v01', `v01,${base64}`],
    ['the HMAC as v1a', `v1a,${base64}`],
    ['the ed25519 signature as v1', `v1,${v1a().slice(4)}`],
    ['a prefix of it', v1().slice(0, -1)],
    ['without padding', `v1,${base64.replace('=', '')}`],
    ['more padding', `${v1()}=`],
    ['base64url', `v1,${base64url}`],
    ['hex', `v1,${Buffer.from(base64, 'base64').toString('hex')}`],
    ['a third part', `${v1()},more`],
    ['a third part beside the good one', `${STRANGERS},more ${v1()}`],
    ['44 characters beyond ASCII', `v1,${'é'.repeat(44)}`],
    ['nine of them', `${v1()} `.repeat(9).trimEnd()],
    ['two spaces', `${STRANGERS}  ${v1()}`],
    ['a space before it', ` ${v1()}`],
    ['a space after it', `${v1()} `],
    ['a tab between', `${STRANGERS}\t${v1()}`],
    ['a comma between', `${STRANGERS},${v1()}`],
    ['two headers', [STRANGERS, v1()]],
    ['two equal headers', [v1(), v1()]],
    ['more than 1 KB', `v2,${'a'.repeat(1024)} ${v1()}`],
    ['with the key as text, not decoded', v1(Buffer.from(SECRET))],
    ['with the key as text, after its prefix', v1(Buffer.from(SECRET.slice(6)))],
    ['with the public key as a shared secret', v1(Buffer.from(PUBLIC_KEY.slice(5), 'base64'))],
    ['of the body alone', v1(KEY, BODY)],
  ])('is refused: %s', async (_, signature) => {
    expect(await verify(headersOf(signature))).toEqual({
      authentic: false,
      code: 'signature_invalid',
    });
  });

  it('counts for the kind of secret alone that it is made for', async () => {
    const invalid = { authentic: false, code: 'signature_invalid' };
    expect(await verify(headersOf(v1a()), { new: SECRET })).toEqual(invalid);
    expect(await verify(headersOf(v1()), { public: PUBLIC_KEY })).toEqual(invalid);
    expect(await verify(headersOf(`${v1()} ${v1a()}`), { public: PUBLIC_KEY })).toEqual({
      authentic: true,
      verifiedWith: 'public',
    });
  });

  it('never counts for a secret that is not whole', async () => {
    for (const secret of [
      '',
      'whsec_',
      'whpk_',
      `whsec_${KEY.toString('base64url')}`,
      'whsec_AAAA',
    ]) {
      const key = Buffer.from(secret.replace(/^wh(sec|pk)_/, ''), 'base64');
      expect(await verify(headersOf(v1(key)), { broken: secret })).toMatchObject({
        authentic: false,
      });
    }
  });
});

describe('id and time', () => {
  const signed = (id: string, time: string) => headersOf(v1(KEY, message(id, time)), id, time);

  it.each([ID, 'a', 'x'.repeat(255), 'evt:1/2-3_4~!'])('the id may be %s', async (id) => {
    expect(await verify(signed(id, `${SECONDS}`))).toMatchObject({ authentic: true });
  });

  it.each([
    ['a dot', 'msg.1'],
    ['a space', 'msg 1'],
    ['a character beyond ASCII', 'msgé'],
    ['a line feed', 'msg\n'],
    ['256 characters', 'x'.repeat(256)],
  ])('the id may not have %s', async (_, id) => {
    expect(await verify(signed(id, `${SECONDS}`))).toMatchObject({ code: 'signature_invalid' });
  });

  it('a dot moves nothing from one to the other', async () => {
    // Both sign the same text.
    const signature = v1(KEY, message(ID, `7.${SECONDS}`));
    expect(v1(KEY, message(`${ID}.7`))).toBe(signature);
    expect(await verify(headersOf(signature, `${ID}.7`))).toMatchObject({ authentic: false });
    expect(await verify(headersOf(signature, ID, `7.${SECONDS}`))).toMatchObject({
      authentic: false,
    });
  });

  it.each([
    `0${SECONDS}`,
    `+${SECONDS}`,
    `-${SECONDS}`,
    ` ${SECONDS}`,
    `${SECONDS}abc`,
    `${SECONDS}.0`,
    '1e9',
    '-1',
    'NaN',
    'null',
    '18446744073709551616',
    new Date(NOW).toISOString(),
  ])('the time may not be written as %j', async (time) => {
    const headers = headersOf([v1(KEY, message(ID, time))], ID, time);
    expect(await verify(headers)).toEqual({ authentic: false, code: 'signature_invalid' });
    // Nor with the signature of what a lenient reader would make of it.
    expect(await verify(headersOf(v1(), ID, time))).toMatchObject({ authentic: false });
  });

  it('are signed', async () => {
    const invalid = { authentic: false, code: 'signature_invalid' };
    expect(await verify(headersOf(v1(), 'msg_2'))).toEqual(invalid);
    expect(await verify(headersOf(v1(), ID, `${SECONDS + 1}`))).toEqual(invalid);
    expect(await verify(headersOf(v1a(), 'msg_2'))).toEqual(invalid);
    expect(await verify(headersOf(v1a(), ID, `${SECONDS + 1}`))).toEqual(invalid);
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
    '%s has to be there, once',
    async (name) => {
      const headers = headersOf(v1());
      const missing = { authentic: false, code: 'signature_missing' };
      expect(await verify({ ...headers, [name]: [] })).toEqual(missing);
      expect(await verify({ ...headers, [name]: '' })).toEqual(missing);
      const twice = [headers[name] ?? []].flat().concat('x');
      expect(await verify({ ...headers, [name]: twice })).toEqual({
        authentic: false,
        code: 'signature_invalid',
      });
    },
  );

  it('of a private key are held to the same window', async () => {
    const old = `${SECONDS - 301}`;
    expect(await verify(headersOf(v1a(privateKey, message(ID, old)), ID, old))).toEqual({
      authentic: false,
      code: 'timestamp_out_of_tolerance',
    });
  });
});

describe('the names of the headers', () => {
  const svix = Object.fromEntries(
    Object.entries(headersOf(v1())).map(([name, value]) => [
      name.replace('webhook', 'svix'),
      value,
    ]),
  );

  it('may be those of Svix', async () => {
    expect(await verify(svix)).toEqual({ authentic: true, verifiedWith: 'new' });
  });

  it('may not be mixed: an id that is not signed would be read', async () => {
    const invalid = { authentic: false, code: 'signature_invalid' };
    expect(await verify({ ...svix, ...headersOf(v1()) })).toEqual(invalid);
    for (const [name, value] of Object.entries(svix)) {
      expect(await verify({ ...headersOf(v1()), [name]: value })).toEqual(invalid);
      expect(await verify({ ...headersOf(v1()), [name]: '' })).toEqual(invalid);
    }
    expect(await verify({ ...svix, 'svix-id': [], 'webhook-id': ID })).toEqual(invalid);
  });
});

describe('the secret', () => {
  const whsec = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;

  it.each([whsec(24), whsec(32), whsec(64), PUBLIC_KEY])('may be %s', (secret) => {
    expect(provider.secret.check(secret)).toBeNull();
  });

  it.each([
    ['whsec_', 'base64 of 24 to 64 bytes'],
    [whsec(23), 'base64 of 24 to 64 bytes'],
    [whsec(65), 'base64 of 24 to 64 bytes'],
    [whsec(25).replace(/=+$/, ''), 'base64 of 24 to 64 bytes'],
    [`${whsec(24)}\n`, 'base64 of 24 to 64 bytes'],
    [`whsec_${Buffer.alloc(32, 255).toString('base64url')}`, 'base64 of 24 to 64 bytes'],
    [`whsec_${'!'.repeat(40)}`, 'base64 of 24 to 64 bytes'],
    ['whpk_', 'ed25519 public key of 32 bytes'],
    [`whpk_${Buffer.alloc(31, 7).toString('base64')}`, 'ed25519 public key of 32 bytes'],
    [`whpk_${Buffer.alloc(33, 7).toString('base64')}`, 'ed25519 public key of 32 bytes'],
    [`whpk_${Buffer.alloc(32).toString('base64')}`, 'ed25519 public key of 32 bytes'],
    [KEY.toString('base64'), 'begins neither with `whsec_`'],
    [SECRET.replace('whsec_', 'WHSEC_'), 'begins neither with `whsec_`'],
    ['whsk_x', 'begins neither with `whsec_`'],
    ['', 'begins neither with `whsec_`'],
  ])('may not be %j', (secret, problem) => {
    expect(provider.secret.check(secret)).toContain(problem);
  });
});

describe('the key of the simulator', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'standard-webhooks-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const signingKey = (secret: string) =>
    provider.signingKey?.(join(directory, 'simulator'), { secret, options: {} });

  it('is none where the secret itself signs', async () => {
    expect(await signingKey(SECRET)).toBeNull();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is made once, and its secret trusts it', async () => {
    const [made, same] = await Promise.all([signingKey(PUBLIC_KEY), signingKey(PUBLIC_KEY)]);
    expect(same).toEqual(made);
    expect(await signingKey(PUBLIC_KEY)).toEqual(made);
    const { key = '', secret = '' } = made ?? {};
    expect(provider.secret.check(secret)).toBeNull();

    const context = { secret, key, at: NOW, url: '', options: {} };
    const { headers } = provider.sign({ body: BODY, expect: 'success' }, context);
    expect(headers['webhook-signature']).toMatch(/^v1a,/);
    expect(await verify(headers, { trusting: secret })).toMatchObject({ authentic: true });
    expect(await verify(headers, { other: PUBLIC_KEY })).toMatchObject({ authentic: false });
  });

  it('is for the eyes of the owner', async () => {
    await signingKey(PUBLIC_KEY);
    const modeOf = (...names: string[]) => statSync(join(directory, ...names)).mode & 0o777;
    expect(modeOf('simulator')).toBe(0o700);
    expect(readdirSync(join(directory, 'simulator'))).toEqual(['ed25519-private-key.pem']);
    expect(modeOf('simulator', 'ed25519-private-key.pem')).toBe(0o600);
  });

  it('tells of a damaged file', async () => {
    await signingKey(PUBLIC_KEY);
    writeFileSync(join(directory, 'simulator', 'ed25519-private-key.pem'), '');
    await expect(signingKey(PUBLIC_KEY)).rejects.toThrow('is damaged. Delete it');
  });
});

describe('the signer', () => {
  it('gives a repeat the id of the first attempt, and a body of its own another', () => {
    const idOf = (body: Buffer, at: number) =>
      provider.sign(
        { body, expect: 'success' },
        { secret: SECRET, key: null, at, url: '', options: {} },
      ).headers['webhook-id'];
    expect(idOf(BODY, NOW + 5000)).toBe(idOf(BODY, NOW));
    expect(idOf(Buffer.from('{}'), NOW)).not.toBe(idOf(BODY, NOW));
  });
});

it('keeps the names and scopes that sources and stored payments rest on', () => {
  expect(declarationOf(provider)).toEqual({
    name: 'standard-webhooks',
    title: 'Standard Webhooks',
    contentTypes: ['application/json'],
    refScope: { account: false, livemode: false },
    signsTime: 'each-attempt',
    keepsHeaders: ['webhook-id', 'svix-id'],
    refusesUnusable: false,
    secret: {
      variable: 'STANDARD_WEBHOOKS_SECRET',
      made: 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
    },
    options: [{ name: 'currency', variable: 'STANDARD_WEBHOOKS_CURRENCY', default: 'XXX' }],
  });
});
