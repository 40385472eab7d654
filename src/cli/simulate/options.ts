/** The command line of the simulator. */
import { SCENARIOS } from '../../providers/provider.js';
import { numberOption, parseOptions, UsageError } from '../command-line.js';

export const HELP = `Plays a provider's webhooks against a running server, signed with the server's own configuration.

  npm run simulate -- --source generic --scenario refunded
  npm run simulate -- --list

Run it in the server's working directory and with its environment: it reads the same .env,
variables, SOURCES_FILE and DATA_DIR, and signs with the first secret of the source.

  --source <name>    The source to play, as in /webhooks/<name>.
  --scenario <name>  One of ${SCENARIOS.slice(0, 5).join(', ')},
                     ${SCENARIOS.slice(5).join(', ')}.
  --list             Shows the sources that are configured, with their scenarios.
  --url <base>       Where the server is, without /webhooks (default: HOST and PORT).
  --count <n>        Plays it for that many payments, each with ids of its own (default 1).
  --shuffle          Sends all deliveries in a random order. Otherwise those of one payment follow
                     each other, and only payments are sent side by side.
  --duplicate <n>    Sends each delivery n times in all (default 1).
  --rate <n>         Deliveries per second at most (default: no limit; 16 are under way at once).
  --seed <text>      The seed that an earlier run printed: the same ids, times and order again.
                     Any other text of a-z, 0-9 and dashes fixes ids and order.
  --live             Plays live events, also to a source that is bound to live.
  --json             Prints one JSON object.
  --help             Shows this.

Exit code: 0 when every answer was as the scenario expects, 1 otherwise, 2 for a wrong command line,
source or scenario.
`;

/** What to do: show the help, list the sources, or play. */
export type Command =
  { readonly kind: 'help' } | { readonly kind: 'list'; readonly json: boolean } | PlayCommand;

export interface PlayCommand {
  readonly kind: 'play';
  /** Undefined where the option is missing; the error then names what there is. */
  readonly source: string | undefined;
  readonly scenario: string | undefined;
  /** Base address without a trailing slash; null: where the configuration says it listens. */
  readonly url: string | null;
  readonly count: number;
  readonly shuffle: boolean;
  readonly duplicate: number;
  /** Deliveries per second; null without a limit. */
  readonly rate: number | null;
  readonly seed: string | null;
  readonly live: boolean;
  readonly json: boolean;
}

/** @throws {UsageError} with what is wrong and what would be right */
export function parseCommand(args: readonly string[]): Command {
  const values = parseOptions('simulate', args, {
    source: { type: 'string' },
    scenario: { type: 'string' },
    list: { type: 'boolean' },
    url: { type: 'string' },
    count: { type: 'string', default: '1' },
    shuffle: { type: 'boolean', default: false },
    duplicate: { type: 'string', default: '1' },
    rate: { type: 'string' },
    seed: { type: 'string' },
    live: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  });
  if (values.help) return { kind: 'help' };
  if (values.list) return { kind: 'list', json: values.json };
  return {
    kind: 'play',
    source: values.source,
    scenario: values.scenario,
    url: values.url === undefined ? null : baseAddress(values.url),
    count: numberOption('count', values.count, { min: 1, max: 100_000, whole: true }),
    shuffle: values.shuffle,
    duplicate: numberOption('duplicate', values.duplicate, { min: 1, max: 100, whole: true }),
    rate:
      values.rate === undefined
        ? null
        : numberOption('rate', values.rate, { min: 0.01, max: 100_000, whole: false }),
    seed: values.seed === undefined ? null : seedText(values.seed),
    live: values.live,
    json: values.json,
  };
}

function baseAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const usable =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username + url.password + url.search + url.hash === '';
  if (!usable) {
    throw new UsageError(
      `--url takes an address such as http://127.0.0.1:3000, without user, query or fragment.`,
    );
  }
  return url.href.replace(/\/+$/, '');
}

function seedText(text: string): string {
  if (/^[a-z0-9-]{1,64}$/.test(text)) return text;
  throw new UsageError('--seed takes 1 to 64 characters of a-z, 0-9 and dashes.');
}
