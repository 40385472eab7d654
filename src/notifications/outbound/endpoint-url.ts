import { isIP } from 'node:net';
import { endpointUrlFault } from '../../config/notify-values.js';
import { type Fault } from '../../config/problem.js';
import { type AddressFault } from './address-guard.js';
import { type OutboundRules } from './outbound-rules.js';
import { isEndpointPort, portOf } from './ports.js';

/** Names by which clouds serve credentials. Elsewhere they do not resolve, so that no address tells. */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'instance-data.ec2.internal',
]);

const FORM_CURE = 'Give the address of your app, e.g. https://shop.example.com/payments.';

const ADDRESS_FAULTS: Record<AddressFault, Fault> = {
  private: {
    problem: 'leads to an address that is not on the public Internet',
    cure:
      'If your app is there, add its network to NOTIFY_ALLOW_CIDRS, e.g. ' +
      'NOTIFY_ALLOW_CIDRS=127.0.0.0/8,::1/128 for this machine, and start again.',
  },
  metadata: {
    problem: 'leads to an address where clouds serve credentials, which is never called',
    cure: 'Give an address of your app.',
  },
};

/**
 * Whether an endpoint may have this URL. A name that does not resolve is accepted, since it may later:
 * every connection is checked again (http-sender.ts).
 *
 * @returns what is wrong, as a phrase about the address in which the address itself does not stand (it
 *   may hold a token), and the cure; or null
 */
export async function checkEndpointUrl(text: string, rules: OutboundRules): Promise<Fault | null> {
  const form = endpointUrlFault(text);
  if (form !== null) return { problem: form, cure: FORM_CURE };
  const url = new URL(text);
  if (!isEndpointPort(portOf(url))) {
    return {
      problem: `has port ${portOf(url)}, where something else than a web server listens`,
      cure: 'Use 80, 443 or a port above 1023 that is not known for another service.',
    };
  }
  if (withoutDot(url.host) === withoutDot(new URL(rules.publicUrl).host)) {
    return {
      problem: 'is the address of this service (PUBLIC_URL)',
      cure: 'Give the address of your app, which must be another than PUBLIC_URL.',
    };
  }
  if (METADATA_NAMES.has(withoutDot(url.hostname))) return ADDRESS_FAULTS.metadata;
  for (const address of await addressesOf(url, rules)) {
    const fault = rules.guard.faultOf(address);
    if (fault !== null) return ADDRESS_FAULTS[fault];
  }
  return null;
}

async function addressesOf(url: URL, rules: OutboundRules): Promise<readonly string[]> {
  const host = literalOf(url.hostname);
  if (isIP(host) !== 0) return [host];
  const found = await rules.resolve(host).catch(() => []);
  return found.map(({ address }) => address);
}

/** An IPv6 address stands in brackets in a URL. */
function literalOf(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/** `example.com.` is `example.com`. */
function withoutDot(host: string): string {
  return host.replace(/\.(?=:|$)/, '');
}
