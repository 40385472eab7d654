/**
 * Every environment variable that the service reads: the settings are read through this table and
 * through nothing else, so that the list and the truth cannot part.
 */
import { type OptionDeclaration, type Provider, type Secret } from '../providers/provider.js';
import { type Fault, type Parsed } from './problem.js';
import { optionFault, secretFault } from './declared-values.js';
import { type LogLevel } from './settings.js';
import {
  parseCidrs,
  parseEncryptionKeys,
  parseNotifySecret,
  parseNotifyUrl,
} from './notify-values.js';
import {
  parseAccount,
  parseAdminToken,
  parseDatabaseUrl,
  parseDirectory,
  parseHost,
  parseLivemode,
  parseLogLevel,
  parsePublicUrl,
  parseSize,
  parseSwitch,
  parseText,
  textFault,
  wholeNumber,
} from './values.js';

export interface Variable<T> {
  readonly name: string;
  /** Whether `<name>_FILE` may name a file that holds the value. */
  readonly orFile: boolean;
  /** The value when the variable is absent. */
  readonly fallback: T;
  /** Reads the text of a variable that is present, be it empty. */
  parse(text: string): Parsed<T>;
}

function variable<T, F = T>(
  name: string,
  parse: (text: string) => Parsed<T>,
  fallback: F,
  orFile = false,
): Variable<T | F> {
  return {
    name,
    orFile,
    fallback,
    parse: (text) => {
      const wrong = textFault(text);
      return wrong ? { faults: [wrong] } : parse(text);
    },
  };
}

const NONE: readonly string[] = [];

/** The variables of the service itself; those of a provider come from its declarations. */
export const VARIABLES = {
  port: variable('PORT', wholeNumber(0, 65_535), 3000),
  host: variable('HOST', parseHost, '127.0.0.1'),
  databaseUrl: variable('DATABASE_URL', parseDatabaseUrl, null, true),
  databasePoolSize: variable('DATABASE_POOL_SIZE', wholeNumber(1, 1000), 10),
  allowUnsafeDatabase: variable('ALLOW_UNSAFE_DATABASE', parseSwitch, false),
  dataDir: variable('DATA_DIR', parseDirectory, null),
  publicUrl: variable('PUBLIC_URL', parsePublicUrl, null),
  adminToken: variable('ADMIN_TOKEN', parseAdminToken, null, true),
  bodyLimit: variable('BODY_LIMIT', parseSize, 1024 * 1024),
  maxInFlight: variable('MAX_IN_FLIGHT', wholeNumber(1, 100_000), 1000),
  toleranceSeconds: variable('TOLERANCE_SECONDS', wholeNumber(0, 86_400), 300),
  // At most 5: a shutdown is over 8 seconds after its signal, and open requests need the rest.
  shutdownDelaySeconds: variable('SHUTDOWN_DELAY_SECONDS', wholeNumber(0, 5), 0),
  logLevel: variable<LogLevel>('LOG_LEVEL', parseLogLevel, 'info'),
  metrics: variable('METRICS', parseSwitch, true),
  docs: variable('DOCS', parseSwitch, true),
  sourcesFile: variable('SOURCES_FILE', parseText, null),
  // The address of an app may hold a token of it.
  notifyUrl: variable('NOTIFY_URL', parseNotifyUrl, null, true),
  notifySecret: variable('NOTIFY_SECRET', parseNotifySecret, null, true),
  notifyAllowCidrs: variable('NOTIFY_ALLOW_CIDRS', parseCidrs, NONE),
  encryptionKeys: variable('ENCRYPTION_KEY', parseEncryptionKeys, NONE, true),
} as const;

/** The variables that configure the source of a provider's own name. */
export interface ProviderVariables {
  readonly secret: Variable<readonly Secret[]>;
  readonly account: Variable<string | null>;
  readonly livemode: Variable<boolean | null>;
  readonly options: readonly {
    readonly declaration: OptionDeclaration;
    readonly variable: Variable<string | null>;
  }[];
}

export function providerVariables(provider: Provider): ProviderVariables {
  const prefix = provider.name.toUpperCase().replaceAll('-', '_');
  return {
    secret: {
      name: provider.secret.variable,
      orFile: true,
      fallback: [],
      parse: (text) => parseSecrets(text, provider),
    },
    account: variable(`${prefix}_ACCOUNT`, parseAccount, null),
    livemode: variable(`${prefix}_LIVEMODE`, parseLivemode, null),
    options: provider.options.map((declaration) => ({
      declaration,
      variable: {
        name: declaration.variable,
        orFile: declaration.secret === true,
        fallback: null,
        parse: (text) => {
          const wrong = optionFault(text, declaration);
          return wrong ? { faults: [wrong] } : { value: text };
        },
      },
    })),
  };
}

/** Secrets separated by commas: any of them verifies, which is how one is rotated. */
function parseSecrets(text: string, provider: Provider): Parsed<readonly Secret[]> {
  const { variable } = provider.secret;
  const values = text.split(',');
  const faults: Fault[] = values.flatMap((value, index) => {
    const wrong = secretFault(value, provider);
    if (!wrong) return [];
    const place = values.length === 1 ? '' : `value ${index + 1} of ${values.length}: `;
    return [{ ...wrong, problem: `${place}${wrong.problem}` }];
  });
  return faults.length > 0
    ? { faults }
    : {
        value: values.map((value, index) => ({
          label: index === 0 ? variable : `${variable}#${index + 1}`,
          value,
        })),
      };
}

/** The names of all variables that are read, with those that name a file. */
export function variableNames(providers: readonly Provider[]): string[] {
  const all: Variable<unknown>[] = [
    ...Object.values(VARIABLES),
    ...providers
      .map(providerVariables)
      .flatMap(({ secret, account, livemode, options }) => [
        secret,
        account,
        livemode,
        ...options.map(({ variable }) => variable),
      ]),
  ];
  return all.flatMap(({ name, orFile }) => (orFile ? [name, fileVariable(name)] : [name]));
}

/** The variable that names the file which holds the value of another. */
export function fileVariable(name: string): string {
  return `${name}_FILE`;
}
