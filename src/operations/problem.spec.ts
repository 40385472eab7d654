import { QUARANTINE_CODES } from '../providers/provider.js';
import { Problem, problemDocument, PROBLEMS, type ProblemCode } from './problem.js';

describe('problems', () => {
  it('have a status of an error and words for each code', () => {
    for (const [code, type] of Object.entries(PROBLEMS)) {
      expect(code).toMatch(/^[a-z][a-z0-9_]+$/);
      expect(type.status).toBeGreaterThanOrEqual(400);
      expect(type.title).not.toBe('');
      expect(type.detail).toMatch(/\.$/);
    }
  });

  it('are 400 for a body that cannot be used', () => {
    for (const code of QUARANTINE_CODES) expect(PROBLEMS[code].status).toBe(400);
  });

  it.each<[ProblemCode, number, Record<string, string>]>([
    ['source_not_found', 404, {}],
    ['content_type_unsupported', 415, {}],
    ['signature_invalid', 401, {}],
    ['unauthorized', 401, { 'WWW-Authenticate': 'Bearer' }],
    ['body_too_large', 413, { Connection: 'close' }],
    ['headers_too_large', 431, { Connection: 'close' }],
    ['overloaded', 503, { 'Retry-After': '1' }],
    ['draining', 503, { 'Retry-After': '5', Connection: 'close' }],
  ])('%s is %i with its headers', (code, status, headers) => {
    const problem = new Problem(code);
    expect(problem.getStatus()).toBe(status);
    expect(problem.headers).toEqual(headers);
    expect(problem.closesConnection).toBe('Connection' in headers);
  });

  it('take headers, words and errors of the one case', () => {
    const problem = new Problem('method_not_allowed', {
      detail: 'Use POST.',
      headers: { Allow: 'POST' },
      errors: [{ field: 'a', message: 'b' }],
    });
    expect(problem.headers).toEqual({ Allow: 'POST' });
    expect(problemDocument(problem, 'id-1')).toEqual({
      type: 'urn:payment-webhooks:method_not_allowed',
      title: 'Method not allowed',
      status: 405,
      detail: 'Use POST.',
      code: 'method_not_allowed',
      instance: 'id-1',
      errors: [{ field: 'a', message: 'b' }],
    });
  });
});
