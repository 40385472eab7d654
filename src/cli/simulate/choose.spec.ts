import { fakeProvider } from '../../../test/support/fake-provider.js';
import { type Settings, type Source } from '../../config/settings.js';
import { UsageError } from '../command-line.js';
import { choosePlay } from './choose.js';
import { parseCommand, type PlayCommand } from './options.js';

const provider = fakeProvider('acme', {
  title: 'Acme',
  scenarios: { refunded: () => [], succeeded: () => [] },
});

const source = (name: string, fields: Partial<Source> = {}) =>
  ({ name, provider, enabled: true, livemode: null, ...fields }) as Source;

const SETTINGS = {
  host: '127.0.0.1',
  port: 3000,
  sources: [
    source('acme'),
    source('acme-live', { livemode: true }),
    source('acme-test', { livemode: false }),
    source('acme-off', { enabled: false }),
  ],
} as unknown as Settings;

const choose = (line: string, settings: Partial<Settings> = {}) =>
  choosePlay({ ...SETTINGS, ...settings }, parseCommand(line.split(' ')) as PlayCommand);

describe('choosePlay', () => {
  it.each([
    ['acme', false],
    ['acme-test', false],
    ['acme --live', true],
    ['acme-live --live', true],
  ])('plays %s with livemode %s', (line, livemode) => {
    expect(choose(`--scenario refunded --source ${line}`).livemode).toBe(livemode);
  });

  it.each([
    ['127.0.0.1', 'http://127.0.0.1:3000'],
    ['0.0.0.0', 'http://127.0.0.1:3000'],
    ['::', 'http://[::1]:3000'],
    ['::1', 'http://[::1]:3000'],
    ['localhost', 'http://localhost:3000'],
  ])('finds a server that listens on %s', (host, base) => {
    expect(choose('--source acme --scenario refunded', { host }).base).toBe(base);
  });

  it('prefers --url', () => {
    const line = '--source acme --scenario refunded --url https://pay.example';
    expect(choose(line, { port: 0 }).base).toBe('https://pay.example');
  });

  it.each([
    ['--scenario refunded', /--source is missing\. Configured here: acme, acme-live, acme-test\./],
    ['--source nobody', /No source "nobody" is configured\. Configured here: acme,/],
    ['--source acme-off', /acme-off is switched off/],
    ['--source acme', /--scenario is missing\. Acme has succeeded, refunded\./],
    ['--source acme --scenario stolen', /no scenario "stolen"\. Acme has succeeded, refunded\./],
    ['--source acme --scenario toString', /no scenario "toString"/],
    ['--source acme --scenario voided', /Acme does not send .* voided\. Acme has succeeded/],
    ['--source acme-live --scenario refunded', /acme-live is bound to live payments\. Add --live/],
    ['--source acme-test --scenario refunded --live', /bound to test payments/],
  ])('refuses %s', (line, message) => {
    expect(() => choose(line)).toThrow(UsageError);
    expect(() => choose(line)).toThrow(message);
  });

  it('says what to do without any source or with an unknown port', () => {
    const line = '--source acme --scenario refunded';
    expect(() => choose(line, { sources: [] })).toThrow(/set the secret variable of a provider/);
    expect(() => choose(line, { port: 0 })).toThrow(/Add --url/);
  });
});
