import { createHmac } from 'node:crypto';

import fc from 'fast-check';
import * as webhooks from 'gocardless-nodejs/webhooks';

import { accepts, BOM, bodyMutations, judge } from '../testing/differential.js';
import { gocardlessProvider } from './gocardless.provider.js';

/**
 * The official package judges our verifier over thousands of requests, true and mutated. Each
 * disagreement has to have a reason that is known and listed; any other fails.
 */

const SECRET = 'gocardless-differential-secret';
const OLD = 'gocardless-secret-before-rotation';
const STRANGER = 'gocardless-secret-of-a-stranger';

interface Attempt {
  readonly body: Buffer;
  readonly headers: readonly string[];
  readonly secrets: readonly string[];
}

const ours = ({ body, headers, secrets }: Attempt) =>
  accepts(gocardlessProvider, { body, headerValues: () => headers }, { secrets });

/** Node joins repeated headers, so that is what it is given. */
function theirs({ body, headers, secrets }: Attempt): boolean {
  return secrets.some((secret) => {
    try {
      webhooks.parse(body, secret, headers.join(', '));
      return true;
    } catch (error) {
      // It parses what it has verified; a body that is no JSON was authentic all the same.
      return error instanceof SyntaxError || error instanceof TypeError;
    }
  });
}

/** Nothing that we accept do they refuse: both sign bytes. */
const reasonTheyRefuse = () => null;

/** What they accept and we refuse on purpose. */
function reasonWeRefuse({ headers }: Attempt): string | null {
  if (headers.length > 1) return 'two headers';
  const [header = ''] = headers;
  if (header.length > 1024) return 'a header beyond 1 KB';
  if (/^[0-9a-f]{64}[^]/i.test(header)) return 'something after the signature';
  return /[A-F]/.test(header) ? 'hex in upper case' : null;
}

function signature(body: Buffer, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

const bodies = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.string().map((id) => Buffer.from(JSON.stringify({ events: [{ id }] }))),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  fc.constantFrom(
    Buffer.from('{"events":[{"id":"\ufffd"}]}'),
    Buffer.from('{"events":[]}'),
    Buffer.from('null'),
    Buffer.concat([BOM, Buffer.from('{"events":[]}')]),
    Buffer.alloc(0),
  ),
);

type Writing = (good: string, old: string, bad: string) => string[];

/** How the header is written, `good` being the right signature. */
const writings = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Writing>((good) => [good]) },
  { weight: 2, arbitrary: fc.constant<Writing>((_, old) => [old]) },
  fc.constantFrom<Writing>(
    (_good, _old, bad) => [bad],
    (good) => [good.toUpperCase()],
    (good) => [good.replace(/[a-f]/, (letter) => letter.toUpperCase())],
    (good) => [`${good}zz`],
    (good) => [`${good}0`],
    (good) => [`${good}\n`],
    (good) => [`${good} `],
    (good) => [` ${good}`],
    (good) => [`0x${good}`],
    (good) => [`sha256=${good}`],
    (good) => [good.slice(0, -1)],
    (good) => [good.slice(0, -2)],
    (good) => [`${good}${good}`],
    (good, old) => [`${good},${old}`],
    (good) => [Buffer.from(good, 'hex').toString('base64')],
    (good) => [`${good}${'z'.repeat(1000)}`],
    (good) => [good, good],
    (good, _, bad) => [bad, good],
    (good, _, bad) => [good, bad],
    () => [],
    () => [''],
    () => ['é'.repeat(64)],
    () => ['0'.repeat(64)],
  ),
);

const attempts: fc.Arbitrary<Attempt> = fc
  .record({
    body: bodies,
    mutate: bodyMutations,
    write: writings,
    junk: fc.oneof({ weight: 8, arbitrary: fc.constant('') }, fc.string({ maxLength: 3 })),
    secrets: fc.constantFrom([SECRET], [SECRET, OLD], [OLD], [OLD, SECRET]),
  })
  .map(({ body, mutate, write, junk, secrets }) => {
    const [good, old, bad] = [SECRET, OLD, STRANGER].map((secret) => signature(body, secret));
    return {
      body: mutate(body),
      headers: write(good!, old!, bad!).map((value) => value + junk),
      secrets,
    };
  });

describe('against the official package', () => {
  it('every disagreement is one of those we know', async () => {
    const seen = await judge(attempts, { ours, theirs, reasonWeRefuse, reasonTheyRefuse }, 20_000);

    // The mutations reach every reason, else the comparison would pass vacuously.
    expect([...seen.keys()].sort()).toEqual(
      [
        'both accept',
        'both refuse',
        'we refuse a header beyond 1 KB',
        'we refuse hex in upper case',
        'we refuse something after the signature',
        'we refuse two headers',
      ].sort(),
    );
    expect(seen.get('both accept')).toBeGreaterThan(3000);
    expect(seen.get('both refuse')).toBeGreaterThan(3000);
  }, 60_000);
});
