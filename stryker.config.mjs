// What `npm run test:mutation` gives to Stryker for one part (scripts/test-mutation.mjs names it).
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import jestConfig from './jest.config.mjs';

const folder = new URL('./src/providers/', import.meta.url);

/** Each is a part: what verifies its signatures. */
export const PROVIDERS = readdirSync(folder).filter((name) =>
  existsSync(new URL(`${name}/${name}.provider.ts`, folder)),
);

const VERIFYING =
  'provider,signature,secrets,certificate,certificates,postback,signing-key,transmission';

function verifierOf(name) {
  const file = `src/providers/${name}/${name}.{${VERIFYING}}`;
  return { mutate: [`${file}.ts`], specs: [`${file}.spec.ts`] };
}

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
  ...Object.fromEntries(PROVIDERS.map((name) => [name, verifierOf(name)])),
};

const { mutate, specs } = PARTS[process.env.MUTATION_PART ?? 'errors'];
const unit = { ...jestConfig.projects.find((project) => project.displayName === 'unit') };
delete unit.displayName;

const support = (name) =>
  fileURLToPath(new URL(`./test/support/mutation/${name}`, import.meta.url));

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate,
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: {
    projectType: 'custom',
    config: {
      ...unit,
      // Stryker adds this to what it reads from jest.config.mjs: with its projects all would run twice.
      projects: [],
      testEnvironment: support('first-failure.cjs'),
      testSequencer: support('properties-last.cjs'),
      setupFiles: [...unit.setupFiles, '<rootDir>/test/support/mutation/setup.ts'],
      testMatch: specs.map((pattern) => `<rootDir>/${pattern}`),
    },
    enableFindRelatedTests: false,
  },
  coverageAnalysis: 'perTest',
  // Jest keeps something of each run, until memory is what a process is busy with.
  maxTestRunnerReuse: 50,
  dryRunTimeoutMinutes: 30,
  // Slowness of a busy machine is no find. An endless loop is ended sooner, by the count of its rounds.
  timeoutMS: 60_000,
  timeoutFactor: 3,
  concurrency: availableParallelism(),
  thresholds: { high: 95, low: 90, break: 90 },
  reporters: ['clear-text', 'progress'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  ignorePatterns: ['dist', 'data', 'bench', 'docs', 'dashboard'],
};
