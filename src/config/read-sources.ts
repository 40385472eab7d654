/** The sources of the environment and of SOURCES_FILE, together. */
import { createHash } from 'node:crypto';
import {
  type OptionDeclaration,
  type Provider,
  type ProviderOptions,
} from '../providers/provider.js';
import { lackingOptions, optionsWithDefaults } from './declared-values.js';
import { type Environment } from './environment.js';
import { type Fault } from './problem.js';
import { type Source } from './settings.js';
import { type FileSource, parseSourcesFile } from './sources-file.js';
import { providerVariables, VARIABLES } from './variables.js';

/** A source without what follows from the rest of the settings. */
type SourceDraft = Omit<Source, 'optionsHash' | 'url'>;

export interface Sources {
  readonly fromEnvironment: readonly Source[];
  readonly fromFile: readonly Source[];
  /** The name of the source whose secret the service made itself, or null. */
  readonly secretOfSource: string | null;
}

/**
 * Reads all sources; what is wrong is noted in the environment.
 *
 * @param generatedSecret the secret for the provider that declares to be usable without
 *   configuration, or null where nothing is generated
 */
export function readSources(
  environment: Environment,
  providers: readonly Provider[],
  publicUrl: string,
  generatedSecret: string | null,
): Sources {
  const fromFile = readFileSources(environment, providers);
  const fromEnvironment: SourceDraft[] = [];
  let secretOfSource: string | null = null;
  for (const provider of providers) {
    noteLacking(environment, provider);
    if (environment.has(providerVariables(provider).secret)) {
      fromEnvironment.push(readEnvironmentSource(environment, provider));
    } else if (
      generatedSecret !== null &&
      provider.generatedSecretInEmbeddedMode &&
      !fromFile.some(({ name }) => name === provider.name)
    ) {
      const secrets = [{ label: 'generated', value: generatedSecret }];
      fromEnvironment.push({ ...readEnvironmentSource(environment, provider), secrets });
      secretOfSource = provider.name;
    }
  }
  environment.note(VARIABLES.sourcesFile.name, [
    ...repeatedNames(fromEnvironment, fromFile),
    ...sharedSecrets(fromEnvironment, fromFile),
  ]);
  const finish = (draft: SourceDraft): Source => ({
    ...draft,
    optionsHash: hashOptions(draft.provider, draft.options),
    url: `${publicUrl}/webhooks/${draft.name}`,
  });
  return {
    fromEnvironment: fromEnvironment.map(finish),
    fromFile: fromFile.flatMap(({ name, provider, ...rest }) =>
      name !== null && provider !== null ? [finish({ name, provider, ...rest })] : [],
    ),
    secretOfSource,
  };
}

function readEnvironmentSource(environment: Environment, provider: Provider): SourceDraft {
  const variables = providerVariables(provider);
  const given = new Map<string, string>();
  for (const { declaration, variable } of variables.options) {
    const value = environment.read(variable);
    if (value !== null) given.set(declaration.name, value);
  }
  return {
    name: provider.name,
    provider,
    secrets: environment.read(variables.secret),
    account: environment.read(variables.account),
    livemode: environment.read(variables.livemode),
    enabled: true,
    options: optionsWithDefaults(provider.options, given),
  };
}

/**
 * Notes what is set without what belongs to it. An option alone makes no source, and is only warned of;
 * a required one says that a source is meant.
 */
function noteLacking(environment: Environment, provider: Provider): void {
  const { secret, options } = providerVariables(provider);
  const variableOf = (option: OptionDeclaration) =>
    options.find(({ declaration }) => declaration === option)!.variable;
  const isGiven = (option: OptionDeclaration) => environment.has(variableOf(option));
  const given = [
    ...(environment.has(secret) ? [secret] : []),
    ...provider.options.filter((o) => o.required !== undefined && isGiven(o)).map(variableOf),
  ];
  const [first] = given;
  if (first === undefined) return;
  const note = (variable: string, other: string, cure: string) =>
    environment.note(variable, [{ problem: `is not set, and ${other} is`, cure }]);
  if (!environment.has(secret)) note(secret.name, first.name, provider.secret.description);
  for (const { lacking, neededBy } of lackingOptions(provider.options, isGiven)) {
    const other = neededBy === null ? first : variableOf(neededBy);
    note(variableOf(lacking).name, other.name, lacking.description);
  }
}

function readFileSources(environment: Environment, providers: readonly Provider[]): FileSource[] {
  const path = environment.read(VARIABLES.sourcesFile);
  if (path === null) return [];
  const text = environment.contentOf(VARIABLES.sourcesFile.name, path);
  if (text === null) return [];
  const { sources, faults } = parseSourcesFile(text, providers);
  environment.note(VARIABLES.sourcesFile.name, faults);
  return sources;
}

function repeatedNames(
  fromEnvironment: readonly SourceDraft[],
  fromFile: readonly FileSource[],
): Fault[] {
  const cure = 'Give every source a name of its own.';
  const variables = new Map(
    fromEnvironment.map(({ name, provider }) => [name, provider.secret.variable]),
  );
  const seen = new Set<string>();
  const faults: Fault[] = [];
  for (const { name } of fromFile) {
    if (name === null) continue;
    const variable = variables.get(name);
    if (variable !== undefined) {
      faults.push({ problem: `names a source "${name}", which ${variable} makes already`, cure });
    } else if (seen.has(name)) {
      faults.push({ problem: `names two sources "${name}"`, cure });
    }
    seen.add(name);
  }
  return faults;
}

/** Two sources of one provider with a common secret: what is signed for one would open the other. */
function sharedSecrets(
  fromEnvironment: readonly SourceDraft[],
  fromFile: readonly FileSource[],
): Fault[] {
  const cure = 'Give every endpoint at the provider a secret of its own.';
  const seen: { provider: Provider; source: object; label: string; value: string }[] = [];
  const faults: Fault[] = [];
  for (const source of [...fromEnvironment, ...fromFile]) {
    const { provider, secrets } = source;
    if (provider === null) continue;
    for (const { label, value } of secrets) {
      const first = seen.find((other) => other.provider === provider && other.value === value);
      if (!first) {
        seen.push({ provider, source, label, value });
      } else if (first.source !== source && value !== '') {
        faults.push({ problem: `${label} is the same secret as ${first.label}`, cure });
      }
    }
  }
  return faults;
}

/**
 * SHA-256 (first 16 hex digits) of the options as JSON with sorted keys. Secret options are left out:
 * they prove who sent an event and never what it means, and a stored hash would help to guess them.
 */
export function hashOptions(provider: Provider, options: ProviderOptions): string {
  const names = provider.options.filter(({ secret }) => !secret).map(({ name }) => name);
  const visible = names
    .filter((name) => options[name] !== undefined)
    .sort()
    .map((name) => [name, options[name]]);
  const json = JSON.stringify(Object.fromEntries(visible));
  return createHash('sha256').update(json).digest('hex').slice(0, 16);
}
