/** Endpoints as an operator makes, changes and deletes them over HTTP. */
import { Webhook } from 'standardwebhooks';
import { EndpointSecrets } from '../../src/notifications/endpoints/endpoint-secrets.js';
import {
  type EndpointDto,
  type EndpointWithSecretDto,
} from '../../src/notifications/endpoints/endpoint.dto.js';
import { PrismaService } from '../../src/database/prisma.service.js';
import { createTestApplication, type TestApplication } from '../support/application.js';
import { expectProblem, fieldsOf } from '../support/problems.js';
import { call } from './admin-client.js';
import { createPayment, id, notification } from './rows.js';

const NOWHERE = '01900000-0000-7000-8000-ffffffffffff';
const KEY = 'encryption-key-of-the-tests-0123456789';
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** Of documentation (RFC 5737), and allowed below; nothing listens there. */
const URL = 'https://198.51.100.7/payments';

let service: TestApplication;
let prisma: PrismaService;
let count = 0;

/** A name that no other test has used. */
const newName = () => `endpoint-${(count += 1)}`;

async function create(fields: Record<string, unknown> = {}): Promise<EndpointWithSecretDto> {
  const answer = await call(service, 'POST', 'endpoints', { name: newName(), url: URL, ...fields });
  expect(answer.status).toBe(201);
  return answer.body as EndpointWithSecretDto;
}

const read = (endpointId: string) => service.api<EndpointDto>(`endpoints/${endpointId}`);
const stored = (endpointId: string) =>
  prisma.endpoint.findUniqueOrThrow({ where: { id: endpointId } });
/** What the worker would sign with. */
const opened = async (endpointId: string) => {
  const { secret, previousSecret } = await stored(endpointId);
  const secrets = new EndpointSecrets({ encryptionKeys: [KEY] });
  return {
    secret: secrets.open(secret, endpointId),
    previous: previousSecret === null ? null : secrets.open(previousSecret, endpointId),
  };
};

beforeAll(async () => {
  service = await createTestApplication({
    env: { ENCRYPTION_KEY: KEY, NOTIFY_ALLOW_CIDRS: '198.51.100.0/24' },
  });
  prisma = service.app.get(PrismaService);
});
afterAll(() => service.close());

describe('POST /api/endpoints', () => {
  it('creates an endpoint that wants everything', async () => {
    const name = newName();
    const answer = await call(service, 'POST', 'endpoints', { name, url: URL });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        name,
        url: URL,
        types: [],
        sources: [],
        status: 'active',
        statusReason: null,
        failingSince: null,
        previousSecretUntil: null,
        createdAt: expect.stringMatching(TIME) as string,
        updatedAt: expect.stringMatching(TIME) as string,
      },
    });
  });

  it('creates one that chooses', async () => {
    const types = ['payment.captured', 'payment.merged'];
    expect(await create({ types, sources: ['stripe'] })).toMatchObject({
      types,
      sources: ['stripe'],
    });
  });

  it('shows the secret this once, and stores it sealed', async () => {
    const { id, secret, ...rest } = await create();
    // The library that receivers use takes it for one.
    expect(() => new Webhook(secret)).not.toThrow();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await read(id)).toEqual({ id, ...rest });
    expect((await stored(id)).secret).toMatch(/^sealed:v1:/);
    expect((await opened(id)).secret).toBe(secret);
  });

  it('names every field that is wrong at once', async () => {
    const answer = await call(service, 'POST', 'endpoints', {
      name: 'Not A Name',
      url: 'ftp://example.com',
      types: ['payment.captured', 'payment.shipped'],
      sources: ['stripe', 'nobody'],
      secret: 'whsec_mine',
    });
    expectProblem(answer, 400, 'validation_failed');
    expect(fieldsOf(answer)).toEqual(['name', 'secret', 'sources', 'types', 'url']);
    const messages = JSON.stringify(answer.body);
    expect(messages).toContain('sources may have the names of sources: generic, stripe');
    expect(messages).toContain('payment.charged_back');
  });

  it.each([
    ['name', undefined],
    ['name', ''],
    ['name', null],
    ['name', 'environment'],
    ['name', '-a'],
    ['name', 'a'.repeat(64)],
    ['url', undefined],
    ['url', null],
    ['url', 7],
    ['url', 'example.com'],
    ['url', 'file:///etc/passwd'],
    ['url', 'https://user:password@example.com'],
    ['url', `https://198.51.100.7/${'a'.repeat(2048)}`],
    ['url', 'http://127.0.0.1:4000'],
    ['url', 'http://169.254.169.254/latest/meta-data'],
    ['url', 'http://198.51.100.7:22'],
    ['types', null],
    ['types', 'payment.captured'],
    ['types', ['payment.captured', 'payment.captured']],
    ['types', [null]],
    ['sources', null],
    ['sources', 'stripe'],
    ['sources', [7]],
    ['sources', ['STRIPE']],
    ['status', 'paused'],
  ])('refuses %s = %j', async (field, value) => {
    const body = { name: newName(), url: URL, [field]: value };
    const answer = await call(service, 'POST', 'endpoints', body);
    expectProblem(answer, 400, 'validation_failed');
    expect(fieldsOf(answer)).toEqual([field]);
  });

  it.each([[[]], [[{ name: 'a', url: URL }]], [undefined]])('refuses the body %j', async (body) => {
    const answer = await call(service, 'POST', 'endpoints', body);
    expectProblem(answer, 400, 'validation_failed');
  });

  it('refuses a name that another one has', async () => {
    const { name } = await create();
    const answer = await call(service, 'POST', 'endpoints', { name, url: URL });
    expectProblem(answer, 409, 'conflict');
    expect((answer.body as { detail: string }).detail).toContain(name);
  });
});

describe('GET /api/endpoints', () => {
  it('pages through all, newest first, and shows no secret', async () => {
    await create();
    await create();
    await create();
    const seen: EndpointDto[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const path = `endpoints?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: { data: EndpointDto[]; nextCursor: string | null } = await service.api(path);
      seen.push(...page.data);
      cursor = page.nextCursor;
    }
    const all = await prisma.endpoint.findMany({ orderBy: { id: 'desc' } });
    expect(seen.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(JSON.stringify(seen)).not.toMatch(/whsec_|sealed:|"(previousS|s)ecret"/);
  });

  it.each(['limit=0', 'cursor=x', 'source=stripe', 'name=x'])('refuses ?%s', async (query) => {
    const answer = await call(service, 'GET', `endpoints?${query}`);
    expectProblem(answer, 400, 'validation_failed');
  });

  it.each([NOWHERE, 'x', 'environment'])('answers 404 for %s', async (unknown) => {
    expectProblem(await call(service, 'GET', `endpoints/${unknown}`), 404, 'not_found');
    expectProblem(await call(service, 'DELETE', `endpoints/${unknown}`), 404, 'not_found');
    const patch = await call(service, 'PATCH', `endpoints/${unknown}`, { status: 'active' });
    expectProblem(patch, 404, 'not_found');
    const rotation = await call(service, 'POST', `endpoints/${unknown}/rotate-secret`, {});
    expectProblem(rotation, 404, 'not_found');
  });
});

describe('PATCH /api/endpoints/:id', () => {
  it('changes what is named and leaves the rest', async () => {
    const before = await create({ types: ['payment.failed'], sources: ['generic'] });
    const name = newName();
    const answer = await call(service, 'PATCH', `endpoints/${before.id}`, { name, types: [] });
    const { secret, updatedAt, ...rest } = before;
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ ...rest, name, types: [] });
    const now = await read(before.id);
    expect(now).toEqual(answer.body);
    expect(now.updatedAt > updatedAt).toBe(true);
    expect((await opened(before.id)).secret).toBe(secret);
  });

  it('pauses and resumes', async () => {
    const { id } = await create();
    await call(service, 'PATCH', `endpoints/${id}`, { status: 'paused' });
    expect(await read(id)).toMatchObject({ status: 'paused', statusReason: 'operator' });
    await call(service, 'PATCH', `endpoints/${id}`, { status: 'active' });
    expect(await read(id)).toMatchObject({ status: 'active', statusReason: null });
  });

  it('keeps why an endpoint was paused when it is paused again', async () => {
    const { id } = await create();
    const failingSince = new Date(Date.UTC(2026, 0, 1));
    const data = { status: 'paused', statusReason: 'failing', failingSince } as const;
    await prisma.endpoint.update({ where: { id }, data });
    await call(service, 'PATCH', `endpoints/${id}`, { status: 'paused' });
    expect(await read(id)).toMatchObject({
      status: 'paused',
      statusReason: 'failing',
      failingSince: '2026-01-01T00:00:00.000Z',
    });
  });

  it('gives one that failed or was gone a new start', async () => {
    const { id } = await create();
    const failingSince = new Date(Date.UTC(2026, 0, 1));
    await prisma.endpoint.update({
      where: { id },
      data: { status: 'off', statusReason: 'gone', failingSince },
    });
    const answer = await call(service, 'PATCH', `endpoints/${id}`, { status: 'active' });
    expect(answer.body).toMatchObject({ status: 'active', statusReason: null, failingSince: null });
  });

  it('makes due what waits for its next attempt when it resumes, and only that', async () => {
    const endpoint = await create();
    const other = await create();
    await prisma.endpoint.updateMany({
      where: { id: { in: [endpoint.id, other.id] } },
      data: { status: 'paused', statusReason: 'failing' },
    });
    const payment = await createPayment(prisma, 1, ['payment.created', 'payment.captured']);
    const inTenHours = new Date(Date.now() + 10 * 3_600_000);
    const waiting = { status: 'pending', dueAt: inTenHours } as const;
    await prisma.notification.createMany({
      data: [
        notification(1, endpoint.id, payment, waiting),
        notification(2, endpoint.id, payment, { status: 'dead', version: 2, dueAt: inTenHours }),
        notification(3, other.id, payment, waiting),
      ],
    });
    await call(service, 'PATCH', `endpoints/${endpoint.id}`, { status: 'active' });
    const rows = await prisma.notification.findMany({
      where: { id: { in: [id(1, 2), id(2, 2), id(3, 2)] } },
      orderBy: { id: 'asc' },
    });
    // It may be under way already: then it is due when its lease ends.
    const soon = Date.now() + 10 * 60_000;
    expect(rows.map(({ dueAt }) => dueAt.getTime() < soon)).toEqual([true, false, false]);
  });

  it.each([
    [{}],
    [{ status: 'off' }],
    [{ status: null }],
    [{ name: null }],
    [{ types: null }],
    [{ url: 'http://' }],
    [{ url: 'http://[::1]/' }],
    [{ sources: ['nobody'] }],
    [{ secret: 'whsec_mine' }],
  ])('refuses %j', async (changes) => {
    const { id } = await create();
    const before = await stored(id);
    const answer = await call(service, 'PATCH', `endpoints/${id}`, changes);
    expectProblem(answer, 400, 'validation_failed');
    expect(await stored(id)).toEqual(before);
  });

  it('refuses a name that another one has', async () => {
    const { id } = await create();
    const { name } = await create();
    expectProblem(await call(service, 'PATCH', `endpoints/${id}`, { name }), 409, 'conflict');
  });
});

describe('POST /api/endpoints/:id/rotate-secret', () => {
  const inSeconds = ({ previousSecretUntil }: EndpointDto): number =>
    (Date.parse(previousSecretUntil ?? '') - Date.now()) / 1000;

  it('makes a new secret, and the old one signs beside it for a day', async () => {
    const { id, secret: old } = await create();
    const answer = await call(service, 'POST', `endpoints/${id}/rotate-secret`);
    expect(answer.status).toBe(200);
    const { secret, ...rest } = answer.body as EndpointWithSecretDto;
    expect(secret).toMatch(/^whsec_/);
    expect(secret).not.toBe(old);
    expect(await opened(id)).toEqual({ secret, previous: old });
    expect(await read(id)).toEqual(rest);
    expect(inSeconds(rest)).toBeGreaterThan(86_400 - 600);
    expect(inSeconds(rest)).toBeLessThan(86_400 + 600);
  });

  it('takes an overlap of its own, and none', async () => {
    const { id } = await create();
    const path = `endpoints/${id}/rotate-secret`;
    const week = (await call(service, 'POST', path, { overlapSeconds: 604_800 })).body;
    expect(inSeconds(week as EndpointDto)).toBeGreaterThan(604_800 - 600);
    const none = (await call(service, 'POST', path, { overlapSeconds: 0 }))
      .body as EndpointWithSecretDto;
    expect(none.previousSecretUntil).toBeNull();
    expect(await opened(id)).toEqual({ secret: none.secret, previous: null });
  });

  it.each([-1, 604_801, 1.5, '60', null])('refuses an overlap of %j', async (overlapSeconds) => {
    const { id } = await create();
    const before = await stored(id);
    const path = `endpoints/${id}/rotate-secret`;
    const answer = await call(service, 'POST', path, { overlapSeconds });
    expectProblem(answer, 400, 'validation_failed');
    expect(fieldsOf(answer)).toEqual(['overlapSeconds']);
    expect(await stored(id)).toEqual(before);
  });

  it('loses no secret when it is called twice at once', async () => {
    const { id } = await create();
    const path = `endpoints/${id}/rotate-secret`;
    const answers = await Promise.all([call(service, 'POST', path), call(service, 'POST', path)]);
    const shown = answers.map(({ body }) => (body as EndpointWithSecretDto).secret);
    const { secret, previous } = await opened(id);
    expect([secret, previous].sort()).toEqual(shown.sort());
  });
});

describe('DELETE /api/endpoints/:id', () => {
  it('deletes what it was told, and leaves what others are told', async () => {
    const endpoint = await create();
    const other = await create();
    const payment = await createPayment(prisma, 10, ['payment.created', 'payment.captured']);
    await prisma.notification.createMany({
      data: [
        notification(10, endpoint.id, payment),
        notification(11, endpoint.id, payment, { version: 2, status: 'dead' }),
        notification(12, other.id, payment),
      ],
    });
    await prisma.notificationAttempt.create({
      data: { notificationId: id(10, 2), number: 1, at: new Date(), durationMs: 5, status: 200 },
    });
    const answer = await call(service, 'DELETE', `endpoints/${endpoint.id}`);
    expect(answer.status).toBe(204);
    expectProblem(await call(service, 'GET', `endpoints/${endpoint.id}`), 404, 'not_found');
    const left = await prisma.notification.findMany({ where: { paymentId: payment } });
    expect(left.map((row) => row.id)).toEqual([id(12, 2)]);
    const messages = await prisma.message.findMany({ where: { paymentId: payment } });
    expect(messages.map(({ version }) => version)).toEqual([1]);
    const attempts = await prisma.notificationAttempt.findMany();
    expect(attempts.map((attempt) => attempt.notificationId)).not.toContain(id(10, 2));
    expectProblem(await call(service, 'DELETE', `endpoints/${endpoint.id}`), 404, 'not_found');
  });

  it('deletes more than one statement does', async () => {
    const endpoint = await create();
    const payment = await createPayment(
      prisma,
      20,
      Array.from({ length: 2500 }, () => 'payment.updated'),
    );
    await prisma.notification.createMany({
      data: Array.from({ length: 2500 }, (_, i) =>
        notification(10_000 + i, endpoint.id, payment, { version: i + 1 }),
      ),
    });
    expect((await call(service, 'DELETE', `endpoints/${endpoint.id}`)).status).toBe(204);
    expect(await prisma.notification.count({ where: { paymentId: payment } })).toBe(0);
    expect(await prisma.message.count({ where: { paymentId: payment } })).toBe(0);
  });
});
