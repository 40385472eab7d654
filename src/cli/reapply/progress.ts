/** How far a run is, for whoever watches. */

const ERASE_LINE = '\r\u001b[2K';
/** Milliseconds between two lines: on a terminal, where they replace each other, and elsewhere. */
const INTERVAL = { terminal: 100, log: 10_000 } as const;

export interface Progress {
  /** @param total how many there are in all; null while nobody knows */
  update(this: void, done: number, total: number | null): void;
  /** Makes room for other output. */
  clear(this: void): void;
}

/**
 * One line on a terminal; elsewhere a line every ten seconds.
 *
 * @param noun what is counted, e.g. `events`
 * @param elapsed milliseconds that never go back
 */
export function createProgress(
  noun: string,
  terminal: boolean,
  write: (text: string) => void,
  elapsed: () => number,
): Progress {
  const interval = terminal ? INTERVAL.terminal : INTERVAL.log;
  const start = elapsed();
  let last = start;
  let shown = false;
  return {
    update: (done, total) => {
      const now = elapsed();
      if (now - last < interval) return;
      last = now;
      const line = progressLine(noun, done, total, now - start);
      write(terminal ? `${ERASE_LINE}${line}` : `${line}\n`);
      shown = terminal;
    },
    clear: () => {
      if (shown) write(ERASE_LINE);
      shown = false;
    },
  };
}

/** @param milliseconds since the run began; more than 0 */
export function progressLine(
  noun: string,
  done: number,
  total: number | null,
  milliseconds: number,
): string {
  const rate = (done * 1000) / milliseconds;
  const parts = [total === null ? `${done} ${noun}` : `${done} of ${total} ${noun}`];
  parts.push(`${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`);
  // Events that arrived meanwhile are done too.
  if (total !== null && done > 0 && total > done) {
    parts.push(`${duration((total - done) / rate)} left`);
  }
  return parts.join(', ');
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
