/** Follows a page, step by step, in a copy of the project. */
import { freePorts } from './free-ports.js';
import { matches, missingLine, type Step } from './page.js';
import { Background, type Place, Terminal } from './terminal.js';

/** The only command that is left out: node_modules is there. */
const LEFT_OUT = /^npm ci$/m;

/** Where a page names a port. Each is exchanged for a free one; nothing else of a page is changed. */
const PORTS = /(?<=127\.0\.0\.1:|localhost:|\bPORT=|--port )\d{4,5}\b/g;

/** What any long-running command of the project prints when it is there. */
const IS_THERE = /^(listening|studio) {2}/m;

/**
 * Runs the steps in order.
 * @param env PORT, the default port's, is added
 * @throws with the line, what was wrong and what was printed
 */
export async function follow(
  page: string,
  steps: readonly Step[],
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const named = new Set(['3000', ...steps.flatMap((step) => step.text.match(PORTS) ?? [])]);
  const free = await freePorts(named.size);
  const port = new Map([...named].map((name, index) => [name, String(free[index])]));
  const here = (text: string) => text.replace(PORTS, (name) => port.get(name) ?? name);
  const place: Place = { directory, env: { ...env, PORT: port.get('3000')! } };
  const terminal = new Terminal(place);
  const background: { name: string; shell: Background }[] = [];

  /** The latest of that name. */
  const shellOf = (name: string) => {
    const found = background.findLast((one) => one.name === name);
    if (found === undefined) throw new Error(`"${name}" was not started in the background`);
    return found.shell;
  };
  const end = async (name: string) => {
    const shell = shellOf(name);
    if (shell.hasEnded) throw new Error(`"${name}" had ended before:\n${shell.printed}`);
    const code = await shell.interrupt();
    if (code !== 0) throw new Error(`"${name}" ended with ${code} at Ctrl-C:\n${shell.printed}`);
    background.splice(
      background.findIndex((one) => one.shell === shell),
      1,
    );
  };
  const take = async (step: Step): Promise<string> => {
    switch (step.kind) {
      case 'interrupt': {
        const [, name = ''] = /`(.+?)`/.exec(step.text) ?? [];
        await end(name);
        return '';
      }
      case 'background': {
        const shell = new Background(here(step.text), place);
        background.push({ name: step.text, shell });
        const own = step.outputs.filter(({ of }) => of === null);
        const isThere = (printed: string) =>
          own.length > 0
            ? own.every(({ text }) => missingLine(here(text), printed) === null)
            : IS_THERE.test(printed);
        if (!(await shell.starts(isThere))) throw new Error(`it printed:\n${shell.printed}`);
        return shell.printed;
      }
      case 'paste': {
        const printed = background.map(({ shell }) => shell.printed).join('\n');
        const lines = printed.split('\n').filter((line) => line.startsWith(`${step.label}  `));
        const line = lines.at(-1)?.slice(step.label.length + 2) ?? '';
        if (!matches(here(step.text), line)) throw new Error(`what was printed is: ${line}`);
        return (await terminal.run(line, false)).printed;
      }
      default: {
        const text = here(step.text).replace(LEFT_OUT, ':');
        const { printed, code } = await terminal.run(text, step.kind === 'fails');
        if ((code === 0) !== (step.kind === 'run')) {
          throw new Error(`it ended with ${code}, and printed:\n${printed}`);
        }
        return printed;
      }
    }
  };

  try {
    for (const step of steps) {
      try {
        const printed = await take(step);
        for (const { text, of } of step.outputs) {
          const isThere = (all: string) => missingLine(here(text), all) === null;
          const all = of === null ? printed : shellOf(of).printed;
          if (isThere(all) || (of !== null && (await shellOf(of).starts(isThere)))) continue;
          throw new Error(`"${missingLine(here(text), all)}" is not in what was printed:\n${all}`);
        }
      } catch (error) {
        const { message } = error as Error;
        throw new Error(`${page}:${step.line}\n${step.text}\n\n${message}`, { cause: error });
      }
    }
    // As a user does in the end.
    for (const { name } of [...background].reverse()) await end(name);
  } finally {
    for (const { shell } of background) await shell.kill();
    await terminal.kill();
  }
}
