/** The simulator against a running service: it plays everything, and notices what is wrong. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { simulate } from '../../src/cli/simulate/simulate.js';
import { type Report } from '../../src/cli/simulate/report.js';
import { type Settings } from '../../src/config/settings.js';
import { PROVIDERS } from '../../src/providers/index.js';
import { type ScenarioName, SCENARIOS } from '../../src/providers/provider.js';
import {
  createTestApplication,
  GENERIC_SECRET,
  type TestApplication,
} from '../support/application.js';
import { createTestDirectory } from '../support/database.js';
import { unique } from '../support/signed.js';
import { createSigner } from '../support/signer.js';

const STATUS_AFTER: Record<ScenarioName, string> = {
  succeeded: 'captured',
  failed: 'failed',
  'authorized-captured': 'captured',
  voided: 'canceled',
  refunded: 'refunded',
  'partially-refunded': 'partially_refunded',
  'refund-failed': 'captured',
  'disputed-won': 'captured',
  'disputed-lost': 'charged_back',
};

interface Payment {
  readonly status: string;
  readonly currency: string;
  readonly amountCaptured: number;
  readonly amountRefunded: number;
}

describe('npm run simulate', () => {
  let service: TestApplication;

  beforeAll(async () => {
    const dataDir = await createTestDirectory();
    // Where the simulator looks for the keys that it makes itself.
    const keys = path.join(dataDir, 'simulator');
    const signers = await Promise.all(PROVIDERS.map((provider) => createSigner(provider, keys)));
    const env = Object.assign({}, ...signers.map((signer) => signer.env)) as Record<string, string>;
    service = await createTestApplication({
      env: { ...env, GENERIC_WEBHOOK_SECRET: GENERIC_SECRET, DATA_DIR: dataDir },
    });
  });
  afterAll(() => service.close());

  async function play(line: string, settings: Settings = service.settings) {
    const written = { out: '', err: '' };
    const code = await simulate(`--url ${service.url} ${line}`.split(' '), {
      loadSettings: () => Promise.resolve(settings),
      output: { out: (s) => (written.out += s), err: (s) => (written.err += s) },
      showsProgress: false,
      clock: {
        now: () => Date.now(),
        elapsed: () => performance.now(),
        sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      },
      random: unique,
    });
    return { code, ...written };
  }

  async function report(line: string, settings?: Settings) {
    const { code, out } = await play(`${line} --json`, settings);
    return { code, ...(JSON.parse(out) as Report) };
  }

  const payments = async (source: string) =>
    (await service.api<{ data: Payment[] }>(`payments?source=${source}&limit=200`)).data;

  const storedEvents = async (source: string) =>
    (await service.rows('SELECT 1 FROM webhook_events WHERE source = $1', [source])).length;

  /** The settings, with one source changed. */
  const withSource = (name: string, change: Partial<Settings['sources'][number]>): Settings => ({
    ...service.settings,
    sources: service.settings.sources.map((s) => (s.name === name ? { ...s, ...change } : s)),
  });

  const plays = PROVIDERS.flatMap(({ name, scenarios }) =>
    SCENARIOS.filter((scenario) => scenarios[scenario]).map((scenario) => ({ name, scenario })),
  );

  it.each(plays)('plays $scenario of $name', async ({ name, scenario }) => {
    const before = await payments(name);
    const result = await play(`--source ${name} --scenario ${scenario}`);
    expect(result).toMatchObject({ code: 0, err: '' });
    expect(result.out).toMatch(/^unexpected {3}0$/m);
    const after = await payments(name);
    expect(after).toHaveLength(before.length + 1);
    expect(after[0]!.status).toBe(STATUS_AFTER[scenario]);
  });

  // What takes the most events to end as a captured payment, of what exists there.
  const longest = PROVIDERS.map(({ name, scenarios }) => ({
    name,
    scenario: scenarios['refund-failed'] ? 'refund-failed' : 'succeeded',
  }));

  it.each(longest)(
    'makes the same payments of $name in any order and repetition',
    async ({ name, scenario }) => {
      const line = `--source ${name} --scenario ${scenario} --count 10`;
      const before = (await payments(name)).length;
      const stored = await storedEvents(name);
      const plain = await report(line);
      const mixed = await report(`${line} --shuffle --duplicate 3`);
      expect(plain).toMatchObject({ code: 0, ok: true, payments: 10, unexpected: 0 });
      expect(mixed).toMatchObject({ code: 0, ok: true, sent: 3 * plain.sent, unexpected: 0 });
      const duplicates = Object.entries(mixed.answers)
        .filter(([label]) => label.endsWith(' duplicate'))
        .reduce((sum, [, n]) => sum + n, 0);
      // An acknowledgement in the provider's own words does not tell.
      const tells = PROVIDERS.find((p) => p.name === name)!.acknowledgement === undefined;
      expect(duplicates).toBe(tells ? 2 * plain.sent : 0);
      expect((await storedEvents(name)) - stored).toBe(2 * plain.sent);

      const made = (await payments(name)).slice(0, -before || undefined);
      expect(made).toHaveLength(20);
      const [first] = made;
      expect(first!.status).toBe('captured');
      const { status, currency, amountCaptured, amountRefunded } = first!;
      const same = { status, currency, amountCaptured, amountRefunded };
      for (const payment of made) expect(payment).toMatchObject(same);
    },
  );

  it('sends the same bytes again for the same seed, and says so', async () => {
    const line = '--source stripe --scenario refunded';
    const { seed, sent } = await report(line);
    const before = (await payments('stripe')).length;
    const again = await report(`${line} --seed ${seed}`);
    expect(again).toMatchObject({ code: 1, unexpected: sent });
    expect(again.hints).toEqual([expect.stringContaining('Leave out --seed')]);
    expect(Object.keys(again.answers).every((label) => label.endsWith(' duplicate'))).toBe(true);
    expect(await payments('stripe')).toHaveLength(before);
  });

  it('names another secret as the cause', async () => {
    const secrets = [{ label: 'STRIPE_WEBHOOK_SECRET', value: 'whsec_another-secret' }];
    const settings = withSource('stripe', { secrets });
    const { code, out } = await play('--source stripe --scenario refunded --count 3', settings);
    expect(code).toBe(1);
    expect(out).toContain('401 signature_invalid');
    expect(out).toContain('another secret for stripe than STRIPE_WEBHOOK_SECRET');
    expect(out).not.toContain('whsec_another-secret');
  });

  it('names a source that the server does not have', async () => {
    const source = { ...service.settings.sources[0]!, name: 'elsewhere' };
    const settings = { ...service.settings, sources: [source] };
    const result = await report('--source elsewhere --scenario refunded', settings);
    expect(result.code).toBe(1);
    expect(result.hints).toEqual([expect.stringContaining('The server has no source elsewhere')]);
  });

  it('notices a wrong --url', async () => {
    const url = `--url ${service.url}/webhooks`;
    const { code, hints } = await report(`--source stripe --scenario refunded ${url}`);
    expect(code).toBe(1);
    expect(hints).toEqual([expect.stringContaining('without /webhooks')]);
  });

  it('says that no server runs, and how to start one', async () => {
    // Port 9 (discard) is free wherever tests run.
    const line = '--source stripe --scenario refunded --count 100 --url http://127.0.0.1:9';
    const { code, out } = await play(line);
    expect(code).toBe(1);
    expect(out).toContain('No server answers at http://127.0.0.1:9. Start one with npm start');
  });

  it('keeps to the rate', async () => {
    const { code, duration, sent } = await report(
      '--source generic --scenario refunded --count 5 --rate 50',
    );
    expect({ code, sent }).toEqual({ code: 0, sent: 10 });
    expect(duration).toBeGreaterThanOrEqual(9 * 20 - 5);
  });

  it('lists the sources with their scenarios', async () => {
    const { code, out } = await play('--list --json');
    expect(code).toBe(0);
    const { sources } = JSON.parse(out) as { sources: { source: string; scenarios: string[] }[] };
    expect(sources.map(({ source }) => source)).toEqual(
      service.settings.sources.map(({ name }) => name),
    );
    expect(sources.find(({ source }) => source === 'stripe')!.scenarios).toEqual(SCENARIOS);
    expect((await play('--list')).out).toContain('stripe (stripe)\n  succeeded\n');
  });

  describe('as a program', () => {
    const program = fileURLToPath(new URL('../../dist/cli/simulate.js', import.meta.url));

    async function run(args: string[], env: Record<string, string> = {}) {
      const child = spawn(process.execPath, [program, ...args], {
        cwd: await createTestDirectory(),
        env: { PATH: process.env.PATH, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const exit = new Promise((resolve) => child.once('close', resolve));
      const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
      return { out, err, code };
    }
    const configured = { GENERIC_WEBHOOK_SECRET: GENERIC_SECRET };
    const refunded = ['--source', 'generic', '--scenario', 'refunded'];

    it('reads the configuration, plays, and exits 0', async () => {
      const env = { ...configured, PORT: String(service.port) };
      const { out, err, code } = await run([...refunded, '--json'], env);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(JSON.parse(out)).toMatchObject({
        ok: true,
        url: `${service.url}/webhooks/generic`,
        answers: { '200 success': 2 },
      });
    });

    it('exits 1 and names the secret that was made for another DATA_DIR', async () => {
      const { out, code } = await run([...refunded, '--url', service.url]);
      expect(code).toBe(1);
      expect(out).toContain('401 signature_invalid');
    });

    it.each([
      [['--source', 'generic', '--scenario', 'stolen'], /There is no scenario "stolen"\..*voided/],
      [['--source', 'nobody'], /No source "nobody" is configured\. Configured here: generic\./],
      [['--colour'], /Unknown option '--colour'/],
      [refunded, /bound to live payments\. Add --live/],
    ])('exits 2 for %j', async (args, message) => {
      const env = { ...configured, GENERIC_LIVEMODE: 'true' };
      const { out, err, code } = await run(args, env);
      expect({ out, code }).toEqual({ out: '', code: 2 });
      expect(err).toMatch(message);
      expect(err).toMatch(/^simulate: [^\n]+\n$/);
    });

    it('shows its help without any configuration', async () => {
      const { out, code } = await run(['--help'], { PORT: 'wrong' });
      expect(code).toBe(0);
      expect(out).toContain('npm run simulate -- --source generic --scenario refunded');
    });
  });
});
