/** Every link from one file of the project to another leads somewhere, and the README stays short. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { blocksOf } from './support/page.js';
import { projectFiles, ROOT } from './support/project-files.js';

const README_LINES = 150;

interface Link {
  readonly line: number;
  readonly target: string;
}

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** The page with blank lines in place of what is shown as code. */
function withoutCode(markdown: string): string[] {
  const lines = markdown.split('\n');
  for (const { line, text } of blocksOf(markdown)) {
    lines.fill('', line - 1, line + text.split('\n').length + 1);
  }
  return lines.map((line) => line.replace(/(`+)(?!`).+?(?<!`)\1(?!`)/g, '`'));
}

/** `[text](target)`, `![text](target)` and `[label]: target`, but those to other sites. */
function linksOf(markdown: string): Link[] {
  return withoutCode(markdown).flatMap((text, index) =>
    [...text.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)|^\[[^\]]+\]: (\S+)/g)]
      .map(([, inline, defined]) => ({ line: index + 1, target: (inline ?? defined)! }))
      .filter(({ target }) => !/^[a-z]+:/i.test(target)),
  );
}

/** The anchors that GitHub gives to headings. */
function anchorsOf(markdown: string): Set<string> {
  const lines = markdown.split('\n');
  for (const { line, text } of blocksOf(markdown)) {
    lines.fill('', line - 1, line + text.split('\n').length + 1);
  }
  const anchors = new Set<string>();
  for (const line of lines) {
    const [, heading] = /^#{1,6} +(.+?)(?: +#+)? *$/.exec(line) ?? [];
    if (heading === undefined) continue;
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = words.replace(/[^\p{L}\p{N}\p{M} _-]/gu, '').replaceAll(' ', '-');
    let free = anchor;
    for (let n = 1; anchors.has(free); n += 1) free = `${anchor}-${n}`;
    anchors.add(free);
  }
  return anchors;
}

describe('the documentation', () => {
  let files: string[];
  let pages: string[];
  beforeAll(async () => {
    files = await projectFiles();
    pages = files.filter((file) => file.endsWith('.md'));
  });

  /** What is wrong with a link, or null. */
  const faultOf = (page: string, target: string): string | null => {
    const [name = '', anchor] = target.split('#', 2);
    const file = path.normalize(path.join(path.dirname(page), decodeURIComponent(name)));
    const to = name === '' ? page : file.replace(/\/$/, '');
    if (!files.some((one) => one === to || one.startsWith(`${to}/`)))
      return 'there is no such file';
    if (anchor === undefined) return null;
    return anchorsOf(read(to)).has(anchor) ? null : 'there is no such heading';
  };

  it('has no link to a file or a heading that is not there', () => {
    const links = pages.flatMap((page) => linksOf(read(page)).map((link) => ({ page, ...link })));
    const faults = links.flatMap(({ page, line, target }) => {
      const fault = faultOf(page, target);
      return fault === null ? [] : [`${page}:${line} ${target}: ${fault}`];
    });
    expect(faults).toEqual([]);
    // The pages that there are link to more than that.
    expect(links.length).toBeGreaterThan(100);
  });

  it('can be reached from the README, page by page', () => {
    const reached = new Set(['README.md']);
    // A set is walked with what is added meanwhile.
    for (const page of reached) {
      for (const { target } of linksOf(read(page))) {
        const [name = ''] = target.split('#', 1);
        const to = path.normalize(path.join(path.dirname(page), name));
        if (name !== '' && pages.includes(to)) reached.add(to);
      }
    }
    const documentation = pages.filter((page) => /^docs\/|^src\/providers\//.test(page));
    expect(documentation.filter((page) => !reached.has(page))).toEqual([]);
  });

  it(`has a README of fewer than ${README_LINES} lines`, () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThan(README_LINES);
  });
});
