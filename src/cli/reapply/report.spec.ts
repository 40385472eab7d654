import { formatDifference, formatSummary } from './report.js';

describe('formatSummary', () => {
  it('is a table of the counts', () => {
    const summary = {
      matched: 1200,
      applied: 7,
      ignored: 1,
      quarantined: 2,
      unchanged: 1190,
      changedPayments: 5,
    };
    expect(formatSummary(summary)).toBe(
      'matched           1200\n' +
        'applied           7\n' +
        'ignored           1\n' +
        'quarantined       2\n' +
        'unchanged         1190\n' +
        'changed payments  5\n',
    );
  });
});

describe('formatDifference', () => {
  const difference = { paymentId: 'p-1', version: 3, mergedInto: null };

  it('is a line for each field, exact at any size', () => {
    const text = formatDifference({
      ...difference,
      differences: [
        { field: 'status', from: null, to: 'failed' },
        { field: 'amountCaptured', from: 10n ** 30n, to: 0n },
        { field: 'failure', from: null, to: { code: 'declined', message: null } },
        { field: 'flags', from: [], to: ['missing_parent'] },
      ],
    });
    expect(text).toBe(
      'payment p-1, version 3\n' +
        '  status            null → "failed"\n' +
        '  amountCaptured    1000000000000000000000000000000 → 0\n' +
        '  failure           null → {"code":"declined","message":null}\n' +
        '  flags             [] → ["missing_parent"]\n',
    );
  });

  it('says of a payment that is joined into another', () => {
    const text = formatDifference({ ...difference, mergedInto: 'p-0', differences: [] });
    expect(text).toBe('payment p-1, version 3, joined into p-0\n');
  });

  it("writes out what a terminal would obey in strangers' text", () => {
    const to = 'a\u001b[2J\u009b31m\u202e\u{e0001}é';
    const text = formatDifference({
      ...difference,
      differences: [{ field: 'reference', from: null, to }],
    });
    expect(text).toContain('"a\\u001b[2J\\u009b31m\\u202e\\udb40\\udc01é"\n');
  });
});
