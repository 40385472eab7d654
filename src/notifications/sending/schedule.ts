const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * Milliseconds from the end of each attempt to the next, in all somewhat less than three days: another
 * ten hours would be more. The schedule of the Standard Webhooks specification ("Deliverability and
 * reliability"), with its last steps at ten hours.
 */
const GAPS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  ...Array<number>(6).fill(10 * HOUR),
] as const;

/** Attempts in all, unless one is retried by hand. */
export const MAX_ATTEMPTS = GAPS.length + 1;

/** Part of a gap by which it is made longer or shorter, so that endpoints do not all come back at once. */
const JITTER = 0.2;

const MAX_RETRY_AFTER = 24 * HOUR;

/**
 * How long to wait after a failed attempt.
 *
 * @param attempts attempts that have ended, this one included
 * @param retryAfter milliseconds that the endpoint asked for: it is not tried earlier
 * @param random in [0, 1)
 * @returns milliseconds; null where that was the last attempt
 */
export function nextAttemptIn(
  attempts: number,
  retryAfter: number | null,
  random: number,
): number | null {
  const gap = GAPS[attempts - 1];
  if (gap === undefined) return null;
  const jittered = gap * (1 - JITTER + 2 * JITTER * random);
  return Math.round(Math.max(jittered, retryAfter ?? 0));
}

/**
 * The header Retry-After: seconds or a date of HTTP (RFC 9110, section 10.2.3).
 *
 * @param now milliseconds since the epoch
 * @returns milliseconds from now, at most a day; null where there is none that can be read
 */
export function retryAfterOf(header: string | null, now: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  const milliseconds = /^\d+$/.test(text) ? Number(text) * SECOND : dateOf(text) - now;
  if (Number.isNaN(milliseconds) || milliseconds <= 0) return null;
  return Math.min(milliseconds, MAX_RETRY_AFTER);
}

/** Only the form that is sent today; `Date.parse` alone reads much that is no date of HTTP. */
function dateOf(text: string): number {
  return /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text) ? Date.parse(text) : NaN;
}
