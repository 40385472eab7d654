/** Which source and scenario of the configuration a command line means. */
import { type Settings, type Source } from '../../config/settings.js';
import {
  type Sample,
  type SampleContext,
  type ScenarioName,
  SCENARIOS,
} from '../../providers/provider.js';
import { UsageError } from '../command-line.js';
import { localAddress } from '../local-address.js';
import { type PlayCommand } from './options.js';

/** What is to be played, and where to. */
export interface Play {
  readonly source: Source;
  readonly scenario: ScenarioName;
  readonly samples: (context: SampleContext) => readonly Sample[];
  /** What the events say of their mode. */
  readonly livemode: boolean;
  /** Base address of the server, without a trailing slash. */
  readonly base: string;
}

/** @throws {UsageError} where the configuration does not have it, with what it has instead */
export function choosePlay(settings: Settings, command: PlayCommand): Play {
  const source = chooseSource(settings, command.source);
  const scenario = chooseScenario(source, command.scenario);
  return {
    source,
    ...scenario,
    livemode: chooseMode(source, command.live),
    base: command.url ?? localAddress(settings),
  };
}

/** The scenarios of a source in the order in which they are documented. */
export function scenariosOf(source: Source): ScenarioName[] {
  return SCENARIOS.filter((name) => source.provider.scenarios[name] !== undefined);
}

function chooseSource(settings: Settings, name: string | undefined): Source {
  const source = settings.sources.find((candidate) => candidate.name === name);
  if (source?.enabled) return source;
  if (source) {
    throw new UsageError(
      `The source ${source.name} is switched off; the server answers 404 for it. ` +
        'Set "enabled": true in SOURCES_FILE and restart the server.',
    );
  }
  const names = settings.sources.filter(({ enabled }) => enabled).map((s) => s.name);
  const there =
    names.length === 0
      ? 'No source is configured here: set the secret variable of a provider, e.g. GENERIC_WEBHOOK_SECRET, and restart the server.'
      : `Configured here: ${names.join(', ')}.`;
  throw new UsageError(
    name === undefined
      ? `--source is missing. ${there}`
      : `No source ${JSON.stringify(name)} is configured. ${there} Run it with the environment and the working directory of the server.`,
  );
}

function chooseScenario(
  source: Source,
  name: string | undefined,
): Pick<Play, 'scenario' | 'samples'> {
  const scenario = SCENARIOS.find((candidate) => candidate === name);
  const samples = scenario && source.provider.scenarios[scenario];
  if (scenario && samples) return { scenario, samples };
  const { title } = source.provider;
  const has = `${title} has ${scenariosOf(source).join(', ') || 'none'}.`;
  if (name === undefined) throw new UsageError(`--scenario is missing. ${has}`);
  throw new UsageError(
    scenario
      ? `${title} does not send webhooks for the scenario ${scenario}. ${has}`
      : `There is no scenario ${JSON.stringify(name)}. ${has}`,
  );
}

/** Simulated money must not get into the table of real payments unless that is said. */
function chooseMode(source: Source, live: boolean): boolean {
  if (source.livemode === true && !live) {
    throw new UsageError(
      `The source ${source.name} is bound to live payments. Add --live if simulated payments are to be among them.`,
    );
  }
  if (source.livemode === false && live) {
    throw new UsageError(
      `The source ${source.name} is bound to test payments and would quarantine live ones. Leave out --live.`,
    );
  }
  return live;
}
