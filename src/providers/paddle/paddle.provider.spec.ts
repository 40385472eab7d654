import { declarationOf } from '../testing/declaration.js';
import { paddleProvider } from './paddle.provider.js';
import { signPaddle } from './paddle.samples.js';

const NOW = Date.UTC(2026, 10, 24, 10);
const SECONDS = NOW / 1000;

describe('the signature', () => {
  const SECRET = 'pdl_ntfset_of_the_destination';
  const OLD = 'pdl_ntfset_of_last_month';
  const STRANGERS = 'pdl_ntfset_of_a_stranger';
  const BODY = Buffer.from('{"event_id":"evt_1","note":"$& costs $1 $$"}');
  const h1 = (secret = SECRET, at = NOW) =>
    signPaddle(
      { body: BODY, expect: 'success' },
      { secret, key: null, at, url: '', options: {} },
    ).headers['Paddle-Signature']?.split(';')[1] ?? '';

  const verify = (header: string | string[], now = NOW) =>
    paddleProvider.verify(
      { body: BODY, headerValues: (name) => (name === 'Paddle-Signature' ? [header].flat() : []) },
      {
        secrets: [
          { label: 'new', value: SECRET },
          { label: 'old', value: OLD },
        ],
        options: {},
        toleranceSeconds: 300,
        now,
        url: 'http://localhost/webhooks/paddle',
      },
    );

  it.each([
    ['the current secret', [h1()], 'new'],
    ['the one before', [h1(OLD)], 'old'],
    ['both, while a secret is rotated', [h1(OLD), h1()], 'new'],
    ['the first of two', [h1(), h1(STRANGERS)], 'new'],
    ['the last of two', [h1(STRANGERS), h1()], 'new'],
    ['the eighth of eight', [...Array<string>(7).fill(h1(STRANGERS)), h1()], 'new'],
    ['a scheme to come beside it', [h1(), 'h2=abc+/=='], 'new'],
  ])('is accepted: %s', async (_, items, verifiedWith) => {
    expect(await verify([`ts=${SECONDS}`, ...items].join(';'))).toEqual({
      authentic: true,
      verifiedWith,
    });
    expect(await verify([...items, `ts=${SECONDS}`].join(';'))).toMatchObject({ authentic: true });
  });

  const good = h1();
  it.each([
    ['no time', good],
    ['no signature', `ts=${SECONDS}`],
    ['two times', `ts=${SECONDS};ts=${SECONDS};${good}`],
    ['only h2', `ts=${SECONDS};${good.replace('h1', 'h2')}`],
    ['H1', `ts=${SECONDS};${good.replace('h1', 'H1')}`],
    ['h1 without a value', `ts=${SECONDS};h1=;${good}`],
    ['h1 without an equals sign', `ts=${SECONDS};h1;${good}`],
    ['h1 with another equals sign', `ts=${SECONDS};${good}=`],
    ['upper-case hex', `ts=${SECONDS};h1=${good.slice(3).toUpperCase()}`],
    ['63 digits', `ts=${SECONDS};${good.slice(0, -1)}`],
    ['65 digits', `ts=${SECONDS};${good}0`],
    ['64 characters beyond ASCII', `ts=${SECONDS};h1=${'é'.repeat(64)};${good}`],
    ['nine signatures', `ts=${SECONDS};${Array<string>(9).fill(good).join(';')}`],
    ['a comma for the semicolon', `ts=${SECONDS},${good}`],
    ['a space after the semicolon', `ts=${SECONDS}; ${good}`],
    ['an empty item', `ts=${SECONDS};;${good}`],
    ['a semicolon at the end', `ts=${SECONDS};${good};`],
    ['junk after the time', `ts=${SECONDS}junk;${good}`],
    ['a leading zero', `ts=0${SECONDS};${good}`],
    ['a fraction', `ts=${SECONDS}.0;${good}`],
    ['an exponent', `ts=1e9;${good}`],
    ['a negative time', `ts=-1;${good}`],
    ['milliseconds', `ts=${NOW};${good}`],
    ['a time beyond numbers', `ts=18446744073709551616;${good}`],
    ['a new time with the old signature', `ts=${SECONDS + 1};${good}`],
    ['two headers', [`ts=${SECONDS};h1=${'0'.repeat(64)}`, `ts=${SECONDS};${good}`]],
  ])('is refused: %s', async (_, header) => {
    expect(await verify(header)).toEqual({ authentic: false, code: 'signature_invalid' });
  });

  it('is accepted longer than the five seconds of the official package', async () => {
    const header = `ts=${SECONDS - 300};${h1(SECRET, NOW - 300_000)}`;
    expect(await verify(header)).toMatchObject({ authentic: true });
    expect(await verify(header, NOW + 1000)).toEqual({
      authentic: false,
      code: 'timestamp_out_of_tolerance',
    });
  });
});

it('needs a secret of 12 bytes, and says so', () => {
  expect(paddleProvider.secret.check('é'.repeat(6))).toBeNull();
  expect(paddleProvider.secret.check('x'.repeat(11))).toMatch(
    /^is shorter than 12 bytes.*copy the whole secret key/,
  );
});

it('keeps the names and scopes that sources and stored payments rest on', () => {
  expect(declarationOf(paddleProvider)).toEqual({
    name: 'paddle',
    title: 'Paddle',
    contentTypes: ['application/json'],
    refScope: { account: false, livemode: false },
    signsTime: 'each-attempt',
    refusesUnusable: false,
    secret: {
      variable: 'PADDLE_WEBHOOK_SECRET',
      made: 'pdl_ntfset_000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    },
    options: [],
  });
});
