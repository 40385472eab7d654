import { type RecordedEvent } from './delivery.js';

/** What becomes of a request to /webhooks: the closed list of the metric's label and of the log. */
export const OUTCOMES = [
  'accepted',
  'duplicate',
  'ignored',
  'quarantined',
  'rejected',
  'unavailable',
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/**
 * What became of a request.
 *
 * @param recorded what is stored of its events; undefined where it did not come so far
 * @param status of the answer
 * @returns null for an answer to a provider's check of its endpoint, which is about no event
 */
export function outcomeOf(
  recorded: readonly RecordedEvent[] | undefined,
  status: number,
): Outcome | null {
  if (recorded === undefined) {
    if (status >= 500) return 'unavailable';
    return status >= 400 ? 'rejected' : null;
  }
  if (recorded.length > 0 && recorded.every((event) => event.duplicate)) return 'duplicate';
  if (recorded.some((event) => event.status === 'quarantined')) return 'quarantined';
  return recorded.some((event) => event.status === 'applied') ? 'accepted' : 'ignored';
}
