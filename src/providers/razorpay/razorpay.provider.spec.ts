import { createHash } from 'node:crypto';

import { declarationOf } from '../testing/declaration.js';
import { eventsOf } from '../testing/stories.js';
import { razorpayProvider } from './razorpay.provider.js';
import { signRazorpay } from './razorpay.samples.js';

const SECRET = 'a secret of the webhook';
const OLD = 'the secret of last month';
const BODY = Buffer.from('{"event":"payment.captured","note":"Caf\u00e9 \\/ \\u00e9"}');

const sign = (secret = SECRET, body = BODY) =>
  signRazorpay({ body, expect: 'success' }, { secret, key: null, at: 0, url: '', options: {} })
    .headers['X-Razorpay-Signature'] ?? '';

const verify = (headers: Record<string, string[]>, body = BODY) =>
  razorpayProvider.verify(
    { body, headerValues: (name) => headers[name] ?? [] },
    {
      secrets: [
        { label: 'new', value: SECRET },
        { label: 'old', value: OLD },
      ],
      options: {},
      toleranceSeconds: 300,
      now: 0,
      url: '',
    },
  );
const verifySignature = (...signatures: string[]) => verify({ 'X-Razorpay-Signature': signatures });

const INVALID = { authentic: false, code: 'signature_invalid' };

describe('the signature', () => {
  it.each([
    ['the current secret', sign(), 'new'],
    ['the secret before, of which retries still come', sign(OLD), 'old'],
  ])('is accepted: %s', async (_, signature, verifiedWith) => {
    expect(await verifySignature(signature)).toEqual({ authentic: true, verifiedWith });
  });

  it('is of the bytes as they are', async () => {
    // printf '%s' '{"event":"payment.captured"}' | openssl dgst -sha256 -hmac 'a secret of the webhook'
    const body = Buffer.from('{"event":"payment.captured"}');
    const signature = 'e6d785389184014255962036d4e0da395d97629bcdc87ab26cd4d58c8a29cce4';
    expect(sign(SECRET, body)).toBe(signature);
    const written = Buffer.from(JSON.stringify(JSON.parse(BODY.toString())));
    expect(await verify({ 'X-Razorpay-Signature': [sign()] }, written)).toEqual(INVALID);
  });

  const good = sign();
  it.each([
    ['a stranger', sign('a secret of a stranger')],
    ['upper-case hex', good.toUpperCase()],
    ['base64', Buffer.from(good, 'hex').toString('base64')],
    ['a prefix', `sha256=${good}`],
    ['a space before it', ` ${good}`],
    ['63 digits', good.slice(0, -1)],
    ['65 digits', `${good}0`],
    ['64 characters beyond ASCII', '\u00e9'.repeat(64)],
    ['two in one header', `${good},${good}`],
    ['two in one header, as Node joins them', `${sign(OLD)}, ${good}`],
  ])('is refused: %s', async (_, signature) => {
    expect(await verifySignature(signature)).toEqual(INVALID);
  });

  it('is refused in two headers, and missing in another one', async () => {
    expect(await verifySignature(good, good)).toEqual(INVALID);
    expect(await verify({ 'x-razorpay-event-id': [good] })).toEqual({
      authentic: false,
      code: 'signature_missing',
    });
  });
});

describe('the id of the event', () => {
  const body = '{"event":"payment.captured","id":"evt_1"}';
  const sha256 = createHash('sha256').update(body).digest('hex');

  it('is the SHA-256 of the body, whatever the header says, which is not signed', () => {
    const headers: Record<string, string>[] = [
      {},
      { 'x-razorpay-event-id': 'Nq1EVENT' },
      { 'x-razorpay-event-id': 'Nq2EVENT' },
    ];
    for (const kept of headers) {
      expect(eventsOf(razorpayProvider, body, kept)).toMatchObject([{ eventId: sha256 }]);
    }
  });

  it('is kept as the header has it, for people', () => {
    expect(razorpayProvider.keepsHeaders).toEqual(['x-razorpay-event-id']);
  });
});

it('the secret has at least 12 bytes', () => {
  expect(razorpayProvider.secret.variable).toBe('RAZORPAY_WEBHOOK_SECRET');
  expect(razorpayProvider.secret.check('12345678901')).toContain('shorter than 12 bytes');
  expect(razorpayProvider.secret.check('123456789012')).toBeNull();
});

it('keeps the names and scopes that sources and stored payments rest on', () => {
  expect(declarationOf(razorpayProvider)).toEqual({
    name: 'razorpay',
    title: 'Razorpay',
    contentTypes: ['application/json'],
    refScope: { account: true, livemode: false },
    keepsHeaders: ['x-razorpay-event-id'],
    refusesUnusable: false,
    secret: {
      variable: 'RAZORPAY_WEBHOOK_SECRET',
      made: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    },
    options: [],
  });
});
