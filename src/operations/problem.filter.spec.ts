import { BadRequestException, Controller, ForbiddenException, Get, Res } from '@nestjs/common';
import { type NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { type Response as ExpressResponse } from 'express';
import request from 'supertest';
import { Prisma } from '../generated/prisma/client.js';
import { Problem } from './problem.js';
import { ProblemFilter } from './problem.filter.js';

const SECRET = 'select * from payments where password = hunter2';
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

@Controller()
class ThrowingController {
  @Get('problem')
  problem() {
    throw new Problem('draining');
  }
  @Get('unknown')
  unknown() {
    throw new TypeError(SECRET);
  }
  @Get('webhooks/unknown')
  unknownOfWebhook() {
    throw new TypeError(SECRET);
  }
  @Get('string')
  string() {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- any value can be thrown
    throw SECRET;
  }
  @Get('prisma')
  prisma() {
    throw new Prisma.PrismaClientKnownRequestError(SECRET, { code: 'P1001', clientVersion: '7' });
  }
  @Get('nest')
  nest() {
    throw new BadRequestException(SECRET);
  }
  @Get('forbidden')
  forbidden() {
    throw new ForbiddenException(SECRET);
  }
  @Get('parser')
  parser() {
    throw Object.assign(new Error(SECRET), { status: 413 });
  }
  @Get('partial')
  partial(@Res() response: ExpressResponse) {
    response.set('Content-Length', '100').write('part');
    throw new Error(SECRET);
  }
}

describe('ProblemFilter', () => {
  let app: NestExpressApplication;
  const logged: unknown[] = [];

  beforeAll(async () => {
    const module = await Test.createTestingModule({ controllers: [ThrowingController] }).compile();
    app = module.createNestApplication<NestExpressApplication>();
    const ignore = () => undefined;
    app.useLogger({ log: ignore, warn: ignore, error: (line: unknown) => logged.push(line) });
    app.useGlobalFilters(new ProblemFilter());
    await app.listen(0, '127.0.0.1');
  });
  beforeEach(() => (logged.length = 0));
  afterAll(() => app.close());

  const get = (path: string) => request(app.getHttpServer()).get(path);

  it.each([
    ['/problem', 503, 'draining'],
    ['/unknown', 500, 'internal_error'],
    ['/string', 500, 'internal_error'],
    ['/webhooks/unknown', 503, 'storage_unavailable'],
    ['/prisma', 503, 'storage_unavailable'],
    ['/nest', 400, 'bad_request'],
    ['/forbidden', 500, 'internal_error'],
    ['/parser', 413, 'body_too_large'],
    ['/nowhere', 404, 'not_found'],
    ['/%', 404, 'not_found'],
  ])('answers %s with %i %s and nothing of the cause', async (path, status, code) => {
    const response = await get(path).buffer();
    const { headers, text } = response;
    const document = response.body as { instance: string };
    expect(response.status).toBe(status);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(document).toEqual({
      type: `urn:payment-webhooks:${code}`,
      title: expect.any(String) as string,
      status,
      detail: expect.any(String) as string,
      code,
      instance: expect.stringMatching(UUID_V7) as string,
    });
    expect(document.instance).toBe(headers['x-request-id']);
    expect(JSON.stringify([document, text, headers])).not.toContain('hunter2');
  });

  it('sends the headers of the problem', async () => {
    const { headers } = await get('/problem');
    expect(headers).toMatchObject({ 'retry-after': '5', connection: 'close' });
  });

  it('makes the request id itself', async () => {
    const { headers } = await get('/problem').set('X-Request-Id', 'mine');
    expect(headers['x-request-id']).toMatch(UUID_V7);
  });

  it('logs a fault of ours under the id of the answer, and no fault of the client', async () => {
    const { headers } = await get('/unknown');
    expect(logged).toMatchObject([{ requestId: headers['x-request-id'], code: 'internal_error' }]);
    await get('/nowhere');
    await get('/problem');
    expect(logged).toHaveLength(1);
    await get('/webhooks/unknown');
    expect(logged).toMatchObject([{}, { code: 'storage_unavailable' }]);
  });

  it('breaks the connection when a part of the answer has gone', async () => {
    await expect(get('/partial')).rejects.toThrow(/aborted|hang up/);
  });
});
