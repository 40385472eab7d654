import { type Settings, type Source } from '../config/settings.js';
import { type ProblemCode } from '../operations/problem.js';
import { genericProvider } from '../providers/generic/generic.provider.js';
import { Sources } from '../webhooks/sources.js';
import { hintFor } from './hint.js';

const SHOP = {
  name: 'shop',
  provider: genericProvider,
  enabled: true,
  url: 'https://pay.example/webhooks/shop',
  secrets: [
    { label: 'GENERIC_WEBHOOK_SECRET', value: 'the-value' },
    { label: 'GENERIC_WEBHOOK_SECRET#2', value: 'another-value' },
  ],
} as unknown as Source;
const OFF = { ...SHOP, name: 'off', enabled: false };

const SETTINGS = {
  sources: [SHOP, OFF],
  bodyLimit: 1024,
  toleranceSeconds: 300,
  generated: { adminToken: false, secretOfSource: null },
} as unknown as Settings;

function hint(code: ProblemCode, source: string | null = 'shop', settings = SETTINGS): string {
  const refusal = { source, code, method: 'GET', contentType: 'text/html', bodySize: 2048 };
  return hintFor(refusal, new Sources(settings), settings);
}

it.each<[ProblemCode, string[]]>([
  ['signature_missing', [genericProvider.title, 'proxy']],
  [
    'signature_invalid',
    [
      'GENERIC_WEBHOOK_SECRET or GENERIC_WEBHOOK_SECRET#2',
      genericProvider.secret.description,
      SHOP.url,
      'proxy',
    ],
  ],
  ['timestamp_out_of_tolerance', ['300 seconds', 'clock', 'TOLERANCE_SECONDS']],
  ['verification_unavailable', ['firewall']],
  ['content_type_unsupported', ['application/json', 'text/html']],
  ['content_encoding_unsupported', ['compress']],
  ['body_too_large', ['2048 bytes', 'BODY_LIMIT', '1024']],
  ['method_not_allowed', ['GET', 'POST', 'redirect']],
])('of %s says what is likely wrong, and the cure', (code, words) => {
  const text = hint(code);
  for (const word of words) expect(text).toContain(word);
  expect(text).not.toContain('-value');
});

it('says which sources there are where the name is none', () => {
  expect(hint('source_not_found', 'sohp')).toBe(
    'No source sohp is configured. These are: shop at https://pay.example/webhooks/shop.',
  );
  expect(hint('not_found', null)).toContain('not one of a source');
});

it('says that there is no source at all', () => {
  expect(hint('source_not_found', 'shop', { ...SETTINGS, sources: [] })).toContain(
    'set the secret variable of a provider',
  );
});

it('says that a source is switched off', () => {
  expect(hint('source_not_found', 'off')).toContain('switched off');
});

it('does not name a variable for a secret that the service made', () => {
  const generated = { adminToken: true, secretOfSource: 'shop' };
  const text = hint('signature_invalid', 'shop', { ...SETTINGS, generated });
  expect(text).toContain('made itself');
  expect(text).not.toContain('GENERIC_WEBHOOK_SECRET or');
});
