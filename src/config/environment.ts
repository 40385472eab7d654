/** Reads variables by their declarations and gathers everything that is wrong with them. */
import { type Fault, type Problem } from './problem.js';
import { fileVariable, type Variable } from './variables.js';

export type EnvironmentValues = Readonly<Record<string, string | undefined>>;

export class Environment {
  /** Everything that was wrong with what has been read so far. */
  readonly problems: Problem[] = [];

  constructor(
    private readonly values: EnvironmentValues,
    private readonly readFile: (path: string) => string,
  ) {}

  get names(): string[] {
    return Object.keys(this.values).filter((name) => this.values[name] !== undefined);
  }

  /** Whether the variable or its `_FILE` is there, be it empty. */
  has(variable: Variable<unknown>): boolean {
    return (
      this.values[variable.name] !== undefined ||
      (variable.orFile && this.values[fileVariable(variable.name)] !== undefined)
    );
  }

  /** The value; the fallback when the variable is absent or has a problem, which is then noted. */
  read<T>(variable: Variable<T>): T {
    if (!this.has(variable)) return variable.fallback;
    const { name } = variable;
    const nameOfFile = fileVariable(name);
    const text = this.values[name];
    const path = variable.orFile ? this.values[nameOfFile] : undefined;
    if (text !== undefined && path !== undefined) {
      this.note(nameOfFile, [
        { problem: `is set, and so is ${name}`, cure: `Remove one of ${name} and ${nameOfFile}.` },
      ]);
      return variable.fallback;
    }
    if (path === undefined) return this.parse(variable, name, text ?? '');
    const content = this.contentOf(nameOfFile, path);
    return content === null
      ? variable.fallback
      : this.parse(variable, nameOfFile, content.replace(/\r?\n$/, ''));
  }

  /** The text of a file that a variable names; null when it cannot be read, which is then noted. */
  contentOf(variable: string, path: string): string | null {
    try {
      return this.readFile(path);
    } catch (error) {
      // Neither the path nor the error's message: someone may have put the secret itself here.
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      this.note(variable, [
        {
          problem: `names a file that cannot be read (${code})`,
          cure: 'Set the path of a file that this process may read.',
        },
      ]);
      return null;
    }
  }

  note(variable: string, faults: readonly Fault[]): void {
    this.problems.push(...faults.map((fault) => ({ variable, ...fault })));
  }

  private parse<T>(variable: Variable<T>, readFrom: string, text: string): T {
    const parsed = variable.parse(text);
    if ('value' in parsed) return parsed.value;
    this.note(readFrom, parsed.faults);
    return variable.fallback;
  }
}
