import { fakeProvider } from '../../../test/support/fake-provider.js';
import { FOREIGN_ANSWER, judge } from './judge.js';

const LENIENT = fakeProvider('lenient');
const STRICT = fakeProvider('strict', { refusesUnusable: true });

const answered = (status: number, body: unknown) => ({
  kind: 'answered' as const,
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

describe('judge', () => {
  it.each([
    [200, { status: 'success' }, 'success', '200 success', false],
    [200, { status: 'success', duplicate: true }, 'success', '200 success duplicate', true],
    [200, { status: 'ignored' }, 'ignored', '200 ignored', false],
    [
      200,
      { status: 'quarantined', code: 'no_ref' },
      'quarantined',
      '200 quarantined no_ref',
      false,
    ],
  ] as const)('accepts %i %j for %s', (status, body, expected, label, duplicate) => {
    const verdict = judge(answered(status, body), expected, LENIENT);
    expect(verdict).toMatchObject({ label, asExpected: true, duplicate });
  });

  it.each([
    [200, { status: 'ignored' }, 'success', '200 ignored', null],
    [200, { status: 'quarantined', code: 'no_ref' }, 'success', '200 quarantined no_ref', 'no_ref'],
    [401, { code: 'signature_invalid' }, 'success', '401 signature_invalid', 'signature_invalid'],
    [400, { code: 'no_ref' }, 'quarantined', '400 no_ref', 'no_ref'],
    [201, { status: 'success' }, 'success', '201 (not an answer of this service)', FOREIGN_ANSWER],
    [200, 'OK', 'success', '200 (not an answer of this service)', FOREIGN_ANSWER],
    [200, 'null', 'success', '200 (not an answer of this service)', FOREIGN_ANSWER],
    [502, '<html>', 'success', '502 (not an answer of this service)', FOREIGN_ANSWER],
  ] as const)('does not accept %i %j for %s', (status, body, expected, label, code) => {
    const verdict = judge(answered(status, body), expected, LENIENT);
    expect(verdict).toMatchObject({ label, asExpected: false, code });
  });

  it('accepts the refusal of an unusable body where the provider wants it, and no other one', () => {
    const refusal = (status: number, code: string) =>
      judge(answered(status, { code }), 'quarantined', STRICT).asExpected;
    expect(refusal(400, 'no_ref')).toBe(true);
    expect(refusal(400, 'bad_request')).toBe(false);
    expect(refusal(401, 'signature_invalid')).toBe(false);
  });

  it('keeps the detail with every field, without what would control a terminal', () => {
    const body = {
      code: 'validation_failed',
      detail: 'A field\u001b[31m is wrong.\n',
      errors: [{ field: 'amount', message: 'is missing' }],
    };
    const { detail } = judge(answered(400, body), 'success', STRICT);
    expect(detail).toBe('A field [31m is wrong. ; amount: is missing');
  });

  it('takes the acknowledgement of the provider for an answer that tells no outcome', () => {
    const terse = fakeProvider('terse', {
      acknowledgement: { contentType: 'text/plain', body: '[ok]' },
    });
    expect(judge(answered(200, '[ok]'), 'quarantined', terse)).toEqual({
      label: '200 [ok]',
      asExpected: true,
      duplicate: null,
      code: null,
      detail: null,
    });
    expect(judge(answered(202, '[ok]'), 'success', terse).asExpected).toBe(false);
    expect(judge(answered(200, '[ok]'), 'success', LENIENT).asExpected).toBe(false);
  });

  it('keeps why there was no answer', () => {
    const answer = { kind: 'failed', code: 'TIMEOUT', message: 'no answer within 10 s' } as const;
    expect(judge(answer, 'success', LENIENT)).toEqual({
      label: 'TIMEOUT',
      asExpected: false,
      duplicate: null,
      code: 'TIMEOUT',
      detail: 'no answer within 10 s',
    });
  });
});
