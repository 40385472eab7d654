/** `npm run reproject`: folds the stored statements of every payment again. */
import 'reflect-metadata';
import { loadSettings } from '../config/load-settings.js';
import { runCommand } from './command-line.js';
import { parseReproject, REPROJECT_HELP } from './reapply/options.js';
import { reapply } from './reapply/reapply.js';

async function reproject(): Promise<number> {
  const command = parseReproject(process.argv.slice(2));
  if (command === 'help') {
    process.stdout.write(REPROJECT_HELP);
    return 0;
  }
  // Statements are folded whatever their source: no secret of one is needed.
  const settings = await loadSettings({ dataDirSecrets: false });
  return reapply(command, settings, 'payments', (replays) => ({
    steps: replays.reproject(command),
    count: () => replays.countPayments(command.after),
  }));
}

await runCommand('reproject', reproject);
