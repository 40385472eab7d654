/** The command line of replay. */
import { ReplayFilterDto } from '../../events/replay/replay.dto.js';
import { isUuid } from '../../operations/cursor.js';
import { Problem } from '../../operations/problem.js';
import { validationPipe } from '../../operations/validation.js';
import { parseOptions, UsageError } from '../command-line.js';
import { readShared, type ReapplyCommand, SHARED, SHARED_HELP } from './options.js';

export const REPLAY_HELP = `Reads stored events again, from their exact bytes, with today's code and options, and folds their
payments anew.

  npm run replay -- --status quarantined
  npm run replay -- --all --dry-run

  --event <id>       One event, by the id that /api/events shows.
  --source <name>    Events of this source; may be repeated.
  --status <status>  Events that are applied, ignored or quarantined; may be repeated.
  --type <type>      Events of this type, in the provider's word.
  --event-id <id>    Events of this id, given by the provider.
  --from <time>      Events received at this time or later, e.g. 2026-11-24T10:00:00Z.
  --to <time>        Events received before this time.
  --all              Every event. Otherwise those that meet all options given; one is demanded.
${SHARED_HELP}
Events of a source that is not configured stay as they are, and the configured options are those by
which the others are read: a dry run shows what that changes.
`;

export interface ReplayCommand extends ReapplyCommand {
  /** The one event, or null for those that meet the filter. */
  readonly event: string | null;
  readonly filter: Partial<ReplayFilterDto>;
}

/** All may be repeated here; which really may is the filter's to say, as it is over HTTP. */
const FILTERS = {
  source: { type: 'string', multiple: true },
  status: { type: 'string', multiple: true },
  type: { type: 'string', multiple: true },
  'event-id': { type: 'string', multiple: true },
  from: { type: 'string', multiple: true },
  to: { type: 'string', multiple: true },
} as const;
type Filter = keyof typeof FILTERS;

/** @throws {UsageError} with what is wrong and what would be right */
export async function parseReplay(args: readonly string[]): Promise<ReplayCommand | 'help'> {
  const values = parseOptions('replay', args, {
    event: { type: 'string', multiple: true },
    ...FILTERS,
    all: { type: 'boolean', default: false },
    ...SHARED,
  });
  if (values.help) return 'help';
  const filters = (Object.keys(FILTERS) as Filter[]).filter((name) => values[name] !== undefined);
  const [event, ...furtherEvents] = values.event ?? [];
  if (event === undefined && filters.length === 0 && !values.all) {
    throw new UsageError(
      'Say which events: by --source, --status, --type, --event-id, --from or --to, one of them by ' +
        '--event, or every one by --all.',
    );
  }
  if (values.all && (event !== undefined || filters.length > 0)) {
    throw new UsageError('--all is every event. Leave it out, or the options that choose some.');
  }
  if (event !== undefined) {
    if (furtherEvents.length + filters.length > 0 || values.after !== undefined) {
      throw new UsageError('--event is one event. Leave out what chooses others.');
    }
    if (!isUuid(event)) throw new UsageError('--event takes the id of an event, a UUID.');
  }
  const shared = readShared('replay', values);
  const filter = await readFilter(values, filters);
  if (event === undefined) return { ...shared, event: null, filter };
  return { ...shared, event, filter, goingOn: () => shared.goingOn(undefined) };
}

/** The filter by the API's own rules, with its fields under the names of the options. */
async function readFilter(
  values: { readonly [name in Filter]?: string[] },
  given: readonly Filter[],
): Promise<Partial<ReplayFilterDto>> {
  const query = Object.fromEntries(
    given.map((name) => {
      const [only, ...others] = values[name]!;
      return [fieldOf(name), others.length === 0 ? only : values[name]];
    }),
  );
  try {
    const metadata = { type: 'body', metatype: ReplayFilterDto } as const;
    return (await validationPipe().transform(query, metadata)) as ReplayFilterDto;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new UsageError(
      (error.errors ?? [])
        .map(({ field, message }) => {
          const option = given.find((name) => fieldOf(name) === field);
          // What follows in brackets is advice for a URL.
          return `${message.replace(field, `--${option}`).replace(/ \(.*\)$/, '')}.`;
        })
        .join(' '),
    );
  }
}

const fieldOf = (name: Filter): string => (name === 'event-id' ? 'eventId' : name);
