/** The endpoint that NOTIFY_URL makes, over several starts. */
import { EndpointSecrets } from '../../src/notifications/endpoints/endpoint-secrets.js';
import { PrismaService } from '../../src/database/prisma.service.js';
import { createTestApplication, type TestApplication } from '../support/application.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { expectProblem } from '../support/problems.js';
import { call } from './admin-client.js';

const secretOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const NOTIFY = {
  NOTIFY_URL: 'http://127.0.0.1:4000/payments',
  NOTIFY_SECRET: secretOf(1),
  NOTIFY_ALLOW_CIDRS: '127.0.0.0/8',
};
const KEY = 'encryption-key-of-the-tests-0123456789';
const OTHER_KEY = 'another-encryption-key-of-the-tests-0123';

let database: TestDatabase;
let service: TestApplication;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await service.close();
  await database.drop();
});

/** A start on the same database; what ran before is stopped. */
async function start(env: Record<string, string> = {}): Promise<void> {
  if (service !== undefined) await service.close().catch(() => undefined);
  service = await createTestApplication({ database, env });
}

const prisma = () => service.app.get(PrismaService);
const stored = () => prisma().endpoint.findUniqueOrThrow({ where: { name: 'environment' } });
const set = (data: Parameters<PrismaService['endpoint']['update']>[0]['data']) =>
  prisma().endpoint.update({ where: { name: 'environment' }, data });

describe('the endpoint of NOTIFY_URL', () => {
  it('is made at the first start, and is the same ever after', async () => {
    await start();
    expect(await prisma().endpoint.count()).toBe(0);
    await start(NOTIFY);
    const made = await stored();
    expect(made).toMatchObject({
      url: NOTIFY.NOTIFY_URL,
      types: [],
      sources: [],
      status: 'active',
      statusReason: null,
      secret: NOTIFY.NOTIFY_SECRET,
      previousSecret: null,
    });
    await start(NOTIFY);
    expect(await stored()).toEqual(made);
  });

  it('is one, however many processes start at once', async () => {
    const starts = await Promise.all(
      [1, 2, 3, 4].map(() => createTestApplication({ database, env: NOTIFY })),
    );
    service = starts[0]!;
    expect(await prisma().endpoint.count()).toBe(1);
    await Promise.all(starts.slice(1).map((one) => one.close()));
  });

  it('follows its variables, and the former secret signs on for a day', async () => {
    await start(NOTIFY);
    const { id } = await stored();
    await start({
      ...NOTIFY,
      NOTIFY_URL: 'http://127.0.0.1:4000/other',
      NOTIFY_SECRET: secretOf(2),
    });
    const { previousSecretUntil, ...now } = await stored();
    expect(now).toMatchObject({
      id,
      url: 'http://127.0.0.1:4000/other',
      secret: secretOf(2),
      previousSecret: secretOf(1),
    });
    const hours = (previousSecretUntil!.getTime() - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.8);
    expect(hours).toBeLessThan(24.2);
  });

  it('is paused while NOTIFY_URL is absent, keeps what waits, and goes on when it is back', async () => {
    await start(NOTIFY);
    await start();
    expect(await stored()).toMatchObject({ status: 'paused', statusReason: 'unset' });
    await start(NOTIFY);
    expect(await stored()).toMatchObject({ status: 'active', statusReason: null });
  });

  it.each([
    ['paused', 'operator', 'paused', 'paused'],
    ['paused', 'failing', 'paused', 'active'],
    ['off', 'gone', 'off', 'active'],
  ] as const)(
    'that is %s (%s) is %s at the next start, and at another address %s',
    async (...row) => {
      const [status, statusReason, same, moved] = row;
      await start(NOTIFY);
      await set({ status, statusReason, failingSince: new Date() });
      await start(NOTIFY);
      expect(await stored()).toMatchObject({ status: same, statusReason });
      await start({ ...NOTIFY, NOTIFY_URL: 'http://127.0.0.1:4000/other' });
      const now = await stored();
      expect(now).toMatchObject({ status: moved, failingSince: null });
      expect(now.statusReason).toBe(moved === 'active' ? null : statusReason);
    },
  );

  it('can be read, paused and resumed by the API, and nothing else', async () => {
    await start(NOTIFY);
    const { id } = await stored();
    const path = `endpoints/${id}`;
    expect(await service.api(path)).toMatchObject({ name: 'environment', status: 'active' });
    const before = await stored();
    for (const answer of [
      await call(service, 'PATCH', path, { name: 'shop' }),
      await call(service, 'PATCH', path, { url: 'http://127.0.0.1:4000/x', status: 'paused' }),
      await call(service, 'PATCH', path, { types: [] }),
      await call(service, 'POST', `${path}/rotate-secret`, {}),
      await call(service, 'DELETE', path),
    ]) {
      expectProblem(answer, 409, 'conflict');
      expect((answer.body as { detail: string }).detail).toMatch(/NOTIFY_(URL|SECRET)/);
    }
    expect(await stored()).toEqual(before);
    await call(service, 'PATCH', path, { status: 'paused' });
    expect(await stored()).toMatchObject({ status: 'paused', statusReason: 'operator' });
    await call(service, 'PATCH', path, { status: 'active' });
    expect(await stored()).toMatchObject({ status: 'active', statusReason: null });
  });

  it.each([
    ['http://127.0.0.1:4000/payments', /^NOTIFY_URL leads to .*NOTIFY_ALLOW_CIDRS/],
    ['http://[::ffff:10.0.0.1]/', /^NOTIFY_URL leads to .*NOTIFY_ALLOW_CIDRS/],
    ['http://169.254.169.254/', /^NOTIFY_URL leads to .*never/],
    ['http://198.51.100.7:5432/', /^NOTIFY_URL has port 5432/],
  ])('stops the start where it may not be called: %s', async (NOTIFY_URL, message) => {
    await start();
    const starting = createTestApplication({
      database,
      env: { NOTIFY_URL, NOTIFY_SECRET: secretOf(1) },
    });
    await expect(starting).rejects.toThrow(message);
    expect(await prisma().endpoint.count()).toBe(0);
  });

  it('can be deleted once NOTIFY_URL is gone', async () => {
    await start(NOTIFY);
    const { id } = await stored();
    await start();
    expect((await call(service, 'DELETE', `endpoints/${id}`)).status).toBe(204);
    expect(await prisma().endpoint.count()).toBe(0);
  });
});

describe('ENCRYPTION_KEY', () => {
  const opened = async (key: string): Promise<(string | null)[]> => {
    const { id, secret, previousSecret } = await stored();
    const secrets = new EndpointSecrets({ encryptionKeys: [key] });
    return [secret, previousSecret].map((one) => one && secrets.open(one, id));
  };

  it('seals at the next start what was stored before, and by a new key what an old one sealed', async () => {
    await start(NOTIFY);
    await start({ ...NOTIFY, NOTIFY_SECRET: secretOf(2) });
    expect(await stored()).toMatchObject({ secret: secretOf(2), previousSecret: secretOf(1) });
    const env = { ...NOTIFY, NOTIFY_SECRET: secretOf(2) };
    await start({ ...env, ENCRYPTION_KEY: KEY });
    expect(JSON.stringify(await stored())).not.toContain('whsec_');
    expect(await opened(KEY)).toEqual([secretOf(2), secretOf(1)]);
    await start({ ...env, ENCRYPTION_KEY: `${OTHER_KEY},${KEY}` });
    expect(await opened(OTHER_KEY)).toEqual([secretOf(2), secretOf(1)]);
  });

  it.each([
    ['missing', {}],
    ['another', { ENCRYPTION_KEY: OTHER_KEY }],
  ])('that is %s stops the start and is named', async (_, env) => {
    await start({ ...NOTIFY, ENCRYPTION_KEY: KEY });
    const before = await stored();
    const starting = createTestApplication({ database, env: { ...NOTIFY, ...env } });
    await expect(starting).rejects.toThrow(/ENCRYPTION_KEY/);
    expect(await stored()).toEqual(before);
  });
});
