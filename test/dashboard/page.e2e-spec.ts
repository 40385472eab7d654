/** The page at /dashboard as the service serves it, and what it asks first. */
import { readFileSync } from 'node:fs';
import { type SessionDto } from '../../src/dashboard/session.dto.js';
import { createTestApplication, type TestApplication } from '../support/application.js';

describe('the dashboard', () => {
  let service: TestApplication;
  beforeAll(async () => {
    service = await createTestApplication({ env: { PUBLIC_URL: 'https://pay.example' } });
  });
  afterAll(() => service.close());

  it.each(['/dashboard', '/dashboard/payments/01900000-0000-7000-8000-000000000001'])(
    '%s is the page, or says how it is built, to anybody',
    async (path) => {
      const { status, headers, body } = await service.fetch(path);
      if (status === 200) expect(String(body)).toContain('<!doctype html>');
      else
        expect(body).toMatchObject({
          status: 404,
          detail: expect.stringContaining('npm run build') as string,
        });
      const policy = headers.get('content-security-policy')!.split(';');
      expect(policy).toEqual(
        expect.arrayContaining([
          "default-src 'self'",
          "script-src 'self'",
          "style-src 'self' 'unsafe-inline'",
          "img-src 'self' data:",
        ]),
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it('is told to whom its token speaks', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const session = await service.api<SessionDto>('session');
    expect(session).toEqual({
      version,
      embedded: false,
      databaseName: new URL(service.database.url).pathname.slice(1),
      publicUrl: 'https://pay.example',
      docs: true,
    });
  });
});
