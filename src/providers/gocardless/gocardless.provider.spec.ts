import { createHmac } from 'node:crypto';

import * as webhooks from 'gocardless-nodejs/webhooks';

import { type Secret, type Verification } from '../provider.js';
import { declarationOf } from '../testing/declaration.js';
import { gocardlessProvider } from './gocardless.provider.js';

const SECRET = 'ED7D658C-D8EB-4941-948B-000000000000';
const OLD = 'the-secret-before-the-rotation';
const SECRETS: readonly Secret[] = [
  { label: 'new', value: SECRET },
  { label: 'old', value: OLD },
];

const event = (id: string) => ({
  id,
  created_at: '2026-11-24T10:00:00.404Z',
  resource_type: 'payments',
  action: 'confirmed',
  links: { payment: `PM${id}` },
  details: { origin: 'gocardless', cause: 'payment_confirmed', description: 'Café \u2028 $&' },
  metadata: {},
});
const bodyOf = (count: number) =>
  Buffer.from(
    JSON.stringify({
      events: Array.from({ length: count }, (_, index) => event(`EV${index}`)),
      meta: { webhook_id: 'WB1' },
    }),
  );

/** What GoCardless signs; the official package has no signer, but judges ours below. */
const signatureOf = (body: Buffer, secret = SECRET) =>
  createHmac('sha256', secret).update(body).digest('hex');

async function verify(
  headers: readonly string[],
  body: Buffer,
  secrets = SECRETS,
): Promise<Verification> {
  return await gocardlessProvider.verify(
    { body, headerValues: (name) => (name === 'Webhook-Signature' ? [...headers] : []) },
    {
      secrets,
      options: {},
      toleranceSeconds: 300,
      now: 0,
      url: 'http://localhost/webhooks/gocardless',
    },
  );
}

const MISSING = { authentic: false, code: 'signature_missing' };
const INVALID = { authentic: false, code: 'signature_invalid' };
const BODY = bodyOf(2);
const GOOD = signatureOf(BODY);

describe('the signature of a webhook', () => {
  it('is that of the official package, under any of the secrets', async () => {
    expect(webhooks.parse(BODY, SECRET, GOOD)).toHaveLength(2);
    expect(await verify([GOOD], BODY)).toEqual({ authentic: true, verifiedWith: 'new' });
    expect(await verify([signatureOf(BODY, OLD)], BODY)).toEqual({
      authentic: true,
      verifiedWith: 'old',
    });
  });

  it('is one for all events of a request, up to 250: a change of any one spoils it', async () => {
    const full = bodyOf(250);
    const signature = signatureOf(full);
    expect(await verify([signature], full)).toMatchObject({ authentic: true });
    for (const index of [0, 1, 124, 249]) {
      const json = JSON.parse(full.toString()) as { events: { action: string }[] };
      json.events[index]!.action = 'paid_out';
      expect(await verify([signature], Buffer.from(JSON.stringify(json)))).toEqual(INVALID);
    }
    const fewer = Buffer.from(full.toString().replace('"events":[{', '"events":[{},{'));
    expect(await verify([signature], fewer)).toEqual(INVALID);
  });

  it.each<[string, string[]]>([
    ['not there', []],
    ['empty', ['']],
    ['white space', [' ']],
  ])('is missing where it is %s', async (_, headers) => {
    expect(await verify(headers, BODY)).toEqual(MISSING);
  });

  it.each<[string, string[]]>([
    ['of a stranger', [signatureOf(BODY, 'the-secret-of-a-stranger')]],
    ['of other events', [signatureOf(bodyOf(1))]],
    ['a prefix of it', [GOOD.slice(0, -1)]],
    ['with a prefix', [`sha256=${GOOD}`]],
    ['in upper case, which the package takes', [GOOD.toUpperCase()]],
    ['with letters after it, which the package takes', [`${GOOD}zz`]],
    ['with a line feed, which the package takes', [`${GOOD}\n`]],
    ['with one digit more, which the package takes', [`${GOOD}0`]],
    ['with white space', [` ${GOOD}`]],
    ['in base64', [Buffer.from(GOOD, 'hex').toString('base64')]],
    ['64 characters beyond ASCII', ['é'.repeat(64)]],
    ['in two headers', [GOOD, GOOD]],
    ['joined', [`${GOOD}, ${GOOD}`]],
    ['2 KB of it', [GOOD.repeat(32)]],
  ])('is invalid: %s', async (_, headers) => {
    expect(await verify(headers, BODY)).toEqual(INVALID);
  });

  it('is of the bytes', async () => {
    const spaced = Buffer.concat([BODY, Buffer.from(' ')]);
    expect(await verify([GOOD], spaced)).toEqual(INVALID);
    const indented = Buffer.from(JSON.stringify(JSON.parse(BODY.toString()), null, 2));
    expect(await verify([GOOD], indented)).toEqual(INVALID);
  });
});

describe('a secret', () => {
  it('has at least 12 bytes', () => {
    expect(gocardlessProvider.secret.check('a'.repeat(12))).toBeNull();
    expect(gocardlessProvider.secret.check('a'.repeat(11))).toContain('shorter than 12 bytes');
  });

  it('there has to be', async () => {
    expect(await verify([GOOD], BODY, [])).toEqual(INVALID);
  });
});

it('our signer signs as the official package expects', () => {
  const context = { secret: SECRET, key: null, at: 0, url: '', options: {} };
  const { body, headers } = gocardlessProvider.sign({ body: BODY, expect: 'success' }, context);
  expect(webhooks.parseWithMeta(body, SECRET, headers['Webhook-Signature'] ?? '')).toMatchObject({
    webhookId: 'WB1',
  });
});

it('keeps the names and scopes that sources and stored payments rest on', () => {
  expect(declarationOf(gocardlessProvider)).toEqual({
    name: 'gocardless',
    title: 'GoCardless',
    contentTypes: ['application/json'],
    refScope: { account: false, livemode: false },
    alsoStates: { account: true },
    refusesUnusable: false,
    secret: {
      variable: 'GOCARDLESS_WEBHOOK_SECRET',
      made: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd',
    },
    options: [],
  });
});
