import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readCertificates, trustedPeriods } from './paypal.certificate.js';
import { Certificates } from './paypal.certificates.js';
import { fetchDirectly } from './paypal.http.js';
import { parseCertificateUrl } from './paypal.transmission.js';
import { issue, type Issued, newKeys, NOW, SANDBOX } from './testing/certificates.js';
import { type StandIn, startStandIn } from './testing/server.js';

const ISSUERS = 'http://cacerts.digicert.com/';
const DAY = 86_400_000;

let paypal: StandIn;
let clock: number;
let certificates: Certificates;
let root: Issued;
let middle: Issued;
let leaf: Issued;

beforeAll(async () => {
  const [one, two, three] = [await newKeys(), await newKeys(), await newKeys()];
  root = await issue({ subject: 'CN=Root', keys: one, ca: true });
  middle = await issue({
    subject: 'CN=Middle',
    keys: two,
    issuer: root,
    ca: true,
    issuerUrl: `${ISSUERS}Root.crt`,
  });
  leaf = await issue({
    subject: `CN=${SANDBOX}`,
    keys: three,
    issuer: middle,
    issuerUrl: `${ISSUERS}Middle.crt`,
  });
});

beforeEach(async () => {
  paypal = await startStandIn();
  clock = NOW;
  certificates = new Certificates(paypal.fetch, () => clock, [root.pem]);
});
afterEach(() => paypal.close());

const urlOf = (name: string) => {
  const url = parseCertificateUrl(`https://api.sandbox.paypal.com/v1/notifications/certs/${name}`);
  if (url === null) throw new Error(name);
  return url;
};
const get = (name: string, timeoutMs = 5000) =>
  certificates.get(urlOf(name), undefined, AbortSignal.timeout(timeoutMs));
const serve = (name: string, body: string | Buffer, status = 200) =>
  paypal.answer(urlOf(name).href, (_, response) => response.writeHead(status).end(body));
const asked = () => paypal.received.map(({ url }) => url.split('/').at(-1));

describe('a certificate that is fetched', () => {
  it('may bring its chain', async () => {
    serve('CERT-1', `${leaf.pem}\r\n${middle.pem}`);
    const { key, trusted } = await get('CERT-1');
    expect(key?.asymmetricKeyType).toBe('rsa');
    expect(trusted).toHaveLength(1);
    expect(asked()).toEqual(['CERT-1']);
    expect(paypal.received[0]).toMatchObject({ method: 'GET', body: '' });
  });

  it('may come alone, as it does: its issuer is where it says', async () => {
    serve('CERT-1', leaf.pem);
    paypal.answer(`${ISSUERS}Middle.crt`, (_, response) => response.end(middle.der));
    expect((await get('CERT-1')).trusted).toHaveLength(1);
    expect(asked()).toEqual(['CERT-1', 'Middle.crt']);
  });

  it.each([
    'https://cacerts.digicert.com/Middle.crt',
    'http://evil.com/Middle.crt',
    'http://cacerts.digicert.com.evil.com/Middle.crt',
    'http://cacerts.digicert.com:8080/Middle.crt',
    'http://cacerts.digicert.com/../Middle.crt',
    'http://127.0.0.1/Middle.crt',
    'http://cacerts.digicert.com/Middle.crt?x',
    'http://evil.com/?http://cacerts.digicert.com/Middle.crt',
  ])('is not trusted where it says %s, and nothing is asked there', async (issuerUrl) => {
    const { keys } = leaf;
    const stray = await issue({ subject: `CN=${SANDBOX}`, keys, issuer: middle, issuerUrl });
    serve('CERT-1', stray.pem);
    expect((await get('CERT-1')).trusted).toEqual([]);
    expect(asked()).toEqual(['CERT-1']);
  });

  it('has three issuers that are asked for, each where the one before says, and no fourth', async () => {
    const { keys } = middle;
    const chain = [root];
    for (const name of ['Fourth', 'Third', 'Second', 'First']) {
      const issuer = chain.at(-1) ?? root;
      const issuerUrl = `${ISSUERS}${issuer.subject.slice(3)}.crt`;
      const one = await issue({ subject: `CN=${name}`, keys, issuer, ca: true, issuerUrl });
      paypal.answer(`${ISSUERS}${name}.crt`, (_, response) => response.end(one.der));
      chain.push(one);
    }
    const [, , third, , first] = chain;
    const leafOf = (issuer = root) =>
      issue({
        subject: `CN=${SANDBOX}`,
        keys: leaf.keys,
        issuer,
        issuerUrl: `${ISSUERS}${issuer.subject.slice(3)}.crt`,
      });
    serve('CERT-1', (await leafOf(third)).pem);
    expect((await get('CERT-1')).trusted).toHaveLength(1);
    expect(asked()).toEqual(['CERT-1', 'Third.crt', 'Fourth.crt']);
    serve('CERT-2', (await leafOf(first)).pem);
    expect((await get('CERT-2')).trusted).toEqual([]);
    expect(asked().slice(3)).toEqual(['CERT-2', 'First.crt', 'Second.crt', 'Third.crt']);
  });

  it('is not trusted for an issuer that has the name and did not sign', async () => {
    const impostor = await issue({ subject: 'CN=Middle', keys: leaf.keys, issuer: root, ca: true });
    serve('CERT-1', leaf.pem);
    paypal.answer(`${ISSUERS}Middle.crt`, (_, response) => response.end(impostor.der));
    expect((await get('CERT-1')).trusted).toEqual([]);
  });

  it('is asked for once by many, and kept for a day', async () => {
    serve('CERT-1', `${leaf.pem}${middle.pem}`);
    const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => get('CERT-1')));
    expect(new Set([first, ...others]).size).toBe(1);
    clock += DAY - 1;
    expect(await get('CERT-1')).toBe(first);
    expect(asked()).toEqual(['CERT-1']);
    clock += 1;
    expect(await get('CERT-1')).not.toBe(first);
    expect(asked()).toEqual(['CERT-1', 'CERT-1']);
  });

  it('is kept for a minute only where it is not trusted', async () => {
    serve('CERT-1', root.pem);
    expect((await get('CERT-1')).key).toBeNull();
    serve('CERT-1', `${leaf.pem}${middle.pem}`);
    clock += 59_999;
    expect((await get('CERT-1')).key).toBeNull();
    clock += 1;
    expect((await get('CERT-1')).key).not.toBeNull();
  });

  it.each([
    ['has expired', false, { from: NOW - DAY, to: NOW - 1000 }],
    ['expires now', true, { from: NOW - DAY, to: NOW }],
    ['is valid from now on', true, { from: NOW, to: NOW + DAY }],
    ['is not valid yet', false, { from: NOW + 1000, to: NOW + DAY }],
  ])('that %s is kept for a day: %j', async (_, isKept, validity) => {
    const { keys } = leaf;
    const one = await issue({ subject: `CN=${SANDBOX}`, keys, issuer: middle, ...validity });
    serve('CERT-1', `${one.pem}${middle.pem}`);
    expect((await get('CERT-1')).trusted).toHaveLength(1);
    clock += 60_000;
    await get('CERT-1');
    expect(asked()).toHaveLength(isKept ? 1 : 2);
  });

  it('is kept for a day where one of its paths is valid', async () => {
    const wishes = { subject: 'CN=Middle', keys: middle.keys, issuer: root, ca: true };
    const expired = await issue({ ...wishes, to: NOW - DAY });
    serve('CERT-1', `${leaf.pem}${expired.pem}${middle.pem}`);
    expect((await get('CERT-1')).trusted).toHaveLength(2);
    clock += 60_000;
    await get('CERT-1');
    expect(asked()).toHaveLength(1);
  });

  it('is asked for again after a failure', async () => {
    await expect(get('CERT-1')).rejects.toThrow('answered 404');
    serve('CERT-1', `${leaf.pem}${middle.pem}`);
    expect((await get('CERT-1')).trusted).toHaveLength(1);
  });

  it.each([301, 302, 303, 307, 308])('is not there where PayPal answers %i', async (status) => {
    paypal.answer(urlOf('CERT-1').href, (_, response) =>
      response.writeHead(status, { location: `${paypal.origin}/elsewhere` }).end(),
    );
    await expect(get('CERT-1')).rejects.toThrow(`answered ${status}`);
    expect(asked()).toEqual(['CERT-1']);
  });

  it.each([
    ['none at all', ''],
    ['a page', '<html>Service unavailable</html>'],
    ['a damaged one', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
  ])('is not there where PayPal serves %s', async (_, body) => {
    serve('CERT-1', body);
    await expect(get('CERT-1')).rejects.toThrow();
  });

  it('is not read beyond 64 KB', async () => {
    let sent = 0;
    paypal.answer(urlOf('CERT-1').href, (_, response) => {
      const chunk = Buffer.alloc(16 * 1024, '\n');
      const more = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', more);
      more();
    });
    await expect(get('CERT-1')).rejects.toThrow('more than 65536 bytes');
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it.each([
    ['does not answer', () => undefined],
    [
      'stops in the middle',
      (response: { write(text: string): unknown }) => response.write('-----'),
    ],
  ])('is given up where PayPal %s', async (_, answer) => {
    paypal.answer(urlOf('CERT-1').href, (_request, response) => void answer(response));
    await expect(get('CERT-1', 100)).rejects.toThrow();
    serve('CERT-1', `${leaf.pem}${middle.pem}`);
    expect((await get('CERT-1')).trusted).toHaveLength(1);
  });

  it('is not asked for while eight others are: strangers can name any number', async () => {
    serve('CERT-known', `${leaf.pem}${middle.pem}`);
    await get('CERT-known');
    const made = Array.from({ length: 30 }, (_, i) => get(`CERT-${i}`).catch((e: Error) => e));
    expect(await get('CERT-known')).toMatchObject({ trusted: [{}] });
    const errors = (await Promise.all(made)).map(String);
    expect(errors.filter((error) => error.includes('too many'))).toHaveLength(22);
    expect(paypal.received).toHaveLength(9);
  });

  it('makes room for another when 32 are kept', async () => {
    paypal.answer('https://api.sandbox', (_, response) => response.end(leaf.pem + middle.pem));
    for (let i = 0; i <= 32; i += 1) await get(`CERT-${i}`);
    await get('CERT-1');
    expect(paypal.received).toHaveLength(33);
    await get('CERT-0');
    expect(paypal.received).toHaveLength(34);
  });
});

describe('a certificate of a directory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'paypal-certificates-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const read = () => certificates.get(urlOf('CERT-1'), directory, AbortSignal.timeout(5000));

  it('is another than the one that PayPal serves, and kept for a minute', async () => {
    serve('CERT-1', `${leaf.pem}${middle.pem}`);
    expect((await get('CERT-1')).key).not.toBeNull();
    writeFileSync(join(directory, 'ca.pem'), root.pem);
    writeFileSync(join(directory, 'CERT-1.pem'), root.pem);
    expect((await read()).key).toBeNull();
    writeFileSync(join(directory, 'CERT-1.pem'), `${leaf.pem}${middle.pem}`);
    clock += 59_999;
    expect((await read()).key).toBeNull();
    clock += 1;
    const put = await read();
    expect(put.key).not.toBeNull();
    expect(put.trusted).toHaveLength(1);
    writeFileSync(join(directory, 'CERT-1.pem'), root.pem);
    clock += 60_000;
    expect((await read()).key).toBeNull();
    expect(asked()).toEqual(['CERT-1']);
  });
});

describe('the client', () => {
  it('takes no proxy of the environment', async () => {
    const names = ['HTTP_PROXY', 'http_proxy', 'NODE_USE_ENV_PROXY'];
    const before = names.map((name) => process.env[name]);
    const proxy = await startStandIn();
    try {
      for (const name of names) process.env[name] = name.startsWith('NODE') ? '1' : proxy.origin;
      serve('CERT-1', leaf.pem + middle.pem);
      await get('CERT-1');
      expect(asked()).toEqual(['CERT-1']);
      expect(proxy.received).toEqual([]);
    } finally {
      names.forEach((name, i) => {
        if (before[i] === undefined) delete process.env[name];
        else process.env[name] = before[i];
      });
      await proxy.close();
    }
  });

  it('fails where nobody listens', async () => {
    const closed = await startStandIn();
    await closed.close();
    const deadline = AbortSignal.timeout(5000);
    const request = { url: closed.origin, method: 'GET', deadline } as const;
    await expect(fetchDirectly(request)).rejects.toThrow('ECONNREFUSED');
  });
});

describe('paths of certificates', () => {
  const one = ({ pem }: Issued) => new X509Certificate(pem);

  it('are valid while all of them are', async () => {
    const narrow = await issue({
      subject: 'CN=Middle',
      keys: middle.keys,
      issuer: root,
      ca: true,
      from: NOW - DAY,
      to: NOW + DAY,
    });
    expect(trustedPeriods(one(leaf), [one(narrow)], [one(root)])).toEqual([
      { from: NOW - DAY, to: NOW + DAY },
    ]);
    // Cross-signed: each path has a period of its own.
    expect(trustedPeriods(one(leaf), [one(narrow), one(middle)], [one(root)])).toHaveLength(2);
  });

  it('do not go in circles, and not on for ever', async () => {
    const [a, b] = [middle.keys, leaf.keys];
    const ab = await issue({
      subject: 'CN=A',
      keys: a,
      issuer: { subject: 'CN=B', keys: b },
      ca: true,
    });
    const ba = await issue({
      subject: 'CN=B',
      keys: b,
      issuer: { subject: 'CN=A', keys: a },
      ca: true,
    });
    expect(trustedPeriods(one(ab), [one(ab), one(ba)], [one(root)])).toEqual([]);

    const chain: Issued[] = [];
    for (let i = 0; i < 6; i += 1) {
      const issuer = chain.at(-1) ?? root;
      chain.push(await issue({ subject: `CN=${i}`, keys: a, issuer, ca: true }));
    }
    const all = chain.map(one);
    expect(trustedPeriods(all[4]!, all, [one(root)])).toHaveLength(1);
    expect(trustedPeriods(all[5]!, all, [one(root)])).toEqual([]);
  });

  it('are read from PEM, whatever stands around', () => {
    const text = `subject=Middle\r\n${middle.pem.replaceAll('\n', '\r\n')}\r\n${root.pem}`;
    expect(readCertificates(text).map(({ subject }) => subject)).toEqual(['CN=Middle', 'CN=Root']);
    expect(() => readCertificates('')).toThrow('no certificate');
  });
});
