/**
 * Reads a page of docs/ as what a user does with it. By the words behind the three backticks:
 *
 * - `sh test`: commands for the user's terminal; one of them failing fails the page.
 * - `sh test fails`: the last of them is shown to fail.
 * - `sh test background`: a command for a terminal of its own, which is ended by Ctrl-C: at the end of
 *   the page, or before by
 * - `sh test interrupt`: a remark that names the command in backticks.
 * - `sh test paste <label>`: an example of the line that a background command printed after the label; that
 *   line is what is run.
 * - `text output`: lines that the block before has printed, `…` for anything; `text output <command>`: that
 *   the background command has printed.
 *
 * Other blocks are only read by people.
 */
export interface Block {
  /** Of its opening fence, from 1. */
  readonly line: number;
  readonly words: readonly string[];
  readonly text: string;
}

export interface Step {
  readonly kind: 'run' | 'fails' | 'background' | 'interrupt' | 'paste';
  readonly line: number;
  readonly text: string;
  /** What has to be printed, and by which background command; null: by the step itself. */
  readonly outputs: readonly { readonly text: string; readonly of: string | null }[];
  /** The label of a pasted line. */
  readonly label: string;
}

/** All fenced blocks of a page. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: {
    line: number;
    indent: string;
    fence: string;
    words: string[];
    lines: string[];
  } | null = null;
  for (const [index, line] of markdown.split('\n').entries()) {
    if (open === null) {
      const [, indent = '', fence, info = ''] = /^( *)(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
      if (fence === undefined) continue;
      open = { line: index + 1, indent, fence, words: info.trim().split(/\s+/), lines: [] };
    } else if (line.trim() === open.fence) {
      blocks.push({ line: open.line, words: open.words, text: open.lines.join('\n') });
      open = null;
    } else {
      // A block in a list is indented as a whole.
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    }
  }
  if (open !== null) throw new Error(`the block of line ${open.line} has no end`);
  return blocks;
}

/** @throws where the words of a block make no sense */
export function stepsOf(markdown: string): Step[] {
  const steps: (Step & { outputs: Step['outputs'][number][] })[] = [];
  for (const { line, words, text } of blocksOf(markdown)) {
    const [language, mark, ...more] = words;
    if (language === 'sh' && mark === 'test') {
      steps.push({ ...kindOf(line, more), line, text, outputs: [] });
    } else if (mark === 'output') {
      const step = steps.at(-1);
      if (step === undefined) throw new Error(`line ${line}: output of nothing that is run`);
      step.outputs.push({ text, of: more.length === 0 ? null : more.join(' ') });
    } else if (mark !== undefined) {
      throw new Error(`line ${line}: nobody knows what "${words.join(' ')}" means`);
    }
  }
  return steps;
}

function kindOf(line: number, words: readonly string[]): Pick<Step, 'kind' | 'label'> {
  const [kind = 'run', ...label] = words;
  switch (kind) {
    case 'run':
    case 'fails':
    case 'background':
    case 'interrupt':
      if (label.length === 0) return { kind, label: '' };
      break;
    case 'paste':
      if (label.length > 0) return { kind, label: label.join(' ') };
      break;
  }
  throw new Error(`line ${line}: nobody knows what "test ${words.join(' ')}" means`);
}

/** The first expected line that was not printed after the ones before it; null where all were. */
export function missingLine(expected: string, printed: string): string | null {
  const lines = printed.split('\n').map((line) => line.trimEnd());
  let next = 0;
  for (const line of expected.split('\n').filter((l) => l.trim() !== '')) {
    const found = lines.findIndex((l, index) => index >= next && matches(line, l));
    if (found < 0) return line;
    next = found + 1;
  }
  return null;
}

/** Whether a line is as expected, where `…` stands for anything. */
export function matches(expected: string, line: string): boolean {
  const parts = expected
    .trimEnd()
    .split('…')
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(line);
}
