/** `npm run bench`: see README.md, or --help. */
import { mkdir, rm } from 'node:fs/promises';
import { killChildren } from './environment/children.mjs';
import { describeMachine } from './environment/machine.mjs';
import { WORK } from './environment/paths.mjs';
import { startPostgres } from './environment/postgres.mjs';
import { HELP, readOptions } from './options.mjs';
import { writeDocs } from './report/docs.mjs';
import { endProgress } from './report/progress.mjs';

/**
 * What a mode gives back.
 * @typedef {object} Outcome
 * @property {object} result for --json
 * @property {string} text for people, in Markdown
 * @property {string[]} failures why the figures are worth nothing; exit code 1
 * @property {Record<string, string>} [files] by name, for docs/
 */

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options === null) {
    process.stdout.write(HELP);
    return;
  }
  await mkdir(WORK, { recursive: true });
  const postgres = await startPostgres();

  /** @type {Promise<void> | undefined} */
  let end;
  const cleanUp = () =>
    (end ??= (async () => {
      killChildren();
      await postgres.stop();
      await rm(WORK, { recursive: true, force: true });
    })());
  // Postgres is a process group of its own and would outlive this program.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.on(signal, () => void cleanUp().finally(() => process.exit(1)));
  }
  try {
    await measure(postgres, options);
  } catch (error) {
    // Of a run that is being broken off, everything fails.
    if (end === undefined) throw error;
  } finally {
    await cleanUp();
  }
}

async function measure(
  /** @type {import('./environment/postgres.mjs').Postgres} */ postgres,
  /** @type {import('./options.mjs').Options} */ options,
) {
  const machine = await describeMachine(postgres);
  const mode = await import(`./modes/${options.mode}.mjs`);
  /** @type {Outcome} */
  const outcome = await mode.run(postgres, options);
  endProgress();
  const { result, text, failures } = outcome;
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ machine, failures, ...result }, null, 2)}\n`
      : `${text}\n\n${machine.join('\n')}\n`,
  );
  if (failures.length > 0) {
    process.stderr.write(`\n${failures.join('\n')}\n`);
    process.exitCode = 1;
  } else if (options.writeDocs) await writeDocs(options.mode, outcome, machine);
}

main().catch((/** @type {Error} */ error) => {
  endProgress();
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
