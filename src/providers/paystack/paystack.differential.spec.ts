import { createHmac } from 'node:crypto';

import fc from 'fast-check';

import { accepts, BOM, bodyMutations, hexMutations, judge } from '../testing/differential.js';
import { paystackProvider } from './paystack.provider.js';

/**
 * There is no official verifier to judge ours, so the scheme is written down once more here, as
 * https://paystack.com/docs/payments/webhooks has it, and judges thousands of requests, true and
 * mutated. It may disagree with ours on none.
 */

const SECRET = 'sk_test_of_the_merchant';

interface Attempt {
  readonly body: Buffer;
  readonly headers: readonly string[];
  readonly secret: string;
}

const ours = ({ body, headers, secret }: Attempt) =>
  accepts(paystackProvider, { body, headerValues: () => headers }, { secrets: [secret] });

const sign = (body: Buffer, secret: string) =>
  createHmac('sha512', secret).update(body).digest('hex');

/** Node joins repeated headers. */
const theirs = ({ body, headers, secret }: Attempt) => headers.join(', ') === sign(body, secret);

const bodies = fc.oneof(
  { weight: 6, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.concat([BOM, Buffer.from(text)])) },
  { weight: 1, arbitrary: fc.constantFrom(Buffer.from('{"a":"\ufffd"}'), Buffer.alloc(0)) },
);

const secrets = fc.oneof(
  { weight: 8, arbitrary: fc.constant(SECRET) },
  fc.constantFrom(
    'sk_test_of_a_stranger_0',
    `${SECRET} `,
    SECRET.toUpperCase(),
    '\u00e9\u20ac of other letters',
  ),
);

const attempts: fc.Arbitrary<Attempt> = fc
  .record({
    body: bodies,
    mutateBody: bodyMutations,
    mutateSignature: hexMutations(128),
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

it('judges every request as the scheme that is documented', async () => {
  const judges = { ours, theirs, reasonWeRefuse: () => null, reasonTheyRefuse: () => null };
  const seen = await judge(attempts, judges, 20_000);
  expect([...seen.keys()].sort()).toEqual(['both accept', 'both refuse']);
  expect(seen.get('both accept')).toBeGreaterThan(4000);
  expect(seen.get('both refuse')).toBeGreaterThan(4000);
});
