/** What is wrong with the configuration, in words that may be shown: no secret ever stands in them. */

/** Something wrong with a value and what would be right; the place is added by the one who knows it. */
export interface Fault {
  /** A phrase about the value, e.g. `is empty`. Never contains a secret. */
  readonly problem: string;
  /** One sentence that says what to do. */
  readonly cure: string;
}

/** A fault at a variable (`PORT`, `ADMIN_TOKEN_FILE`) or at the file `.env`. */
export interface Problem extends Fault {
  readonly variable: string;
}

/** A value read from text, or everything that is wrong with that text. */
export type Parsed<T> = { readonly value: T } | { readonly faults: readonly Fault[] };

/** A single fault as the result of a parser. */
export function fault(problem: string, cure: string): { readonly faults: readonly Fault[] } {
  return { faults: [{ problem, cure }] };
}

/** The list for people that a failed start prints: each problem with its variable and its cure. */
export function formatProblems(problems: readonly Problem[]): string {
  const title =
    problems.length === 1
      ? 'The configuration has a problem; nothing was started.'
      : `The configuration has ${problems.length} problems; nothing was started.`;
  const entries = problems.map(
    ({ variable, problem, cure }) =>
      `  ${variable}\n    problem: ${problem}\n    cure:    ${cure}\n`,
  );
  return [`${title}\n`, ...entries].join('\n');
}
