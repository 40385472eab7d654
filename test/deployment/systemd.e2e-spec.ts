/** The systemd unit, against npm start and the shutdown of the service. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { variableNames } from '../../src/config/variables.js';
import { PROVIDERS } from '../../src/providers/index.js';
import { pairs } from './support/dockerfile.js';
import { startCommand, startEnvironment } from './support/start-command.js';

const UNIT = readFileSync('ops/payment-webhooks.service', 'utf8');
const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;

const values = (name: string): string[] =>
  [...UNIT.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);

describe('the systemd unit', () => {
  it('starts what npm start starts, without npm between it and a signal', () => {
    const [line = ''] = values('ExecStart');
    const [node, ...rest] = line.split(' ');
    expect([path.basename(node ?? ''), ...rest]).toEqual(startCommand());
  });

  it('does not start without its settings, and keeps its data in its own directory', () => {
    const [file = ''] = values('EnvironmentFile');
    expect(path.isAbsolute(file)).toBe(true); // a "-" before it would make it optional
    const [directory] = values('StateDirectory');
    const { NODE_ENV, MALLOC_ARENA_MAX, ...settings } = pairs(values('Environment').join(' '));
    expect(NODE_ENV).toBe('production');
    expect({ MALLOC_ARENA_MAX }).toEqual(startEnvironment());
    expect(settings).toEqual({ DATA_DIR: `/var/lib/${directory}` });
    expect(variableNames(PROVIDERS)).toEqual(expect.arrayContaining(Object.keys(settings)));
  });

  it('sends the signal to node alone, and waits longer for the end than the service takes', () => {
    expect(values('KillMode')).toEqual(['mixed']);
    expect(values('KillSignal')).toEqual(['SIGTERM']);
    expect(Number(values('TimeoutStopSec')[0])).toBeGreaterThan(10);
  });

  it('leaves V8 and the C library what they need', () => {
    expect(values('MemoryDenyWriteExecute')).toEqual([]);
    expect(values('RestrictAddressFamilies')[0]?.split(' ')).toContain('AF_NETLINK');
  });

  (hasAnalyze ? it : it.skip)('is understood by systemd', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'payment-webhooks-unit-'));
    try {
      const file = path.join(directory, 'payment-webhooks.service');
      // The program is looked for on this machine, whose node may be elsewhere.
      writeFileSync(file, UNIT.replace('=/usr/bin/node ', `=${process.execPath} `));
      const verified = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
        encoding: 'utf8',
      });
      // What it says of units that this machine happens to have is no matter of ours.
      const said = verified.stderr.split('\n').filter((line) => line.includes('payment-webhooks'));
      expect(said).toEqual([]);
      expect(verified.status).toBe(0);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
