/** The command line of listen. */
import { numberOption, parseOptions } from '../command-line.js';

export const HELP = `Prints what the service tells your app, while you develop: starts a receiver on this machine, makes
an endpoint of it, verifies what comes, and removes the endpoint at the end (Ctrl-C).

  npm run listen

Run it in the server's working directory and with its environment: it reads the same .env, variables
and DATA_DIR. The service has to allow this machine: NOTIFY_ALLOW_CIDRS=127.0.0.0/8

  --json         Prints each message as it came, one JSON object a line.
  --port <n>     Where the receiver listens, on 127.0.0.1 (default: any free port).
  --status <n>   What it answers, e.g. 500 to see retries (default 204).
  --url <base>   Where the server is (default: HOST and PORT).
  --help         Shows this.
`;

export interface ListenCommand {
  readonly json: boolean;
  readonly port: number;
  /** HTTP status of every answer. */
  readonly status: number;
  /** Base address without a trailing slash; null: where the configuration says it listens. */
  readonly url: string | null;
}

/** @throws {UsageError} */
export function parseListen(args: readonly string[]): ListenCommand | 'help' {
  const options = parseOptions('listen', args, {
    json: { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
    status: { type: 'string', default: '204' },
    url: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (options.help) return 'help';
  return {
    json: options.json,
    port: numberOption('port', options.port, { min: 0, max: 65_535, whole: true }),
    status: numberOption('status', options.status, { min: 200, max: 599, whole: true }),
    url: options.url?.replace(/\/+$/, '') ?? null,
  };
}
