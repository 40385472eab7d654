/** Who may call what: every route that is registered is known here. */
import { createTestApplication, type TestApplication } from '../support/application.js';
import { expectProblem } from '../support/problems.js';
import { routesOf, type Route } from '../support/routes.js';

/** How Nest registers the edge, for all methods: it refuses everything but POST of a source. */
const EDGE = '/webhooks{/*path}';

/** All that is answered without a token. */
const PUBLIC = [
  'GET /docs',
  'GET /livez',
  'GET /metrics',
  'GET /openapi.json',
  'GET /readyz',
  'POST /webhooks/:source',
];

describe('the routes', () => {
  let service: TestApplication;
  let routes: Route[];

  beforeAll(async () => {
    service = await createTestApplication();
    routes = routesOf(service.app);
  });
  afterAll(() => service.close());

  it('are public only where they are meant to be', () => {
    const open = routes
      .filter(
        ({ path }) => path !== EDGE && !path.startsWith('/api/') && !path.startsWith('/docs/'),
      )
      .map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(open)].sort()).toEqual(PUBLIC);
  });

  it('under /api ask for the token', async () => {
    const api = routes.filter(({ path }) => path.startsWith('/api/'));
    expect(api.length).toBeGreaterThanOrEqual(5);
    for (const { method, path } of api) {
      const url = path.replaceAll(/:\w+/g, '01900000-0000-7000-8000-ffffffffffff');
      for (const authorization of [
        '',
        'Bearer another-token-0123456789',
        'Basic YWRtaW46YWRtaW4=',
      ]) {
        const answer = await service.fetch(url, {
          method,
          headers: { 'Content-Type': 'application/json', Authorization: authorization },
          ...(method === 'GET' ? {} : { body: '{' }),
        });
        expectProblem(answer, 401, 'unauthorized');
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      }
    }
  });

  it.each([
    '/',
    '/nothing',
    '/webhooksx',
    '/metrics/x',
    '/API/payments',
    '/api/payments/',
    '/%',
    '/webhooks/%ff',
  ])('%s is not one of them', async (path) => {
    expectProblem(await service.fetch(path), 404, 'not_found');
  });
});
