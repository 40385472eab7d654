/** Reads a Dockerfile: the part of its language that ours uses; anything else is an error. */

export interface Instruction {
  readonly name: string;
  /** `--from=build` and the like, by name. */
  readonly flags: Readonly<Record<string, string>>;
  /** What follows, on one line. */
  readonly text: string;
}

export interface Stage {
  readonly base: string;
  readonly name: string | null;
  readonly instructions: readonly Instruction[];
}

const KNOWN = new Set(
  'FROM WORKDIR COPY RUN LABEL ENV USER VOLUME EXPOSE STOPSIGNAL HEALTHCHECK CMD'.split(' '),
);

/** The stages, in order. */
export function parseDockerfile(source: string): Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const line of logicalLines(source)) {
    const instruction = parseInstruction(line);
    if (instruction.name === 'FROM') {
      const [base = '', as, name = null] = words(instruction.text);
      if (as !== undefined && as !== 'AS') throw new Error(`cannot read: ${line}`);
      stages.push({ base, name, instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error(`before the first FROM: ${line}`);
    stage.instructions.push(instruction);
  }
  return stages;
}

/** Words separated by white space; quotes hold one together and are dropped. */
export function words(text: string): string[] {
  return (text.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((word) => word.replaceAll('"', ''));
}

/** `name=value` words. */
export function pairs(text: string): Record<string, string> {
  return Object.fromEntries(
    words(text).map((word): [string, string] => {
      const at = word.indexOf('=');
      if (at < 1) throw new Error(`no name=value: ${word}`);
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

/** The exec form, a JSON list of words: it needs no shell, and signals reach the program. */
export function execForm(text: string): string[] {
  return JSON.parse(text) as string[];
}

/** Comments are dropped, also within an instruction; a backslash at the end continues a line. */
function logicalLines(source: string): string[] {
  const lines: string[] = [];
  let open = '';
  for (const line of source.split('\n')) {
    if (/^\s*(#|$)/.test(line)) continue;
    const continues = line.endsWith('\\');
    open += continues ? `${line.slice(0, -1)} ` : line;
    if (continues) continue;
    lines.push(open.trim());
    open = '';
  }
  if (open !== '') throw new Error('the last line continues');
  return lines;
}

function parseInstruction(line: string): Instruction {
  const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
  if (!KNOWN.has(name)) throw new Error(`cannot read: ${line}`);
  const flags: Record<string, string> = {};
  let text = rest;
  for (;;) {
    const flag = /^--([a-z-]+)=(\S+)\s+/.exec(text);
    if (flag === null) break;
    flags[flag[1] ?? ''] = flag[2] ?? '';
    text = text.slice(flag[0].length);
  }
  return { name, flags, text };
}
