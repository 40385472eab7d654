/** Runs properties whose runs are dear: known cases first, then as many as there is time for. */
import fc from 'fast-check';
import { runs } from '../../../src/payments/testing/arbitraries.js';
import { REGRESSIONS } from '../regressions.js';

export interface HowMany {
  /** Runs in `npm test`. */
  readonly usual: number;
  /** How many times dearer a run is than one of the property that `npm run test:long` counts. */
  readonly cost?: number;
}

/** How many runs lie between two lines of progress. */
const EVERY = 100;

/**
 * Checks a property; a failure names the seed and the path with which it is found again, to be written
 * into regressions.ts. A long run tells on stderr how far it is.
 *
 * @param propertyOf the property; of commands, those of a `replayPath`
 */
export async function check<T>(
  name: string,
  propertyOf: (replayPath?: string) => fc.IAsyncPropertyWithHooks<T>,
  wanted: HowMany,
): Promise<void> {
  for (const { seed, path, replayPath } of REGRESSIONS[name] ?? []) {
    await fc.assert(propertyOf(replayPath), { seed, path, numRuns: 1, endOnFailure: true });
  }
  const numRuns = howMany(wanted);
  const seed = Math.trunc(Math.random() * 2 ** 31);
  const tell = (line: string) => {
    if (numRuns > wanted.usual) process.stderr.write(`${name}: ${line}\n`);
  };
  tell(`${numRuns} runs with seed ${seed}`);
  let run = 0;
  const property = propertyOf();
  property.beforeEach(() => {
    if (run > 0 && run % EVERY === 0) tell(`${run} runs done`);
    run += 1;
  });
  await fc.assert(property, { seed, numRuns });
}

/** The usual number, or that of a long run. */
export function howMany({ usual, cost = 1 }: HowMany): number {
  return Math.max(usual, Math.ceil((runs(0).numRuns ?? 0) / cost));
}
