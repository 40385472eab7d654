import { createHmac } from 'node:crypto';

import '@shopify/shopify-api/adapters/node';
import { ApiVersion, LogSeverity, shopifyApi } from '@shopify/shopify-api';
import fc from 'fast-check';

import {
  accepts,
  base64Mutations,
  BOM,
  bodyMutations,
  isText,
  judge,
} from '../testing/differential.js';
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

const ours = (attempt: Attempt) =>
  accepts(
    shopifyProvider,
    { body: attempt.body, headerValues: (name) => valuesOf(attempt, name) },
    { secrets: [SECRET] },
  );

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
    mutateSignature: base64Mutations,
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
    const seen = await judge(attempts, { ours, theirs, reasonWeRefuse, reasonTheyRefuse }, 20_000);

    // The mutations reach every reason, else the comparison would pass vacuously.
    expect([...seen.keys()].sort()).toEqual([
      'both accept',
      'both refuse',
      'they refuse a missing header that decides nothing',
      'they refuse signed bytes that are not UTF-8',
      'we refuse a body that does not begin with a brace',
      'we refuse bytes replaced by U+FFFD',
      'we refuse headers of both families',
      'we refuse two topics',
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
