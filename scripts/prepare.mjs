// Makes the service ready to run: checks what it needs, generates the Prisma client, builds.
// Nothing is done when nothing changed since the last build; the build tools are not needed then.
// Plain Node without dependencies, since these may be what is missing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const STAMP = path.join(root, 'dist', '.built-from');
/** What a build is made of. */
const SOURCES = [
  'src',
  'prisma/schema.prisma',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'prisma.config.ts',
];

function main() {
  checkNode();
  if (!existsSync(path.join(root, 'node_modules'))) {
    fail('The dependencies are not installed.', 'Run: npm ci');
  }
  const from = hashOfSources();
  const generateOnly = process.argv.includes('--generate-only');
  const result = path.join(root, generateOnly ? 'src/generated/prisma/client.ts' : 'dist/main.js');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === from && existsSync(result)) return;
  checkBuildTools();
  process.stderr.write('building…\n');
  run(process.execPath, [path.join(root, 'scripts', 'generate.mjs')]);
  if (generateOnly) return;
  run(process.execPath, [require.resolve('@nestjs/cli/bin/nest.js'), 'build']);
  mkdirSync(path.dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, from);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)) return;
  fail(
    `Node ${process.versions.node} is too old or of an unsupported line.`,
    'Install Node 24, or 22.12 or newer, or 20.19 or newer.',
  );
}

function checkBuildTools() {
  const missing = ['@nestjs/cli/package.json', 'typescript/package.json', 'prisma/package.json']
    .filter((name) => !canResolve(name))
    .map((name) => name.replace('/package.json', ''));
  if (missing.length === 0) return;
  fail(
    `The build tools are not installed: ${missing.join(', ')} (NODE_ENV=production or --omit=dev leave them out).`,
    'Run: npm ci --include=dev',
  );
}

function canResolve(name) {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

function hashOfSources() {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap(filesOf)) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Files below a path, in a stable order, without what is generated and what only tests need. */
function filesOf(relative) {
  const absolute = path.join(root, relative);
  if (!existsSync(absolute)) return [];
  const entries = relative === 'src' || relative.startsWith('src/') ? list(absolute) : null;
  if (entries === null) return [relative];
  return entries.flatMap((entry) => {
    const name = `${relative}/${entry.name}`;
    if (name === 'src/generated' || entry.name === 'testing') return [];
    if (entry.isDirectory()) return filesOf(name);
    return name.endsWith('.spec.ts') ? [] : [name];
  });
}

function list(directory) {
  if (!existsSync(directory)) return [];
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  } catch (error) {
    if (error.code === 'ENOTDIR') return null;
    throw error;
  }
}

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

function fail(problem, cure) {
  process.stderr.write(`payment-webhooks cannot start: ${problem}\n${cure}\n`);
  process.exit(1);
}

main();
