/** Environment → settings, or everything that is wrong with it. */
import { resolve } from 'node:path';
import { type Provider } from '../providers/provider.js';
import { Environment, type EnvironmentValues } from './environment.js';
import { type GeneratedSecrets } from './generated-secrets.js';
import { type Problem } from './problem.js';
import { readSources } from './read-sources.js';
import { type NotifySettings, type Settings } from './settings.js';
import { NOTIFY_SECRET_CURE } from './notify-values.js';
import { hostInUrl } from './values.js';
import { VARIABLES } from './variables.js';
import { readWarnings } from './warnings.js';

export interface SettingsInput {
  readonly env: EnvironmentValues;
  readonly providers: readonly Provider[];
  /** The text of a file; throws when it cannot be read. */
  readFile(path: string): string;
  /** What the service made itself; used with the embedded Postgres only, for what is absent. */
  readonly generated: GeneratedSecrets | null;
}

export type SettingsResult =
  { readonly settings: Settings } | { readonly problems: readonly Problem[] };

/** Reads and checks everything; all problems at once, and no secret in any of them. */
export function readSettings(input: SettingsInput): SettingsResult {
  const environment = new Environment(input.env, (path) => input.readFile(path));
  const port = environment.read(VARIABLES.port);
  const host = environment.read(VARIABLES.host);
  const databaseUrl = environment.read(VARIABLES.databaseUrl);
  const publicUrl = environment.read(VARIABLES.publicUrl) ?? `http://${hostInUrl(host)}:${port}`;
  const embedded = !environment.has(VARIABLES.databaseUrl);
  const generated = embedded ? input.generated : null;
  const adminToken = environment.read(VARIABLES.adminToken);
  const generatedToken = environment.has(VARIABLES.adminToken) ? null : generated?.adminToken;
  const sources = readSources(
    environment,
    input.providers,
    publicUrl,
    generated?.webhookSecret ?? null,
  );
  const settings: Omit<Settings, 'warnings'> = {
    port,
    host,
    databaseUrl,
    databasePoolSize: environment.read(VARIABLES.databasePoolSize),
    allowUnsafeDatabase: environment.read(VARIABLES.allowUnsafeDatabase),
    dataDir: environment.read(VARIABLES.dataDir) ?? resolve('data'),
    publicUrl,
    adminToken: adminToken ?? generatedToken ?? null,
    bodyLimit: environment.read(VARIABLES.bodyLimit),
    maxInFlight: environment.read(VARIABLES.maxInFlight),
    toleranceSeconds: environment.read(VARIABLES.toleranceSeconds),
    shutdownDelaySeconds: environment.read(VARIABLES.shutdownDelaySeconds),
    logLevel: environment.read(VARIABLES.logLevel),
    metrics: environment.read(VARIABLES.metrics),
    docs: environment.read(VARIABLES.docs),
    sources: [...sources.fromEnvironment, ...sources.fromFile],
    notify: readNotify(environment),
    notifyAllowCidrs: environment.read(VARIABLES.notifyAllowCidrs),
    encryptionKeys: environment.read(VARIABLES.encryptionKeys),
    generated: {
      adminToken: typeof generatedToken === 'string',
      secretOfSource: sources.secretOfSource,
    },
  };
  if (environment.problems.length > 0) return { problems: environment.problems };
  const warnings = readWarnings(environment, input.providers, settings, sources);
  return { settings: { ...settings, warnings } };
}

/** Both or neither: an unsigned notification could come from anybody. */
function readNotify(environment: Environment): NotifySettings | null {
  const { notifyUrl, notifySecret } = VARIABLES;
  const url = environment.read(notifyUrl);
  const secret = environment.read(notifySecret);
  if (environment.has(notifyUrl) && !environment.has(notifySecret)) {
    environment.note(notifySecret.name, [
      {
        problem: `is not set, and ${notifyUrl.name} is: what is sent has to be signed`,
        cure: NOTIFY_SECRET_CURE,
      },
    ]);
  }
  return url === null || secret === null ? null : { url, secret };
}
