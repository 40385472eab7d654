import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { fakeProvider } from '../../test/support/fake-provider.js';
import { loadSettings, settingsOf } from './load-settings.js';
import { type SettingsResult } from './read-settings.js';
import { type Settings } from './settings.js';

const OWN = fakeProvider('own', { generatedSecretInEmbeddedMode: true });
const PROVIDERS = [OWN, fakeProvider('acme')];
const TOKEN = 'canary-token-0123';
const SECRET = 'canary-secret-1';

let directory: string;
let dataDir: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'load-settings-'));
  dataDir = join(directory, 'data');
});
afterEach(() => rmSync(directory, { recursive: true }));

const load = (env: Record<string, string>, dataDirSecrets = true) =>
  settingsOf(directory, { DATA_DIR: dataDir, ...env }, PROVIDERS, dataDirSecrets);

function settingsIn(result: SettingsResult): Settings {
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.settings;
}

describe('settingsOf', () => {
  it('finds the same token and secret at the second start', async () => {
    const first = settingsIn(await load({}));
    expect(first.generated).toEqual({ adminToken: true, secretOfSource: 'own' });
    expect(first.adminToken).toHaveLength(64);
    expect(settingsIn(await load({}))).toEqual(first);
  });

  it('generates a token although the secret is given, and the reverse', async () => {
    const withSecret = settingsIn(await load({ OWN_WEBHOOK_SECRET: SECRET }));
    expect(withSecret.generated).toEqual({ adminToken: true, secretOfSource: null });
    const withToken = settingsIn(await load({ ADMIN_TOKEN: TOKEN }));
    expect(withToken.generated).toEqual({ adminToken: false, secretOfSource: 'own' });
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['token and secret are given', { ADMIN_TOKEN: TOKEN, OWN_WEBHOOK_SECRET: SECRET }, true],
    ['there is a DATABASE_URL', { DATABASE_URL: 'postgresql://db/payments' }, true],
    ['something is wrong', { PORT: 'x' }, true],
    ['the caller needs no secrets', {}, false],
  ])('creates nothing when %s', async (_, env, dataDirSecrets) => {
    await load(env, dataDirSecrets);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('reads .env, and prefers the environment', async () => {
    writeFileSync(join(directory, '.env'), `PORT=4000\nLOG_LEVEL=warn\n# METRICS=off\n`);
    expect(settingsIn(await load({ PORT: '5000' }))).toMatchObject({
      port: 5000,
      logLevel: 'warn',
      metrics: true,
    });
  });

  it('reads files that variables name', async () => {
    const file = join(directory, 'token');
    writeFileSync(file, `${TOKEN}\n`);
    expect(settingsIn(await load({ ADMIN_TOKEN_FILE: file })).adminToken).toBe(TOKEN);
  });

  it('says that .env cannot be read', async () => {
    mkdirSync(join(directory, '.env'));
    expect(await load({})).toMatchObject({
      problems: [{ variable: '.env', problem: 'cannot be read (EISDIR)' }],
    });
  });

  it('says that DATA_DIR cannot be used', async () => {
    writeFileSync(dataDir, '');
    expect(await load({})).toMatchObject({
      problems: [{ variable: 'DATA_DIR', problem: expect.stringContaining(dataDir) as string }],
    });
    expect(readdirSync(directory)).toEqual(['data']);
  });
});

describe('loadSettings', () => {
  const environment = process.env;
  afterEach(() => {
    process.env = environment;
    jest.restoreAllMocks();
  });

  it('prints every problem with its cure and ends the process with code 1', async () => {
    process.env = { PORT: 'x', ADMIN_TOKEN: 'canary' };
    const printed = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    jest.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Error(`exit ${code}`);
    });
    await expect(loadSettings()).rejects.toThrow('exit 1');
    expect(printed.mock.calls.map(([text]) => text).join('')).toBe(
      [
        'The configuration has 2 problems; nothing was started.',
        '',
        '  PORT',
        '    problem: is "x", not a whole number from 0 to 65535',
        '    cure:    Set a whole number from 0 to 65535.',
        '',
        '  ADMIN_TOKEN',
        '    problem: has 6 characters, fewer than 16',
        '    cure:    Set at least 16 random characters, e.g. from: openssl rand -hex 32',
        '',
      ].join('\n'),
    );
  });

  it('returns the settings', async () => {
    process.env = { DATABASE_URL: 'postgresql://db/payments', PORT: '4567' };
    expect(await loadSettings()).toMatchObject({ port: 4567 });
  });
});
