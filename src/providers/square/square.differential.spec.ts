import { createHmac } from 'node:crypto';

import fc from 'fast-check';
import { WebhooksHelper } from 'square';

import { squareProvider } from './square.provider.js';

/**
 * The official package judges our verifier over thousands of requests, true and mutated. Each
 * disagreement has to have a reason that is known and listed; any other fails.
 */

const URL = 'https://pay.example/webhooks/square';
const KEY = 'Of8Zp1QeR2sT3uV4wX5yZg';
const STRANGER = 'Aa0Bb1Cc2Dd3Ee4Ff5Gg6H';

interface Attempt {
  readonly body: Buffer;
  readonly headers: readonly string[];
  readonly key: string;
  readonly url: string;
}

async function ours({ body, headers, key, url }: Attempt): Promise<boolean> {
  const { authentic } = await squareProvider.verify(
    { body, headerValues: () => [...headers] },
    {
      secrets: [{ label: 'KEY', value: key }],
      options: {},
      toleranceSeconds: 300,
      now: 0,
      url,
    },
  );
  return authentic;
}

/** Node joins repeated headers, so that is what the official package is given. */
function theirs({ body, headers, key, url }: Attempt): Promise<boolean> {
  return WebhooksHelper.verifySignature({
    requestBody: body.toString(),
    signatureHeader: headers.join(', '),
    signatureKey: key,
    notificationUrl: url,
  });
}

const isText = (body: Buffer) => Buffer.from(body.toString()).equals(body);

/** What they accept and we refuse on purpose. */
function reasonWeRefuse({ body }: Attempt): string | null {
  return isText(body) ? null : 'bytes replaced by U+FFFD';
}

/** What we accept, since the signature covers the bytes, and they refuse, since they sign text. */
function reasonTheyRefuse({ body }: Attempt): string | null {
  return isText(body) ? null : 'signed bytes that are not UTF-8';
}

function signature(body: Buffer, key = KEY, url = URL): string {
  return createHmac('sha256', key).update(url).update(body).digest('base64');
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const REPLACEMENT = Buffer.from('\ufffd');

const bodies = fc.oneof(
  { weight: 6, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.concat([BOM, Buffer.from(text)])) },
  { weight: 1, arbitrary: fc.constantFrom(Buffer.from('{"a":"\ufffd"}'), Buffer.alloc(0)) },
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
  fc.constant((body: Buffer) => body.subarray(1)),
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
  {
    weight: 2,
    arbitrary: fc.nat(43).map((length) => (good: string) => good.slice(0, length)),
  },
  fc.string({ maxLength: 4 }).map((more) => (good: string) => good + more),
  fc.constantFrom(
    (good: string) => ` ${good}`,
    (good: string) => good.toLowerCase(),
    (good: string) => good.replace('=', ''),
    (good: string) => good.replaceAll('+', '-').replaceAll('/', '_'),
    (good: string) => Buffer.from(good, 'base64').toString('hex'),
    (good: string) => `${good},${good}`,
    (good: string) => `sha256=${good}`,
    () => '\u00e9'.repeat(44),
    () => 'A'.repeat(5000),
  ),
);

const urls = fc.oneof(
  { weight: 8, arbitrary: fc.constant(URL) },
  fc.constantFrom(`${URL}/`, URL.replace('s:', ':'), `${URL}{`, 'https://pay.example/\u00e9'),
);
const keys = fc.oneof(
  { weight: 8, arbitrary: fc.constant(KEY) },
  fc.constantFrom(STRANGER, `${KEY}=`, KEY.toLowerCase(), '\u00e9\u20ac a key of other letters'),
);

const attempts: fc.Arbitrary<Attempt> = fc
  .record({
    body: bodies,
    mutateBody: bodyMutations,
    mutateSignature: signatureMutations,
    signedFor: urls,
    signedWith: keys,
    url: urls,
    key: keys,
    asSigned: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
    repeat: fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.constantFrom(0, 2)),
  })
  .map(({ body, mutateBody, mutateSignature, signedFor, signedWith, repeat, ...rest }) => {
    const good = signature(body, signedWith, signedFor);
    return {
      body: mutateBody(body),
      headers: Array<string>(repeat).fill(mutateSignature(good)),
      key: rest.asSigned ? signedWith : rest.key,
      url: rest.asSigned ? signedFor : rest.url,
    };
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
      'both accept',
      'both refuse',
      'bytes replaced by U+FFFD',
      'signed bytes that are not UTF-8',
    ]);
    expect(seen.get('both accept')).toBeGreaterThan(4000);
    expect(seen.get('both refuse')).toBeGreaterThan(4000);
  });

  it('our signer signs as it verifies', async () => {
    for (const body of ['{"event_id":"e1"}', '{"note":"Café / ü ₹ \u2028 <>"}']) {
      const signed = squareProvider.sign(
        { body: Buffer.from(body), expect: 'success' },
        { secret: KEY, key: null, at: 0, url: URL, options: {} },
      );
      const attempt = {
        body: signed.body,
        headers: Object.values(signed.headers),
        key: KEY,
        url: URL,
      };
      expect([await ours(attempt), await theirs(attempt)]).toEqual([true, true]);
    }
  });
});
