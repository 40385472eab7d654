import { declarationOf } from '../testing/declaration.js';
import { squareProvider } from './square.provider.js';
import { signSquare } from './square.samples.js';

const HEADER = 'x-square-hmacsha256-signature';
const URL = 'https://pay.example/webhooks/square';
const KEY = 'Of8Zp1QeR2sT3uV4wX5yZg';
const OLD = 'Aa0Bb1Cc2Dd3Ee4Ff5Gg6H';
const BODY = Buffer.from('{"event_id":"caf\u00e9","note":"\\u00e9"}');

const sign = (secret = KEY, url = URL, body = BODY) =>
  signSquare({ body, expect: 'success' }, { secret, key: null, at: 0, url, options: {} }).headers[
    HEADER
  ] ?? '';

const verify = (headers: Record<string, string[]>, { url = URL, body = BODY } = {}) =>
  squareProvider.verify(
    { body, headerValues: (name) => headers[name] ?? [] },
    {
      secrets: [
        { label: 'new', value: KEY },
        { label: 'old', value: OLD },
      ],
      options: {},
      toleranceSeconds: 300,
      now: Date.UTC(2026, 10, 24),
      url,
    },
  );

const INVALID = { authentic: false, code: 'signature_invalid' };

describe('the signature', () => {
  it.each([
    ['the current key', sign(), 'new'],
    ['the key before', sign(OLD), 'old'],
  ])('is accepted: %s', async (_, signature, verifiedWith) => {
    expect(await verify({ [HEADER]: [signature] })).toEqual({ authentic: true, verifiedWith });
  });

  it('is of the URL and the body, in this order and as they are', async () => {
    expect(sign()).toBe('4+g7Qy7FeleMfo8GoTKZxCutJOvKDcQWMjgG0C4BhzM=');
    for (const url of [
      `${URL}/`,
      URL.replace('https', 'http'),
      URL.toUpperCase(),
      'https://pay.example:443/webhooks/square',
      'https://other.example/webhooks/square',
      '',
    ]) {
      expect(await verify({ [HEADER]: [sign(KEY, url)] })).toEqual(INVALID);
      expect(await verify({ [HEADER]: [sign()] }, { url })).toEqual(INVALID);
    }
    const swapped = sign(KEY, BODY.toString(), Buffer.from(URL));
    expect(await verify({ [HEADER]: [swapped] })).toEqual(INVALID);
    const unescaped = Buffer.from(BODY.toString().replace('\\u00e9', '\u00e9'));
    expect(await verify({ [HEADER]: [sign()] }, { body: unescaped })).toEqual(INVALID);
  });

  const good = sign();
  it.each([
    ['a stranger', sign('0000000000000000000000')],
    ['the key decoded from base64', sign(Buffer.from(KEY, 'base64').toString('latin1'))],
    ['hex', Buffer.from(good, 'base64').toString('hex')],
    ['base64url', good.replaceAll('+', '-').replaceAll('/', '_').replace('=', '')],
    ['no padding', good.slice(0, -1)],
    ['a space before it', ` ${good}`],
    ['two in one header', `${good},${good}`],
    ['two in one header, as Node joins them', `${sign(OLD)}, ${good}`],
  ])('is refused: %s', async (_, signature) => {
    expect(await verify({ [HEADER]: [signature] })).toEqual(INVALID);
  });

  it('is refused in two headers, and missing in the older one', async () => {
    expect(await verify({ [HEADER]: [good, good] })).toEqual(INVALID);
    expect(await verify({ 'x-square-signature': [good] })).toEqual({
      authentic: false,
      code: 'signature_missing',
    });
  });
});

it('the signature key has at least 12 bytes', () => {
  expect(squareProvider.secret.variable).toBe('SQUARE_WEBHOOK_SIGNATURE_KEY');
  expect(squareProvider.secret.check('12345678901')).toContain('shorter than 12 bytes');
  expect(squareProvider.secret.check('123456789012')).toBeNull();
});

it('keeps the names and scopes that sources and stored payments rest on', () => {
  expect(declarationOf(squareProvider)).toEqual({
    name: 'square',
    title: 'Square',
    contentTypes: ['application/json'],
    refScope: { account: true, livemode: false },
    keepsHeaders: ['square-environment', 'square-subscription-id', 'square-retry-number'],
    refusesUnusable: false,
    secret: { variable: 'SQUARE_WEBHOOK_SIGNATURE_KEY', made: 'AAECAwQFBgcICQoLDA0ODw' },
    options: [],
  });
});
