import { constants } from 'node:os';

/** Ctrl-C in npm arrives twice: what follows within this time (milliseconds) is the same signal. */
const SAME_SIGNAL = 2_000;

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Asks a run to end after what it has in hand. */
export interface Stop {
  /** The signal that came first, or null. */
  readonly signal: StopSignal | null;
}

/**
 * Listens for SIGINT and SIGTERM from now on. A second signal, if it is another one, ends the process
 * at once: what was in hand is rolled back.
 */
export function stopOnSignal(onStop: () => void): Stop {
  const stop: { signal: StopSignal | null } = { signal: null };
  let first = 0;
  const onSignal = (signal: StopSignal): void => {
    if (stop.signal === null) {
      stop.signal = signal;
      first = performance.now();
      onStop();
    } else if (performance.now() - first > SAME_SIGNAL) {
      process.exit(exitCodeOf(signal));
    }
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return stop;
}

/** As a shell tells of a process that a signal has ended. */
export function exitCodeOf(signal: StopSignal | 'SIGPIPE'): number {
  return 128 + constants.signals[signal];
}
