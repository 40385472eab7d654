/** The settings of this process: what main.ts and every command begin with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { PROVIDERS } from '../providers/index.js';
import { type Provider } from '../providers/provider.js';
import { type EnvironmentValues } from './environment.js';
import { loadOrCreateGeneratedSecrets } from './generated-secrets.js';
import { formatProblems, type Problem } from './problem.js';
import { readSettings, type SettingsResult } from './read-settings.js';
import { type Settings } from './settings.js';

/**
 * Reads `.env` of the working directory and the environment (which wins), and makes the secrets that
 * a start without configuration needs. Holds no lock. On problems it prints all of them to stderr and
 * ends the process with code 1.
 *
 * @param options.dataDirSecrets false for a command that needs neither the admin token nor a source:
 *   nothing is then read from or written to DATA_DIR
 */
export async function loadSettings(options: { dataDirSecrets?: boolean } = {}): Promise<Settings> {
  const dataDirSecrets = options.dataDirSecrets ?? true;
  const result = await settingsOf(process.cwd(), process.env, PROVIDERS, dataDirSecrets);
  if ('settings' in result) return result.settings;
  process.stderr.write(formatProblems(result.problems));
  process.exit(1);
}

/** As {@link loadSettings}, of a given directory and environment, and with the problems returned. */
export async function settingsOf(
  directory: string,
  environment: EnvironmentValues,
  providers: readonly Provider[],
  dataDirSecrets: boolean,
): Promise<SettingsResult> {
  const dotenv = readDotenv(directory);
  if ('problem' in dotenv) return { problems: [dotenv] };
  const input = {
    env: { ...dotenv.values, ...environment },
    providers,
    readFile: (path: string) => readFileSync(path, 'utf8'),
  };
  // Everything is checked before anything is created.
  const result = readSettings({ ...input, generated: null });
  if ('problems' in result || !dataDirSecrets || !needsSecrets(result.settings, providers)) {
    return result;
  }
  try {
    const generated = await loadOrCreateGeneratedSecrets(result.settings.dataDir);
    return readSettings({ ...input, generated });
  } catch (error) {
    const cure = 'Set DATA_DIR to a directory that this process may write, or set DATABASE_URL.';
    return { problems: [{ variable: 'DATA_DIR', problem: (error as Error).message, cure }] };
  }
}

function needsSecrets(settings: Settings, providers: readonly Provider[]): boolean {
  return (
    settings.databaseUrl === null &&
    (settings.adminToken === null ||
      providers.some(
        ({ name, generatedSecretInEmbeddedMode }) =>
          generatedSecretInEmbeddedMode && !settings.sources.some((source) => source.name === name),
      ))
  );
}

function readDotenv(directory: string): { values: EnvironmentValues } | Problem {
  try {
    return { values: parseEnv(readFileSync(join(directory, '.env'), 'utf8')) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { values: {} };
    return {
      variable: '.env',
      problem: `cannot be read (${code ?? 'unknown error'})`,
      cure: 'Make it a file that this process may read, or remove it.',
    };
  }
}
