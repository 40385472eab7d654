/**
 * Cases that once failed, by the name of their property: the seed and the path that fast-check
 * reported. They are run before any others.
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

export const REGRESSIONS: Readonly<Record<string, readonly Regression[]>> = {
  model: [
    // A new ref, stored with an emptied payment by a guess, joined what no statement joined when another
    // transaction took that payment meanwhile. By itself: "of a ref that is given up meanwhile" in
    // test/receiving/concurrency.
    {
      seed: 266532826,
      path: '56:2:7:1:5:3:3:3:3:3:3:5:6:9:9:4:4:7:8:13:7:5:6:6:11:9:9:8:7:6:6:15:6:15:6:8:6:6:6:7:12:6:9:9:10:9:10:10:10:10:9:28:33:12:10:39:10:21:15:26:22:9:12:15:13:13:13:12:12:14:12:13:14:12:15:13',
      replayPath: 'AFB///i:6B',
    },
  ],
};
