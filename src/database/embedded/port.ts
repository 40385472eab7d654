/** The port of the embedded Postgres: chosen once and kept, so that a saved connection stays valid. */
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { nullIfMissing, writePrivateFile } from '../../files/private-files.js';
import { portFile } from './files.js';

export const LOOPBACK = '127.0.0.1';

/** The kept port if it is free, else another, which is kept from now on. */
export async function choosePort(dataDir: string): Promise<number> {
  const kept = Number(await readFile(portFile(dataDir), 'utf8').catch(nullIfMissing));
  if (Number.isInteger(kept) && kept > 0 && kept < 65_536 && (await listenOnce(kept)) !== null) {
    return kept;
  }
  const port = await listenOnce(0);
  if (port === null) throw new Error(`No free port on ${LOOPBACK}.`);
  await writePrivateFile(portFile(dataDir), `${port}\n`);
  return port;
}

/** Listens for a moment; answers the port, or null when it is taken. Port 0: any free one. */
function listenOnce(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, LOOPBACK, () => {
      const chosen = (server.address() as AddressInfo).port;
      server.close(() => resolve(chosen));
    });
  });
}
