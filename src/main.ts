/** Starts the service: settings, database, migrations, HTTP; then says where it is. */
import 'reflect-metadata';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { loadSettings } from './config/load-settings.js';
import { type Settings } from './config/settings.js';
import { openServiceDatabase } from './database/service-database.js';
import { newId } from './operations/ids.js';
import { createLogger } from './operations/logger.js';
import { keepSignals, shutDownOnSignal } from './shutdown.js';
import { startMessage } from './start-message.js';

async function main(): Promise<void> {
  const releaseSignals = keepSignals();
  const settings = await loadSettings();
  const log = createLogger(settings.logLevel);
  for (const warning of settings.warnings) log.logger.warn(warning);

  // Nest's imports take as long as Postgres does to start: side by side.
  const [{ createApplication }, database] = await Promise.all([
    import('./app.http.js'),
    openServiceDatabase(settings, (text) => log.logger.warn(text)),
  ]);
  try {
    const app = await createApplication(settings, database.url, log.nest);
    const server = await listen(app, settings);
    shutDownOnSignal(app, settings.shutdownDelaySeconds, async (within) => {
      await database.close(within);
      log.flush();
    });
    releaseSignals();
    const address = server.address() as AddressInfo;
    const unique = newId().replaceAll('-', '');
    process.stdout.write(startMessage(settings, address, database.url, Date.now(), unique));
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function listen(
  app: { listen(port: number, host: string): Promise<unknown>; close(): Promise<void> },
  settings: Settings,
): Promise<Server> {
  try {
    return (await app.listen(settings.port, settings.host)) as Server;
  } catch (error) {
    await app.close().catch(() => undefined);
    const { code } = error as NodeJS.ErrnoException;
    const place = `${settings.host}:${settings.port}`;
    if (code === 'EADDRINUSE') {
      throw new StartError(`${place} is in use. Stop what uses it, or set PORT to another port.`);
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
      throw new StartError(`${place} cannot be listened on (${code}). Set HOST and PORT.`);
    }
    throw error;
  }
}

/** Something a user can cure: shown without a stack. */
class StartError extends Error {}

main().catch((error: unknown) => {
  process.stderr.write(`payment-webhooks cannot start: ${String((error as Error).message)}\n`);
  process.exit(1);
});
