import { declarationOf } from '../testing/declaration.js';
import { stripeProvider } from './stripe.provider.js';
import { signStripe } from './stripe.samples.js';

const NOW = Date.UTC(2026, 10, 24, 10);
const SECONDS = NOW / 1000;

describe('the signature', () => {
  const SECRET = 'whsec_of_the_endpoint';
  const OLD = 'whsec_of_last_month';
  const BODY = Buffer.from('{"id":"evt_1"}');
  const v1 = (secret = SECRET, at = NOW) =>
    signStripe(
      { body: BODY, expect: 'success' },
      { secret, key: null, at, url: '', options: {} },
    ).headers['Stripe-Signature']?.split(',')[1] ?? '';

  const verify = (header: string | string[], now = NOW) =>
    stripeProvider.verify(
      { body: BODY, headerValues: (name) => (name === 'Stripe-Signature' ? [header].flat() : []) },
      {
        secrets: [
          { label: 'new', value: SECRET },
          { label: 'old', value: OLD },
        ],
        options: {},
        toleranceSeconds: 300,
        now,
        url: 'http://localhost/webhooks/stripe',
      },
    );

  it.each([
    ['the current secret', [v1()], 'new'],
    ['the one before', [v1(OLD)], 'old'],
    ['both, while a secret is rolled', [v1(OLD), v1()], 'new'],
    ['a stranger first', [v1('whsec_of_a_stranger'), v1()], 'new'],
    ['the eighth of eight', [...Array<string>(7).fill(v1('whsec_of_a_stranger')), v1()], 'new'],
    ['a filler of test mode beside it', [`v0=${'0'.repeat(64)}`, v1()], 'new'],
    ['a scheme to come beside it', [v1(), 'v2=abc+/=='], 'new'],
  ])('is accepted: %s', async (_, items, verifiedWith) => {
    expect(await verify([`t=${SECONDS}`, ...items].join(','))).toEqual({
      authentic: true,
      verifiedWith,
    });
    expect(await verify([...items, `t=${SECONDS}`].join(','))).toMatchObject({ authentic: true });
  });

  const good = v1();
  it.each([
    ['no time', good],
    ['no signature', `t=${SECONDS}`],
    ['two times', `t=${SECONDS},t=${SECONDS},${good}`],
    ['only v0', `t=${SECONDS},${good.replace('v1', 'v0')}`],
    ['only v1a', `t=${SECONDS},${good.replace('v1', 'v1a')}`],
    ['V1', `t=${SECONDS},${good.replace('v1', 'V1')}`],
    ['v1 without a value', `t=${SECONDS},v1=,${good}`],
    ['v1 without an equals sign', `t=${SECONDS},v1,${good}`],
    ['upper-case hex', `t=${SECONDS},v1=${good.slice(3).toUpperCase()}`],
    ['63 digits', `t=${SECONDS},${good.slice(0, -1)}`],
    ['65 digits', `t=${SECONDS},${good}0`],
    ['64 characters beyond ASCII', `t=${SECONDS},v1=${'é'.repeat(64)},${good}`],
    ['nine signatures', `t=${SECONDS},${Array<string>(9).fill(good).join(',')}`],
    ['a space after the comma', `t=${SECONDS}, ${good}`],
    ['white space in another scheme', `t=${SECONDS},v0=a b,${good}`],
    ['an empty item', `t=${SECONDS},,${good}`],
    ['junk after the time', `t=${SECONDS}junk,${good}`],
    ['a leading zero', `t=0${SECONDS},${good}`],
    ['a plus sign', `t=+${SECONDS},${good}`],
    ['a fraction', `t=${SECONDS}.0,${good}`],
    ['an exponent', `t=1e9,${good}`],
    ['a negative time', `t=-1,${good}`],
    ['NaN', `t=NaN,${good}`],
    ['a time beyond numbers', `t=18446744073709551616,${good}`],
    ['a new time with the old signature', `t=${SECONDS + 1},${good}`],
    ['two headers', [`t=${SECONDS},v1=${'0'.repeat(64)}`, `t=${SECONDS},${good}`]],
    ['two headers, joined', `t=${SECONDS},v1=${'0'.repeat(64)}, t=${SECONDS},${good}`],
  ])('is refused: %s', async (_, header) => {
    expect(await verify(header)).toEqual({ authentic: false, code: 'signature_invalid' });
  });
});

it('needs a secret of 12 bytes, and says so', () => {
  expect(stripeProvider.secret.check('é'.repeat(6))).toBeNull();
  expect(stripeProvider.secret.check('x'.repeat(11))).toMatch(
    /^is shorter than 12 bytes.*copy the whole signing secret/,
  );
});

it('keeps the names and scopes that sources and stored payments rest on', () => {
  expect(declarationOf(stripeProvider)).toEqual({
    name: 'stripe',
    title: 'Stripe',
    contentTypes: ['application/json'],
    refScope: { account: false, livemode: true },
    signsTime: 'each-attempt',
    refusesUnusable: false,
    secret: {
      variable: 'STRIPE_WEBHOOK_SECRET',
      made: 'whsec_000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    },
    options: [{ name: 'referenceKey', variable: 'STRIPE_REFERENCE_KEY' }],
  });
});
