/**
 * Cases that once failed, by the name of their property: the seed and the path that fast-check
 * reported. They are run before any others. None has been found yet.
 *
 * A case depends on the arbitraries: a change of these may turn it into another case. What it stands
 * for belongs into a test of its own as well, with the smallest events that show it.
 */
export interface Regression {
  readonly seed: number;
  readonly path: string;
  /** Of a property of commands, which reports it beside them. */
  readonly replayPath?: string;
}

export const REGRESSIONS: Readonly<Record<string, readonly Regression[]>> = {};
