import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { KEY_FILE, loadOrCreateKey, type PaypalKey } from './paypal.signing-key.js';

const parent = mkdtempSync(join(tmpdir(), 'paypal-key-'));
afterAll(() => rmSync(parent, { recursive: true }));

/** That what lies in the directory belongs to the key. */
function expectWhole(directory: string, key: PaypalKey): void {
  const read = (file: string) => new X509Certificate(readFileSync(join(directory, file)));
  const authority = read('ca.pem');
  expect(authority.subject).toContain('CN=Trust only to try things');
  expect(authority.ca).toBe(true);
  const spki = createPublicKey(createPrivateKey(key.privateKey)).export({
    type: 'spki',
    format: 'der',
  });
  for (const [environment, name] of Object.entries(key.certificateNames)) {
    expect(name).toMatch(/^CERT-[0-9a-f]{16}$/);
    const certificate = read(`${name}.pem`);
    expect(certificate.ca).toBe(false);
    expect(certificate.subject).toContain(environment === 'live' ? 'certs.paypal' : 'sandbox');
    expect(certificate.checkIssued(authority)).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.publicKey.export({ type: 'spki', format: 'der' })).toEqual(spki);
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.UTC(2001));
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.UTC(2100));
  }
}

it('is made once, whole and for nobody else, also by several at once', async () => {
  const directory = join(parent, 'deep', 'down');
  const keys = await Promise.all(Array.from({ length: 4 }, () => loadOrCreateKey(directory)));
  expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(1);
  const [key] = keys;
  if (key === undefined) throw new Error('no key');
  expectWhole(directory, key);
  expect(await loadOrCreateKey(directory)).toEqual(key);

  const names = Object.values(key.certificateNames);
  expect(readdirSync(directory).sort()).toEqual(
    [KEY_FILE, 'ca.pem', ...names.map((name) => `${name}.pem`)].sort(),
  );
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  for (const file of readdirSync(directory)) {
    expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
  }
});

it('puts right what was mixed or lost beside it', async () => {
  const [one, two] = [join(parent, 'one'), join(parent, 'two')];
  const key = await loadOrCreateKey(one);
  await loadOrCreateKey(two);
  writeFileSync(join(one, 'ca.pem'), readFileSync(join(two, 'ca.pem')));
  rmSync(join(one, `${key.certificateNames.live}.pem`));
  expect(await loadOrCreateKey(one)).toEqual(key);
  expectWhole(one, key);
});

it('has another name where it is another', async () => {
  const directory = join(parent, 'again');
  const first = await loadOrCreateKey(directory);
  rmSync(join(directory, KEY_FILE));
  const second = await loadOrCreateKey(directory);
  expect(second.certificateNames.sandbox).not.toBe(first.certificateNames.sandbox);
  expectWhole(directory, second);
});

const PEM = '-----BEGIN ';

it.each([
  '',
  '{',
  'null',
  '{"privateKey":"x"}',
  '{"privateKey":1,"certificates":{}}',
  '{"privateKey":"x","authority":"x","certificates":{"live":"x","sandbox":"x"}}',
  `{"privateKey":"${PEM}","authority":"${PEM}","certificates":{"live":"${PEM}","sandbox":"x"}}`,
])('says what to do where its file holds %j', async (text) => {
  const directory = mkdtempSync(join(parent, 'damaged-'));
  writeFileSync(join(directory, KEY_FILE), text);
  await expect(loadOrCreateKey(directory)).rejects.toThrow('is damaged. Restore it, or delete it');
});
