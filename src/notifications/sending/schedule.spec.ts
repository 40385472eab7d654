import fc from 'fast-check';
import { MAX_ATTEMPTS, nextAttemptIn, retryAfterOf } from './schedule.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 24, 10, 0, 0);

describe('nextAttemptIn', () => {
  it('waits 5 s, 5 min, 30 min, 2 h, 5 h, then 10 h', () => {
    const gaps = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, i) =>
      nextAttemptIn(i + 1, null, 0.5),
    );
    expect(gaps.slice(0, 5)).toEqual([5_000, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR]);
    expect(new Set(gaps.slice(5))).toEqual(new Set([10 * HOUR]));
  });

  it('ends with the last attempt of three days', () => {
    let sum = 0;
    for (let n = 1; n < MAX_ATTEMPTS; n += 1) sum += nextAttemptIn(n, null, 0.5)!;
    expect(sum).toBeLessThanOrEqual(3 * DAY);
    expect(sum + 10 * HOUR).toBeGreaterThan(3 * DAY);
    expect(nextAttemptIn(MAX_ATTEMPTS, null, 0.5)).toBeNull();
    // One that is retried by hand has more.
    expect(nextAttemptIn(MAX_ATTEMPTS + 5, 1_000, 0.5)).toBeNull();
  });

  it('is up to a fifth shorter or longer', () => {
    expect(nextAttemptIn(2, null, 0)).toBe(4 * MINUTE);
    expect(nextAttemptIn(2, null, 1)).toBe(6 * MINUTE);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MAX_ATTEMPTS - 1 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (attempts, random) => {
          const middle = nextAttemptIn(attempts, null, 0.5)!;
          const gap = nextAttemptIn(attempts, null, random)!;
          expect(Math.abs(gap - middle)).toBeLessThanOrEqual(0.2 * middle + 1);
        },
      ),
    );
  });

  it('is not earlier than was asked for, and not earlier than the schedule', () => {
    expect(nextAttemptIn(1, HOUR, 0.5)).toBe(HOUR);
    expect(nextAttemptIn(6, HOUR, 0.5)).toBe(10 * HOUR);
  });
});

describe('retryAfterOf', () => {
  it.each([
    ['120', 120_000],
    [' 120 ', 120_000],
    ['86400', DAY],
    ['86401', DAY],
    ['999999999999999999999', DAY],
    ['Tue, 24 Nov 2026 10:01:00 GMT', MINUTE],
    ['Fri, 24 Nov 2028 10:01:00 GMT', DAY],
    ['Tue, 24 Nov 2026 09:59:00 GMT', null],
    ['Tue, 99 Nov 2026 10:00:00 GMT', null],
    ['2026-11-24T11:00:00Z', null],
    ['0', null],
    ['-5', null],
    ['1.5', null],
    ['1e3', null],
    ['soon', null],
    ['', null],
    [null, null],
  ])('reads %j', (header, milliseconds) => {
    expect(retryAfterOf(header, NOW)).toBe(milliseconds);
  });
});
