import { type Sent } from '../outbound/http-sender.js';
import { nextAttemptIn, retryAfterOf } from './schedule.js';

const GONE = 410;

/** What an attempt means for its notification, and what it says of its endpoint. */
export interface Verdict {
  readonly status: 'delivered' | 'pending' | 'dead';
  /** Milliseconds until the next attempt; 0 where there is none. */
  readonly delay: number;
  readonly endpoint: EndpointVerdict;
  /** Why it counts as a failure; null where it does not. */
  readonly error: string | null;
}

export type EndpointVerdict = 'working' | 'failing' | 'gone';

/**
 * Judges what came of an attempt. Only a 2xx whose answer came to its end is a delivery.
 *
 * @param attempts attempts that have ended, this one included
 * @param at milliseconds since the epoch, and a random number in [0, 1)
 */
export function judge(
  sent: Sent,
  attempts: number,
  at: { readonly now: number; readonly random: number },
): Verdict {
  const error = sent.error ?? errorOfStatus(sent.status!);
  if (error === null) return { status: 'delivered', delay: 0, endpoint: 'working', error };
  const endpoint = sent.status === GONE ? 'gone' : 'failing';
  const delay = nextAttemptIn(attempts, retryAfterOf(sent.retryAfter, at.now), at.random);
  return delay === null
    ? { status: 'dead', delay: 0, endpoint, error }
    : { status: 'pending', delay, endpoint, error };
}

function errorOfStatus(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return `answered ${status}: redirects are not followed`;
  if (status === GONE) return 'answered 410: the endpoint is switched off';
  return `answered ${status}`;
}
