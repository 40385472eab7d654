import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createPublicKey, createVerify, type KeyObject } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';

import { accepts, bodyMutations, judge } from '../testing/differential.js';
import { createPaypalProvider } from './paypal.provider.js';
import {
  type HeaderList,
  issue,
  type Issued,
  newKeys,
  NOW,
  plainCrc32,
  SANDBOX,
  signedHeaders,
  WEBHOOK_ID,
} from './testing/certificates.js';

/**
 * PayPal has no package that verifies, so the judge is its own description
 * (https://developer.paypal.com/api/rest/webhooks/rest/), written down once more with nothing of ours:
 * the checksum bit by bit, the signature by another call of Node's, and as lenient as the sample code
 * there. What it accepts and we refuse has to have a reason that is known and listed.
 */

const TOLERANCE = 300;
const OLD_ID = '1JE4291016473214C';
const URLS = 'https://api.sandbox.paypal.com/v1/notifications/certs/';

const provider = createPaypalProvider({ onFault: () => undefined });
const directory = mkdtempSync(join(tmpdir(), 'paypal-differential-'));
afterAll(() => rmSync(directory, { recursive: true }));

let good: Issued;
let stranger: Issued;
/** Public keys by the last segment of an address. */
const keysByName = new Map<string, KeyObject>();

beforeAll(async () => {
  const root = await issue({ subject: 'CN=Root', keys: await newKeys(), ca: true });
  const keys = await newKeys();
  good = await issue({ subject: `CN=${SANDBOX}`, keys, issuer: root });
  stranger = await issue({ subject: `CN=${SANDBOX}`, keys: await newKeys() });
  const otherName = await issue({ subject: 'CN=x.paypal.com', keys, issuer: root });
  writeFileSync(join(directory, 'ca.pem'), root.pem);
  for (const [name, { pem }] of [
    ['CERT-good', good],
    ['CERT-untrusted', stranger],
    ['CERT-other-name', otherName],
  ] as const) {
    keysByName.set(name, createPublicKey(pem));
    writeFileSync(join(directory, `${name}.pem`), pem);
  }
});

interface Attempt {
  readonly body: Buffer;
  readonly headers: HeaderList;
  readonly now: number;
}

const valuesOf = (headers: HeaderList, name: string) =>
  headers.filter(([n]) => n.toLowerCase() === name).map(([, value]) => value);

const ours = ({ body, headers, now }: Attempt) =>
  accepts(
    provider,
    { body, headerValues: (name) => valuesOf(headers, name.toLowerCase()) },
    { secrets: [OLD_ID, WEBHOOK_ID], options: { certDir: directory }, now },
  );

function theirs({ body, headers }: Attempt): boolean {
  const [id, time, signature, url] = ['id', 'time', 'sig', 'url'].map((part) =>
    // Node joins repeated headers.
    valuesOf(headers, part === 'url' ? 'paypal-cert-url' : `paypal-transmission-${part}`).join(
      ', ',
    ),
  );
  const key = keysByName.get(url?.split('/').at(-1) ?? '');
  if (key === undefined) return false;
  return [OLD_ID, WEBHOOK_ID].some((webhookId) =>
    createVerify('RSA-SHA256')
      .update(`${id}|${time}|${webhookId}|${plainCrc32(body)}`)
      .verify(key, signature ?? '', 'base64'),
  );
}

/** What their description accepts and we refuse on purpose. */
function reasonWeRefuse({ headers, now }: Attempt): string | null {
  const one = (name: string) => valuesOf(headers, name)[0] ?? '';
  const names = ['id', 'time', 'sig'].map((part) => `paypal-transmission-${part}`);
  for (const name of [...names, 'paypal-cert-url', 'paypal-auth-algo']) {
    if (valuesOf(headers, name).length > 1) return 'a header twice';
  }
  if (one('paypal-auth-algo') !== 'SHA256withRSA') return 'another algorithm';
  const url = one('paypal-cert-url');
  if (!url.startsWith(URLS)) return 'an address that is not of PayPal';
  if (url.endsWith('untrusted')) return 'a certificate of nobody';
  if (url.endsWith('other-name')) return 'a certificate of another name';
  const signature = one('paypal-transmission-sig');
  if (!/^[A-Za-z0-9+/]{342}==$/.test(signature)) return 'a signature written otherwise';
  if (!/^[\w-]{1,64}$/.test(one('paypal-transmission-id'))) return 'an id of another form';
  const time = Date.parse(one('paypal-transmission-time'));
  if (!/^\d{4}-\d\d-\d\dT.*Z$/.test(one('paypal-transmission-time')))
    return 'a time without a date';
  return time - now > TOLERANCE * 1000 ? 'a time in the future' : null;
}

type Change = (value: string) => string;
const flips = (mutate: fc.Arbitrary<Change>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant<Change>((value) => value) }, mutate);

const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom<Change[]>(
    (value) => value.slice(0, -1),
    (value) => `${value} `,
    (value) => ` ${value}`,
    (value) => `${value}=`,
    (value) => value.replace(/=+$/, ''),
    (value) => value.replaceAll('+', '-').replaceAll('/', '_'),
    (value) => value.toLowerCase(),
    (value) => `${value}|`,
    () => '',
  ),
  fc
    .tuple(fc.nat(), fc.string({ minLength: 1, maxLength: 1 }))
    .map(([at, other]) => (value: string) => {
      const place = value.length === 0 ? 0 : at % value.length;
      return value.slice(0, place) + other + value.slice(place + 1);
    }),
);

/** What is signed already is of any form: whoever signs is PayPal. */
const wishes = fc.record({
  body: fc.oneof(
    fc.json().map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  ),
  webhookId: fc.constantFrom(WEBHOOK_ID, WEBHOOK_ID, OLD_ID, 'WEBHOOK_ID', ''),
  id: fc.oneof(
    { weight: 8, arbitrary: fc.uuid() },
    fc.constantFrom('with space', 'a|b', 'x'.repeat(80)),
  ),
  time: fc.oneof(
    {
      weight: 8,
      arbitrary: fc
        .integer({ min: -300_000, max: TOLERANCE })
        .map((seconds) => new Date(NOW + seconds * 1000).toISOString()),
    },
    fc.constantFrom('2026-11-24T10:05:01Z', '2036-11-24T10:00:00Z', '1795514400', 'now', ''),
  ),
  certificate: fc.oneof(
    { weight: 8, arbitrary: fc.constant('CERT-good') },
    fc.constantFrom('CERT-untrusted', 'CERT-other-name'),
  ),
  host: fc.oneof(
    { weight: 12, arbitrary: fc.constant(URLS) },
    fc.constantFrom('https://evil.com/v1/notifications/certs/', URLS.replace('https', 'http')),
  ),
  algorithm: fc.oneof(
    { weight: 12, arbitrary: fc.constant('SHA256withRSA') },
    fc.constantFrom('SHA1withRSA', 'sha256WithRSA', ''),
  ),
});

/** Signing is slow, so that there are fewer deliveries than ways in which they are changed. */
const DELIVERIES = fc.sample(wishes, { numRuns: 1000, seed: 20261124 });
let delivered: { readonly body: Buffer; readonly headers: [string, string][] }[];

beforeAll(() => {
  delivered = DELIVERIES.map((wish) => {
    const { keys } = wish.certificate === 'CERT-untrusted' ? stranger : good;
    const certificateUrl = wish.host + wish.certificate;
    const headers = signedHeaders({ ...wish, keys, certificateUrl }).map(
      ([name, value]): [string, string] => [
        name,
        name === 'Paypal-Auth-Algo' ? wish.algorithm : value,
      ],
    );
    return { body: wish.body, headers };
  });
});

const attempts = fc
  .record({
    which: fc.nat(DELIVERIES.length - 1),
    changes: fc.array(flips(anyChange), { minLength: 5, maxLength: 5 }),
    changeBody: bodyMutations,
    repeat: fc.oneof(
      { weight: 8, arbitrary: fc.constant(null) },
      fc.constantFrom('paypal-auth-algo', 'paypal-transmission-sig', 'paypal-transmission-id'),
    ),
    reverse: fc.boolean(),
    milliseconds: fc.nat(999),
  })
  .map(({ which, changes, changeBody, repeat, reverse, milliseconds }): Attempt => {
    const { body, headers: signed } = delivered[which]!;
    const changed = signed.map(([name, value], i): [string, string] => [
      name,
      changes[i]?.(value) ?? value,
    ]);
    const headers = [...changed, ...changed.filter(([name]) => name.toLowerCase() === repeat)];
    if (reverse) headers.reverse();
    return { headers, body: changeBody(body), now: NOW + milliseconds };
  });

it('every disagreement with the description is one of those we know', async () => {
  // Never the other way: what we accept is signed.
  const reasonTheyRefuse = () => null;
  const seen = await judge(attempts, { ours, theirs, reasonWeRefuse, reasonTheyRefuse }, 20_000);

  // The mutations reach every reason, else the comparison would pass vacuously.
  expect([...seen.keys()].sort()).toEqual(
    [
      'we refuse a certificate of another name',
      'we refuse a certificate of nobody',
      'we refuse a header twice',
      'we refuse a signature written otherwise',
      'we refuse a time in the future',
      'we refuse a time without a date',
      'we refuse an address that is not of PayPal',
      'we refuse an id of another form',
      'we refuse another algorithm',
      'both accept',
      'both refuse',
    ].sort(),
  );
  expect(seen.get('both accept')).toBeGreaterThan(2000);
  expect(seen.get('both refuse')).toBeGreaterThan(2000);
});
