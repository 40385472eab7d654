import { type Settings } from '../config/settings.js';
import { hostInUrl } from '../config/values.js';
import { UsageError } from './command-line.js';

/**
 * Where the service listens, as a program on this machine reaches it.
 * @throws {UsageError} where the port is not known before the start
 */
export function localAddress({ host, port }: Pick<Settings, 'host' | 'port'>): string {
  if (port === 0) {
    throw new UsageError('PORT is 0, so that the port is not known before the start. Add --url.');
  }
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  return `http://${hostInUrl(everywhere[host] ?? host)}:${port}`;
}
