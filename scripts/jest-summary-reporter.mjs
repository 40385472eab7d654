// Ends a run with one plain line on stdout that scripts can read.
export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    // A file that could not be loaded has no tests to count, and is a failure all the same.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`;
    // At the very end, since other reporters (coverage) write after this one.
    process.once('exit', () => process.stdout.write(line));
  }
}
