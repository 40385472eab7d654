import { type AddressInfo } from 'node:net';
import { type Settings } from './config/settings.js';

/**
 * The lines that a start prints for people: label, two spaces, value. Of secrets only those that the
 * service made itself.
 */
export function startMessage(
  settings: Settings,
  address: AddressInfo,
  databaseUrl: string,
  now: number,
  unique: string,
): string {
  const base = addressOf(address);
  const lines: [string, string][] = [
    ['listening', base],
    ['database', settings.databaseUrl === null ? databaseUrl : withoutPassword(databaseUrl)],
  ];
  if (settings.generated.adminToken) lines.push(['admin token', settings.adminToken!]);
  const source = settings.sources.find((s) => s.name === settings.generated.secretOfSource);
  const sample = source?.provider.scenarios
    .succeeded?.({
      unique,
      now,
      options: source.options,
      account: source.account,
      livemode: source.livemode ?? false,
    })
    .at(-1);
  if (source && sample) {
    const secret = source.secrets[0]!.value;
    const signed = source.provider.sign(sample, {
      secret,
      key: null,
      at: now,
      url: source.url,
      options: source.options,
    });
    const headers = {
      'Content-Type': source.provider.contentTypes[0]!,
      ...sample.headers,
      ...signed.headers,
    };
    const options = Object.entries(headers).map(([name, value]) => `-H '${name}: ${value}'`);
    const url = `${base}/webhooks/${source.name}`;
    lines.push([`${source.name} secret`, secret]);
    lines.push(['try', `curl -sS ${url} ${options.join(' ')} --data '${signed.body.toString()}'`]);
  }
  return lines.map(([label, value]) => `${label}  ${value}\n`).join('');
}

/** Where a program on this machine reaches the service. */
export function addressOf({ address, family, port }: AddressInfo): string {
  const everywhere = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[address];
  const host = everywhere ?? (family === 'IPv6' ? `[${address}]` : address);
  return `http://${host}:${port}`;
}

function withoutPassword(url: string): string {
  try {
    const { protocol, hostname, port, pathname } = new URL(url);
    return `${protocol}//${hostname}${port && `:${port}`}${pathname}`;
  } catch {
    return 'DATABASE_URL';
  }
}
