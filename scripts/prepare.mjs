// Makes the service ready to run: checks what it needs, generates the Prisma client, builds the service
// and the page of its dashboard.
// Nothing is done when nothing changed since the last build; the build tools are not needed then.
// Plain Node without dependencies, since these may be what is missing.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
/** What the service is made of. */
const SERVICE = [
  'src',
  'prisma/schema.prisma',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'prisma.config.ts',
];

/** What the page is made of: it shares code and types with the service. */
const PAGE = ['dashboard', ...SERVICE];

async function main() {
  checkNode();
  if (!existsSync(path.join(root, 'node_modules'))) {
    fail('The dependencies are not installed.', 'Run: npm ci');
  }
  const generateOnly = process.argv.includes('--generate-only');
  const service = target(
    'dist',
    generateOnly ? '../src/generated/prisma/client.ts' : 'main.js',
    SERVICE,
  );
  const page = target('dashboard/dist', 'index.html', PAGE);
  if (service.isFresh && page.isFresh) return;
  checkBuildTools();
  process.stderr.write('building…\n');
  // Neither needs what the other makes.
  await Promise.all([
    service.isFresh ? null : buildService(service, generateOnly),
    page.isFresh ? null : buildPage(page),
  ]);
}

/** A directory that a build empties and fills; whether it holds what today's sources make. */
function target(directory, result, sources) {
  const stamp = path.join(root, directory, '.built-from');
  const from = hashOf(sources);
  const isFresh =
    existsSync(path.join(root, directory, result)) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === from;
  return { stamp, from, isFresh };
}

async function buildService(service, generateOnly) {
  await run(path.join(root, 'scripts', 'generate.mjs'));
  if (generateOnly) return;
  await run(require.resolve('@nestjs/cli/bin/nest.js'), 'build');
  mark(service);
}

async function buildPage(page) {
  const vite = path.join(path.dirname(require.resolve('vite/package.json')), 'bin', 'vite.js');
  await run(vite, 'build', '--config', path.join(root, 'dashboard', 'vite.config.ts'));
  mark(page);
}

function mark({ stamp, from }) {
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, from);
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
  const missing = ['@nestjs/cli', 'typescript', 'prisma', 'vite'].filter(
    (name) => !canResolve(`${name}/package.json`),
  );
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

function hashOf(sources) {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesOf)) {
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
  const entries = /^(src|dashboard)(\/|$)/.test(relative) ? list(absolute) : null;
  if (entries === null) return [relative];
  return entries.flatMap((entry) => {
    const name = `${relative}/${entry.name}`;
    if (name === 'src/generated' || name === 'dashboard/dist' || entry.name === 'testing')
      return [];
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

/** Runs a program of Node's to its end; where it fails, this ends as it did. */
async function run(program, ...args) {
  const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
  const [status] = await once(child, 'exit');
  if (status !== 0) process.exit(status ?? 1);
}

function fail(problem, cure) {
  process.stderr.write(`payment-webhooks cannot start: ${problem}\n${cure}\n`);
  process.exit(1);
}

await main();
