/**
 * The two forms of every fault, short in `npm test` and whole in `npm run test:faults`; the seed of what
 * is random in it, and the words in which it says what it counted.
 */

/** Whether so many rounds are done as the promise is worth, however long that takes. */
export const WHOLE = process.env.FAULTS === 'whole';

/** One of two figures, by the form. */
export function inForm<T>({ short, whole }: { readonly short: T; readonly whole: T }): T {
  return WHOLE ? whole : short;
}

/** Chosen anew in each run; `FAULTS_SEED` brings one back. */
export const SEED = Number(process.env.FAULTS_SEED ?? Math.trunc(Math.random() * 2 ** 31));

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Counts of one fault, printed at its end. */
export type Counts = Record<string, number | string>;

/** Writes one line on stderr: what was done, and what was counted. */
export function tell(fault: string, counts: Counts): void {
  const told = Object.entries(counts).map(([what, count]) => `${what} ${count}`);
  process.stderr.write(`fault ${fault} (seed ${SEED}): ${told.join(', ')}\n`);
}

/** Adds counts to others. */
export function add(to: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [what, count] of Object.entries(counts)) to[what] = (to[what] ?? 0) + count;
}

/** Says how far a whole form is, since it may take an hour. */
export function progress(fault: string, round: number, rounds: number): void {
  if (WHOLE && round % 10 === 0) process.stderr.write(`fault ${fault}: ${round} of ${rounds}\n`);
}
