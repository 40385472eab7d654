import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { keyFile } from './key-file.js';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'key-file-'));
  path = join(directory, 'simulator', 'name', 'key.pem');
});
afterEach(() => rmSync(directory, { recursive: true }));

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

describe('keyFile', () => {
  it('makes the key once, for the eyes of the owner', async () => {
    let made = 0;
    const make = () => `key ${(made += 1)}`;
    expect(await keyFile(path, make)).toBe('key 1');
    expect(await keyFile(path, make)).toBe('key 1');
    expect(made).toBe(1);
    expect(modeOf(path)).toBe('600');
    expect(modeOf(join(directory, 'simulator'))).toBe('700');
    expect(modeOf(join(directory, 'simulator', 'name'))).toBe('700');
  });

  it('gives one answer to all that ask at once, and leaves nothing beside it', async () => {
    const asked = Array.from({ length: 20 }, (_, n) => keyFile(path, () => `key ${n}`));
    expect(new Set(await Promise.all(asked)).size).toBe(1);
    expect(readdirSync(join(directory, 'simulator', 'name'))).toEqual(['key.pem']);
  });

  it('tells of a directory that is none', async () => {
    writeFileSync(join(directory, 'simulator'), '');
    await expect(keyFile(path, () => 'key')).rejects.toThrow(/ENOTDIR|EEXIST/);
  });
});
