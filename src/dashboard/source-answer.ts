import { type Settings, type Source } from '../config/settings.js';
import { type SourceDto } from './source.dto.js';
import { refusalOfTest } from './test-events.js';

/** @param saidAtStart what the service said of its settings when it started */
export function sourceAnswer(
  source: Source,
  { warnings: saidAtStart }: Pick<Settings, 'warnings'>,
): SourceDto {
  const { name, provider, enabled, url, account, livemode, secrets } = source;
  return {
    name,
    provider: provider.name,
    title: provider.title,
    enabled,
    url,
    account,
    livemode,
    secretLabels: secrets.map(({ label }) => label),
    secretDescription: provider.secret.description,
    subscriptions: [...provider.subscriptions],
    warnings: [
      ...switchedOff(source),
      ...unreachable(source),
      ...saidAtStart.filter((warning) => warning.startsWith(`Source ${name} `)),
    ],
    testRefusal: refusalOfTest(source),
  };
}

function switchedOff({ enabled }: Source): string[] {
  if (enabled) return [];
  return [
    'It is switched off: its webhooks are answered 404. Set "enabled": true in SOURCES_FILE and restart.',
  ];
}

/** An address that no provider can reach, or that it would reach without TLS. */
function unreachable({ url, provider }: Source): string[] {
  const { protocol, hostname } = new URL(url);
  if (/^(localhost|127\.[\d.]+|\[::1?\]|0\.0\.0\.0)$/.test(hostname)) {
    return [
      `Only this machine reaches ${hostname}. Set PUBLIC_URL to the address at which ${provider.title} reaches the service, and restart.`,
    ];
  }
  return protocol === 'http:'
    ? ['The address is without TLS: payloads travel readable. Set PUBLIC_URL to one with https.']
    : [];
}
