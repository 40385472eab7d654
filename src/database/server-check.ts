/** Whether a Postgres is one that payments may be kept in. */
import pg from 'pg';
import { connectionFields, describeConnection } from './connection.js';

const OLDEST = 14;

/**
 * What is wrong with the database, each with its cure; empty when nothing is. Never shows a password.
 *
 * @param options.allowUnsafe accepts a server that may lose what it confirmed
 * @param options.warn is told of what is accepted by it
 */
export async function checkServer(
  url: string,
  options: { readonly allowUnsafe: boolean; readonly warn?: (text: string) => void },
): Promise<string[]> {
  let client: pg.Client;
  try {
    client = new pg.Client({ ...connectionFields(url), connectionTimeoutMillis: 5_000 });
  } catch {
    return [
      'DATABASE_URL cannot be read. Write postgresql://user:password@host:5432/database, and ' +
        'percent-encode special characters in user and password.',
    ];
  }
  client.on('error', () => undefined); // the query reports it
  try {
    await client.connect();
    return await problemsOf(client, options);
  } catch (error) {
    return [unreachable(url, error as { code?: string; message: string })];
  } finally {
    await client.end().catch(() => undefined);
  }
}

interface Server {
  readonly encoding: string;
  readonly version: string;
  readonly number: number;
  readonly fsync: string;
  readonly synchronous_commit: string;
  readonly full_page_writes: string;
}

async function problemsOf(
  client: pg.Client,
  { allowUnsafe, warn }: Parameters<typeof checkServer>[1],
): Promise<string[]> {
  const { rows } = await client.query<Server>(
    `SELECT current_setting('server_encoding') AS encoding,
            current_setting('server_version') AS version,
            current_setting('server_version_num')::int AS number,
            current_setting('fsync') AS fsync,
            current_setting('synchronous_commit') AS synchronous_commit,
            current_setting('full_page_writes') AS full_page_writes`,
  );
  const server = rows[0] as Server;
  const problems: string[] = [];
  if (server.encoding !== 'UTF8') {
    problems.push(
      `The database is encoded in ${server.encoding}; payloads are UTF-8. Create one with CREATE ` +
        `DATABASE payments ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL.`,
    );
  }
  if (server.number < OLDEST * 10_000) {
    problems.push(`Postgres is version ${server.version}. Use ${OLDEST} or newer.`);
  }
  const off = (['fsync', 'synchronous_commit', 'full_page_writes'] as const).filter(
    (setting) => server[setting] === 'off',
  );
  if (off.length > 0) {
    const danger =
      `${off.join(', ')} ${off.length === 1 ? 'is' : 'are'} off: an event that was acknowledged ` +
      `could be lost in a crash.`;
    const cure = `Turn it on in Postgres, or, where that does not matter, set ALLOW_UNSAFE_DATABASE=on.`;
    if (allowUnsafe) warn?.(`${danger} ALLOW_UNSAFE_DATABASE accepts it.`);
    else problems.push(`${danger} ${cure}`);
  }
  return problems;
}

/** The usual reasons, and what helps against each. */
const CURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens there. Start Postgres, or correct host and port',
  ENOTFOUND: 'No such host. Correct the host',
  EAI_AGAIN: 'The host name cannot be resolved. Correct the host, or look at the DNS',
  ETIMEDOUT: 'No answer. Look at host, port and firewall',
  '28P01': 'User or password is wrong. Correct them',
  '28000': 'The server does not let this user in. Look at pg_hba.conf and sslmode',
  '3D000': 'There is no such database. Create it, or correct its name',
  '53300': 'The server has no connection left. Raise max_connections, or lower DATABASE_POOL_SIZE',
  '57P03': 'The server is starting or stopping. Try again in a moment',
};

function unreachable(url: string, error: { code?: string; message: string }): string {
  const code = error.code ?? '';
  const cure = CURES[code] ?? 'Correct DATABASE_URL';
  const reason = error.message || code;
  return `The database ${describeConnection(url)} cannot be reached (${reason}). ${cure}.`;
}
