/** What is being done, on stderr: one line that is written over on a terminal. */
export function progress(/** @type {string} */ text) {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\x1b[K${text}`);
}

export function endProgress() {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}
