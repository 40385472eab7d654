/** Every answer that may leave /webhooks, and what it counts as. */
import { type ProblemCode, PROBLEMS } from '../../../src/operations/problem.js';
import { type Provider, QUARANTINE_CODES } from '../../../src/providers/provider.js';
import { type Answer } from '../../support/application.js';
import { expectProblem } from '../../support/problems.js';

export const OUTCOMES = [
  'accepted',
  'duplicate',
  'ignored',
  'quarantined',
  'rejected',
  'unavailable',
  /** Stored or a duplicate: the provider is told the same words whatever became of it. */
  'acknowledged',
  /** Unusable and told so, stored now or before: the words are the same. */
  'refused',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

const UNUSABLE: ReadonlySet<string> = new Set(QUARANTINE_CODES);
/** Only /api answers these; the last one nobody should. */
const ELSEWHERE: ReadonlySet<string> = new Set(['unauthorized', 'internal_error']);

/** Fails for an answer that the contract does not know. */
export function outcomeOf(answer: Answer, provider: Provider): Outcome {
  if (answer.status === 200) return outcomeOfSuccess(answer.body, provider);
  const { code } = (answer.body ?? {}) as { code: ProblemCode };
  expect(Object.keys(PROBLEMS)).toContain(code);
  expect(ELSEWHERE).not.toContain(code);
  expectProblem(answer, PROBLEMS[code].status, code);
  if (UNUSABLE.has(code)) {
    expect({ code, refuses: provider.refusesUnusable }).toEqual({ code, refuses: true });
    return 'refused';
  }
  if (answer.status !== 503) return 'rejected';
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  return 'unavailable';
}

function outcomeOfSuccess(body: unknown, { acknowledgement, refusesUnusable }: Provider): Outcome {
  if (acknowledgement) {
    expect(body).toBe(acknowledgement.body);
    return 'acknowledged';
  }
  const { status, code, duplicate, ...more } = body as Record<string, unknown>;
  expect(more).toEqual({});
  expect(['success', 'ignored', 'quarantined']).toContain(status);
  if (status === 'quarantined') expect(QUARANTINE_CODES).toContain(code);
  else expect(code).toBeUndefined();
  if (refusesUnusable) expect(status).not.toBe('quarantined');
  expect([undefined, true]).toContain(duplicate);
  if (duplicate === true) return 'duplicate';
  return status === 'success' ? 'accepted' : (status as 'ignored' | 'quarantined');
}
