/** `npm run listen` against a running service. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PrismaService } from '../../src/database/prisma.service.js';
import {
  ADMIN_TOKEN,
  createTestApplication,
  type TestApplication,
} from '../support/application.js';
import { createTestDirectory } from '../support/database.js';
import { signedGeneric, unique } from '../support/signed.js';

const HOOKS = new URL('../properties/support/typescript.mjs', import.meta.url).href;
const PROGRAM = fileURLToPath(new URL('../../src/cli/listen.ts', import.meta.url));

let service: TestApplication;
let closed: TestApplication;
beforeAll(async () => {
  service = await createTestApplication({ env: { NOTIFY_ALLOW_CIDRS: '127.0.0.0/8' } });
  closed = await createTestApplication();
});
afterAll(async () => {
  await service.close();
  await closed.close();
});

async function run({ url, database }: TestApplication, args: string[] = [], env: object = {}) {
  const child = spawn(process.execPath, ['--import', HOOKS, PROGRAM, '--url', url, ...args], {
    cwd: await createTestDirectory(),
    env: { ...process.env, ADMIN_TOKEN, DATABASE_URL: database.url, LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
  const out = createInterface({ input: child.stdout });
  const err = createInterface({ input: child.stderr });
  return { child, exit, out, err };
}

async function lineFrom(lines: Interface): Promise<string> {
  const [line] = (await once(lines, 'line')) as [string];
  return line;
}

async function pay(): Promise<string> {
  const transaction = unique();
  const event = { event_type: 'payment_success', transaction_id: transaction, amount: '49.99' };
  const fields = { ...event, currency: 'EUR', event_id: unique(), reference: 'order-42' };
  expect((await service.deliver('generic', signedGeneric(fields))).status).toBe(200);
  return transaction;
}

const endpoints = (application = service) =>
  application.app.get(PrismaService).endpoint.findMany({ select: { name: true } });

it.each(['SIGINT', 'SIGTERM'] as const)(
  'makes an endpoint, prints what it is told, and removes the endpoint at %s',
  async (signal) => {
    const { child, exit, out, err } = await run(service);
    expect(await lineFrom(err)).toMatch(/^listening {2}http:\/\/127\.0\.0\.1:\d+\/ /);
    expect(await endpoints()).toEqual([{ name: 'listen' }]);
    const line = lineFrom(out);
    await pay();
    expect(await line).toMatch(
      /^payment\.captured +captured 49\.99 EUR {2}order-42 {2}generic {2}\S{36} v1 {2}payment_success$/,
    );
    child.kill(signal);
    expect(await exit).toEqual([0, null]);
    expect(await endpoints()).toEqual([]);
  },
);

it('prints whole messages with --json, and takes the place of a run that was killed', async () => {
  const first = await run(service);
  await lineFrom(first.err);
  first.child.kill('SIGKILL');
  await first.exit;
  const { child, exit, out, err } = await run(service, ['--json']);
  await lineFrom(err);
  const line = lineFrom(out);
  await pay();
  expect(JSON.parse(await line)).toMatchObject({ type: 'payment.captured' });
  child.kill('SIGINT');
  expect(await exit).toEqual([0, null]);
  expect(await endpoints()).toEqual([]);
});

it('says the cure where the service does not allow this machine', async () => {
  const { exit, err } = await run(closed);
  expect(await lineFrom(err)).toMatch(
    /not on the public Internet.*NOTIFY_ALLOW_CIDRS=127\.0\.0\.0\/8/,
  );
  expect(await exit).toEqual([1, null]);
  expect(await endpoints(closed)).toEqual([]);
});

it('says the cure where the token is another', async () => {
  const { exit, err } = await run(service, [], { ADMIN_TOKEN: 'another-token-of-the-tests' });
  expect(await lineFrom(err)).toMatch(/does not accept the admin token/);
  expect(await exit).toEqual([1, null]);
});
