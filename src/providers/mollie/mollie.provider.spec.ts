import { SignatureValidator } from 'mollie-api-typescript/utils/webhooks/signature_validator.js';

import { type Secret, type Verification } from '../provider.js';
import { declarationOf } from '../testing/declaration.js';
import { mollieProvider } from './mollie.provider.js';

// Signed by the official package, so that our verifier is not measured by our own signer.
const BODY = Buffer.from('{"resource":"event","id":"event_1","note":"Café \\/ ₹ \u2028 $& 10.50"}');
const signatureOf = (secret: string, body = BODY) =>
  SignatureValidator.createSignature(body.toString(), secret);

const SECRET = 'VpQ3WukU6uSCGQ8TPTD3WPDpac3GyNEj';
const OLD = 'the-secret-before-the-rotation00';
const SECRETS: readonly Secret[] = [
  { label: 'new', value: SECRET },
  { label: 'old', value: OLD },
];

async function verify(
  headers: readonly string[],
  body = BODY,
  secrets = SECRETS,
): Promise<Verification> {
  return await mollieProvider.verify(
    { body, headerValues: (name) => (name === 'X-Mollie-Signature' ? [...headers] : []) },
    {
      secrets,
      options: {},
      toleranceSeconds: 300,
      now: 0,
      url: 'http://localhost/webhooks/mollie',
    },
  );
}

const MISSING = { authentic: false, code: 'signature_missing' };
const INVALID = { authentic: false, code: 'signature_invalid' };

const NEW = await signatureOf(SECRET);
const BEFORE = await signatureOf(OLD);
const BAD = await signatureOf('the-secret-of-a-stranger-0000000');

describe('the signature of a webhook', () => {
  it('has the prefix, which the packages of Mollie take for granted and do not demand', async () => {
    expect(await verify([`sha256=${NEW}`])).toEqual({ authentic: true, verifiedWith: 'new' });
    expect(await verify([NEW])).toEqual({ authentic: true, verifiedWith: 'new' });
    expect(await verify([`sha256=${BEFORE}`])).toEqual({ authentic: true, verifiedWith: 'old' });
  });

  const pair = [`sha256=${BAD}`, `sha256=${NEW}`];

  it.each<[string, string[]]>([
    ['in two headers', pair],
    ['in two headers, the other way round', pair.toReversed()],
    ['in one header, as Node joins two', [pair.join(', ')]],
    ['in one header, joined by a comma alone', [pair.join(',')]],
    ['in two headers, one of them joined already', [`${BAD}, ${BAD}`, NEW]],
    ['as the last of eight', [...Array<string>(7).fill(BAD), NEW]],
    ['as the last of eight in one header', [[...Array<string>(7).fill(BAD), NEW].join(', ')]],
  ])('may be one of several while a secret is rotated: %s', async (_, headers) => {
    expect(await verify(headers)).toEqual({ authentic: true, verifiedWith: 'new' });
  });

  it('is found where only one of the two secrets is configured, whichever it is', async () => {
    const both = [`sha256=${BEFORE}`, `sha256=${NEW}`];
    for (const secret of SECRETS) {
      expect(await verify(both, BODY, [secret])).toEqual({
        authentic: true,
        verifiedWith: secret.label,
      });
    }
  });

  it.each<[string, string[]]>([
    ['not there, as of a classic webhook', []],
    ['empty', ['']],
    ['white space', [' ']],
    ['empty twice', ['', '']],
  ])('is missing where it is %s', async (_, headers) => {
    expect(await verify(headers)).toEqual(MISSING);
  });

  it.each<[string, string[]]>([
    ['of a stranger', [`sha256=${BAD}`]],
    ['of strangers', [`sha256=${BAD}`, `sha256=${BAD}`]],
    ['the prefix alone', ['sha256=']],
    ['the prefix twice', [`sha256=sha256=${NEW}`]],
    ['the prefix in upper case', [`SHA256=${NEW}`]],
    ['of another scheme', [`sha1=${NEW}`]],
    ['in upper case', [`sha256=${NEW.toUpperCase()}`]],
    ['in base64', [`sha256=${Buffer.from(NEW, 'hex').toString('base64')}`]],
    ['a prefix of it', [`sha256=${NEW.slice(0, -1)}`]],
    ['with one character more', [`sha256=${NEW}0`]],
    ['with white space', [` sha256=${NEW}`]],
    ['with a line feed', [`sha256=${NEW}\n`]],
    ['with two blanks after the comma', [`${BAD},  ${NEW}`]],
    ['beside nothing', [`sha256=${NEW},`]],
    ['beside an empty header', [`sha256=${NEW}`, '']],
    ['beside something else', [`sha256=${NEW}`, 'x']],
    ['joined otherwise', [`${BAD};${NEW}`]],
    ['64 characters beyond ASCII', ['é'.repeat(64)]],
    ['the ninth', [...Array<string>(8).fill(BAD), NEW]],
    ['the ninth in one header', [[...Array<string>(8).fill(BAD), NEW].join(', ')]],
    ['repeated nine times', Array<string>(9).fill(NEW)],
  ])('is invalid: %s', async (_, headers) => {
    expect(await verify(headers)).toEqual(INVALID);
  });

  it('is of the bytes', async () => {
    const spaced = Buffer.concat([BODY, Buffer.from(' ')]);
    expect(await verify([`sha256=${NEW}`], spaced)).toEqual(INVALID);
    const reordered = Buffer.from(JSON.stringify(JSON.parse(BODY.toString())));
    expect(reordered.equals(BODY)).toBe(false);
    expect(await verify([`sha256=${NEW}`], reordered)).toEqual(INVALID);
  });

  it('of a form is one like any other: a classic webhook carries none', async () => {
    const form = Buffer.from('id=tr_1');
    expect(await verify([], form)).toEqual(MISSING);
    expect(await verify([await signatureOf(SECRET, form)], form)).toMatchObject({
      authentic: true,
    });
    expect(mollieProvider.contentTypes).toContain('application/x-www-form-urlencoded');
  });

  it('is looked at for a while only: a header of 16 KB is no work', async () => {
    const many = [Array<string>(230).fill(NEW).join(', ')];
    expect(await verify(many)).toEqual(INVALID);
    expect(await verify(['x'.repeat(16_000)])).toEqual(INVALID);
  });
});

describe('a secret', () => {
  it('has at least 12 bytes', () => {
    expect(mollieProvider.secret.check('a'.repeat(12))).toBeNull();
    expect(mollieProvider.secret.check('a'.repeat(11))).toContain('shorter than 12 bytes');
  });

  it('there has to be', async () => {
    expect(await verify([`sha256=${NEW}`], BODY, [])).toEqual(INVALID);
  });
});

it('our signer signs as the official package expects', async () => {
  const context = { secret: SECRET, key: null, at: 0, url: '', options: {} };
  const { body, headers } = mollieProvider.sign({ body: BODY, expect: 'success' }, context);
  const validator = new SignatureValidator(SECRET);
  expect(
    await validator.validatePayload(body.toString(), headers[SignatureValidator.SIGNATURE_HEADER]),
  ).toBe(true);
});

describe('a classic webhook', () => {
  const decoded = (text: string) => mollieProvider.decode?.(Buffer.from(text));

  it.each(['tr_1', 'tr_5B8cwPMGnU6qLbRvo7qEZo', 'a-b', 'x'.repeat(255)])(
    'is a form that names %s',
    (id) => {
      expect(decoded(`id=${id}`)).toEqual({ ok: true, value: { id } });
    },
  );

  it.each([
    '',
    'id=',
    'id=tr_1&id=tr_2',
    'ID=tr_1',
    ' id=tr_1',
    'id=tr_1\n',
    'id=a.b',
    'testByMollie=1',
  ])('is nothing else: %j', (text) => {
    expect(decoded(text)).toEqual({ ok: false, code: 'invalid_json' });
  });

  it('has an id of the length of one', () => {
    expect(decoded(`id=${'x'.repeat(256)}`)).toMatchObject({ ok: false });
    expect(decoded(`id=${'x'.repeat(100_000)}`)).toMatchObject({ ok: false });
  });

  it('is no JSON, which is read as such', () => {
    expect(decoded('{"id":"tr_1"}')).toMatchObject({ ok: true, value: { id: 'tr_1' } });
    expect(decoded('[]')).toEqual({ ok: false, code: 'not_object' });
  });
});

it('keeps the names and scopes that sources and stored payments rest on', () => {
  expect(declarationOf(mollieProvider)).toEqual({
    name: 'mollie',
    title: 'Mollie',
    contentTypes: ['application/json', 'application/hal+json', 'application/x-www-form-urlencoded'],
    refScope: { account: false, livemode: false },
    alsoStates: { livemode: true },
    repeatsSignatureHeader: true,
    refusesUnusable: false,
    secret: { variable: 'MOLLIE_WEBHOOK_SECRET', made: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYX' },
    options: [],
  });
});
