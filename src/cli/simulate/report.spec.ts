import { fakeProvider } from '../../../test/support/fake-provider.js';
import { type Source } from '../../config/settings.js';
import { type Play } from './choose.js';
import { type Attempt } from './play.js';
import { createReport, formatReport } from './report.js';

const PLAY: Play = {
  source: {
    name: 'acme',
    provider: fakeProvider('acme'),
    secrets: [{ label: 'ACME_WEBHOOK_SECRET', value: 'canary-secret' }],
  } as unknown as Source,
  scenario: 'refunded',
  samples: () => [],
  livemode: false,
  base: 'http://127.0.0.1:3000',
};
const URL = 'http://127.0.0.1:3000/webhooks/acme';

function attempt(
  step: number,
  duplicate: boolean | null,
  code: string | null = null,
  milliseconds = 1,
): Attempt {
  const label = code ?? `200 success${duplicate ? ' duplicate' : ''}`;
  const verdict = { label, asExpected: code === null, duplicate, code, detail: null };
  return { delivery: { run: 0, step }, expected: 'success', verdict, milliseconds };
}

const report = (attempts: Attempt[], planned = attempts.length) =>
  createReport(PLAY, { url: URL, seed: 's', payments: 1, planned }, attempts, 1234);

describe('createReport', () => {
  it('is content when exactly one answer to each delivery is new, whichever it is', () => {
    const found = report([
      attempt(0, true),
      attempt(1, false),
      attempt(0, false),
      attempt(1, true),
    ]);
    expect(found).toMatchObject({ ok: true, sent: 4, asExpected: 4, unexpected: 0, hints: [] });
    expect(found.answers).toEqual({ '200 success duplicate': 2, '200 success': 2 });
  });

  it('finds a repetition that was recorded again', () => {
    const found = report([attempt(0, false), attempt(0, false), attempt(0, true)]);
    expect(found).toMatchObject({ ok: false, asExpected: 2, unexpected: 1 });
    expect(found.unexpectedAnswers).toMatchObject([
      { payment: 1, step: 1, expected: 'success duplicate', code: 'recorded_again' },
    ]);
  });

  it('finds a delivery that had been recorded before', () => {
    const found = report([attempt(0, true), attempt(0, true)]);
    expect(found).toMatchObject({ ok: false, asExpected: 1, unexpected: 1 });
    expect(found.hints).toEqual([expect.stringContaining('Leave out --seed')]);
  });

  it('does not demand a new one where an answer was lost after the recording', () => {
    const found = report([attempt(0, null, 'TIMEOUT'), attempt(0, true)]);
    expect(found).toMatchObject({ ok: false, asExpected: 1, unexpected: 1 });
  });

  it('is not content when not everything was sent', () => {
    expect(report([attempt(0, false)], 2)).toMatchObject({ ok: false, unexpected: 0 });
  });

  it('gives each hint once, and none for a code without one', () => {
    const codes = ['signature_invalid', 'signature_invalid', 'constructor'];
    const { hints } = report(codes.map((code, step) => attempt(step, null, code)));
    expect(hints).toEqual([expect.stringContaining('another secret for acme than ACME_WEBHOOK')]);
  });

  it('has the latency by nearest rank', () => {
    const attempts = Array.from({ length: 200 }, (_, i) => attempt(i, false, null, 200 - i));
    expect(report(attempts).latency).toEqual({ p50: 100, p99: 198, max: 200 });
    expect(report([], 1).latency).toBeNull();
  });
});

describe('formatReport', () => {
  it('is a short table with the first few unexpected answers and the hints, without a secret', () => {
    const text = formatReport(
      report(Array.from({ length: 7 }, (_, step) => attempt(step, null, 'ECONNREFUSED'))),
    );
    expect(text).toContain('sent         7 in 1.23 s\n');
    expect(text).toContain('answers      7 × ECONNREFUSED\n');
    expect(text).toContain('Unexpected, the first 5:\n');
    expect(text).toContain('  payment 1, event 1: expected success, got ECONNREFUSED\n');
    expect(text).toMatch(
      /\nNo server answers at http:\/\/127\.0\.0\.1:3000\. Start one with npm st/,
    );
    expect(text).not.toContain('canary');
  });
});
