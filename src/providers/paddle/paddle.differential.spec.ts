import { createHmac } from 'node:crypto';

import { jest } from '@jest/globals';
import { Paddle } from '@paddle/paddle-node-sdk';
import fc from 'fast-check';

import {
  accepts,
  BOM,
  bodyMutations,
  isText,
  judge,
  timeWritings,
} from '../testing/differential.js';
import { paddleProvider } from './paddle.provider.js';

/**
 * The official package judges our verifier over thousands of requests, true and mutated. Each
 * disagreement has to have a reason that is known and listed; any other fails.
 */

const NOW = Date.UTC(2026, 10, 24, 10);
const SECONDS = NOW / 1000;
const TOLERANCE = 300;
/** What the package has built in, against the past alone. */
const THEIR_TOLERANCE = 5;
const SECRET = 'pdl_ntfset_differential_secret';
const STRANGER = 'pdl_ntfset_of_a_stranger';

const { webhooks } = new Paddle('of_no_account');

// The package reads the clock itself.
beforeAll(() => {
  jest.useFakeTimers({ now: NOW, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterAll(() => {
  jest.useRealTimers();
});

interface Attempt {
  readonly body: Buffer;
  readonly headers: readonly string[];
}

const ours = ({ body, headers }: Attempt) =>
  accepts(paddleProvider, { body, headerValues: () => headers }, { secrets: [SECRET], now: NOW });

/** It takes text, and Node joins repeated headers, so that is what it is given. */
async function theirs({ body, headers }: Attempt): Promise<boolean> {
  try {
    return await webhooks.isSignatureValid(body.toString(), SECRET, headers.join(', '));
  } catch {
    return false;
  }
}

/** What they accept and we refuse on purpose. */
function reasonWeRefuse({ headers, body }: Attempt): string | null {
  const header = headers.join(', ');
  const items = header.split(';');
  const valuesOf = (name: string) =>
    items.flatMap((item) => (item.startsWith(`${name}=`) ? [item.slice(name.length + 1)] : []));
  const times = valuesOf('ts');
  const signatures = valuesOf('h1');

  if (headers.length > 1) return 'two headers';
  if (times.length > 1) return 'two times';
  if (!/^[1-9]\d{0,11}$/.test(times[0] ?? '')) return 'a time that is not plain seconds';
  if (signatures.length > 8) return 'more than eight signatures';
  if (items.some((item) => !/^\w+=\S+$/.test(item))) return 'an item that is not name=value';
  if (signatures.some((signature) => !/^[0-9a-f]{64}$/.test(signature))) {
    return 'a signature of another form beside the good one';
  }
  if (Number(times[0]) - SECONDS > TOLERANCE) return 'a time in the future';
  if (!isText(body)) return 'bytes replaced by U+FFFD';
  return null;
}

/** What we accept and they refuse. */
function reasonTheyRefuse({ headers, body }: Attempt): string | null {
  const [, time = ''] = /(?:^|;)ts=(\d+)/.exec(headers[0] ?? '') ?? [];
  const age = SECONDS - Number(time);
  if (age > THEIR_TOLERANCE && age <= TOLERANCE) return 'a time more than five seconds ago';
  if (!isText(body)) return 'signed bytes that are not UTF-8';
  const last = (headers[0] ?? '').split(';').findLast((item) => item.startsWith('h1='));
  return last === `h1=${signature(body, time)}` ? null : 'a good signature before the last one';
}

function signature(body: Buffer, time: string | number, secret = SECRET): string {
  return createHmac('sha256', secret).update(`${time}:`).update(body).digest('hex');
}

const bodies = fc.oneof(
  { weight: 6, arbitrary: fc.string().map((a) => Buffer.from(JSON.stringify({ a }))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  fc.constantFrom(
    Buffer.from('{"a":"\ufffd"}'),
    Buffer.from('{"a":"$& $1 $$"}'),
    Buffer.concat([BOM, Buffer.from('{}')]),
    Buffer.alloc(0),
  ),
);

const offsets = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -THEIR_TOLERANCE, max: TOLERANCE }) },
  { weight: 2, arbitrary: fc.integer({ min: -TOLERANCE - 1, max: -THEIR_TOLERANCE }) },
  fc.constantFrom(TOLERANCE + 1, -86_400, 86_400, 315_360_000, -SECONDS),
);

type Item = (good: string, bad: string) => string;

/** Which signatures stand in the header, `good` being the right one. */
const signatureLists: fc.Arbitrary<Item[]> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Item[]>([(good) => `h1=${good}`]) },
  fc.integer({ min: 2, max: 12 }).map((n) => Array<Item>(n).fill((good) => `h1=${good}`)),
  // While a key is rotated there are two, in any order.
  fc.constant<Item[]>([(good) => `h1=${good}`, (_, bad) => `h1=${bad}`]),
  fc.array(
    fc.constantFrom<Item>(
      (good) => `h1=${good}`,
      (good) => `h1=${good}`,
      (_, bad) => `h1=${bad}`,
      (good) => `h2=${good}`,
      (good) => `H1=${good}`,
      (good) => ` h1=${good}`,
      (good) => `h1=${good.toUpperCase()}`,
      (good) => `h1=${good}=`,
      (good) => `h1=${good}=junk`,
      (good) => `h1=${good.slice(0, -1)}`,
      (good) => `h1=${good}0`,
      () => 'h1=',
      () => 'h1',
      () => '',
      () => '=',
      () => `h1=${'é'.repeat(64)}`,
    ),
    { maxLength: 11 },
  ),
);

const attempts: fc.Arbitrary<Attempt> = fc
  .record({
    body: bodies,
    mutate: bodyMutations,
    offset: offsets,
    write: timeWritings('ts', ';'),
    list: signatureLists,
    timeLast: fc.boolean(),
    junk: fc.oneof({ weight: 8, arbitrary: fc.constant('') }, fc.string({ maxLength: 3 })),
    repeat: fc.oneof({ weight: 10, arbitrary: fc.constant(1) }, fc.constantFrom(0, 2)),
  })
  .map(({ body, mutate, offset, write, list, timeLast, junk, repeat }) => {
    const time = SECONDS + offset;
    const [good, bad] = [signature(body, time), signature(body, time, STRANGER)];
    const signatures = list.map((item) => item(good, bad));
    const items = timeLast ? [...signatures, write(time)] : [write(time), ...signatures];
    return {
      body: mutate(body),
      headers: Array<string>(repeat).fill(items.join(';') + junk),
    };
  });

describe('against the official package', () => {
  it('every disagreement is one of those we know', async () => {
    const seen = await judge(attempts, { ours, theirs, reasonWeRefuse, reasonTheyRefuse }, 20_000);

    // The mutations reach every reason, else the comparison would pass vacuously.
    expect([...seen.keys()].sort()).toEqual(
      [
        'they refuse a good signature before the last one',
        'we refuse a signature of another form beside the good one',
        'we refuse a time in the future',
        'they refuse a time more than five seconds ago',
        'we refuse a time that is not plain seconds',
        'we refuse an item that is not name=value',
        'both accept',
        'both refuse',
        'we refuse bytes replaced by U+FFFD',
        'we refuse more than eight signatures',
        'they refuse signed bytes that are not UTF-8',
        'we refuse two headers',
        'we refuse two times',
      ].sort(),
    );
    expect(seen.get('both accept')).toBeGreaterThan(1000);
    expect(seen.get('both refuse')).toBeGreaterThan(1000);
  }, 60_000);

  it('our signer signs as it expects', async () => {
    const body = Buffer.from(JSON.stringify({ event_id: 'evt_1', note: 'Café / ü ₹ \u2028 $&' }));
    const signedWith = (secret: string, at: number) => {
      const context = { secret, key: null, at, url: '', options: {} };
      const { headers } = paddleProvider.sign({ body, expect: 'success' }, context);
      return { body, headers: Object.values(headers) };
    };
    expect(await theirs(signedWith(SECRET, NOW + 999))).toBe(true);
    expect(await theirs(signedWith(SECRET, NOW - 5000))).toBe(true);
    expect(await theirs(signedWith(SECRET, NOW - 6000))).toBe(false);
    expect(await theirs(signedWith(STRANGER, NOW))).toBe(false);
  });
});
