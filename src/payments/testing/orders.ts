/** Orders in which the same things may arrive. */

const MOST_PERMUTED = 7;
const SAMPLES = 3000;

/** Every order of up to seven things; of more, a repeatable sample of 3,000. */
export function* ordersOf<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length <= MOST_PERMUTED) {
    yield* permutationsOf(items);
    return;
  }
  const random = linearCongruence(items.length);
  for (let i = 0; i < SAMPLES; i += 1) yield shuffled(items, random);
}

function* permutationsOf<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length < 2) {
    yield items;
    return;
  }
  for (const [i, first] of items.entries()) {
    for (const rest of permutationsOf(items.toSpliced(i, 1))) yield [first, ...rest];
  }
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

/** Numbers from 0 to 1, the same in every run: a failing order can be found again. */
function linearCongruence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
