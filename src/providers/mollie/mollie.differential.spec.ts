import { createHmac } from 'node:crypto';

import fc from 'fast-check';
import { SignatureValidator } from 'mollie-api-typescript/utils/webhooks/signature_validator.js';

import { accepts, BOM, bodyMutations, isText, judge } from '../testing/differential.js';
import { mollieProvider } from './mollie.provider.js';

/**
 * The official package judges our verifier over thousands of requests, true and mutated. Each
 * disagreement has to have a reason that is known and listed; any other fails.
 */

const SECRET = 'mollie-differential-secret';
const OLD = 'mollie-secret-before-rotation';
const STRANGER = 'mollie-secret-of-a-stranger';

interface Attempt {
  readonly body: Buffer;
  readonly headers: readonly string[];
  readonly secrets: readonly string[];
}

const ours = ({ body, headers, secrets }: Attempt) =>
  accepts(mollieProvider, { body, headerValues: () => headers }, { secrets });

/** It takes text, and a list of signatures where Node has joined them. */
async function theirs({ body, headers, secrets }: Attempt): Promise<boolean> {
  try {
    const validator = new SignatureValidator([...secrets]);
    return await validator.validatePayload(body.toString(), signaturesOf(headers));
  } catch {
    return false;
  }
}

function signaturesOf(headers: readonly string[]): string[] {
  return headers.flatMap((value) => value.split(', '));
}

/** What they accept and we refuse on purpose. */
function reasonWeRefuse({ body, headers }: Attempt): string | null {
  const signatures = signaturesOf(headers).flatMap((item) => item.split(','));
  if (!isText(body)) return 'bytes replaced by U+FFFD';
  if (signatures.some((item) => !/^(sha256=)?[0-9a-f]{64}$/.test(item))) {
    return 'a signature of another form beside the good one';
  }
  return signatures.length > 8 ? 'more than eight signatures' : null;
}

/** What we accept and they refuse. */
function reasonTheyRefuse({ body, headers }: Attempt): string | null {
  // They sign text: bytes that are no UTF-8 were replaced before.
  if (!isText(body)) return 'signed bytes that are not UTF-8';
  const unsplit = signaturesOf(headers).some((item) => item.includes(','));
  return unsplit ? 'signatures joined by a comma without a blank' : null;
}

function signature(body: Buffer, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

const bodies = fc.oneof(
  { weight: 6, arbitrary: fc.string().map((a) => Buffer.from(JSON.stringify({ a }))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  fc.constantFrom(
    Buffer.from('{"a":"\ufffd"}'),
    Buffer.from('{"a":"$& $1 $$"}'),
    Buffer.from('id=tr_1'),
    Buffer.concat([BOM, Buffer.from('{}')]),
    Buffer.alloc(0),
  ),
);

type Item = (good: string, old: string, bad: string) => string;

/** Which signatures stand in the headers, `good` being the right one. */
const signatureLists: fc.Arbitrary<Item[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Item[]>([(good) => `sha256=${good}`]) },
  {
    weight: 3,
    arbitrary: fc.shuffledSubarray<Item>(
      [(good) => `sha256=${good}`, (_, old) => `sha256=${old}`, (_good, _old, bad) => bad],
      { minLength: 1 },
    ),
  },
  fc.integer({ min: 2, max: 12 }).map((n) => Array<Item>(n).fill((good) => `sha256=${good}`)),
  fc.array(
    fc.constantFrom<Item>(
      (good) => `sha256=${good}`,
      (good) => good,
      (_, old) => `sha256=${old}`,
      (_good, _old, bad) => `sha256=${bad}`,
      (good) => `SHA256=${good}`,
      (good) => `sha256=sha256=${good}`,
      (good) => `sha512=${good}`,
      (good) => ` sha256=${good}`,
      (good) => `sha256= ${good}`,
      (good) => `sha256=${good.toUpperCase()}`,
      (good) => `sha256=${good.slice(0, -1)}`,
      (good) => `sha256=${good}0`,
      (good) => `sha256=${Buffer.from(good, 'hex').toString('base64')}`,
      (good) => `${good}\0`,
      () => 'sha256=',
      () => '',
      () => '=',
      () => `sha256=${'é'.repeat(64)}`,
    ),
    { maxLength: 10 },
  ),
);

/** How several signatures become headers. */
const writings = fc.constantFrom<(items: string[]) => string[]>(
  (items) => items,
  (items) => (items.length === 0 ? [] : [items.join(', ')]),
  (items) => (items.length === 0 ? [] : [items.join(', ')]),
  (items) => (items.length === 0 ? [] : [items.join(',')]),
  (items) => (items.length === 0 ? [] : [items.join('; ')]),
);

const attempts: fc.Arbitrary<Attempt> = fc
  .record({
    body: bodies,
    mutate: bodyMutations,
    list: signatureLists,
    write: writings,
    junk: fc.oneof({ weight: 8, arbitrary: fc.constant('') }, fc.string({ maxLength: 3 })),
    secrets: fc.constantFrom([SECRET], [SECRET, OLD], [OLD], [OLD, SECRET]),
  })
  .map(({ body, mutate, list, write, junk, secrets }) => {
    const [good, old, bad] = [SECRET, OLD, STRANGER].map((secret) => signature(body, secret));
    const headers = write(list.map((item) => item(good!, old!, bad!)));
    return {
      body: mutate(body),
      headers: headers.map((value, index) => (index === 0 ? value + junk : value)),
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
        'they refuse signatures joined by a comma without a blank',
        'they refuse signed bytes that are not UTF-8',
        'we refuse a signature of another form beside the good one',
        'we refuse bytes replaced by U+FFFD',
        'we refuse more than eight signatures',
      ].sort(),
    );
    expect(seen.get('both accept')).toBeGreaterThan(3000);
    expect(seen.get('both refuse')).toBeGreaterThan(3000);
  }, 60_000);
});
