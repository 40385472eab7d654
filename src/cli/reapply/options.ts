/** The command line of reproject, and what that of replay has in common with it. */
import { isUuid } from '../../operations/cursor.js';
import { parseOptions, UsageError } from '../command-line.js';

export const SHARED_HELP = `  --dry-run          Changes nothing and shows what would change, payment by payment.
  --notify           Tells the app what changed. Otherwise the versions of the payments are made
                     silently: they are in the history, and nobody is notified.
  --after <id>       Goes on after this id, as a run that was stopped says.
  --json             Prints one JSON object, and in a dry run one line of JSON for each payment.
  --help             Shows this.

Run it in the service's working directory and with its environment: it reads the same .env,
variables, SOURCES_FILE and DATA_DIR. It runs beside the service and live traffic, in batches that are
committed one by one. Ctrl-C or SIGTERM lets it finish the batch in hand; it then prints the command
that goes on from there.

Exit code: 0 when all is done, 1 otherwise, 2 for a wrong command line, 130 or 143 when it was stopped
by SIGINT or SIGTERM, 141 when nobody reads its output any more.
`;

export const REPROJECT_HELP = `Folds the stored statements of every payment again. It parses nothing: to have events read again,
use npm run replay.

  npm run reproject -- --dry-run
  npm run reproject

${SHARED_HELP}`;

/** What replay and reproject have in common. */
export interface ReapplyCommand {
  readonly dryRun: boolean;
  readonly silent: boolean;
  readonly json: boolean;
  /** The id to continue after. */
  readonly after: string | undefined;
  /** The command line that does what is left after an id. */
  readonly goingOn: (after: string | undefined) => string;
}

export const SHARED = {
  'dry-run': { type: 'boolean', default: false },
  notify: { type: 'boolean', default: false },
  after: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' },
} as const;

/** @throws {UsageError} with what is wrong and what would be right */
export function parseReproject(args: readonly string[]): ReapplyCommand | 'help' {
  const values = parseOptions('reproject', args, SHARED);
  return values.help ? 'help' : readShared('reproject', values);
}

/** @throws {UsageError} */
export function readShared(
  name: string,
  values: { 'dry-run': boolean; notify: boolean; json: boolean; after?: string },
): ReapplyCommand {
  const { notify, json, after } = values;
  if (after !== undefined && !isUuid(after)) {
    throw new UsageError('--after takes the id that a stopped run has printed, a UUID.');
  }
  return {
    dryRun: values['dry-run'],
    silent: !notify,
    json,
    after,
    goingOn: (next) => commandLine(name, { ...values, after: next }),
  };
}

function commandLine(
  name: string,
  values: Readonly<Record<string, string | boolean | string[] | undefined>>,
): string {
  const words = Object.entries(values).flatMap(([option, value]) => {
    if (value === undefined || value === false) return [];
    if (value === true) return [`--${option}`];
    // A value that begins with a dash would be taken for an option.
    return [value].flat().map((v) => `--${option}${v.startsWith('-') ? '=' : ' '}${quoted(v)}`);
  });
  return `npm run ${name} -- ${words.join(' ')}`.trimEnd();
}

/** As a shell reads it. */
function quoted(text: string): string {
  return /^[\w.:+@/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
