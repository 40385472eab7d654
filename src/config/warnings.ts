/** What works but deserves a look, said once at the start. */
import { type Provider } from '../providers/provider.js';
import { type Environment } from './environment.js';
import { type Sources } from './read-sources.js';
import { type Settings, type Source } from './settings.js';
import { providerVariables, variableNames, VARIABLES } from './variables.js';

/** @param settings what has been read, still without warnings */
export function readWarnings(
  environment: Environment,
  providers: readonly Provider[],
  settings: Omit<Settings, 'warnings'>,
  sources: Sources,
): string[] {
  return [
    ...withoutToken(settings),
    ...withoutAddress(environment, settings),
    ...withoutSource(settings, providers),
    ...unknownSecrets(environment, providers),
    ...unusedVariables(environment, providers, sources),
    ...unusedNotifySecret(environment),
    ...sources.fromEnvironment.flatMap((source) => {
      const { account, livemode } = providerVariables(source.provider);
      return unbound(source, account.name, livemode.name);
    }),
    ...sources.fromFile.flatMap((source) =>
      unbound(source, '"account" in SOURCES_FILE', '"livemode" in SOURCES_FILE'),
    ),
  ];
}

function withoutToken({ databaseUrl, adminToken }: Pick<Settings, 'databaseUrl' | 'adminToken'>) {
  if (databaseUrl === null || adminToken !== null) return [];
  return ['ADMIN_TOKEN is not set: /api answers 401 to everybody.'];
}

function withoutAddress(environment: Environment, { port }: Pick<Settings, 'port'>) {
  if (port !== 0 || environment.has(VARIABLES.publicUrl)) return [];
  return [
    'PORT is 0 and PUBLIC_URL is not set: providers that sign the address they call cannot be verified.',
  ];
}

function withoutSource({ sources }: Pick<Settings, 'sources'>, providers: readonly Provider[]) {
  if (sources.some(({ enabled }) => enabled)) return [];
  const variables = providers.map(({ secret }) => secret.variable).join(', ');
  return [
    sources.length > 0
      ? 'Every source is switched off: every webhook is answered 404.'
      : `There is no source: every webhook is answered 404. Set one of ${variables}, or SOURCES_FILE.`,
  ];
}

function unknownSecrets(environment: Environment, providers: readonly Provider[]) {
  const known = new Set(variableNames(providers));
  return environment.names
    .filter((name) => /_WEBHOOK_SECRET(_FILE)?$/.test(name) && !known.has(name))
    .map((name) => `${name} is set, but there is no such provider: nothing is received with it.`);
}

/** A binding or an option that nobody reads, because the provider has no source in the environment. */
function unusedVariables(
  environment: Environment,
  providers: readonly Provider[],
  { fromEnvironment }: Sources,
) {
  return providers
    .filter((provider) => !fromEnvironment.some((source) => source.provider === provider))
    .flatMap((provider) => {
      const { secret, account, livemode, options } = providerVariables(provider);
      return [account, livemode, ...options.map(({ variable }) => variable)]
        .filter((variable) => environment.has(variable))
        .map(({ name }) => `${name} is set, but ${secret.name} is not: it has no effect.`);
    });
}

function unusedNotifySecret(environment: Environment) {
  const { notifyUrl, notifySecret } = VARIABLES;
  if (environment.has(notifyUrl) || !environment.has(notifySecret)) return [];
  return [`${notifySecret.name} is set, but ${notifyUrl.name} is not: it has no effect.`];
}

/**
 * Both are accepted, and never mixed where each event states its own; but test events in the tables of
 * live money deserve a word, the more where the ids of a payment say nothing of the mode.
 */
function unbound(source: Source, accountSetting: string, livemodeSetting: string): string[] {
  if (!source.enabled) return [];
  const { refScope, alsoStates } = source.provider;
  const warnings: string[] = [];
  if ((refScope.account || alsoStates?.account) && source.account === null) {
    warnings.push(
      `Source ${source.name} accepts every account; set ${accountSetting} to bind it to one.`,
    );
  }
  if ((refScope.livemode || alsoStates?.livemode) && source.livemode === null) {
    warnings.push(
      `Source ${source.name} accepts live and test events; set ${livemodeSetting} to true or false to bind it to one.`,
    );
  }
  return warnings;
}
