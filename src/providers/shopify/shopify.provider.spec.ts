import { declarationOf } from '../testing/declaration.js';
import { shopifyProvider } from './shopify.provider.js';
import { signShopify } from './shopify.samples.js';

const HMAC = 'X-Shopify-Hmac-SHA256';
const TOPIC = 'X-Shopify-Topic';
const PLAIN_HMAC = 'Shopify-Hmac-SHA256';
const PLAIN_TOPIC = 'Shopify-Topic';
const SECRET = 'shpss_of_the_app';
const OLD = 'shpss_of_last_month';
const BODY = Buffer.from('{"id":820982911946154508,"note":"caf\\u00e9 \\/ caf\u00e9"}');

const sign = (secret = SECRET, body = BODY) =>
  signShopify({ body, expect: 'success' }, { secret, key: null, at: 0, url: '', options: {} })
    .headers[HMAC] ?? '';

const verify = (headers: Record<string, string | string[]>, body = BODY) =>
  shopifyProvider.verify(
    {
      body,
      headerValues: (name) =>
        Object.entries(headers).flatMap(([n, value]) =>
          n.toLowerCase() === name.toLowerCase() ? value : [],
        ),
    },
    {
      secrets: [
        { label: 'new', value: SECRET },
        { label: 'old', value: OLD },
      ],
      options: {},
      toleranceSeconds: 300,
      now: Date.UTC(2026, 10, 24),
      url: 'https://pay.example/webhooks/shopify',
    },
  );

const INVALID = { authentic: false, code: 'signature_invalid' };
const MISSING = { authentic: false, code: 'signature_missing' };
const good = sign();

describe('the signature', () => {
  it('is the base64 HMAC-SHA256 of the body', () => {
    // printf '…' | openssl dgst -sha256 -hmac shpss_of_the_app -binary | base64
    expect(good).toBe('bw2QwQR6NlllSiduEyX2/YAw7g9Z5I7kZq5DlGvF61E=');
  });

  it.each([
    ['the current secret', { [HMAC]: good, [TOPIC]: 'orders/paid' }, 'new'],
    ['the secret before', { [HMAC]: sign(OLD), [TOPIC]: 'orders/paid' }, 'old'],
    ['the newer names', { [PLAIN_HMAC]: good, [PLAIN_TOPIC]: 'orders/paid' }, 'new'],
    ['no topic', { [HMAC]: good }, 'new'],
  ])('is accepted: %s', async (_, headers, verifiedWith) => {
    expect(await verify(headers)).toEqual({ authentic: true, verifiedWith });
  });

  it.each([
    ['a stranger', { [HMAC]: sign('shpss_of_a_stranger') }],
    ['hex', { [HMAC]: Buffer.from(good, 'base64').toString('hex') }],
    ['base64url', { [HMAC]: good.replaceAll('+', '-').replaceAll('/', '_').replace('=', '') }],
    ['no padding', { [HMAC]: good.slice(0, -1) }],
    ['two in one header', { [HMAC]: `${good}, ${good}` }],
    ['two headers', { [HMAC]: [good, good] }],
    ['two headers of the newer name', { [PLAIN_HMAC]: [good, good] }],
    ['both families, equal', { [HMAC]: good, [PLAIN_HMAC]: good }],
    ['both families, the first wrong', { [HMAC]: sign(OLD).toLowerCase(), [PLAIN_HMAC]: good }],
    ['both families, one empty', { [HMAC]: good, [PLAIN_HMAC]: '' }],
    ['the topic of the other family', { [HMAC]: good, [PLAIN_TOPIC]: 'orders/paid' }],
    ['the topic of the older family', { [PLAIN_HMAC]: good, [TOPIC]: 'orders/paid' }],
    [
      'topics of both families, equal',
      { [HMAC]: good, [TOPIC]: 'orders/paid', [PLAIN_TOPIC]: 'orders/paid' },
    ],
    ['two topics', { [HMAC]: good, [TOPIC]: ['orders/create', 'orders/paid'] }],
    ['two equal topics', { [HMAC]: good, [TOPIC]: ['orders/paid', 'orders/paid'] }],
  ])('is refused: %s', async (_, headers) => {
    expect(await verify(headers)).toEqual(INVALID);
  });

  it.each([
    ['nothing at all', {}],
    ['a topic alone', { [TOPIC]: 'orders/paid' }],
    ['an empty one', { [HMAC]: '', [TOPIC]: 'orders/paid' }],
    ['that of another header', { 'X-Shopify-Hmac': good }],
  ])('is missing: %s', async (_, headers) => {
    expect(await verify(headers)).toEqual(MISSING);
  });

  it('of a body rewritten by a parser is refused', async () => {
    const rewritten = Buffer.from(JSON.stringify(JSON.parse(BODY.toString())));
    expect(await verify({ [HMAC]: good }, rewritten)).toEqual(INVALID);
  });
});

describe('what the secret signs besides webhooks', () => {
  // The sorted parameters of a request through the app's proxy; a visitor chose the first and last.
  const PROXIED =
    ' {"id":1,"order_id":2,"kind":"sale","status":"success","amount":"1.00","currency":"EUR","x":"=' +
    'logged_in_customer_id=path_prefix=/apps/exampleshop=example.myshopify.comtimestamp=1764000000' +
    'z="}';

  it('is no webhook, although it is JSON', async () => {
    const body = Buffer.from(PROXIED);
    expect(JSON.parse(PROXIED)).toMatchObject({ kind: 'sale', status: 'success' });
    const headers = { [HMAC]: sign(SECRET, body), [TOPIC]: 'order_transactions/create' };
    expect(await verify(headers, body)).toEqual(INVALID);
    const trimmed = Buffer.from(PROXIED.trim());
    expect(await verify({ ...headers, [HMAC]: sign(SECRET, trimmed) }, trimmed)).toMatchObject({
      authentic: true,
    });
  });

  it.each(['', ' ', '\n{}', '\ufeff{}', '[]', 'null', 'shop=example.myshopify.com'])(
    'is no webhook where it is %j',
    async (text) => {
      const body = Buffer.from(text);
      expect(await verify({ [HMAC]: sign(SECRET, body) }, body)).toEqual(INVALID);
    },
  );
});

describe('the declaration', () => {
  it('asks for a secret of at least 12 bytes', () => {
    expect(shopifyProvider.secret.variable).toBe('SHOPIFY_WEBHOOK_SECRET');
    expect(shopifyProvider.secret.check('shpss_12345')).toContain('shorter than 12 bytes');
    expect(shopifyProvider.secret.check('shpss_123456')).toBeNull();
  });

  it('keeps the topic for a replay, and no signature', () => {
    const kept = shopifyProvider.keepsHeaders ?? [];
    expect(kept).toEqual(expect.arrayContaining(['x-shopify-topic', 'shopify-topic']));
    expect(kept.filter((name) => /hmac/.test(name))).toEqual([]);
  });
});

it('keeps the names and scopes that sources and stored payments rest on', () => {
  expect(declarationOf(shopifyProvider)).toEqual({
    name: 'shopify',
    title: 'Shopify',
    contentTypes: ['application/json'],
    refScope: { account: false, livemode: false },
    alsoStates: { livemode: true },
    keepsHeaders: [
      'x-shopify-topic',
      'shopify-topic',
      'x-shopify-shop-domain',
      'x-shopify-webhook-id',
      'shopify-shop-domain',
      'shopify-webhook-id',
    ],
    refusesUnusable: false,
    secret: { variable: 'SHOPIFY_WEBHOOK_SECRET', made: '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' },
    options: [],
  });
});
