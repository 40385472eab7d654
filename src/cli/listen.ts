/** `npm run listen`: prints what the service tells an app, while developing. */
import { loadSettings } from '../config/load-settings.js';
import { runCommand } from './command-line.js';
import { EndpointApi } from './listen/endpoint-api.js';
import { lineOf } from './listen/line.js';
import { HELP, parseListen } from './listen/options.js';
import { type Notified, startReceiver } from './listen/receiver.js';
import { localAddress } from './local-address.js';

async function listen(): Promise<number> {
  const command = parseListen(process.argv.slice(2));
  if (command === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const settings = await loadSettings();
  const base = command.url ?? localAddress(settings);
  if (settings.adminToken === null) {
    throw new Error(
      'ADMIN_TOKEN is not set, so that no endpoint can be made. Set that of the service.',
    );
  }
  const stopped = new Promise<void>((resolve) => {
    process.on('SIGINT', () => resolve()).on('SIGTERM', () => resolve());
  });

  let secret = '';
  const show = ({ body, verified }: Notified): void => {
    if (verified) process.stdout.write(`${command.json ? body : lineOf(body)}\n`);
    else process.stderr.write('Something came that is not signed by the service.\n');
  };
  const receiver = await startReceiver(command, () => secret, show);
  try {
    const api = new EndpointApi(base, settings.adminToken);
    const endpoint = await api.make(receiver.url);
    secret = endpoint.secret;
    process.stderr.write(
      `listening  ${receiver.url}  (answers ${command.status}; Ctrl-C ends it)\n`,
    );
    await stopped;
    await api.remove(endpoint.id);
    return 0;
  } finally {
    await receiver.close();
  }
}

await runCommand('listen', listen);
