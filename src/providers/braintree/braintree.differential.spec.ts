import { createHash, createHmac } from 'node:crypto';

import fc from 'fast-check';

import { braintreeProvider } from './braintree.provider.js';
import { type OfficialGateway, officialGateway } from './testing/official.js';

/**
 * The official package judges our verifier over thousands of notifications, true and mutated. Each
 * disagreement has to have a reason that is known and listed; any other fails.
 */

const PUBLIC = 'test_public_key';
const PRIVATE = 'test_private_key';
const OLD = ['old_public_key', 'old_private_key'] as const;
const CHALLENGE = /^[a-f0-9]{20,32}$/;

interface Attempt {
  readonly body: Buffer;
  /** The pairs of keys that are configured. */
  readonly keys: readonly (readonly [publicKey: string, privateKey: string])[];
}

function ours({ body, keys }: Attempt): boolean {
  const verification = braintreeProvider.verify(
    { body, headerValues: () => [] },
    {
      secrets: keys.map(([, value]) => ({ label: 'SECRET', value })),
      options: { merchantId: 'm', publicKey: keys.map(([publicKey]) => publicKey).join(',') },
      toleranceSeconds: 300,
      now: 0,
      url: 'http://localhost/webhooks/braintree',
    },
  );
  if (verification instanceof Promise) throw new Error('verifies at once');
  return verification.authentic;
}

const gateways = new Map<string, OfficialGateway>();

function gatewayOf([publicKey, privateKey]: readonly [string, string]) {
  const name = `${publicKey} ${privateKey}`;
  const gateway = gateways.get(name) ?? officialGateway(publicKey, privateKey);
  gateways.set(name, gateway);
  return gateway;
}

/** As its documentation has it, for each pair of keys: what cannot be read is still signed. */
async function theirs({ body, keys }: Attempt): Promise<boolean> {
  const form = new URLSearchParams(body.toString());
  const [signature, payload] = [form.get('bt_signature') ?? '', form.get('bt_payload') ?? ''];
  for (const pair of keys) {
    try {
      await gatewayOf(pair).webhookNotification.parse(signature, payload);
      return true;
    } catch (error) {
      if ((error as { type?: string }).type !== 'invalidSignatureError') return true;
    }
  }
  return false;
}

/** What they accept and we refuse on purpose. */
function reasonWeRefuse({ body, keys }: Attempt): string | null {
  const form = new URLSearchParams(body.toString());
  if ([...form].length > 16) return 'more fields than there are';
  if (form.getAll('bt_signature').length + form.getAll('bt_payload').length > 2) {
    return 'a field twice';
  }
  if (CHALLENGE.test(form.get('bt_payload') ?? '')) return 'what an endpoint signs for anybody';
  const signature = form.get('bt_signature') ?? '';
  if (signature.length > 8192) return 'more pairs than there are keys';
  const pairs = signature.split('&').map((pair) => pair.split('|'));
  for (const [publicKey] of keys) {
    const ofKey = pairs.filter(([key]) => key === publicKey);
    if (ofKey.length > 1) return 'a public key twice';
    if (ofKey.some((pair) => pair.length > 2)) return 'a pair of three parts';
  }
  if (signature.includes('\0')) return 'NUL after a signature';
  return null;
}

function hexOf(text: string, privateKey: string): string {
  const key = createHash('sha1').update(privateKey).digest();
  return createHmac('sha1', key).update(text).digest('hex');
}

const mostly = <T>(usual: readonly T[], odd: readonly T[]) =>
  fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );

const payloads = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom('check', 'transaction_settled', 'é'),
        fc.constantFrom('\n', '', '\n\n'),
      )
      .map(([kind, end]) => {
        const xml = `<notification><kind>${kind}</kind><subject/></notification>`;
        return `${Buffer.from(xml).toString('base64')}${end}`;
      }),
  },
  fc.constantFrom('20f9f8ed05f77439fe955c977e4c8a53', '20f9f8ed05f77439fe95', 'PGE+\nPGE/', 'x'),
  fc.string({ minLength: 1, maxLength: 8 }),
);

/** Becomes of a text on its way. */
const changes = (usual: number) =>
  fc.oneof(
    { weight: usual, arbitrary: fc.constant((text: string) => text) },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.nat(60), fc.constantFrom(...'0aAZ+/=|&\n \0\u00e9\u0131')).map(
        ([at, other]) =>
          (text: string) =>
            text.slice(0, at) + other + text.slice(at + 1),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.nat(60).map((length) => (text: string) => text.slice(0, length)),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom('\n', '\0', '\0\0', ' ', '0', '=', '|', '|x', '&', 'é')
        .map((more) => (text: string) => text + more),
    },
    fc.constantFrom<(text: string) => string>(
      (text) => text.replace(/\n$/, ''),
      (text) => text.replaceAll('+', ' '),
      (text) => text.toUpperCase(),
      (text) => text.trim(),
      (text) => ` ${text}`,
      (text) => text.replace(/[0-9a-f]{40}/, (hex) => Buffer.from(hex, 'hex').toString('base64')),
    ),
  );

/** The pairs around the good one. */
const pairings = fc.oneof(
  { weight: 8, arbitrary: fc.constant((good: string) => good) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<(good: string) => string>(
      (good) => `other_key|${'0'.repeat(40)}&${good}`,
      (good) => `${good}&other_key|${'0'.repeat(40)}`,
    ),
  },
  fc.constantFrom<(good: string) => string>(
    (good) => `${good}&${good}`,
    (good) => `${PUBLIC}|${'0'.repeat(40)}&${good}`,
    (good) => `${good}&${PUBLIC}|${'0'.repeat(40)}`,
    (good) => `${good}&${PUBLIC}`,
    (good) => `${'x|y&'.repeat(3000)}${good}`,
    (good) => good.replace(PUBLIC, 'other_key'),
    (good) => good.replace('|', '||'),
    (good) => good.replace('|', '&'),
    (good) => `${good},${good}`,
    () => '',
    () => PUBLIC,
    () => '&|&|',
  ),
);

/** The form around both. */
const forms = fc.oneof(
  { weight: 12, arbitrary: fc.constant((form: string) => form) },
  fc.constantFrom<(form: string) => string>(
    (form) => `${form}&bt_payload=x`,
    (form) => `${form}&bt_signature=x`,
    (form) => `bt_payload=x&${form}`,
    (form) => `a=b&&=&${form}`,
    (form) => `${form}${'&a=b'.repeat(20)}`,
    (form) => form.replace('bt_payload', 'payload'),
    (form) => form.replaceAll('%', '%25'),
    (form) => form.replaceAll('%7C', '|'),
    (form) => form.replaceAll('%0A', '\n'),
    (form) => form.replaceAll('%2B', '+'),
    (form) => form.slice(1),
    (form) => form.split('&').reverse().join('&'),
    () => '',
  ),
);

const attempts: fc.Arbitrary<Attempt> = fc
  .record({
    payload: payloads,
    changePayload: changes(30),
    signedWith: mostly([PRIVATE], [OLD[1], 'another_private_key', `${PRIVATE} `]),
    named: mostly([PUBLIC], [OLD[0], 'other_key', PUBLIC.toUpperCase()]),
    changeSignature: changes(30),
    pair: pairings,
    form: forms,
    keys: mostly<Attempt['keys']>(
      [[[PUBLIC, PRIVATE]], [OLD, [PUBLIC, PRIVATE]]],
      [[], [[PUBLIC, 'another_private_key']], [['other_key', PRIVATE]], [OLD]],
    ),
  })
  .map(({ payload, signedWith, named, keys, ...change }) => {
    const good = `${named}|${hexOf(payload, signedWith)}`;
    const fields = {
      bt_signature: change.pair(change.changeSignature(good)),
      bt_payload: change.changePayload(payload),
    };
    const text = new URLSearchParams(fields).toString();
    return { body: Buffer.from(change.form(text)), keys };
  });

describe('against the official package', () => {
  it('every disagreement is one of those we know, and none is an acceptance of ours', async () => {
    const seen = new Map<string, number>();
    const count = (reason: string) => seen.set(reason, (seen.get(reason) ?? 0) + 1);

    await fc.assert(
      fc.asyncProperty(attempts, async (attempt) => {
        const [we, they] = [ours(attempt), await theirs(attempt)];
        if (we === they) {
          count(we ? 'both accept' : 'both refuse');
        } else {
          const reason = we ? null : reasonWeRefuse(attempt);
          expect(reason).not.toBeNull();
          count(`we refuse ${reason}`);
        }
      }),
      { numRuns: 20_000, seed: 20261124 },
    );

    // The mutations reach every reason, else the comparison would pass vacuously.
    expect([...seen.keys()].sort()).toEqual(
      [
        'both accept',
        'both refuse',
        'we refuse NUL after a signature',
        'we refuse a field twice',
        'we refuse a pair of three parts',
        'we refuse a public key twice',
        'we refuse more fields than there are',
        'we refuse more pairs than there are keys',
        'we refuse what an endpoint signs for anybody',
      ].sort(),
    );
    expect(seen.get('both accept')).toBeGreaterThan(3000);
    expect(seen.get('both refuse')).toBeGreaterThan(3000);
  });

  it('the answer to a challenge is the same, and so is what is no challenge', () => {
    const gateway = gatewayOf([PUBLIC, PRIVATE]);
    const challenges = fc.oneof(
      { weight: 3, arbitrary: fc.stringMatching(/^[a-f0-9]{18,34}$/) },
      fc.stringMatching(/^[a-g0-9A-F\n]{20,32}$/),
      fc.string({ unit: 'binary' }),
    );
    let answered = 0;
    fc.assert(
      fc.property(challenges, (challenge) => {
        let expected: string | null = null;
        try {
          expected = gateway.webhookNotification.verify(challenge);
          answered += 1;
        } catch (error) {
          expect((error as { type?: string }).type).toBe('invalidChallengeError');
        }
        const query = new URLSearchParams({ bt_challenge: challenge });
        const secrets = [{ label: 'SECRET', value: PRIVATE }];
        const options = { merchantId: 'm', publicKey: PUBLIC };
        expect(braintreeProvider.challenge?.(query, { secrets, options })).toBe(expected);
      }),
      { numRuns: 5000, seed: 20261124 },
    );
    expect(answered).toBeGreaterThan(1000);
  });
});
