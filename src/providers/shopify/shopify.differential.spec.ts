import { createHmac } from 'node:crypto';

import '@shopify/shopify-api/adapters/node';
import { ApiVersion, LogSeverity, shopifyApi } from '@shopify/shopify-api';
import fc from 'fast-check';

import { shopifyProvider } from './shopify.provider.js';

/**
 * The official package judges our verifier over thousands of requests, true and mutated. Each
 * disagreement has to have a reason that is known and listed; any other fails.
 */

const SECRET = 'shpss_0123456789abcdef0123456789abcdef';
const STRANGER = 'shpss_of_a_stranger_with_another_app';

const shopify = shopifyApi({
  apiKey: 'key',
  apiSecretKey: SECRET,
  hostName: 'pay.example',
  apiVersion: ApiVersion.July26,
  isEmbeddedApp: false,
  isTesting: true,
  logger: { level: LogSeverity.Error },
});

type Header = readonly [name: string, value: string];
interface Attempt {
  readonly body: Buffer;
  readonly headers: readonly Header[];
}

const valuesOf = ({ headers }: Attempt, name: string) =>
  headers.flatMap(([n, value]) => (n.toLowerCase() === name.toLowerCase() ? [value] : []));

async function ours(attempt: Attempt): Promise<boolean> {
  const { authentic } = await shopifyProvider.verify(
    { body: attempt.body, headerValues: (name) => valuesOf(attempt, name) },
    {
      secrets: [{ label: 'SECRET', value: SECRET }],
      options: {},
      toleranceSeconds: 300,
      now: 0,
      url: 'https://pay.example/webhooks/shopify',
    },
  );
  return authentic;
}

/** Node joins repeated headers, and names them in lower case. */
async function theirs(attempt: Attempt): Promise<boolean> {
  const names = new Set(attempt.headers.map(([name]) => name.toLowerCase()));
  const headers = Object.fromEntries(
    [...names].map((name) => [name, valuesOf(attempt, name).join(', ')]),
  );
  const { valid } = await shopify.webhooks.validate({
    rawBody: attempt.body.toString(),
    rawRequest: { headers, method: 'POST', url: '/' },
    rawResponse: {},
  });
  return valid;
}

const FAMILIES = ['X-Shopify-', 'Shopify-'];
const stated = (attempt: Attempt, prefix: string) =>
  ['Hmac-SHA256', 'Topic'].some((name) => valuesOf(attempt, prefix + name).length > 0);
const isText = (body: Buffer) => Buffer.from(body.toString()).equals(body);

/** What they accept and we refuse on purpose. */
function reasonWeRefuse(attempt: Attempt): string | null {
  if (FAMILIES.every((prefix) => stated(attempt, prefix))) return 'headers of both families';
  if (FAMILIES.some((prefix) => valuesOf(attempt, `${prefix}Topic`).length > 1)) {
    return 'two topics';
  }
  if (attempt.body[0] !== 0x7b) return 'a body that does not begin with a brace';
  if (!isText(attempt.body)) return 'bytes replaced by U+FFFD';
  return null;
}

/** What we accept and they refuse. */
function reasonTheyRefuse(attempt: Attempt): string | null {
  // They sign text, where the signature covers the bytes.
  if (!isText(attempt.body)) return 'signed bytes that are not UTF-8';
  const prefix = FAMILIES.find((p) => stated(attempt, p)) ?? '';
  const names = ['Topic', 'Shop-Domain', 'API-Version', 'Webhook-Id'];
  if (prefix === 'Shopify-') names.push('Event-Id');
  if (names.some((name) => !valuesOf(attempt, prefix + name)[0])) {
    // None of them is signed; without a topic the event is quarantined.
    return 'a missing header that decides nothing';
  }
  return null;
}

const sign = (body: Buffer, secret: string) =>
  createHmac('sha256', secret).update(body).digest('base64');

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const REPLACEMENT = Buffer.from('\ufffd');
const objects = fc
  .dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 })
  .map((value) => Buffer.from(JSON.stringify(value)));

const bodies = fc.oneof(
  { weight: 8, arbitrary: objects },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ maxLength: 20 })
      .map((bytes) => Buffer.concat([Buffer.from('{'), bytes])),
  },
  fc.constantFrom(
    Buffer.alloc(0),
    Buffer.from('[]'),
    Buffer.from(' {}'),
    Buffer.concat([BOM, Buffer.from('{}')]),
    Buffer.from('{"a":"\ufffd"}'),
  ),
);

/** Changes the bytes after they were signed. */
const bodyMutations = fc.oneof(
  { weight: 8, arbitrary: fc.constant((body: Buffer) => body) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(), fc.nat(7)).map(([at, bit]) => (body: Buffer) => {
      const flipped = Buffer.from(body);
      if (body.length > 0) flipped[at % body.length]! ^= 1 << bit;
      return flipped;
    }),
  },
  fc.constant((body: Buffer) => Buffer.concat([BOM, body])),
  fc.constant((body: Buffer) => body.subarray(0, -1)),
  fc.constant((body: Buffer) => Buffer.concat([body, Buffer.from('\n')])),
  fc.constant((body: Buffer) => {
    const at = body.indexOf(REPLACEMENT);
    return at < 0
      ? body
      : Buffer.concat([body.subarray(0, at), Buffer.from([0xff]), body.subarray(at + 3)]);
  }),
);

/** What becomes of the signature on its way. */
const signatureMutations = fc.oneof(
  { weight: 10, arbitrary: fc.constant((good: string) => good) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(43), fc.constantFrom(...'AZaz09+/=-_ \n\u00e9')).map(
      ([at, other]) =>
        (good: string) =>
          good.slice(0, at) + other + good.slice(at + 1),
    ),
  },
  { weight: 2, arbitrary: fc.nat(43).map((length) => (good: string) => good.slice(0, length)) },
  fc.string({ maxLength: 4 }).map((more) => (good: string) => good + more),
  fc.constantFrom(
    (good: string) => ` ${good}`,
    (good: string) => good.toLowerCase(),
    (good: string) => good.replace('=', ''),
    (good: string) => good.replaceAll('+', '-').replaceAll('/', '_'),
    (good: string) => Buffer.from(good, 'base64').toString('hex'),
    (good: string) => `${good},${good}`,
    () => '\u00e9'.repeat(44),
    () => 'A'.repeat(5000),
  ),
);

/** Adds headers, repeats them, takes some away. */
const headerMutations = fc.oneof(
  { weight: 6, arbitrary: fc.constant((headers: readonly Header[]) => headers) },
  {
    weight: 1,
    arbitrary: fc.nat(5).map((at) => (headers: readonly Header[]) => headers.toSpliced(at, 1)),
  },
  {
    weight: 1,
    arbitrary: fc
      .nat(5)
      .map((at) => (headers: readonly Header[]) => [...headers, ...headers.slice(at, at + 1)]),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<Header>(
        ['X-Shopify-Topic', 'orders/paid'],
        ['Shopify-Topic', 'orders/paid'],
        ['X-Shopify-Hmac-SHA256', ''],
        ['Shopify-Hmac-SHA256', 'A'.repeat(44)],
      )
      .map((more) => (headers: readonly Header[]) => [...headers, more]),
  },
);

const attempts: fc.Arbitrary<Attempt> = fc
  .record({
    body: bodies,
    mutateBody: bodyMutations,
    mutateSignature: signatureMutations,
    mutateHeaders: headerMutations,
    secret: fc.oneof(
      { weight: 9, arbitrary: fc.constant(SECRET) },
      fc.constantFrom(STRANGER, SECRET.slice(0, -1), SECRET.toUpperCase()),
    ),
    prefix: fc.constantFrom(...FAMILIES),
    lowerCase: fc.boolean(),
  })
  .map(({ body, secret, prefix, lowerCase, mutateBody, mutateSignature, mutateHeaders }) => {
    const headers: Header[] = [
      [`${prefix}Hmac-SHA256`, mutateSignature(sign(body, secret))],
      [`${prefix}Topic`, 'orders/paid'],
      [`${prefix}Shop-Domain`, 'example.myshopify.com'],
      [`${prefix}API-Version`, '2026-07'],
      [`${prefix}Webhook-Id`, 'w1'],
      [`${prefix}Event-Id`, 'e1'],
    ];
    const named = headers.map(([n, v]): Header => [lowerCase ? n.toLowerCase() : n, v]);
    return { body: mutateBody(body), headers: mutateHeaders(named) };
  });

describe('against the official package', () => {
  it('every disagreement is one of those we know', async () => {
    const seen = new Map<string, number>();
    const count = (reason: string) => seen.set(reason, (seen.get(reason) ?? 0) + 1);

    await fc.assert(
      fc.asyncProperty(attempts, async (attempt) => {
        const [we, they] = [await ours(attempt), await theirs(attempt)];
        if (we === they) {
          count(we ? 'both accept' : 'both refuse');
        } else {
          const reason = we ? reasonTheyRefuse(attempt) : reasonWeRefuse(attempt);
          expect(reason).not.toBeNull();
          count(reason ?? '');
        }
      }),
      { numRuns: 20_000, seed: 20261124 },
    );

    // The mutations reach every reason, else the comparison would pass vacuously.
    expect([...seen.keys()].sort()).toEqual([
      'a body that does not begin with a brace',
      'a missing header that decides nothing',
      'both accept',
      'both refuse',
      'bytes replaced by U+FFFD',
      'headers of both families',
      'signed bytes that are not UTF-8',
      'two topics',
    ]);
    expect(seen.get('both accept')).toBeGreaterThan(3000);
    expect(seen.get('both refuse')).toBeGreaterThan(4000);
  });

  it('samples are signed so that it accepts them', async () => {
    const context = { unique: 'u1', now: Date.UTC(2026, 10, 24), options: {}, account: null };
    const scenarios = Object.values(shopifyProvider.scenarios);
    for (const sample of scenarios.flatMap((play) => play({ ...context, livemode: true }))) {
      const signed = shopifyProvider.sign(sample, {
        secret: SECRET,
        key: null,
        at: 0,
        url: '',
        options: {},
      });
      const headers = Object.entries({ ...sample.headers, ...signed.headers });
      const attempt = { body: signed.body, headers };
      expect([await ours(attempt), await theirs(attempt)]).toEqual([true, true]);
    }
  });
});
