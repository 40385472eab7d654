import { type Writable } from 'node:stream';

/** Nobody reads the output any more, as after `| head`. */
export class ReaderGoneError extends Error {}

/**
 * Writes to a stream and resolves when the text is taken: what is written without waiting for a slow
 * reader would gather in memory.
 *
 * @throws {ReaderGoneError}
 */
export function writerTo(stream: Writable): (text: string) => Promise<void> {
  // The callback of the write tells it; without a listener it would end the process.
  stream.on('error', () => undefined);
  return (text) =>
    new Promise((resolve, reject) => {
      stream.write(text, (error) => {
        if (!error) resolve();
        else
          reject((error as NodeJS.ErrnoException).code === 'EPIPE' ? new ReaderGoneError() : error);
      });
    });
}
