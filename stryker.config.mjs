// What `npm run test:mutation` gives to Stryker for one part (scripts/test-mutation.mjs names it).
import { availableParallelism } from 'node:os';
import jestConfig from './jest.config.mjs';

/** The code that everything else rests on, with the unit tests that have to pin it down by themselves. */
export const PARTS = {
  errors: { mutate: ['src/database/database-errors.ts'], specs: ['src/database/*.spec.ts'] },
  json: { mutate: ['src/json/parse-json.ts'], specs: ['src/json/parse-json.spec.ts'] },
  fold: {
    mutate: ['src/payments/fold.ts', 'src/payments/statement.ts'],
    specs: ['src/payments/{fold,statement}*.spec.ts'],
  },
  ledger: { mutate: ['src/payments/ledger.ts'], specs: ['src/payments/ledger*.spec.ts'] },
  signing: {
    mutate: ['src/providers/signing/*.ts', '!src/providers/signing/*.spec.ts'],
    specs: ['src/providers/signing/*.spec.ts'],
  },
  verifiers: {
    mutate: ['src/providers/*/*.provider.ts'],
    specs: ['src/providers/*/*.provider.spec.ts', 'src/providers/provider-contract.spec.ts'],
  },
};

const { mutate, specs } = PARTS[process.env.MUTATION_PART ?? 'errors'];
const unit = { ...jestConfig.projects.find((project) => project.displayName === 'unit') };
delete unit.displayName;

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate,
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: {
    projectType: 'custom',
    config: {
      ...unit,
      setupFiles: [...unit.setupFiles, '<rootDir>/test/support/mutation.ts'],
      testMatch: specs.map((pattern) => `<rootDir>/${pattern}`),
    },
    enableFindRelatedTests: false,
  },
  coverageAnalysis: 'perTest',
  dryRunTimeoutMinutes: 30,
  concurrency: availableParallelism(),
  thresholds: { high: 95, low: 90, break: 90 },
  reporters: ['clear-text', 'progress'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  ignorePatterns: ['dist', 'data', 'bench', 'docs', 'dashboard'],
};
