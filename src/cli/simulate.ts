/** `npm run simulate`: plays a provider's webhooks against a running server. */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadSettings } from '../config/load-settings.js';
import { runCommand } from './command-line.js';
import { simulate } from './simulate/simulate.js';

await runCommand('simulate', () =>
  simulate(process.argv.slice(2), {
    loadSettings,
    output: {
      out: (text) => void process.stdout.write(text),
      err: (text) => void process.stderr.write(text),
    },
    showsProgress: process.stderr.isTTY,
    clock: { now: () => Date.now(), elapsed: () => performance.now(), sleep: (ms) => sleep(ms) },
    random: () => randomBytes(4).toString('hex'),
  }),
);
