import { ADMIN_TOKEN, type Answer, type TestApplication } from '../support/application.js';

/** Calls /api with the admin token; the body is sent as JSON. */
export function call(
  service: TestApplication,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const headers = { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' };
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  return service.fetch(`/api/${path}`, { method, headers, ...content });
}
