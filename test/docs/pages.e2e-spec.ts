/** The pages of docs/, followed: every command that they mark does what they say, in a copy of the project. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.js';
import { createTestDirectory } from '../support/database.js';
import { follow } from './support/follow.js';
import { stepsOf } from './support/page.js';
import { copyProject, ROOT } from './support/project-files.js';

const PAGES = readdirSync(path.join(ROOT, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)
  .map((name) => ({ name, markdown: readFileSync(path.join(ROOT, name), 'utf8') }))
  .map((page) => ({ ...page, steps: stepsOf(page.markdown) }))
  .filter(({ steps }) => steps.length > 0);

/** What a new terminal has; of the environment of the tests nothing else. */
const TERMINAL = {
  PATH: `${path.dirname(process.execPath)}:${process.env.PATH ?? ''}`,
  HOME: process.env.HOME ?? '/',
  LANG: 'C.UTF-8',
  npm_config_update_notifier: 'false',
};

it('marks commands in the pages that were written for it', () => {
  expect(PAGES.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['docs/getting-started.md', 'docs/operations.md']),
  );
});

it.each(PAGES)(
  'does what $name says',
  async ({ name, markdown, steps }) => {
    const directory = await createTestDirectory();
    await copyProject(directory);
    const env = { ...TERMINAL, ...(markdown.includes('$POSTGRES_URL') && (await ownPostgres())) };
    await follow(name, steps, directory, env);
  },
  600_000,
);

/** A Postgres of the user's, with an empty database; it ends with the run, with the directory that it is in. */
async function ownPostgres(): Promise<{ POSTGRES_URL: string }> {
  const { url } = await startEmbeddedPostgres(await createTestDirectory(), { settings: {} });
  return { POSTGRES_URL: url };
}
