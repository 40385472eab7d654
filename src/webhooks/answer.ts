import { Problem } from '../operations/problem.js';
import { type NormalisedDelivery, type RecordedEvent } from './delivery.js';

/** What a provider is told of a delivery that is stored. */
export interface WebhookAnswer {
  status: 'success' | 'ignored' | 'quarantined';
  code?: string;
  duplicate?: true;
}

const WORST_FIRST = ['quarantined', 'applied', 'ignored'] as const;

/**
 * The worst of the delivery's events; a duplicate only if all of them are.
 * @throws {Problem} 400 where the provider wants an unusable body refused
 */
export function answerTo(
  delivery: NormalisedDelivery,
  recorded: readonly RecordedEvent[],
): WebhookAnswer {
  const worst = WORST_FIRST.flatMap((s) => recorded.filter((e) => e.status === s))[0];
  if (worst?.code && delivery.source.provider.refusesUnusable) {
    const errors = worst.errors.length > 0 ? worst.errors : undefined;
    throw new Problem(worst.code, errors ? { errors } : {});
  }
  return {
    status: worst?.status === 'applied' ? 'success' : (worst?.status ?? 'ignored'),
    ...(worst?.code ? { code: worst.code } : {}),
    ...(recorded.length > 0 && recorded.every((e) => e.duplicate) ? { duplicate: true } : {}),
  };
}
