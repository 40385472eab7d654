/** docs/adding-a-provider.md, followed: what it shows is a provider that the contract accepts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createTestDirectory } from './support/database.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const INDEX = 'src/providers/index.ts';
const COPIED = `src test prisma scripts eslint eslint.config.mjs package.json tsconfig.json
  tsconfig.build.json jest.config.mjs .swcrc .env.example`.split(/\s+/);

/** The files that the page shows, by the path in their first line. */
async function shownFiles(): Promise<Map<string, string>> {
  const page = await readFile(path.join(ROOT, 'docs/adding-a-provider.md'), 'utf8');
  const blocks = page.matchAll(/^```\w+\n((?:\/\/|<!--) (src\/\S+)[^]*?)^```$/gm);
  return new Map([...blocks].map(([, content = '', file = '']) => [file, content]));
}

/** The list with what the page adds to it: an import, and the provider at its end. */
function withProvider(list: string, shown: string): string {
  const [imported] = /^import .*\n/m.exec(shown) ?? [];
  const [entry] = /^ {2}\w+,\n(?=\];)/m.exec(shown) ?? [];
  if (imported === undefined || entry === undefined) throw new Error(`no line in: ${shown}`);
  const longer = imported + list.replace(/^\];/m, `${entry}];`);
  if (longer.length !== imported.length + list.length + entry.length) {
    throw new Error(`${INDEX} has no list that ends in "];"`);
  }
  return longer;
}

interface Assertion {
  readonly fullName: string;
  readonly status: string;
}
interface Results {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly Assertion[];
  }[];
}

const isPassedByAcmepay = ({ fullName, status }: Assertion) =>
  status === 'passed' && fullName.includes('acmepay');

async function runUnitTests(project: string, files: string[], names: string): Promise<Results> {
  const output = path.join(project, 'results.json');
  const args = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    '--disable-proto=delete',
    'node_modules/jest/bin/jest.js',
    '--selectProjects=unit',
    `--testNamePattern=${names}`,
    '--json',
    `--outputFile=${output}`,
    '--runTestsByPath',
    ...files,
  ];
  const child = spawn(process.execPath, args, {
    cwd: project,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exit = once(child, 'close');
  const told = await text(child.stderr);
  await exit;
  const results = await readFile(output, 'utf8').catch(() => null);
  if (results === null) throw new Error(`jest has not run: ${told}`);
  return JSON.parse(results) as Results;
}

describe('docs/adding-a-provider.md', () => {
  let shown: Map<string, string>;
  let project: string;

  beforeAll(async () => {
    shown = await shownFiles();
    project = await createTestDirectory();
    for (const name of COPIED) {
      await cp(path.join(ROOT, name), path.join(project, name), { recursive: true });
    }
    await symlink(path.join(ROOT, 'node_modules'), path.join(project, 'node_modules'));
  });

  it('shows one folder and the list, and nothing else', () => {
    const folders = new Set([...shown.keys()].map((file) => path.dirname(file)));
    expect([...folders].sort()).toEqual(['src/providers', 'src/providers/acmepay']);
    expect([...shown.keys()]).toContain(INDEX);
  });

  it('makes a provider that keeps the contract, without another file touched', async () => {
    for (const [file, content] of shown) {
      const target = path.join(project, file);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(
        target,
        file === INDEX ? withProvider(await readFile(target, 'utf8'), content) : content,
      );
    }

    const specs = [
      'src/providers/provider-contract.spec.ts',
      'src/providers/provider-names.spec.ts',
      'src/providers/acmepay/acmepay.provider.spec.ts',
    ];
    const results = await runUnitTests(project, specs, 'acmepay|every folder|in its own folder');

    const failed = results.testResults.filter(({ message }) => message !== '');
    expect(failed.map(({ message }) => message)).toEqual([]);
    expect(results.success).toBe(true);
    // The contract over it, the rule that knows it, and its own tests.
    const passed = specs.map((spec) => {
      const run = results.testResults.find(({ name }) => name.endsWith(spec));
      return run?.assertionResults.filter(isPassedByAcmepay).length;
    });
    expect(passed[0]).toBeGreaterThan(25);
    expect(passed.slice(1)).toEqual([1, 2]);
  }, 300_000);
});
