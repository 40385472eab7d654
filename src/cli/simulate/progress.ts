import { type Output } from '../command-line.js';
import { type Clock } from './play.js';

const INTERVAL_MS = 100;
const ERASE_LINE = '\r\u001b[2K';

export interface Progress {
  update(this: void, done: number): void;
  clear(this: void): void;
}

/** One line on a terminal that says how far it is; nothing where nobody watches. */
export function createProgress(
  output: Output,
  clock: Clock,
  planned: number,
  shown: boolean,
): Progress {
  if (!shown) return { update: () => undefined, clear: () => undefined };
  let next = 0;
  return {
    update: (done) => {
      if (clock.elapsed() < next) return;
      next = clock.elapsed() + INTERVAL_MS;
      output.err(`${ERASE_LINE}sent ${done} of ${planned}`);
    },
    clear: () => output.err(ERASE_LINE),
  };
}
