import { createHmac, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';

import { jest } from '@jest/globals';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';

import { accepts, bodyMutations, isText, judge } from '../testing/differential.js';
import { standardWebhooksProvider } from './standard-webhooks.provider.js';

/**
 * The official package judges our verifier over thousands of requests, true and mutated. Each
 * disagreement has to have a reason that is known and listed; any other fails. The package knows v1
 * alone, so v1a is judged by a second reading of the specification, at the end.
 */

const NOW = Date.UTC(2026, 10, 24, 10);
const SECONDS = NOW / 1000;
/** What the package has built in. */
const TOLERANCE = 300;

// The package reads the clock itself.
beforeAll(() => {
  jest.useFakeTimers({ now: NOW, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterAll(() => {
  jest.useRealTimers();
});

interface Attempt {
  readonly body: Buffer;
  /** Values by name; several where a header is repeated. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly secret: string;
}

const ours = ({ body, headers, secret }: Attempt) =>
  accepts(
    standardWebhooksProvider,
    { body, headerValues: (name) => headers[name] ?? [] },
    { secrets: [secret], now: NOW },
  );

/** Node joins repeated headers, so that is what the package is given. */
function joined({ headers }: Attempt): Record<string, string> {
  const sent = Object.entries(headers).filter(([, values]) => values.length > 0);
  return Object.fromEntries(sent.map(([name, values]) => [name, values.join(', ')]));
}

function theirs(attempt: Attempt): boolean {
  try {
    new Webhook(attempt.secret).verify(attempt.body, joined(attempt), { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}

/** What they accept and we refuse on purpose. */
function reasonWeRefuse(attempt: Attempt): string | null {
  const { body, secret } = attempt;
  if (!secret.startsWith('whsec_')) return 'a secret without its prefix';
  const keyBytes = Buffer.from(secret.slice('whsec_'.length), 'base64').length;
  if (keyBytes < 24 || keyBytes > 64) return 'a secret of another length';
  if (!isText(body)) return 'bytes replaced by U+FFFD';
  return reasonOfHeaders(attempt);
}

function reasonOfHeaders(attempt: Attempt): string | null {
  const values = joined(attempt);
  const id = values['webhook-id'] ?? '';
  const time = values['webhook-timestamp'] ?? '';
  const items = (values['webhook-signature'] ?? '').split(' ');
  if (Object.values(attempt.headers).some((list) => list.length > 1)) return 'two headers';
  if (Object.keys(values).some((name) => name.startsWith('svix-'))) return 'a second set of names';
  if (!/^[!-~]+$/.test(id)) return 'an id beyond visible ASCII';
  if (id.includes('.')) return 'a dot in the id';
  if (id.length > 255) return 'an id beyond 255 characters';
  if (!/^(0|[1-9]\d{0,11})$/.test(time)) return 'a time that is not plain seconds';
  if (items.length > 8) return 'more than eight signatures';
  if (items.some((item) => !/^v\d+[a-z]?,[^\s,]+$/.test(item))) {
    return 'an item that is not version,signature';
  }
  return null;
}

/** What we accept and they refuse. */
function reasonTheyRefuse(attempt: Attempt): string | null {
  if (joined(attempt)['svix-id'] !== undefined) return 'the names of Svix';
  return isText(attempt.body) ? null : 'signed bytes that are not UTF-8';
}

const KEY = Buffer.alloc(32, 1);
const STRANGERS_KEY = Buffer.alloc(32, 2);

const bodies = fc.oneof(
  { weight: 6, arbitrary: fc.string().map((a) => Buffer.from(JSON.stringify({ a }))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  fc.constantFrom(Buffer.from('{"a":"\ufffd"}'), Buffer.from('\ufeff{}'), Buffer.alloc(0)),
);

const ids = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('msg_1', 'a', 'evt:1/2', 'x'.repeat(255)) },
  fc.constantFrom('msg.1', '.', 'msg é', 'x'.repeat(256), ''),
);

const offsets = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -TOLERANCE, max: TOLERANCE }) },
  fc.constantFrom(-TOLERANCE - 1, TOLERANCE + 1, -86_400, 86_400, 315_360_000, -SECONDS),
);

/** How the time is written; it is signed as the plain number. */
const writings = fc.oneof(
  { weight: 12, arbitrary: fc.constant((time: number) => `${time}`) },
  fc.constantFrom(
    (time: number) => `${time}abc`,
    (time: number) => `0${time}`,
    (time: number) => ` ${time}`,
    (time: number) => `+${time}`,
    (time: number) => `-${time}`,
    (time: number) => `${time}.9`,
    () => 'NaN',
    () => '',
  ),
);

type Item = (good: string, bad: string) => string;

/** Which signatures stand in the header, `good` being the right one. */
const signatureLists = (version: string): fc.Arbitrary<Item[]> => {
  const whole: Item = (good) => `${version},${good}`;
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant<Item[]>([whole]) },
    fc.integer({ min: 2, max: 12 }).map((n) => Array<Item>(n).fill(whole)),
    fc.array(
      fc.constantFrom<Item>(
        whole,
        whole,
        (_, bad) => `${version},${bad}`,
        (good) => `v1,${good}`,
        (good) => `v1a,${good}`,
        (good) => `v2,${good}`,
        (good) => `V1,${good}`,
        (good) => `${version},${good},more`,
        (good) => `${version},${good.slice(0, -1)}`,
        (good) => `${version},${good}=`,
        (good) => `${version},${Buffer.from(good, 'base64').toString('base64url')}`,
        (good) => `${version},${Buffer.from(good, 'base64').toString('hex')}`,
        () => `${version},`,
        () => version,
        () => '',
        () => `${version},${'é'.repeat(44)}`,
      ),
      { maxLength: 10 },
    ),
  );
};

const shapes = fc.record({
  body: bodies,
  mutate: bodyMutations,
  id: ids,
  offset: offsets,
  write: writings,
  separator: fc.oneof({ weight: 12, arbitrary: fc.constant(' ') }, fc.constantFrom('  ', ', ')),
  junk: fc.oneof({ weight: 12, arbitrary: fc.constant('') }, fc.string({ maxLength: 3 })),
});

const secrets = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ key: KEY, prefix: 'whsec_' }) },
  fc.constantFrom(
    { key: KEY, prefix: '' },
    { key: Buffer.alloc(23, 3), prefix: 'whsec_' },
    { key: Buffer.alloc(24, 3), prefix: 'whsec_' },
    { key: Buffer.alloc(64, 3), prefix: 'whsec_' },
    { key: Buffer.alloc(65, 3), prefix: 'whsec_' },
    { key: Buffer.alloc(1, 3), prefix: 'whsec_' },
  ),
);

type Headers = Readonly<Record<string, readonly string[]>>;

/** What becomes of the whole set of headers. */
const arrangements = fc.oneof(
  { weight: 16, arbitrary: fc.constant((headers: Headers) => headers) },
  fc
    .tuple(fc.constantFrom('id', 'timestamp', 'signature'), fc.constantFrom(0, 2))
    .map(([name, times]) => (headers: Headers) => ({
      ...headers,
      [`webhook-${name}`]: Array<string>(times).fill(headers[`webhook-${name}`]?.[0] ?? ''),
    })),
  fc.constantFrom(
    (headers: Headers) => renamed(headers),
    (headers: Headers) => ({ ...headers, ...renamed(headers) }),
    (headers: Headers) => ({ ...headers, 'svix-id': ['msg_2'] }),
  ),
);

function renamed(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, values]) => [name.replace('webhook', 'svix'), values]),
  );
}

const attempts: fc.Arbitrary<Attempt> = fc
  .tuple(shapes, signatureLists('v1'), secrets, arrangements)
  .map(([shape, list, { key, prefix }, arrange]) => {
    const { body, id, offset, write, separator } = shape;
    const time = SECONDS + offset;
    const hmac = (by: Buffer) =>
      createHmac('sha256', by).update(`${id}.${time}.`).update(body).digest('base64');
    const items = list.map((item) => item(hmac(key), hmac(STRANGERS_KEY)));
    const headers = {
      'webhook-id': [id],
      'webhook-timestamp': [write(time)],
      'webhook-signature': [items.join(separator) + shape.junk],
    };
    return {
      body: shape.mutate(body),
      headers: arrange(headers),
      secret: prefix + key.toString('base64'),
    };
  });

/** The mutations reach every reason, else the comparison would pass vacuously. */
function expectAll(seen: ReadonlyMap<string, number>, reasons: readonly string[]): void {
  expect([...seen.keys()].sort()).toEqual([...reasons, 'both accept', 'both refuse'].sort());
  expect(seen.get('both accept')).toBeGreaterThan(500);
  expect(seen.get('both refuse')).toBeGreaterThan(500);
}

describe('against the official package', () => {
  it('every disagreement is one of those we know', async () => {
    const seen = await judge(attempts, { ours, theirs, reasonWeRefuse, reasonTheyRefuse }, 12_000);
    expectAll(seen, [
      'we refuse a dot in the id',
      'we refuse a secret of another length',
      'we refuse a secret without its prefix',
      'we refuse a second set of names',
      'we refuse a time that is not plain seconds',
      'we refuse an id beyond 255 characters',
      'we refuse an id beyond visible ASCII',
      'we refuse an item that is not version,signature',
      'we refuse bytes replaced by U+FFFD',
      'we refuse more than eight signatures',
      'they refuse signed bytes that are not UTF-8',
      'they refuse the names of Svix',
      'we refuse two headers',
    ]);
  }, 60_000);

  it.each([0, -TOLERANCE, TOLERANCE, -TOLERANCE - 1, TOLERANCE + 1])(
    'what it signs %i seconds from now is judged alike',
    async (offset) => {
      const text = JSON.stringify({ type: 'a.b', note: 'Café / ü ₹ \u2028 $& $1' });
      const time = SECONDS + offset;
      for (const key of [KEY, STRANGERS_KEY]) {
        const secret = `whsec_${KEY.toString('base64')}`;
        const signer = new Webhook(key.toString('base64'));
        const headers = {
          'webhook-id': ['msg_1'],
          'webhook-timestamp': [`${time}`],
          'webhook-signature': [signer.sign('msg_1', new Date(time * 1000), text)],
        };
        const attempt = { body: Buffer.from(text), headers, secret };
        const authentic = key === KEY && Math.abs(offset) <= TOLERANCE;
        expect([await ours(attempt), theirs(attempt)]).toEqual([authentic, authentic]);
      }
    },
  );

  it('our signer signs as it does', () => {
    const text = '{"type":"a.b"}';
    const secret = `whsec_${KEY.toString('base64')}`;
    const context = { secret, key: null, at: NOW + 999, url: '', options: {} };
    const sample = { body: Buffer.from(text), expect: 'success' } as const;
    const { headers } = standardWebhooksProvider.sign(sample, context);
    expect(headers).toEqual({
      'webhook-id': headers['webhook-id'],
      'webhook-timestamp': `${SECONDS}`,
      'webhook-signature': new Webhook(secret).sign(
        headers['webhook-id'] ?? '',
        new Date(NOW),
        text,
      ),
    });
    expect(new Webhook(secret).verify(text, { ...headers })).toEqual({ type: 'a.b' });
  });
});

describe('v1a, against a second reading of the specification', () => {
  const own = generateKeyPairSync('ed25519');
  const strangers = generateKeyPairSync('ed25519');
  const der = own.publicKey.export({ type: 'spki', format: 'der' });
  const secret = `whpk_${der.subarray(-32).toString('base64')}`;

  /** With no care for the lists, and for every signature that is written so that it counts. */
  function theirReading(attempt: Attempt, counts: (signature: string) => boolean): boolean {
    const values = joined(attempt);
    const [id, list] = [values['webhook-id'], values['webhook-signature'] ?? ''];
    const time = parseInt(values['webhook-timestamp'] ?? '', 10);
    if (!id || !(Math.abs(time - SECONDS) <= TOLERANCE)) return false;
    const key = createPublicKey({ key: der, type: 'spki', format: 'der' });
    const content = Buffer.concat([Buffer.from(`${id}.${time}.`), attempt.body]);
    return list
      .split(' ')
      .flatMap((item) => (item.startsWith('v1a,') ? [item.split(',')[1] ?? ''] : []))
      .some((item) => counts(item) && verify(null, content, key, Buffer.from(item, 'base64')));
  }
  const inAnyBase64 = () => true;
  const inCanonicalBase64 = (text: string) =>
    Buffer.from(text, 'base64').toString('base64') === text;

  function reason(attempt: Attempt): string | null {
    if (!theirReading(attempt, inCanonicalBase64)) return 'base64 that is not canonical';
    return reasonOfHeaders(attempt);
  }

  const signed: fc.Arbitrary<Attempt> = fc
    .tuple(shapes, signatureLists('v1a'), arrangements)
    .map(([shape, list, arrange]) => {
      const { body, id, offset, write, separator } = shape;
      const time = SECONDS + offset;
      const message = Buffer.concat([Buffer.from(`${id}.${time}.`), body]);
      const by = (key: typeof own.privateKey) => sign(null, message, key).toString('base64');
      const [good, bad] = [by(own.privateKey), by(strangers.privateKey)];
      const headers = {
        'webhook-id': [id],
        'webhook-timestamp': [write(time)],
        'webhook-signature': [list.map((item) => item(good, bad)).join(separator) + shape.junk],
      };
      return { body: shape.mutate(body), headers: arrange(headers), secret };
    });

  it('every disagreement is one of those we know', async () => {
    const theirs = (attempt: Attempt) => theirReading(attempt, inAnyBase64);
    const judges = { ours, theirs, reasonWeRefuse: reason, reasonTheyRefuse };
    const seen = await judge(signed, judges, 4000);
    expectAll(seen, [
      'we refuse a dot in the id',
      'we refuse a second set of names',
      'we refuse a time that is not plain seconds',
      'we refuse an id beyond 255 characters',
      'we refuse an id beyond visible ASCII',
      'we refuse an item that is not version,signature',
      'we refuse base64 that is not canonical',
      'we refuse more than eight signatures',
      'they refuse the names of Svix',
      'we refuse two headers',
    ]);
  }, 60_000);
});
