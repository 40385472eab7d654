import { createHmac } from 'node:crypto';

import fc from 'fast-check';
import Razorpay from 'razorpay';

import {
  accepts,
  BOM,
  bodyMutations,
  hexMutations,
  isText,
  judge,
} from '../testing/differential.js';
import { razorpayProvider } from './razorpay.provider.js';

/**
 * The official package judges our verifier over thousands of requests, true and mutated. Each
 * disagreement has to have a reason that is known and listed; any other fails.
 */

const SECRET = 'a secret of the webhook';
const STRANGER = 'a secret of a stranger';

interface Attempt {
  readonly body: Buffer;
  readonly headers: readonly string[];
  readonly secret: string;
}

const ours = ({ body, headers, secret }: Attempt) =>
  accepts(razorpayProvider, { body, headerValues: () => headers }, { secrets: [secret] });

/** Node joins repeated headers, so that is what the official package is given. */
function theirs({ body, headers, secret }: Attempt): boolean {
  return Razorpay.validateWebhookSignature(body.toString(), headers.join(', '), secret);
}

/** What they accept and we refuse on purpose. */
function reasonWeRefuse({ body }: Attempt): string | null {
  return isText(body) ? null : 'bytes replaced by U+FFFD';
}

/** What we accept, since the signature covers the bytes, and they refuse, since they sign text. */
function reasonTheyRefuse({ body }: Attempt): string | null {
  return isText(body) ? null : 'signed bytes that are not UTF-8';
}

const sign = (body: Buffer, secret: string) =>
  createHmac('sha256', secret).update(body).digest('hex');

const bodies = fc.oneof(
  { weight: 6, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.concat([BOM, Buffer.from(text)])) },
  { weight: 1, arbitrary: fc.constantFrom(Buffer.from('{"a":"\ufffd"}'), Buffer.alloc(0)) },
);

const secrets = fc.oneof(
  { weight: 8, arbitrary: fc.constant(SECRET) },
  fc.constantFrom(STRANGER, `${SECRET} `, SECRET.toUpperCase(), '\u00e9\u20ac of other letters'),
);

const attempts: fc.Arbitrary<Attempt> = fc
  .record({
    body: bodies,
    mutateBody: bodyMutations,
    mutateSignature: hexMutations(64),
    signedWith: secrets,
    secret: secrets,
    asSigned: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
    repeat: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.constantFrom(0, 2)),
  })
  .map(({ body, mutateBody, mutateSignature, signedWith, secret, asSigned, repeat }) => ({
    body: mutateBody(body),
    headers: Array<string>(repeat).fill(mutateSignature(sign(body, signedWith))),
    secret: asSigned ? signedWith : secret,
  }));

describe('against the official package', () => {
  it('every disagreement is one of those we know', async () => {
    const seen = await judge(attempts, { ours, theirs, reasonWeRefuse, reasonTheyRefuse }, 20_000);

    // The mutations reach every reason, else the comparison would pass vacuously.
    expect([...seen.keys()].sort()).toEqual([
      'both accept',
      'both refuse',
      'they refuse signed bytes that are not UTF-8',
      'we refuse bytes replaced by U+FFFD',
    ]);
    expect(seen.get('both accept')).toBeGreaterThan(4000);
    expect(seen.get('both refuse')).toBeGreaterThan(4000);
  });

  it('samples are signed so that it accepts them', async () => {
    const context = { unique: 'u1', now: Date.UTC(2026, 10, 24), options: {}, account: null };
    const scenarios = Object.values(razorpayProvider.scenarios);
    for (const sample of scenarios.flatMap((play) => play({ ...context, livemode: true }))) {
      const { body, headers } = razorpayProvider.sign(sample, {
        secret: SECRET,
        key: null,
        at: 0,
        url: '',
        options: {},
      });
      const attempt = { body, headers: Object.values(headers), secret: SECRET };
      expect([await ours(attempt), theirs(attempt)]).toEqual([true, true]);
    }
  });
});
