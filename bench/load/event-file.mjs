/** Pre-signed requests in a file: eight digits of length, then the bytes. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { requestOf } from './events.mjs';

const CHUNK = 2000;

/**
 * Writes events `first` to `first + count - 1` of a run, signed now.
 * @param {string} file
 * @param {{ workload: import('./events.mjs').Workload, run: string, first: number, count: number }} what
 */
export function writeEventFile(file, { workload, run, first, count }) {
  const out = openSync(file, 'w');
  const now = Date.now();
  for (let done = 0; done < count; done += CHUNK) {
    const parts = [];
    for (let n = first + done; n < first + Math.min(done + CHUNK, count); n += 1) {
      const request = requestOf(workload, run, n, now);
      parts.push(Buffer.from(String(request.length).padStart(8, '0')), request);
    }
    writeSync(out, Buffer.concat(parts));
  }
  closeSync(out);
}

/**
 * The requests of such a file, one after the other.
 * @param {string} file
 */
export function* readEventFile(file) {
  const bytes = readFileSync(file);
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.toString('latin1', at, at + 8));
    yield bytes.subarray(at + 8, at + 8 + length);
    at += 8 + length;
  }
}
