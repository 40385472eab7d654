import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { fakeProvider } from '../../test/support/fake-provider.js';
import { type Problem } from './problem.js';
import { readSettings, type SettingsInput } from './read-settings.js';
import { type Settings } from './settings.js';

const ACME = fakeProvider('acme', {
  refScope: { account: true, livemode: true },
  options: [
    { name: 'referenceKey', variable: 'ACME_REFERENCE_KEY', description: 'Set a key.' },
    {
      name: 'currency',
      variable: 'ACME_CURRENCY',
      description: 'Set a currency code.',
      default: 'XXX',
      check: (value) => (/^[A-Z]{3}$/.test(value) ? null : 'is not a currency code'),
    },
    {
      name: 'apiKey',
      variable: 'ACME_API_KEY',
      description: 'Copy the key.',
      secret: true,
      check: (value) => (value.length < 12 ? 'is too short' : null),
    },
  ],
});
const OWN = fakeProvider('own', { generatedSecretInEmbeddedMode: true });
const TWO_WORDS = fakeProvider('two-words');
const PROVIDERS = [OWN, ACME, TWO_WORDS];

const SECRET = 'canary-secret-1';
const OTHER_SECRET = 'canary-secret-2';
const NOTIFY_SECRET = `whsec_${Buffer.from('canary'.repeat(5)).toString('base64')}`;
const GENERATED = { adminToken: 'a'.repeat(64), webhookSecret: 'b'.repeat(64) };

type Files = Record<string, string>;

function read(env: SettingsInput['env'], files: Files = {}, generated = false) {
  return readSettings({
    env,
    providers: PROVIDERS,
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
      return text;
    },
    generated: generated ? GENERATED : null,
  });
}

function settingsOf(...input: Parameters<typeof read>): Settings {
  const result = read(...input);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.settings;
}

/** The problems as `variable: problem`, after checking that each has a cure and none has a secret. */
function problemsOf(...input: Parameters<typeof read>): string[] {
  const result = read(...input);
  const problems: readonly Problem[] = 'problems' in result ? result.problems : [];
  expect(problems.every(({ cure }) => cure.length > 10)).toBe(true);
  expect(JSON.stringify(problems)).not.toMatch(/canary/i);
  return problems.map(({ variable, problem }) => `${variable}: ${problem}`);
}

/** One source of SOURCES_FILE, as the settings and as the problems see it. */
const sourcesFile = (json: unknown): [SettingsInput['env'], Files] => [
  { SOURCES_FILE: 'sources.json' },
  { 'sources.json': typeof json === 'string' ? json : JSON.stringify(json) },
];
const SHOP = { name: 'shop-eu', provider: 'acme', secrets: [SECRET] };

describe('readSettings without configuration', () => {
  it('has the documented defaults', () => {
    expect(settingsOf({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      databaseUrl: null,
      databasePoolSize: 10,
      allowUnsafeDatabase: false,
      dataDir: resolve('data'),
      publicUrl: 'http://127.0.0.1:3000',
      adminToken: null,
      bodyLimit: 1_048_576,
      maxInFlight: 1000,
      toleranceSeconds: 300,
      shutdownDelaySeconds: 0,
      logLevel: 'info',
      metrics: true,
      docs: true,
      sources: [],
      notify: null,
      notifyAllowCidrs: [],
      encryptionKeys: [],
      generated: { adminToken: false, secretOfSource: null },
      warnings: [
        'There is no source: every webhook is answered 404. Set one of OWN_WEBHOOK_SECRET, ' +
          'ACME_WEBHOOK_SECRET, TWO_WORDS_WEBHOOK_SECRET, or SOURCES_FILE.',
      ],
    });
  });

  it('uses the generated token and secret, and says so', () => {
    const settings = settingsOf({}, {}, true);
    expect(settings.adminToken).toBe(GENERATED.adminToken);
    expect(settings.sources).toMatchObject([
      {
        name: 'own',
        provider: OWN,
        secrets: [{ label: 'generated', value: GENERATED.webhookSecret }],
        url: 'http://127.0.0.1:3000/webhooks/own',
        enabled: true,
      },
    ]);
    expect(settings.generated).toEqual({ adminToken: true, secretOfSource: 'own' });
    expect(settings.warnings).toEqual([]);
  });

  it('prefers what is configured to what is generated', () => {
    const env = { ADMIN_TOKEN: 'configured-token-1', OWN_WEBHOOK_SECRET: SECRET };
    const settings = settingsOf(env, {}, true);
    expect(settings.adminToken).toBe('configured-token-1');
    expect(settings.sources).toMatchObject([{ secrets: [{ label: 'OWN_WEBHOOK_SECRET' }] }]);
    expect(settings.generated).toEqual({ adminToken: false, secretOfSource: null });
  });

  it('leaves the name of the generated source to a source of SOURCES_FILE', () => {
    const [env, files] = sourcesFile([{ name: 'own', provider: 'own', secrets: [SECRET] }]);
    const settings = settingsOf(env, files, true);
    expect(settings.sources.map(({ secrets }) => secrets[0]?.label)).toEqual(['own.secrets[0]']);
    expect(settings.generated).toEqual({ adminToken: true, secretOfSource: null });
  });

  it('never replaces an empty value by a generated one', () => {
    expect(problemsOf({ ADMIN_TOKEN: '', OWN_WEBHOOK_SECRET: '' }, {}, true)).toEqual([
      'ADMIN_TOKEN: is empty',
      'OWN_WEBHOOK_SECRET: is empty',
    ]);
  });

  it('generates nothing with DATABASE_URL', () => {
    const settings = settingsOf({ DATABASE_URL: 'postgresql://db/payments' }, {}, true);
    expect(settings).toMatchObject({
      adminToken: null,
      sources: [],
      generated: { adminToken: false, secretOfSource: null },
    });
    expect(settings.warnings).toContain('ADMIN_TOKEN is not set: /api answers 401 to everybody.');
  });
});

describe('readSettings and single variables', () => {
  it('reads every variable', () => {
    const env = {
      PORT: '8080',
      HOST: '0.0.0.0',
      DATABASE_URL: 'postgres://user:p%23ss@db:5432/payments?sslmode=require',
      DATABASE_POOL_SIZE: '4',
      ALLOW_UNSAFE_DATABASE: '1',
      DATA_DIR: '/var/lib/payments',
      PUBLIC_URL: 'https://example.com/pay/',
      ADMIN_TOKEN: '0123456789abcdef',
      BODY_LIMIT: '512kb',
      MAX_IN_FLIGHT: '50',
      TOLERANCE_SECONDS: '0',
      SHUTDOWN_DELAY_SECONDS: '2',
      LOG_LEVEL: 'debug',
      METRICS: 'off',
      DOCS: 'false',
      NOTIFY_URL: 'http://127.0.0.1:4000/payments?token=1',
      NOTIFY_SECRET,
      NOTIFY_ALLOW_CIDRS: '127.0.0.0/8,::1/128',
      ENCRYPTION_KEY: `${'k'.repeat(32)},${'o'.repeat(32)}`,
    };
    expect(settingsOf(env)).toMatchObject({
      port: 8080,
      host: '0.0.0.0',
      databaseUrl: env.DATABASE_URL,
      databasePoolSize: 4,
      allowUnsafeDatabase: true,
      dataDir: '/var/lib/payments',
      publicUrl: 'https://example.com/pay',
      adminToken: '0123456789abcdef',
      bodyLimit: 524_288,
      maxInFlight: 50,
      toleranceSeconds: 0,
      shutdownDelaySeconds: 2,
      logLevel: 'debug',
      metrics: false,
      docs: false,
      notify: { url: env.NOTIFY_URL, secret: NOTIFY_SECRET },
      notifyAllowCidrs: ['127.0.0.0/8', '::1/128'],
      encryptionKeys: ['k'.repeat(32), 'o'.repeat(32)],
    });
  });

  it.each([
    ['1mb', 1_048_576],
    ['1MB', 1_048_576],
    ['65536', 65_536],
    ['2048b', 2048],
  ])('reads the size %s', (BODY_LIMIT, bodyLimit) => {
    expect(settingsOf({ BODY_LIMIT }).bodyLimit).toBe(bodyLimit);
  });

  it.each([
    ['0.0.0.0', 'http://0.0.0.0:3000'],
    ['::1', 'http://[::1]:3000'],
    ['localhost', 'http://localhost:3000'],
  ])('derives PUBLIC_URL from HOST %s', (HOST, publicUrl) => {
    expect(settingsOf({ HOST }).publicUrl).toBe(publicUrl);
  });

  it.each([
    'postgresql:///payments?host=/run/postgresql',
    'postgresql://user:pw@/payments?host=/run',
  ])('accepts a database on a Unix socket: %s', (DATABASE_URL) => {
    expect(settingsOf({ DATABASE_URL }).databaseUrl).toBe(DATABASE_URL);
  });

  it.each([
    ['PORT', '3000x'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3e3'],
    ['PORT', ' 3000'],
    ['HOST', 'http://localhost'],
    ['HOST', 'localhost:3000'],
    ['HOST', '[::1]'],
    ['HOST', '999.1.1.1'],
    ['HOST', 'fe80::1%eth0'],
    ['DATABASE_URL', 'mysql://canary@db/payments'],
    ['DATABASE_URL', 'postgres://user:canary#1@db/payments'],
    ['DATABASE_URL', 'postgres://user:1#canary@db/payments'],
    ['DATABASE_URL', 'postgres://user:1/canary@db/payments'],
    ['DATABASE_URL', 'postgres://user:canary@db:port/payments'],
    ['DATABASE_POOL_SIZE', '0'],
    ['ALLOW_UNSAFE_DATABASE', 'yes, really'],
    ['PUBLIC_URL', 'example.com'],
    ['PUBLIC_URL', 'ftp://example.com'],
    ['PUBLIC_URL', 'https:example.com'],
    ['PUBLIC_URL', 'https://user:canary@example.com'],
    ['PUBLIC_URL', 'https://@example.com'],
    ['PUBLIC_URL', 'https://example.com/?'],
    ['PUBLIC_URL', 'https://example.com/#'],
    ['PUBLIC_URL', 'https://exam ple.com'],
    ['PUBLIC_URL', 'https://example.com\\pay'],
    ['PUBLIC_URL', 'https://example.com:port'],
    ['ADMIN_TOKEN', 'canary-token-15'],
    ['ADMIN_TOKEN', 'canary with white space'],
    ['ADMIN_TOKEN', 'canary-tökens-1234'],
    ['ADMIN_TOKEN', ' canary-token-0123456'],
    ['BODY_LIMIT', '0'],
    ['BODY_LIMIT', '1gb'],
    ['BODY_LIMIT', '65mb'],
    ['BODY_LIMIT', '1.5mb'],
    ['MAX_IN_FLIGHT', '0'],
    ['TOLERANCE_SECONDS', '-1'],
    ['TOLERANCE_SECONDS', '5m'],
    ['SHUTDOWN_DELAY_SECONDS', '6'],
    ['LOG_LEVEL', 'verbose'],
    ['METRICS', 'maybe'],
    ['DOCS', 'ON '],
    ['SOURCES_FILE', 'canary.json'],
    ['NOTIFY_SECRET', 'canary-secret-without-its-prefix'],
    ['NOTIFY_SECRET', 'whsec_canary!'],
    ['NOTIFY_SECRET', 'whsec_Y2FuYXJ5'],
    ['NOTIFY_SECRET', `whsec_${'canary'.repeat(15)}`],
    ['NOTIFY_SECRET', `${NOTIFY_SECRET},${NOTIFY_SECRET}`],
    ['NOTIFY_ALLOW_CIDRS', '127.0.0.1'],
    ['NOTIFY_ALLOW_CIDRS', '10.0.0.0/33'],
    ['NOTIFY_ALLOW_CIDRS', '127.1/8'],
    ['NOTIFY_ALLOW_CIDRS', 'localhost/8'],
    ['NOTIFY_ALLOW_CIDRS', '10.0.0.0/8,'],
    ['ENCRYPTION_KEY', 'canary-of-31-characters-0123456'],
    ['ENCRYPTION_KEY', `canary-of-32-characters-01234567,`],
  ])('refuses %s=%s', (variable, value) => {
    expect(problemsOf({ [variable]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${variable}: .`)),
    ]);
  });

  it.each([
    'PORT',
    'HOST',
    'DATABASE_URL',
    'DATABASE_POOL_SIZE',
    'ALLOW_UNSAFE_DATABASE',
    'DATA_DIR',
    'PUBLIC_URL',
    'ADMIN_TOKEN',
    'BODY_LIMIT',
    'MAX_IN_FLIGHT',
    'TOLERANCE_SECONDS',
    'SHUTDOWN_DELAY_SECONDS',
    'LOG_LEVEL',
    'METRICS',
    'DOCS',
    'SOURCES_FILE',
    'NOTIFY_SECRET',
    'NOTIFY_ALLOW_CIDRS',
    'ENCRYPTION_KEY',
    'ACME_WEBHOOK_SECRET',
  ])('refuses an empty %s', (variable) => {
    expect(problemsOf({ [variable]: '' })).toEqual([`${variable}: is empty`]);
  });

  it('names everything that is wrong at once', () => {
    const env = {
      PORT: 'x',
      LOG_LEVEL: 'loud',
      ADMIN_TOKEN: 'canary',
      OWN_WEBHOOK_SECRET: 'canary',
      ACME_WEBHOOK_SECRET: `${SECRET},, ${OTHER_SECRET}`,
      ACME_LIVEMODE: 'yes',
      ACME_CURRENCY: 'euro',
      SOURCES_FILE: 'sources.json',
    };
    expect(problemsOf(env, { 'sources.json': '[{"name":"X"}]' })).toEqual([
      'PORT: is "x", not a whole number from 0 to 65535',
      'ADMIN_TOKEN: has 6 characters, fewer than 16',
      'SOURCES_FILE: [0].name is not a name of a source',
      'SOURCES_FILE: [0].provider is missing',
      'SOURCES_FILE: [0].secrets is missing',
      'OWN_WEBHOOK_SECRET: is shorter than 12 characters',
      'ACME_CURRENCY: is not a currency code',
      'ACME_WEBHOOK_SECRET: value 2 of 3: is empty',
      'ACME_WEBHOOK_SECRET: value 3 of 3: has white space around it',
      'ACME_LIVEMODE: is "yes", neither true nor false',
      'LOG_LEVEL: is "loud", not a log level',
    ]);
  });
});

describe('readSettings and the endpoint of the environment', () => {
  it.each([
    'example.com',
    'ftp://example.com',
    'https:example.com',
    'https://user:canary@example.com',
    'https://exam ple.com',
    'https://example.com\\canary',
    'https://example.com:port',
    'https://example.com/#canary',
    `https://example.com/${'a'.repeat(2048)}`,
  ])('refuses the address %s and does not quote it', (NOTIFY_URL) => {
    const problems = problemsOf({ NOTIFY_URL, NOTIFY_SECRET });
    expect(problems).toEqual([expect.stringMatching(/^NOTIFY_URL: ./)]);
    expect(problems[0]).not.toContain(NOTIFY_URL);
  });

  it('takes an address only with a secret', () => {
    expect(problemsOf({ NOTIFY_URL: 'https://example.com' })).toEqual([
      'NOTIFY_SECRET: is not set, and NOTIFY_URL is: what is sent has to be signed',
    ]);
    expect(problemsOf({ NOTIFY_URL: 'https://example.com', NOTIFY_SECRET: '' })).toEqual([
      'NOTIFY_SECRET: is empty',
    ]);
  });

  it('says that a secret alone has no effect', () => {
    const settings = settingsOf({ NOTIFY_SECRET });
    expect(settings.notify).toBeNull();
    expect(settings.warnings).toContain(
      'NOTIFY_SECRET is set, but NOTIFY_URL is not: it has no effect.',
    );
  });

  it.each([24, 64])('takes a secret of %i bytes', (bytes) => {
    const secret = `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`;
    const env = { NOTIFY_URL: 'https://example.com', NOTIFY_SECRET: secret };
    expect(settingsOf(env).notify).toEqual({ url: 'https://example.com', secret });
  });

  it.each([23, 65])('refuses a secret of %i bytes', (bytes) => {
    const secret = `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`;
    expect(problemsOf({ NOTIFY_SECRET: secret })).toEqual([
      `NOTIFY_SECRET: has ${bytes} bytes, not 24 to 64`,
    ]);
  });
});

describe('readSettings and <NAME>_FILE', () => {
  it('reads secrets from files and drops one line break at the end', () => {
    const files = {
      '/run/token': '0123456789abcdef\n',
      '/run/url': 'postgresql://db/payments\r\n',
      '/run/secret': `${SECRET},${OTHER_SECRET}`,
      '/run/key': 'canary-api-key\n',
    };
    const env = {
      ADMIN_TOKEN_FILE: '/run/token',
      DATABASE_URL_FILE: '/run/url',
      ACME_WEBHOOK_SECRET_FILE: '/run/secret',
      ACME_API_KEY_FILE: '/run/key',
    };
    expect(settingsOf(env, files)).toMatchObject({
      adminToken: '0123456789abcdef',
      databaseUrl: 'postgresql://db/payments',
      sources: [
        {
          secrets: [
            { label: 'ACME_WEBHOOK_SECRET', value: SECRET },
            { label: 'ACME_WEBHOOK_SECRET#2', value: OTHER_SECRET },
          ],
          options: { apiKey: 'canary-api-key' },
        },
      ],
    });
  });

  it('generates nothing when DATABASE_URL comes from a file', () => {
    const files = { '/run/url': 'postgresql://db/payments' };
    expect(settingsOf({ DATABASE_URL_FILE: '/run/url' }, files, true).adminToken).toBeNull();
  });

  it.each([
    ['has a second line break', `${SECRET}\n\n`, 'has white space around it'],
    ['begins with a byte order mark', `\uFEFF${SECRET}`, 'has white space around it'],
    ['is empty', '\n', 'is empty'],
    ['holds too short a secret', 'canary\n', 'is shorter than 12 characters'],
  ])('refuses a file that %s', (_, content, problem) => {
    expect(problemsOf({ ACME_WEBHOOK_SECRET_FILE: 'file' }, { file: content })).toEqual([
      `ACME_WEBHOOK_SECRET_FILE: ${problem}`,
    ]);
  });

  it('does not repeat a path that may be the secret itself', () => {
    expect(problemsOf({ ACME_WEBHOOK_SECRET_FILE: SECRET })).toEqual([
      'ACME_WEBHOOK_SECRET_FILE: names a file that cannot be read (ENOENT)',
    ]);
  });

  it('refuses a variable beside its file', () => {
    const env = { ADMIN_TOKEN: '0123456789abcdef', ADMIN_TOKEN_FILE: 'file' };
    expect(problemsOf(env, { file: '0123456789abcdef' })).toEqual([
      'ADMIN_TOKEN_FILE: is set, and so is ADMIN_TOKEN',
    ]);
  });
});

describe('readSettings and sources of the environment', () => {
  it('makes a source of the name of every provider whose secret is set', () => {
    const settings = settingsOf({
      PUBLIC_URL: 'https://example.com/pay/',
      ACME_WEBHOOK_SECRET: `${SECRET},${OTHER_SECRET}`,
      ACME_ACCOUNT: 'self',
      ACME_LIVEMODE: 'false',
      ACME_REFERENCE_KEY: 'order_id',
      TWO_WORDS_WEBHOOK_SECRET: SECRET,
      TWO_WORDS_LIVEMODE: 'true',
    });
    expect(settings.sources).toEqual([
      {
        name: 'acme',
        provider: ACME,
        secrets: [
          { label: 'ACME_WEBHOOK_SECRET', value: SECRET },
          { label: 'ACME_WEBHOOK_SECRET#2', value: OTHER_SECRET },
        ],
        account: 'self',
        livemode: false,
        enabled: true,
        options: { currency: 'XXX', referenceKey: 'order_id' },
        optionsHash: createHash('sha256')
          .update('{"currency":"XXX","referenceKey":"order_id"}')
          .digest('hex')
          .slice(0, 16),
        url: 'https://example.com/pay/webhooks/acme',
      },
      {
        name: 'two-words',
        provider: TWO_WORDS,
        secrets: [{ label: 'TWO_WORDS_WEBHOOK_SECRET', value: SECRET }],
        account: null,
        livemode: true,
        enabled: true,
        options: {},
        optionsHash: createHash('sha256').update('{}').digest('hex').slice(0, 16),
        url: 'https://example.com/pay/webhooks/two-words',
      },
    ]);
    expect(settings.warnings).toEqual([]);
  });

  it.each([
    ['ACME_WEBHOOK_SECRET', 'canary', 'is shorter than 12 characters'],
    ['ACME_WEBHOOK_SECRET', ` ${SECRET}`, 'has white space around it'],
    ['ACME_WEBHOOK_SECRET', `${SECRET},`, 'value 2 of 2: is empty'],
    [
      'ACME_WEBHOOK_SECRET',
      `${SECRET}, ${OTHER_SECRET}`,
      'value 2 of 2: has white space around it',
    ],
    ['ACME_ACCOUNT', '', 'is empty'],
    ['ACME_ACCOUNT', 'x'.repeat(256), 'has 256 characters, more than 255'],
    ['ACME_LIVEMODE', '1', 'is "1", neither true nor false'],
    ['ACME_CURRENCY', 'eur', 'is not a currency code'],
    ['ACME_REFERENCE_KEY', 'order ', 'has white space around it'],
    ['ACME_API_KEY', 'canary', 'is too short'],
  ])('refuses a wrong %s (case %#)', (variable, value, problem) => {
    expect(problemsOf({ ACME_WEBHOOK_SECRET: SECRET, [variable]: value })).toEqual([
      `${variable}: ${problem}`,
    ]);
  });

  it('hashes what can change the meaning of an event, in any order, and no secret option', () => {
    const hash = (env: SettingsInput['env']) =>
      settingsOf({ ACME_WEBHOOK_SECRET: SECRET, ...env }).sources[0]?.optionsHash;
    const [env, files] = sourcesFile([
      { ...SHOP, options: { referenceKey: 'order_id', currency: 'EUR' } },
    ]);
    const fromFile = settingsOf(env, files).sources[0]?.optionsHash;
    expect(hash({ ACME_CURRENCY: 'EUR', ACME_REFERENCE_KEY: 'order_id' })).toBe(fromFile);
    expect(hash({ ACME_CURRENCY: 'EUR' })).not.toBe(fromFile);
    expect(hash({ ACME_API_KEY: 'canary-api-key' })).toBe(hash({}));
  });
});

describe('readSettings and SOURCES_FILE', () => {
  it('reads every field', () => {
    const [env, files] = sourcesFile([
      {
        ...SHOP,
        secrets: [SECRET, OTHER_SECRET],
        account: 'acct_1',
        livemode: true,
        enabled: false,
        options: { currency: 'EUR', apiKey: 'canary-api-key' },
      },
      { name: 'shop-us', provider: 'acme', secrets: ['canary-secret-3'], account: null },
    ]);
    expect(settingsOf(env, files).sources).toMatchObject([
      {
        name: 'shop-eu',
        provider: ACME,
        secrets: [
          { label: 'shop-eu.secrets[0]', value: SECRET },
          { label: 'shop-eu.secrets[1]', value: OTHER_SECRET },
        ],
        account: 'acct_1',
        livemode: true,
        enabled: false,
        options: { currency: 'EUR', apiKey: 'canary-api-key' },
        url: 'http://127.0.0.1:3000/webhooks/shop-eu',
      },
      {
        name: 'shop-us',
        account: null,
        livemode: null,
        enabled: true,
        options: { currency: 'XXX' },
      },
    ]);
  });

  it.each<[string, unknown, string[]]>([
    [
      'a text that is not JSON',
      `[{"secrets": ["${SECRET}"]\n, x}]`,
      ['is not valid JSON (line 2, column 3)'],
    ],
    ['an empty file', '', ['is not valid JSON']],
    ['a file with a secret only', SECRET, ['is not valid JSON']],
    ['an object', SHOP, ['is not a JSON array']],
    ['an entry that is not an object', [SECRET], ['[0] is not an object']],
    [
      'an entry without fields',
      [{}],
      ['[0].name is missing', '[0].provider is missing', '[0].secrets is missing'],
    ],
    ['an unknown field', [{ ...SHOP, secret: SECRET }], ['[0].secret is not a field of a source']],
    [
      'a field of the prototype',
      '[{"__proto__":1,"name":"shop-eu","provider":"acme","secrets":["canary-secret-1"]}]',
      ['[0].__proto__ is not a field of a source'],
    ],
    ['an upper-case name', [{ ...SHOP, name: 'Shop' }], ['[0].name is not a name of a source']],
    [
      'too long a name',
      [{ ...SHOP, name: 'a'.repeat(64) }],
      ['[0].name is not a name of a source'],
    ],
    [
      'a name with a line break',
      [{ ...SHOP, name: 'shop\n' }],
      ['[0].name is not a name of a source'],
    ],
    [
      'an unknown provider',
      [{ ...SHOP, provider: 'canary' }],
      ['[0].provider is not a known provider'],
    ],
    [
      'a secret outside an array',
      [{ ...SHOP, secrets: SECRET }],
      ['[0].secrets is not an array with a secret'],
    ],
    ['no secrets', [{ ...SHOP, secrets: [] }], ['[0].secrets is not an array with a secret']],
    [
      'a secret that is a number',
      [{ ...SHOP, secrets: [123456789012] }],
      ['[0].secrets[0] is not a string'],
    ],
    ['a secret that is null', [{ ...SHOP, secrets: [null] }], ['[0].secrets[0] is not a string']],
    ['an empty secret', [{ ...SHOP, secrets: [''] }], ['[0].secrets[0] is empty']],
    [
      'a secret with white space',
      [{ ...SHOP, secrets: [SECRET, `${OTHER_SECRET}\n`] }],
      ['[0].secrets[1] has white space around it'],
    ],
    [
      'a short secret',
      [{ ...SHOP, secrets: ['canary'] }],
      ['[0].secrets[0] is shorter than 12 characters'],
    ],
    ['an account that is a number', [{ ...SHOP, account: 1 }], ['[0].account is not a string']],
    ['an empty account', [{ ...SHOP, account: '' }], ['[0].account is empty']],
    [
      'a livemode in quotes',
      [{ ...SHOP, livemode: 'true' }],
      ['[0].livemode is neither true nor false'],
    ],
    [
      'an enabled that is null',
      [{ ...SHOP, enabled: null }],
      ['[0].enabled is neither true nor false'],
    ],
    ['options in an array', [{ ...SHOP, options: [] }], ['[0].options is not an object']],
    [
      'an unknown option',
      [{ ...SHOP, options: { colour: 'canary' } }],
      ['[0].options.colour is not an option of acme'],
    ],
    [
      'an option of the prototype',
      [{ ...SHOP, options: { constructor: 'x' } }],
      ['[0].options.constructor is not an option of acme'],
    ],
    [
      'an option that is a number',
      [{ ...SHOP, options: { currency: 1 } }],
      ['[0].options.currency is not a string'],
    ],
    [
      'a wrong option',
      [{ ...SHOP, options: { currency: 'eur' } }],
      ['[0].options.currency is not a currency code'],
    ],
    [
      'two sources of one name',
      [SHOP, { ...SHOP, secrets: [OTHER_SECRET] }],
      ['names two sources "shop-eu"'],
    ],
    [
      'two sources with a common secret',
      [SHOP, { ...SHOP, name: 'shop-us' }],
      ['shop-us.secrets[0] is the same secret as shop-eu.secrets[0]'],
    ],
  ])('refuses %s', (_, json, problems) => {
    expect(problemsOf(...sourcesFile(json))).toEqual(
      problems.map((text) => `SOURCES_FILE: ${text}`),
    );
  });

  it('compares with the sources of the environment', () => {
    const [env, files] = sourcesFile([{ ...SHOP, name: 'acme', secrets: [OTHER_SECRET, SECRET] }]);
    expect(problemsOf({ ...env, ACME_WEBHOOK_SECRET: SECRET }, files)).toEqual([
      'SOURCES_FILE: names a source "acme", which ACME_WEBHOOK_SECRET makes already',
      'SOURCES_FILE: acme.secrets[1] is the same secret as ACME_WEBHOOK_SECRET',
    ]);
  });

  it('lets two providers have the same secret', () => {
    const [env, files] = sourcesFile([SHOP, { ...SHOP, name: 'own-2', provider: 'own' }]);
    expect(settingsOf(env, files).sources).toHaveLength(2);
  });
});

describe('readSettings and options that belong together', () => {
  /** Two options that it needs in any case, and two that need one another. */
  const PAIRED = fakeProvider('paired', {
    options: [
      {
        name: 'id',
        variable: 'PAIRED_ID',
        description: 'Copy the id.',
        required: { example: 'i' },
      },
      {
        name: 'publicKey',
        variable: 'PAIRED_PUBLIC_KEY',
        description: 'Copy the public key.',
        required: { example: 'p' },
      },
      { name: 'user', variable: 'PAIRED_USER', description: 'Set a user.', needs: 'password' },
      {
        name: 'password',
        variable: 'PAIRED_PASSWORD',
        description: 'Set its password.',
        secret: true,
        needs: 'user',
      },
    ],
  });
  const WHOLE = { PAIRED_WEBHOOK_SECRET: SECRET, PAIRED_ID: 'i', PAIRED_PUBLIC_KEY: 'p' };

  function problemsWith(env: Record<string, string>, sources: object[] = []): string[] {
    const result = readSettings({
      env: { ...env, SOURCES_FILE: 'sources.json' },
      providers: [PAIRED],
      readFile: () => JSON.stringify(sources),
      generated: null,
    });
    if ('settings' in result) return [];
    return result.problems.map(({ variable, problem, cure }) => `${variable}: ${problem}. ${cure}`);
  }

  it('takes them all, or none where there is no source', () => {
    expect(problemsWith(WHOLE)).toEqual([]);
    expect(problemsWith({ ...WHOLE, PAIRED_USER: 'u', PAIRED_PASSWORD: 'p' })).toEqual([]);
    expect(problemsWith({})).toEqual([]);
    // Without a source they have no effect, of which the start warns.
    expect(problemsWith({ PAIRED_USER: 'u' })).toEqual([]);
  });

  const SECRET_MISSING = (other: string) =>
    `PAIRED_WEBHOOK_SECRET: is not set, and ${other} is. ${PAIRED.secret.description}`;
  const ID_MISSING = (other: string) => `PAIRED_ID: is not set, and ${other} is. Copy the id.`;
  const KEY_MISSING = (other: string) =>
    `PAIRED_PUBLIC_KEY: is not set, and ${other} is. Copy the public key.`;

  it.each<[string[], string[]]>([
    [['PAIRED_ID'], [ID_MISSING('PAIRED_WEBHOOK_SECRET')]],
    [['PAIRED_PUBLIC_KEY'], [KEY_MISSING('PAIRED_WEBHOOK_SECRET')]],
    [['PAIRED_WEBHOOK_SECRET'], [SECRET_MISSING('PAIRED_ID')]],
    [
      ['PAIRED_ID', 'PAIRED_PUBLIC_KEY'],
      [ID_MISSING('PAIRED_WEBHOOK_SECRET'), KEY_MISSING('PAIRED_WEBHOOK_SECRET')],
    ],
    [
      ['PAIRED_WEBHOOK_SECRET', 'PAIRED_PUBLIC_KEY'],
      [SECRET_MISSING('PAIRED_ID'), KEY_MISSING('PAIRED_ID')],
    ],
    [
      ['PAIRED_WEBHOOK_SECRET', 'PAIRED_ID'],
      [SECRET_MISSING('PAIRED_PUBLIC_KEY'), ID_MISSING('PAIRED_PUBLIC_KEY')],
    ],
  ])('stops the start without %j, which the provider needs', (missing, problems) => {
    const env = Object.fromEntries(Object.entries(WHOLE).filter(([n]) => !missing.includes(n)));
    expect(problemsWith(env)).toEqual(problems);
  });

  it('stops the start where one is set without the other that it needs', () => {
    expect(problemsWith({ ...WHOLE, PAIRED_USER: 'u' })).toEqual([
      'PAIRED_PASSWORD: is not set, and PAIRED_USER is. Set its password.',
    ]);
    expect(problemsWith({ ...WHOLE, PAIRED_PASSWORD: 'p' })).toEqual([
      'PAIRED_USER: is not set, and PAIRED_PASSWORD is. Set a user.',
    ]);
  });

  it('says of an empty one that it is empty, and no more', () => {
    const problems = problemsWith({ ...WHOLE, PAIRED_ID: '' });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^PAIRED_ID: is empty\./);
  });

  it('holds for the sources of a file alike', () => {
    const source = { name: 'eu', provider: 'paired', secrets: [SECRET] };
    const options = { id: 'i', publicKey: 'p' };
    expect(problemsWith({}, [{ ...source, options }])).toEqual([]);
    expect(problemsWith({}, [source])).toEqual([
      'SOURCES_FILE: [0].options.id is missing. Copy the id.',
      'SOURCES_FILE: [0].options.publicKey is missing. Copy the public key.',
    ]);
    expect(problemsWith({}, [{ ...source, options: { ...options, user: 'u' } }])).toEqual([
      'SOURCES_FILE: [0].options.password is missing, and options.user is there. Set its password.',
    ]);
    expect(problemsWith({}, [{ ...source, options: { ...options, id: '' } }])).toEqual([
      expect.stringMatching(/^SOURCES_FILE: \[0\]\.options\.id is empty\./),
    ]);
  });
});

describe('warnings', () => {
  const warningsOf = (...input: Parameters<typeof read>) => settingsOf(...input).warnings;

  it('names a secret of no provider', () => {
    expect(warningsOf({ OWN_WEBHOOK_SECRET: SECRET, AMCE_WEBHOOK_SECRET: SECRET })).toEqual([
      'AMCE_WEBHOOK_SECRET is set, but there is no such provider: nothing is received with it.',
    ]);
  });

  it('names what a source of the environment is not bound to', () => {
    expect(warningsOf({ ACME_WEBHOOK_SECRET: SECRET })).toEqual([
      'Source acme accepts every account; set ACME_ACCOUNT to bind it to one.',
      'Source acme accepts live and test events; set ACME_LIVEMODE to true or false to bind it to one.',
    ]);
  });

  it('names what only some events of a source state, too', () => {
    const seldom = fakeProvider('seldom', { alsoStates: { livemode: true } });
    const result = readSettings({
      env: { SELDOM_WEBHOOK_SECRET: SECRET },
      providers: [seldom],
      readFile: () => '',
      generated: null,
    });
    expect('settings' in result && result.settings.warnings).toEqual([
      'Source seldom accepts live and test events; set SELDOM_LIVEMODE to true or false to bind it to one.',
    ]);
  });

  it('names what a source of SOURCES_FILE is not bound to', () => {
    expect(warningsOf(...sourcesFile([{ ...SHOP, livemode: true }]))).toEqual([
      'Source shop-eu accepts every account; set "account" in SOURCES_FILE to bind it to one.',
    ]);
  });

  it('says that every source is switched off', () => {
    expect(warningsOf(...sourcesFile([{ ...SHOP, enabled: false }]))).toEqual([
      'Every source is switched off: every webhook is answered 404.',
    ]);
  });

  it('names a binding and an option without a source', () => {
    const env = { OWN_WEBHOOK_SECRET: SECRET, ACME_LIVEMODE: 'true', ACME_CURRENCY: 'EUR' };
    expect(warningsOf(env)).toEqual([
      'ACME_LIVEMODE is set, but ACME_WEBHOOK_SECRET is not: it has no effect.',
      'ACME_CURRENCY is set, but ACME_WEBHOOK_SECRET is not: it has no effect.',
    ]);
  });

  it('asks for PUBLIC_URL when the port is not known beforehand', () => {
    const env = { OWN_WEBHOOK_SECRET: SECRET, PORT: '0' };
    expect(warningsOf(env)).toEqual([
      'PORT is 0 and PUBLIC_URL is not set: providers that sign the address they call cannot be verified.',
    ]);
    expect(warningsOf({ ...env, PUBLIC_URL: 'https://example.com' })).toEqual([]);
  });
});
