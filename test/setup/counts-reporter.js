/** Ends the run with one line that any tool can read: `N passed, N failed`, from Jest's own counts. */
module.exports = class CountsReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    // After Jest's own summary, which other reporters still write when this is called.
    process.once('exit', () => process.stdout.write(`\n${line}\n`));
  }
};
