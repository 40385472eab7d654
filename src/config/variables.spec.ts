import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDERS } from '../providers/index.js';
import { readSettings } from './read-settings.js';
import { variableNames } from './variables.js';

const SRC = join(import.meta.dirname, '..');
const CANARY = 'zq!';

/** The variables of .env.example as they are when nothing else than the "#" is removed. */
const EXAMPLE = readFileSync(join(SRC, '..', '.env.example'), 'utf8')
  .split('\n')
  .flatMap((line) => {
    const match = /^# ([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
    return match ? [[match[1] ?? '', match[2] ?? ''] as const] : [];
  });

/** A secret of each provider's own form, with the options that it needs. */
const SECRETS = Object.fromEntries(
  PROVIDERS.flatMap(({ secret, options }) => [
    [secret.variable, secret.make(Buffer.alloc(32, 1))],
    ...options.flatMap((o) => (o.required ? [[o.variable, o.required.example]] : [])),
  ]),
) as Record<string, string>;

function read(env: Record<string, string>) {
  return readSettings({ env, providers: PROVIDERS, readFile: () => '[]', generated: null });
}

describe('.env.example', () => {
  it('names exactly the variables that are read, each once', () => {
    expect(EXAMPLE.map(([name]) => name).sort()).toEqual(variableNames(PROVIDERS).sort());
  });

  it('has no variable that is switched on', () => {
    const text = readFileSync(join(SRC, '..', '.env.example'), 'utf8');
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
  });

  it('gives no secret that someone could leave as it is, and only values that are accepted', () => {
    const names = new Set(EXAMPLE.map(([name]) => name));
    const mayBeSecret = (name: string) => names.has(`${name}_FILE`) || names.has(name.slice(0, -5));
    expect(EXAMPLE.filter(([name, value]) => (value === '') !== mayBeSecret(name))).toEqual([]);

    // Of two that need one another the secret one has no example.
    const partners = PROVIDERS.flatMap(({ options }) =>
      options.filter((o) => o.secret && o.needs).map((o) => [o.variable, 'a-given-secret']),
    );
    const secrets = [...Object.entries(SECRETS), ...partners];
    const values = EXAMPLE.filter(([, value]) => value !== '');
    expect(read(Object.fromEntries([...values, ...secrets]) as Record<string, string>)).toEqual({
      settings: expect.anything() as unknown,
    });
  });

  it('gives the default where there is one', () => {
    const noDefault =
      `PUBLIC_URL SOURCES_FILE ACCOUNT LIVEMODE REFERENCE_KEY CLIENT_ID CERT_DIR ALLOW_CIDRS MERCHANT_ID
      PUBLIC_KEY SUBUNITS`.split(/\s+/);
    const defaults = EXAMPLE.filter(
      ([name, value]) => value !== '' && !noDefault.some((ending) => name.endsWith(ending)),
    );
    expect(read({ ...SECRETS, ...Object.fromEntries(defaults) })).toEqual(read(SECRETS));
  });
});

describe('the variables', () => {
  it('have names of their own', () => {
    const names = variableNames(PROVIDERS);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('are read nowhere else', () => {
    // PATH is handed on to the programs of the embedded Postgres and configures nothing.
    const reads = /process\.env(\[|\.(?!PATH\b))/;
    const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
      (path) =>
        path.endsWith('.ts') &&
        !path.endsWith('.spec.ts') &&
        !path.startsWith('generated') &&
        !path.includes('/testing/'),
    );
    expect(files.length).toBeGreaterThan(20);
    const elsewhere = files.filter((path) => reads.test(readFileSync(join(SRC, path), 'utf8')));
    expect(elsewhere).toEqual([]);
  });
});

it('some options need one another, and some are needed', () => {
  const options = PROVIDERS.flatMap((provider) => provider.options);
  const needy = options.filter(({ needs }) => needs !== undefined);
  expect(needy.map(({ variable }) => variable)).toEqual(
    expect.arrayContaining(['PAYPAL_CLIENT_ID', 'PAYPAL_CLIENT_SECRET']),
  );
  expect(options.filter(({ required }) => required).map(({ variable }) => variable)).toEqual(
    expect.arrayContaining(['BRAINTREE_MERCHANT_ID', 'BRAINTREE_PUBLIC_KEY']),
  );
});

describe.each(PROVIDERS.map((provider) => [provider.name, provider] as const))(
  'the declarations of %s',
  (_, provider) => {
    it('say what is wrong without the value', () => {
      expect(provider.secret.check(CANARY)).not.toBeNull();
      expect(provider.secret.check(CANARY)).not.toContain(CANARY);
      for (const option of provider.options.filter(({ secret }) => secret)) {
        expect(option.check?.(CANARY) ?? '').not.toContain(CANARY);
      }
    });

    it('have defaults that pass their own checks', () => {
      for (const option of provider.options) {
        if (option.default !== undefined) expect(option.check?.(option.default) ?? null).toBeNull();
      }
    });

    it('have examples that pass their own checks', () => {
      for (const option of provider.options) {
        if (!option.required) continue;
        expect(option.check?.(option.required.example) ?? null).toBeNull();
      }
    });

    const variablesOf = ({ secret, options }: typeof provider) =>
      [secret, ...options].map(({ variable }) => variable);
    const own = Object.fromEntries(
      Object.entries(SECRETS).filter(([name]) => variablesOf(provider).includes(name)),
    );
    const problemsWith = (env: Record<string, string>) => {
      const result = read(env);
      return 'problems' in result ? result.problems.map(({ variable }) => variable) : [];
    };

    it('are missed at the start where one is set without what it needs', () => {
      for (const missing of Object.keys(own)) {
        const rest = Object.entries(own).filter(([name]) => name !== missing);
        expect(problemsWith(Object.fromEntries(rest))).toEqual(rest.length > 0 ? [missing] : []);
      }
      for (const { variable, needs } of provider.options) {
        if (needs === undefined) continue;
        const other = provider.options.find(({ name }) => name === needs);
        expect(problemsWith({ ...own, [variable]: 'given' })).toEqual([other?.variable]);
      }
    });

    it('accept the secret that the service makes', () => {
      if (!provider.generatedSecretInEmbeddedMode) return;
      expect(provider.secret.check('0'.repeat(64))).toBeNull();
    });
  },
);

it('one provider at most has its secret made by the service', () => {
  const made = PROVIDERS.filter((provider) => provider.generatedSecretInEmbeddedMode);
  expect(made.length).toBeLessThanOrEqual(1);
});
