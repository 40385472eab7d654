import { execFile } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { transformFileSync } from '@swc/core';
import { loadOrCreateGeneratedSecrets } from './generated-secrets.js';

let directory: string;
let dataDir: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'generated-secrets-'));
  dataDir = join(directory, 'data');
  file = join(dataDir, 'generated-secrets.json');
});
afterEach(() => rmSync(directory, { recursive: true }));

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('loadOrCreateGeneratedSecrets', () => {
  it('makes two secrets of 32 random bytes, for the eyes of the owner', async () => {
    const secrets = await loadOrCreateGeneratedSecrets(dataDir);
    expect(secrets).toEqual({
      adminToken: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      webhookSecret: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(secrets.adminToken).not.toBe(secrets.webhookSecret);
    expect(modeOf(dataDir)).toBe('700');
    expect(modeOf(file)).toBe('600');
    expect(readdirSync(dataDir)).toEqual(['generated-secrets.json']);
  });

  it('keeps them, and leaves a directory that was there as it was', async () => {
    mkdirSync(dataDir, { mode: 0o755 });
    chmodSync(dataDir, 0o755);
    const first = await loadOrCreateGeneratedSecrets(dataDir);
    const unused = () => {
      throw new Error('new secrets were made');
    };
    expect(await loadOrCreateGeneratedSecrets(dataDir, unused)).toEqual(first);
    expect(modeOf(dataDir)).toBe('755');
  });

  it('takes a mode back that is too wide', async () => {
    await loadOrCreateGeneratedSecrets(dataDir);
    chmodSync(file, 0o644);
    await loadOrCreateGeneratedSecrets(dataDir);
    expect(modeOf(file)).toBe('600');
  });

  it('draws both secrets from the given randomness', async () => {
    let call = 0;
    const random = (bytes: number) => Buffer.alloc(bytes, (call += 1));
    expect(await loadOrCreateGeneratedSecrets(dataDir, random)).toEqual({
      adminToken: '01'.repeat(32),
      webhookSecret: '02'.repeat(32),
    });
  });

  it.each(['', '{', 'null', '{}', '{"adminToken":"","webhookSecret":""}'])(
    'refuses the damaged file %j and does not touch it',
    async (content) => {
      mkdirSync(dataDir);
      writeFileSync(file, content);
      await expect(loadOrCreateGeneratedSecrets(dataDir)).rejects.toThrow(
        `${file} is damaged. Restore it, or delete it`,
      );
      expect(readFileSync(file, 'utf8')).toBe(content);
    },
  );

  it('does not take a file for the directory', async () => {
    writeFileSync(dataDir, '');
    await expect(loadOrCreateGeneratedSecrets(dataDir)).rejects.toThrow(/ENOTDIR|EEXIST/);
  });

  it('gives one answer to all processes that start at once', async () => {
    writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
    for (const name of ['config/generated-secrets', 'files/private-files']) {
      const { code } = transformFileSync(join(import.meta.dirname, '..', `${name}.ts`));
      mkdirSync(dirname(join(directory, name)), { recursive: true });
      writeFileSync(join(directory, `${name}.js`), code);
    }
    // All processes wait for the same moment, then race.
    const script = `
      import { loadOrCreateGeneratedSecrets } from './config/generated-secrets.js';
      const [, , dataDir, start] = process.argv;
      while (Date.now() < Number(start));
      console.log(JSON.stringify(await loadOrCreateGeneratedSecrets(dataDir)));
    `;
    writeFileSync(join(directory, 'race.js'), script);
    const start = String(Date.now() + 500);
    const args = [join(directory, 'race.js'), dataDir, start];
    const runs = await Promise.all(
      Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, args)),
    );
    const kept = JSON.stringify(JSON.parse(readFileSync(file, 'utf8')));
    expect(runs.map(({ stdout }) => stdout.trim())).toEqual([kept, kept, kept, kept]);
    expect(readdirSync(dataDir)).toEqual(['generated-secrets.json']);
  }, 20_000);
});
