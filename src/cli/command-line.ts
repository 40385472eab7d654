/** What the commands have in common: options, their errors, and the exit code. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** The command was called wrongly, or asks for what is not there. The message is shown; exit code 2. */
export class UsageError extends Error {}

/** Where a command writes: results to `out`, errors and progress to `err`. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
}

/**
 * Runs a command of this process and sets its exit code. A {@link UsageError} is shown as one
 * sentence, any other error by its message with exit code 1.
 *
 * @param name the npm script, e.g. `simulate`
 */
export async function runCommand(name: string, command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    const usage = error instanceof UsageError;
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = usage ? 2 : 1;
  }
}

/**
 * The options of a command line; no other arguments are taken.
 *
 * @throws {UsageError} for an unknown option, a missing value or an argument that is no option
 */
export function parseOptions<T extends NonNullable<ParseArgsConfig['options']>>(
  name: string,
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS_') !== true) throw error;
    throw new UsageError(`${sentenceOf(code, message)} See npm run ${name} -- --help.`);
  }
}

function sentenceOf(code: string, message: string): string {
  // What follows the first sentence is advice for a command that takes arguments.
  const first = message.split(/\. |\n/)[0]!.replace(/\.?$/, '.');
  // npm takes options before `--` for its own and passes on only their values.
  return code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL'
    ? `${first} With npm, two dashes come before the options of a command.`
    : first;
}

/**
 * A number that an option carries.
 *
 * @throws {UsageError} unless it is a plain decimal number within the limits
 */
export function numberOption(
  name: string,
  text: string,
  limits: { min: number; max: number; whole: boolean },
): number {
  const value = Number(text);
  const pattern = limits.whole ? /^\d+$/ : /^\d+(\.\d+)?$/;
  if (pattern.test(text) && value >= limits.min && value <= limits.max) return value;
  const kind = limits.whole ? 'a whole number' : 'a number';
  throw new UsageError(
    `--${name} takes ${kind} from ${limits.min} to ${limits.max}, not ${JSON.stringify(text)}.`,
  );
}
