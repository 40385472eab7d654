import { type ExecutionContext } from '@nestjs/common';
import { type Settings } from '../config/settings.js';
import { AdminTokenGuard } from './admin-token.guard.js';
import { Problem } from './problem.js';

const TOKEN = 'token-of-an-admin-0123456789';

function guarded(adminToken: string | null, authorization?: string): true | Problem {
  const guard = new AdminTokenGuard({ adminToken } as Settings);
  const context = {
    switchToHttp: () => ({ getRequest: () => ({ headers: { authorization } }) }),
  } as ExecutionContext;
  try {
    return guard.canActivate(context) as true;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

describe('AdminTokenGuard', () => {
  it.each([`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `BEARER   ${TOKEN}`])('lets %j pass', (header) => {
    expect(guarded(TOKEN, header)).toBe(true);
  });

  it.each([
    undefined,
    '',
    TOKEN,
    'Bearer',
    'Bearer ',
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Bearer ${TOKEN} x`,
    `Bearer ${TOKEN.toUpperCase()}`,
    `Bearer ${TOKEN}, Bearer ${TOKEN}`,
  ])('answers 401 to %j', (header) => {
    const problem = guarded(TOKEN, header) as Problem;
    expect(problem.code).toBe('unauthorized');
    expect(problem.headers['WWW-Authenticate']).toBe('Bearer');
    expect(problem.detail).not.toContain(TOKEN);
  });

  it.each([undefined, 'Bearer null', 'Bearer undefined', `Bearer ${TOKEN}`])(
    'answers 401 to %j when no token is configured, and says so',
    (header) => {
      const problem = guarded(null, header) as Problem;
      expect(problem.code).toBe('unauthorized');
      expect(problem.detail).toContain('ADMIN_TOKEN');
    },
  );
});
