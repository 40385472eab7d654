import { createHmac } from 'node:crypto';

import fc from 'fast-check';
import Stripe from 'stripe';

import {
  accepts,
  BOM,
  bodyMutations,
  isText,
  judge,
  timeWritings,
} from '../testing/differential.js';
import { stripeProvider } from './stripe.provider.js';

/**
 * The official package judges our verifier over thousands of requests, true and mutated. Each
 * disagreement has to have a reason that is known and listed; any other fails.
 */

const NOW = Date.UTC(2026, 10, 24, 10);
const SECONDS = NOW / 1000;
const TOLERANCE = 300;
const SECRET = 'whsec_differential_secret';
const STRANGER = 'whsec_of_a_stranger_0000';

const { webhooks } = new Stripe('sk_test_of_no_account');

interface Attempt {
  readonly body: Buffer;
  readonly headers: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const ours = ({ body, headers, now }: Attempt) =>
  accepts(stripeProvider, { body, headerValues: () => headers }, { secrets: [SECRET], now });

/** Node joins repeated headers, so that is what the official package is given. */
function theirs({ body, headers, now }: Attempt): boolean {
  try {
    webhooks.constructEvent(body, headers.join(', '), SECRET, TOLERANCE, undefined, now);
    return true;
  } catch (error) {
    // It parses what it has verified; a body that is no JSON was authentic all the same.
    return error instanceof SyntaxError;
  }
}

/** What they accept and we refuse on purpose. */
function reasonWeRefuse({ headers, body, now }: Attempt): string | null {
  const header = headers.join(', ');
  const items = header.split(',');
  const valuesOf = (scheme: string) =>
    items.flatMap((item) => (item.startsWith(`${scheme}=`) ? [item.slice(scheme.length + 1)] : []));
  const times = valuesOf('t');
  const signatures = valuesOf('v1');
  const time = times.at(-1) ?? '';

  if (headers.length > 1) return 'two headers';
  if (header.length > 1024) return 'a header beyond 1 KB';
  if (times.length > 1) return 'two times';
  if (!/^[1-9]\d{0,11}$/.test(time)) return 'a time that is not plain seconds';
  if (signatures.length > 8) return 'more than eight signatures';
  if (items.some((item) => !/^[\w-]+=\S+$/.test(item))) return 'an item that is not scheme=value';
  if (signatures.some((signature) => !/^[0-9a-f]{64}$/.test(signature))) {
    return 'a signature of another form beside the good one';
  }
  if (Number(time) - Math.floor(now / 1000) > TOLERANCE) return 'a time in the future';
  if (body.subarray(0, 3).equals(BOM)) return 'a byte order mark before the signed bytes';
  if (!isText(body)) return 'bytes replaced by U+FFFD';
  return null;
}

/** What we accept, since the signature covers the bytes, and they refuse, since they sign text. */
function reasonTheyRefuse({ body }: Attempt): string | null {
  if (body.subarray(0, 3).equals(BOM)) return 'a signed byte order mark';
  if (!isText(body)) return 'signed bytes that are not UTF-8';
  return null;
}

function signature(body: Buffer, time: string | number, secret = SECRET): string {
  return createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
}

const bodies = fc.oneof(
  { weight: 6, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.concat([BOM, Buffer.from(text)])) },
  { weight: 1, arbitrary: fc.constantFrom(Buffer.from('{"a":"\ufffd"}'), Buffer.alloc(0)) },
);

const offsets = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -TOLERANCE, max: TOLERANCE }) },
  fc.constantFrom(-TOLERANCE - 1, TOLERANCE + 1, -86_400, 86_400, 315_360_000, -SECONDS),
);

/** Which signatures stand in the header, `good` being the right one. */
const signatureLists = fc.oneof(
  { weight: 8, arbitrary: fc.constant((good: string) => [`v1=${good}`]) },
  fc.integer({ min: 2, max: 14 }).map((n) => (good: string) => Array<string>(n).fill(`v1=${good}`)),
  fc
    .array(
      fc.constantFrom(
        (good: string) => `v1=${good}`,
        (_: string, bad: string) => `v1=${bad}`,
        (good: string) => `v0=${good}`,
        (good: string) => `v1a=${good}`,
        (good: string) => `V1=${good}`,
        (good: string) => ` v1=${good}`,
        (good: string) => `v1=${good.toUpperCase()}`,
        (good: string) => `v1=${good}=`,
        (good: string) => `v1=${good.slice(0, -1)}`,
        (good: string) => `v1=${good}0`,
        () => 'v1=',
        () => 'v1',
        () => '',
        () => '=',
        () => `v1=${'\u00e9'.repeat(64)}`,
        () => `v2=${'f'.repeat(64)}`,
      ),
      { maxLength: 12 },
    )
    .map((makers) => (good: string, bad: string) => makers.map((make) => make(good, bad))),
);

const attempts: fc.Arbitrary<Attempt> = fc
  .record({
    body: bodies,
    mutate: bodyMutations,
    offset: offsets,
    write: timeWritings('t', ','),
    list: signatureLists,
    timeLast: fc.boolean(),
    junk: fc.oneof({ weight: 6, arbitrary: fc.constant('') }, fc.string({ maxLength: 4 })),
    repeat: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.constantFrom(0, 2)),
    milliseconds: fc.nat(999),
  })
  .map(({ body, mutate, offset, write, list, timeLast, junk, repeat, milliseconds }) => {
    const time = SECONDS + offset;
    const signatures = list(signature(body, time), signature(body, time, STRANGER));
    const items = timeLast ? [...signatures, write(time)] : [write(time), ...signatures];
    return {
      body: mutate(body),
      headers: Array<string>(repeat).fill(items.join(',') + junk),
      now: NOW + milliseconds,
    };
  });

describe('against the official package', () => {
  it('every disagreement is one of those we know', async () => {
    const seen = await judge(attempts, { ours, theirs, reasonWeRefuse, reasonTheyRefuse }, 6000);

    // The mutations reach every reason, else the comparison would pass vacuously.
    expect([...seen.keys()].sort()).toEqual(
      [
        'we refuse a byte order mark before the signed bytes',
        'we refuse a signature of another form beside the good one',
        'they refuse a signed byte order mark',
        'we refuse a time in the future',
        'we refuse a time that is not plain seconds',
        'we refuse an item that is not scheme=value',
        'both accept',
        'both refuse',
        'we refuse bytes replaced by U+FFFD',
        'we refuse more than eight signatures',
        'they refuse signed bytes that are not UTF-8',
        'we refuse two headers',
        'we refuse two times',
      ].sort(),
    );
    expect(seen.get('both accept')).toBeGreaterThan(500);
    expect(seen.get('both refuse')).toBeGreaterThan(500);
  });

  it.each([0, -TOLERANCE, -TOLERANCE - 1, -86_400])(
    'headers that it generates for %i seconds from now are judged alike',
    async (offset) => {
      const payload = JSON.stringify({ id: 'evt_1', object: 'event', note: 'Café / ü ₹ \u2028' });
      const timestamp = SECONDS + offset;
      for (const secret of [SECRET, STRANGER]) {
        const header = webhooks.generateTestHeaderString({ payload, secret, timestamp });
        const attempt = { body: Buffer.from(payload), headers: [header], now: NOW };
        const authentic = secret === SECRET && offset >= -TOLERANCE;
        expect([await ours(attempt), theirs(attempt)]).toEqual([authentic, authentic]);
      }
    },
  );

  it('our signer signs as it does', () => {
    const payload = '{"id":"evt_1"}';
    const sample = { body: Buffer.from(payload), expect: 'success' } as const;
    const context = { secret: SECRET, key: null, at: NOW + 999, url: '', options: {} };
    expect(stripeProvider.sign(sample, context).headers).toEqual({
      'Stripe-Signature': webhooks.generateTestHeaderString({
        payload,
        secret: SECRET,
        timestamp: SECONDS,
      }),
    });
  });
});
