import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';

import { readJson } from '../../json/read-json.js';
import { type SignedRequest, type Verification, type VerificationContext } from '../provider.js';
import { declarationOf } from '../testing/declaration.js';
import { createPaypalProvider, paypalProvider } from './paypal.provider.js';
import {
  type HeaderList,
  issue,
  type Issued,
  LIVE,
  newEcKeys,
  newKeys,
  NOW,
  plainCrc32,
  SANDBOX,
  signedHeaders,
  type Signing,
  WEBHOOK_ID,
} from './testing/certificates.js';
import { withChecksum } from './testing/forgery.js';

const BODY = Buffer.from('{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED"}');
const URLS = 'https://api.sandbox.paypal.com/v1/notifications/certs/';
const CERTIFICATE_URL = `${URLS}CERT-good`;
const DAY = 86_400_000;
const INVALID = { authentic: false, code: 'signature_invalid' };
const UNAVAILABLE = { authentic: false, code: 'verification_unavailable' };

const directory = mkdtempSync(join(tmpdir(), 'paypal-provider-'));
afterAll(() => rmSync(directory, { recursive: true }));

let root: Issued;
let good: Issued;
let faults: string[];
let fetched: string[];
/** What is configured to be fetched is nothing: any attempt fails and is seen. */
let provider: ReturnType<typeof createPaypalProvider>;

const put = (name: string, ...certificates: Issued[]) =>
  writeFileSync(join(directory, `${name}.pem`), certificates.map(({ pem }) => pem).join('\n'));

beforeAll(async () => {
  root = await issue({ subject: 'CN=Root', keys: await newKeys(), ca: true });
  good = await issue({ subject: `O=PayPal, CN=${SANDBOX}`, keys: await newKeys(), issuer: root });
  put('ca', root);
  put('CERT-good', good);
});

beforeEach(() => {
  faults = [];
  fetched = [];
  provider = createPaypalProvider({
    fetch: ({ url }) => {
      fetched.push(url);
      return Promise.reject(new Error('nothing is fetched here'));
    },
    onFault: (fault) => faults.push(fault),
  });
});

function requestOf(headers: HeaderList, body = BODY): SignedRequest {
  return {
    body,
    headerValues: (name) =>
      headers.filter(([n]) => n.toLowerCase() === name.toLowerCase()).map(([, value]) => value),
  };
}

function verify(
  headers: HeaderList,
  context: Partial<VerificationContext> = {},
  body = BODY,
): Verification | Promise<Verification> {
  return provider.verify(requestOf(headers, body), {
    secrets: [{ label: 'PAYPAL_WEBHOOK_ID', value: WEBHOOK_ID }],
    options: { certDir: directory },
    toleranceSeconds: 300,
    now: NOW,
    url: 'https://example.test/webhooks/paypal',
    ...context,
  });
}

const signed = (wishes: Partial<Signing> = {}) =>
  signedHeaders({ keys: good.keys, body: BODY, certificateUrl: CERTIFICATE_URL, ...wishes });

/** The headers with one of them changed; null leaves it out. */
const withHeader = (name: string, value: string | null): HeaderList =>
  signed().flatMap(([n, v]) =>
    n.toLowerCase() !== name.toLowerCase() ? [[n, v] as const] : value === null ? [] : [[n, value]],
  );

describe('the signature', () => {
  it('is accepted, and says which webhook it was for', async () => {
    const secrets = [
      { label: 'ONE', value: '1JE4291016473214C' },
      { label: 'TWO', value: WEBHOOK_ID },
    ];
    expect(await verify(signed(), { secrets })).toEqual({ authentic: true, verifiedWith: 'TWO' });
    expect(await verify(signed({ webhookId: '1JE4291016473214C' }), { secrets })).toEqual({
      authentic: true,
      verifiedWith: 'ONE',
    });
    expect(fetched).toEqual([]);
  });

  it.each([
    'PAYPAL-TRANSMISSION-ID',
    'PAYPAL-TRANSMISSION-TIME',
    'PAYPAL-TRANSMISSION-SIG',
    'PAYPAL-CERT-URL',
    'PAYPAL-AUTH-ALGO',
  ])('needs %s, and once', async (name) => {
    const missing = { authentic: false, code: 'signature_missing' };
    expect(await verify(withHeader(name, null))).toEqual(missing);
    expect(await verify(withHeader(name, ''))).toEqual(missing);
    const again = signed().filter(([n]) => n.toUpperCase() === name);
    expect(again).toHaveLength(1);
    expect(await verify([...signed(), ...again])).toEqual(INVALID);
  });

  it.each([
    ['PAYPAL-AUTH-ALGO', 'SHA1withRSA'],
    ['PAYPAL-AUTH-ALGO', 'sha256withrsa'],
    ['PAYPAL-AUTH-ALGO', 'SHA256withRSA '],
    ['PAYPAL-AUTH-ALGO', 'SHA256withRSA,SHA1withRSA'],
    ['PAYPAL-AUTH-ALGO', 'NONE'],
    ['PAYPAL-TRANSMISSION-ID', 'another'],
    ['PAYPAL-TRANSMISSION-ID', 'x'.repeat(65)],
    ['PAYPAL-TRANSMISSION-TIME', '2026-11-24T10:00:01Z'],
    ['PAYPAL-TRANSMISSION-TIME', '2026-11-24 10:00:00'],
    ['PAYPAL-TRANSMISSION-TIME', '1795514400'],
    ['PAYPAL-TRANSMISSION-TIME', 'junk'],
    ['PAYPAL-TRANSMISSION-SIG', 'AAAA'],
    ['PAYPAL-TRANSMISSION-SIG', 'é'.repeat(344)],
  ])('is refused with %s: %s', async (name, value) => {
    expect(await verify(withHeader(name, value))).toEqual(INVALID);
  });

  it.each(['', 'junk', '2026-11-24 10:00:00', '1795514400'])(
    'is refused of the time %j, signed as it is',
    async (time) => {
      expect(await verify(signed({ time }))).toMatchObject({ authentic: false });
    },
  );

  it('is refused where the separators of what is signed are moved', async () => {
    // id|time| and `id|time`|: the text is the same, the parts are not.
    const headers = signed({ id: 'a|2026-11-24T10:00:00Z', time: '2026-11-24T10:00:00Z' });
    expect(await verify(headers)).toEqual(INVALID);
  });

  it('is in canonical base64', async () => {
    const [, signature = ''] = signed()[2] ?? [];
    expect(signature).toMatch(/==$/);
    const last = signature.at(-3) ?? '';
    const stray = String.fromCharCode(last.charCodeAt(0) + 1);
    for (const other of [
      signature.slice(0, -1),
      `${signature.slice(0, -3)}${stray}==`,
      signature.replaceAll('+', '-').replaceAll('/', '_'),
      `${signature.slice(0, 40)}\n${signature.slice(40)}`,
      Buffer.from(signature, 'base64').toString('hex'),
    ]) {
      if (other === signature) continue;
      expect(await verify(withHeader('PAYPAL-TRANSMISSION-SIG', other))).toEqual(INVALID);
    }
  });

  it('is over the checksum as unsigned decimal', () => {
    expect(plainCrc32(Buffer.from('123456789'))).toBe(0xcbf43926);
    expect(crc32('123456789')).toBe(3421780262);
  });

  it('of a mock event, which anybody can have PayPal sign, is of a webhook id that is refused', () => {
    expect(paypalProvider.secret.check('WEBHOOK_ID')).not.toBeNull();
  });
});

describe('the address of the certificate', () => {
  it.each([
    ['plain HTTP', 'http://api.paypal.com/v1/notifications/certs/CERT-1'],
    ['another host', 'https://evil.com/v1/notifications/certs/CERT-1'],
    ['a host in the path', 'https://evil.com/api.paypal.com/v1/notifications/certs/CERT-1'],
    ['a longer host', 'https://api.paypal.com.evil.com/v1/notifications/certs/CERT-1'],
    ['a longer name', 'https://evilapi.paypal.com/v1/notifications/certs/CERT-1'],
    ['another host of PayPal', 'https://www.paypal.com/v1/notifications/certs/CERT-1'],
    ['a user', 'https://api.paypal.com@evil.com/v1/notifications/certs/CERT-1'],
    ['a user of the right host', 'https://me@api.paypal.com/v1/notifications/certs/CERT-1'],
    ['a port', 'https://api.paypal.com:444/v1/notifications/certs/CERT-1'],
    ['its own port', 'https://api.paypal.com:443/v1/notifications/certs/CERT-1'],
    ['a query', 'https://api.paypal.com/v1/notifications/certs/CERT-1?x=1'],
    ['a fragment', 'https://api.paypal.com/v1/notifications/certs/CERT-1#x'],
    ['another path', 'https://api.paypal.com/v1/notifications/webhooks/CERT-1'],
    ['a deeper path', 'https://api.paypal.com/v1/notifications/certs/CERT-1/x'],
    ['no name', 'https://api.paypal.com/v1/notifications/certs/'],
    ['a way up', 'https://api.paypal.com/v1/notifications/certs/..'],
    ['an escaped way up', 'https://api.paypal.com/v1/notifications/certs/%2e%2e%2fca'],
    ['a doubled slash', 'https://api.paypal.com//v1/notifications/certs/CERT-1'],
    ['capital letters', 'https://API.paypal.com/v1/notifications/certs/CERT-1'],
    ['a final dot', 'https://api.paypal.com./v1/notifications/certs/CERT-1'],
    ['a backslash', 'https:\\\\api.paypal.com\\v1\\notifications\\certs\\CERT-1'],
    ['a line feed', 'https://api.paypal.com/v1/notifications/certs/CERT-1\n'],
    ['a file', 'file:///v1/notifications/certs/CERT-1'],
    ['a link-local address', 'https://169.254.169.254/v1/notifications/certs/CERT-1'],
    ['loopback', 'https://127.0.0.1/v1/notifications/certs/CERT-1'],
    ['a name without end', `https://api.paypal.com/v1/notifications/certs/${'a'.repeat(129)}`],
    ['no address', 'CERT-1'],
    ['something before it', 'xhttps://api.paypal.com/v1/notifications/certs/CERT-1'],
  ])('is refused with %s, and nothing is fetched', async (_, certificateUrl) => {
    expect(await verify(signed({ certificateUrl }), { options: {} })).toEqual(INVALID);
    expect(await verify(signed({ certificateUrl }))).toEqual(INVALID);
    expect(fetched).toEqual([]);
    expect(faults).toEqual([]);
  });

  it.each([
    'api.paypal.com',
    'api-m.paypal.com',
    'api.sandbox.paypal.com',
    'api-m.sandbox.paypal.com',
  ])('may be on %s', async (host) => {
    const certificateUrl = `https://${host}/v1/notifications/certs/CERT-360caa42_fca2a594`;
    expect(await verify(signed({ certificateUrl }), { options: {} })).toEqual(UNAVAILABLE);
    expect(fetched).toEqual([certificateUrl]);
  });
});

describe('the certificate', () => {
  const refuses = async (name: string, wishes: Partial<Signing> = {}) =>
    expect(await verify(signed({ certificateUrl: `${URLS}${name}`, ...wishes }))).toEqual(INVALID);

  it.each([
    ['another name', `CN=evil.com`],
    ['a name that ends alike', `CN=x.${SANDBOX}`],
    ['a name that begins alike', `CN=${SANDBOX}.evil.com`],
    ['the name in another field', `OU=${SANDBOX}`],
    ['two names', `CN=evil.com, CN=${SANDBOX}`],
    ['two names, the right one first', `CN=${SANDBOX}, CN=evil.com`],
    ['the name of the other environment', `CN=${LIVE}`],
  ])('is refused with %s', async (_, subject) => {
    put('CERT-name', await issue({ subject, keys: good.keys, issuer: root }));
    const fresh = createPaypalProvider();
    const headers = signed({ certificateUrl: `${URLS}CERT-name` });
    provider = fresh;
    expect(await verify(headers)).toEqual(INVALID);
  });

  it('is of the environment that its address is of', async () => {
    put('CERT-live', await issue({ subject: `CN=${LIVE}`, keys: good.keys, issuer: root }));
    const certificateUrl = 'https://api-m.paypal.com/v1/notifications/certs/CERT-live';
    for (const url of [certificateUrl, certificateUrl.replace('api-m', 'api')]) {
      expect(await verify(signed({ certificateUrl: url }))).toMatchObject({ authentic: true });
    }
    await refuses('CERT-live');
    expect(
      await verify(signed({ certificateUrl: certificateUrl.replace('live', 'good') })),
    ).toEqual(INVALID);
  });

  it('is issued by a trust anchor, not by somebody of its name', async () => {
    const subject = `CN=${SANDBOX}`;
    const keys = await newKeys();
    put('CERT-self', await issue({ subject, keys }));
    await refuses('CERT-self', { keys });
    const impostor = await issue({ subject: 'CN=Root', keys, ca: true });
    const forged = await issue({ subject, keys, issuer: impostor });
    put('CERT-forged', forged, impostor);
    await refuses('CERT-forged', { keys });
    // A certificate of PayPal's makes nobody an issuer, whatever it says that its key is for.
    for (const signsCertificates of [false, true]) {
      const wishes = { subject, keys: good.keys, issuer: root, signsCertificates };
      const issuer = await issue(wishes);
      const name = `CERT-by-leaf-${signsCertificates}`;
      put(name, await issue({ subject, keys, issuer }), issuer);
      await refuses(name, { keys });
    }
  });

  it.each([
    ['before it is valid', 'from', -1000],
    ['after it has expired', 'to', 1000],
  ] as const)('is refused %s, at the time of receipt', async (_, end, beyond) => {
    const at = NOW + (end === 'from' ? -DAY : DAY);
    const wishes = { subject: `CN=${SANDBOX}`, keys: good.keys, issuer: root };
    put(`CERT-${end}`, await issue({ ...wishes, [end]: at }));
    const headers = signed({ certificateUrl: `${URLS}CERT-${end}`, time: '2026-11-01T00:00:00Z' });
    expect(await verify(headers, { now: at })).toMatchObject({ authentic: true });
    expect(await verify(headers, { now: at + beyond })).toEqual(INVALID);
  });

  it('is refused while an issuer is not valid', async () => {
    const keys = await newKeys();
    const old = await issue({ subject: 'CN=Old', keys, issuer: root, ca: true, to: NOW - DAY });
    put('CERT-old', await issue({ subject: `CN=${SANDBOX}`, keys: good.keys, issuer: old }), old);
    const headers = signed({ certificateUrl: `${URLS}CERT-old`, time: '2026-11-01T00:00:00Z' });
    expect(await verify(headers)).toEqual(INVALID);
    expect(await verify(headers, { now: NOW - DAY })).toMatchObject({ authentic: true });
  });

  it('may come with intermediates, in any order, and be an anchor itself', async () => {
    const [one, two] = [await newKeys(), await newKeys()];
    const first = await issue({ subject: 'CN=First', keys: one, issuer: root, ca: true });
    const second = await issue({ subject: 'CN=Second', keys: two, issuer: first, ca: true });
    const leaf = await issue({ subject: `CN=${SANDBOX}`, keys: good.keys, issuer: second });
    put('CERT-chain', leaf, first, second);
    const headers = signed({ certificateUrl: `${URLS}CERT-chain` });
    expect(await verify(headers)).toMatchObject({ authentic: true });
    put('CERT-gap', leaf, second);
    await refuses('CERT-gap');

    const pinned = mkdtempSync(join(directory, 'pinned-'));
    writeFileSync(join(pinned, 'CERT-chain.pem'), leaf.pem);
    writeFileSync(join(pinned, 'ca.pem'), leaf.pem);
    expect(await verify(headers, { options: { certDir: pinned } })).toMatchObject({
      authentic: true,
    });
  });

  it('has an RSA key of 2048 bits or more', async () => {
    const [small, curve] = [await newKeys(1024), await newEcKeys()];
    const wishes = { subject: `CN=${SANDBOX}`, issuer: root };
    put('CERT-small', await issue({ ...wishes, keys: small }));
    await refuses('CERT-small', { keys: small });
    put('CERT-curve', await issue({ ...wishes, keys: curve }));
    await refuses('CERT-curve', { keys: curve });
    // Of a key that is bound to another padding the signature is none; it is no exception either.
    const { publicKey } = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    const pss = publicKey.export({ type: 'spki', format: 'der' });
    put('CERT-pss', await issue({ ...wishes, keys: good.keys, publicKey: pss }));
    await refuses('CERT-pss');
  });

  it('that is not there, or is none, may be there later', async () => {
    writeFileSync(join(directory, 'CERT-none.pem'), 'not a certificate');
    for (const name of ['CERT-absent', 'CERT-none']) {
      expect(await verify(signed({ certificateUrl: `${URLS}${name}` }))).toEqual(UNAVAILABLE);
      put(name, good);
      expect(await verify(signed({ certificateUrl: `${URLS}${name}` }))).toMatchObject({
        authentic: true,
      });
    }
    expect(faults).toEqual([
      expect.stringContaining('CERT-absent.pem'),
      expect.stringContaining('no certificate'),
    ]);
    const empty = mkdtempSync(join(directory, 'empty-'));
    expect(await verify(signed(), { options: { certDir: empty } })).toEqual(UNAVAILABLE);
    expect(fetched).toEqual([]);
  });
});

describe('the time', () => {
  it('says nothing to who cannot sign', async () => {
    const late = { time: '2027-01-01T00:00:00Z', webhookId: '1JE4291016473214C' };
    expect(await verify(signed(late))).toEqual(INVALID);
  });

  it.each([
    ['2026-11-24T10:05:00Z', true],
    ['2026-11-24T10:05:00.999Z', true],
    ['2026-11-24T10:05:01Z', false],
    ['2026-11-24T11:05:00+01:00', true],
    ['2026-11-21T10:00:00Z', true],
    ['1970-01-01T00:00:00Z', true],
  ])('%s: %s', async (time, authentic) => {
    expect(await verify(signed({ time }))).toMatchObject(
      authentic ? { authentic } : { authentic, code: 'timestamp_out_of_tolerance' },
    );
  });
});

describe('a body forged to the checksum of one that PayPal signed', () => {
  const genuine = (value: string) =>
    JSON.stringify({
      id: value === '10.00' ? 'WH-1' : 'WH-2',
      create_time: '2026-11-24T10:00:00Z',
      event_type: 'PAYMENT.CAPTURE.COMPLETED',
      resource: {
        id: 'C1',
        status: 'COMPLETED',
        amount: { currency_code: 'USD', value },
      },
    });

  const body = Buffer.from(genuine('10.00'));
  const attack = withChecksum(genuine('9000.00'), plainCrc32(body));
  const eventOf = (bytes: Buffer, headers: HeaderList) => {
    const reading = readJson(bytes);
    if (!reading.ok) throw new Error(reading.code);
    const kept = Object.fromEntries(
      headers
        .map(([name, value]) => [name.toLowerCase(), value] as const)
        .filter(([name]) => provider.keepsHeaders?.includes(name)),
    );
    const [event] = provider.normalise(reading.value, {
      options: {},
      headers: kept,
      body: bytes,
      bodySha256: '',
    });
    return event;
  };

  it('passes the signature, which is why the transmission is a second key', async () => {
    const headers = signed({ body });
    expect(await verify(headers, {}, body)).toMatchObject({ authentic: true });
    expect(attack.equals(body)).toBe(false);
    expect(plainCrc32(attack)).toBe(plainCrc32(body));
    expect(await verify(headers, {}, attack)).toMatchObject({ authentic: true });

    const [first, second] = [body, attack].map((bytes) => eventOf(bytes, headers));
    expect(first?.meaning).toMatchObject({ statements: [{ amount: 1000n }] });
    expect(second?.meaning).toMatchObject({ statements: [{ amount: 900000n }] });
    expect(second?.eventId).not.toBe(first?.eventId);
    // Signed, and the same: whoever forges a body cannot have another one.
    expect(first?.transmissionId).toBe('b2384410-f8d2-11e4-8bf3-77339302725b');
    expect(second?.transmissionId).toBe(first?.transmissionId);
    const another = headers.with(0, ['Paypal-Transmission-Id', 'another']);
    expect(await verify(another, {}, attack)).toEqual(INVALID);
  });
});

it('warns of what it cannot verify once a minute, since strangers can cause it', async () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  let clock = NOW;
  const fetch = () => Promise.reject(new Error('no net'));
  provider = createPaypalProvider({ fetch, now: () => clock });
  const warnings = async () => {
    expect(await verify(signed(), { options: {} })).toEqual(UNAVAILABLE);
    return warn.mock.calls;
  };
  const warning = ['an event of PayPal cannot be verified: no net'];
  expect(await warnings()).toEqual([warning]);
  clock += 59_999;
  expect(await warnings()).toEqual([warning]);
  clock += 1;
  expect(await warnings()).toEqual([warning, warning]);
  warn.mockRestore();
});

it('signs for the simulator with a key, and with a directory in which it is trusted', async () => {
  const own = mkdtempSync(join(directory, 'simulator-'));
  const configured = { secret: WEBHOOK_ID, options: {} };
  const made = await paypalProvider.signingKey?.(own, configured);
  expect(made?.options).toEqual({ certDir: own });
  expect(JSON.parse(made?.key ?? '')).toMatchObject({
    privateKey: expect.stringMatching(/^-----BEGIN PRIVATE KEY-----/) as string,
  });
  expect(await paypalProvider.signingKey?.(own, configured)).toEqual(made);
});

describe('settings', () => {
  const check = (name: string, value: string) =>
    paypalProvider.options.find((option) => option.name === name)?.check?.(value) ?? null;

  it.each(['4JH86294D6297924G', '8PT597110X687430LKGECATA'])('%s is a webhook id', (value) => {
    expect(paypalProvider.secret.check(value)).toBeNull();
  });

  it.each(['', 'WEBHOOK_ID', '4JH86294D62', '4JH86294D6297924G|1', 'x'.repeat(51)])(
    '%j is none',
    (value) => expect(paypalProvider.secret.check(value)).toContain('webhook'),
  );

  it.each([
    'https://api-m.paypal.com',
    'https://api-m.sandbox.paypal.com/',
    'https://proxy.internal:8443/paypal',
    'http://127.0.0.1:4000',
    'http://localhost:4000',
    'http://[::1]:4000',
  ])('%s can be asked', (value) => expect(check('apiUrl', value)).toBeNull());

  it.each([
    '',
    'api-m.paypal.com',
    'http://api-m.paypal.com',
    'http://127.0.0.1.evil.com',
    'https://me:secret@api-m.paypal.com',
    'https://api-m.paypal.com?x=1',
    'https://api-m.paypal.com#x',
    'ftp://api-m.paypal.com',
    'ftp://localhost',
  ])('%j cannot', (value) => expect(check('apiUrl', value)).toContain('https'));

  it('never show the secret', () => {
    const secrets = paypalProvider.options.filter(({ secret }) => secret);
    expect(secrets.map(({ variable }) => variable)).toEqual(['PAYPAL_CLIENT_SECRET']);
  });
});

it('keeps the names and scopes that sources and stored payments rest on', () => {
  expect(declarationOf(paypalProvider)).toEqual({
    name: 'paypal',
    title: 'PayPal',
    contentTypes: ['application/json'],
    refScope: { account: false, livemode: true },
    signsTime: 'once',
    keepsHeaders: ['paypal-transmission-id', 'paypal-cert-url'],
    refusesUnusable: false,
    secret: { variable: 'PAYPAL_WEBHOOK_ID', made: '0123456789ABCDEFG' },
    options: [
      { name: 'clientId', variable: 'PAYPAL_CLIENT_ID', needs: 'clientSecret' },
      { name: 'clientSecret', variable: 'PAYPAL_CLIENT_SECRET', secret: true, needs: 'clientId' },
      { name: 'apiUrl', variable: 'PAYPAL_API_URL', default: 'https://api-m.paypal.com' },
      { name: 'certDir', variable: 'PAYPAL_CERT_DIR' },
    ],
  });
});
