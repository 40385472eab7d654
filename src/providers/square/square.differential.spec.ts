import { createHmac } from 'node:crypto';

import fc from 'fast-check';
import { WebhooksHelper } from 'square';

import {
  accepts,
  base64Mutations,
  BOM,
  bodyMutations,
  isText,
  judge,
} from '../testing/differential.js';
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

const ours = ({ body, headers, key, url }: Attempt) =>
  accepts(squareProvider, { body, headerValues: () => headers }, { secrets: [key], url });

/** Node joins repeated headers, so that is what the official package is given. */
function theirs({ body, headers, key, url }: Attempt): Promise<boolean> {
  return WebhooksHelper.verifySignature({
    requestBody: body.toString(),
    signatureHeader: headers.join(', '),
    signatureKey: key,
    notificationUrl: url,
  });
}

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

const bodies = fc.oneof(
  { weight: 6, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.concat([BOM, Buffer.from(text)])) },
  { weight: 1, arbitrary: fc.constantFrom(Buffer.from('{"a":"\ufffd"}'), Buffer.alloc(0)) },
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
    mutateSignature: base64Mutations,
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
