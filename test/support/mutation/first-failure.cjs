/**
 * For `npm run test:mutation`: after the first test that fails, none is run. One is enough to notice a
 * change of the code, and Jest's own `bail` does not look inside a file.
 */
const { TestEnvironment } = require('jest-environment-node');

/** Stryker names the change that is active here. */
const ACTIVE_MUTANT = '__STRYKER_ACTIVE_MUTANT__';

/** The change that a test has noticed; Jest makes an environment for each file, so it is not kept in one. */
let noticed;

module.exports = class FirstFailureEnvironment extends TestEnvironment {
  handleTestEvent(event) {
    const mutant = process.env[ACTIVE_MUTANT];
    if (mutant === undefined) return;
    if (event.name === 'test_fn_failure') noticed = mutant;
    if (event.name === 'test_start' && noticed === mutant) event.test.mode = 'skip';
  }
};
