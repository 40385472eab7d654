/**
 * A Postgres that may lose what it has confirmed is refused at the start, whichever of its settings it
 * is; ALLOW_UNSAFE_DATABASE accepts it, and the log says so.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createTestDirectory } from '../support/database.js';
import { OwnPostgres } from './support/own-postgres.js';
import { tell } from './support/form.js';

const HOOKS = new URL('../properties/support/typescript.mjs', import.meta.url).href;
const PROGRAM = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const SETTINGS = ['fsync', 'synchronous_commit', 'full_page_writes'];

const counts = { refused: 0, 'allowed with a warning': 0 };
afterAll(() => tell('unsafe Postgres', counts));

it.each(SETTINGS)(
  'of which %s is off: the service does not start, and says why',
  async (setting) => {
    const { code, stdout, stderr } = await start({ [setting]: 'off' }, {});
    expect(code).toBe(1);
    expect(stdout).not.toContain('listening');
    expect(stderr).toMatch(
      new RegExp(`${setting} is off: .* acknowledged could be lost.*ALLOW_UNSAFE_DATABASE=on`),
    );
    counts.refused += 1;
  },
  120_000,
);

it('that is allowed all the same: the service starts, and warns of it', async () => {
  const off = Object.fromEntries(SETTINGS.map((setting) => [setting, 'off']));
  const { code, stdout } = await start(off, { ALLOW_UNSAFE_DATABASE: 'on' });
  expect(code).toBe(0);
  const warnings = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { level: string; msg: string })
    .filter(({ msg }) => msg.includes('off'));
  expect(warnings).toEqual([
    expect.objectContaining({
      level: 'warn',
      msg: expect.stringMatching(/^fsync, synchronous_commit, full_page_writes are off/) as string,
    }),
  ]);
  counts['allowed with a warning'] += 1;
}, 120_000);

/** Starts the service on a Postgres with these settings, and ends it as soon as it listens. */
async function start(
  settings: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
) {
  const postgres = await OwnPostgres.start(settings);
  try {
    const child = spawn(process.execPath, ['--import', HOOKS, PROGRAM], {
      cwd: await createTestDirectory(),
      env: { ...process.env, DATABASE_URL: postgres.url, PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout.includes('listening')) child.kill('SIGTERM');
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  } finally {
    await postgres.remove();
  }
}
