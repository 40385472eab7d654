import { isIP, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = readonly [address: Address, prefix: number];

/**
 * Why an address is not called: `metadata` is a service of a cloud that gives its credentials to whoever
 * asks, and is never called; `private` is any other that is not on the public Internet, and is called
 * where an allowed network has it.
 */
export type AddressFault = 'metadata' | 'private';

/**
 * Where clouds serve credentials and settings: link-local addresses (AWS, Azure, Google, Oracle and
 * most others), ECS and EKS beside them, Google's and AWS' over IPv6, Alibaba, Azure's host agent.
 */
const METADATA = networks(
  '169.254.0.0/16',
  'fd00:ec2::/32',
  'fd20:ce::/32',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
);

/** What is not globally reachable, by IANA's registry of special-purpose IPv4 addresses. */
const SPECIAL_IPV4 = networks(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
);

/** The only part of IPv6 that is assigned for the public Internet; the rest is special or unassigned. */
const PUBLIC_IPV6 = networks('2000::/3');

/** What of it is special, by IANA's registry. Teredo (2001::/32) is in the first, 6to4 is 2002::/16. */
const SPECIAL_IPV6 = networks(
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
);

/**
 * IPv6 addresses that carry an IPv4 address, and at which byte: what is sent to them may arrive there.
 * Those of Teredo (RFC 4380) carry it with every bit turned over.
 */
const CARRIERS: readonly { network: Network; at: number; mask: number }[] = [
  { network: network('::/96'), at: 12, mask: 0 },
  { network: network('::ffff:0:0:0/96'), at: 12, mask: 0 },
  { network: network('64:ff9b::/96'), at: 12, mask: 0 },
  { network: network('64:ff9b:1::/48'), at: 12, mask: 0 },
  { network: network('2002::/16'), at: 2, mask: 0 },
  { network: network('2001::/32'), at: 12, mask: 0xff },
];

/** Decides which addresses endpoints may have. Pure: names are resolved elsewhere. */
export class AddressGuard {
  private readonly allowed: readonly Network[];

  /** @param allowed networks in CIDR notation that may be called although they are not public */
  constructor(allowed: readonly string[]) {
    this.allowed = networks(...allowed);
  }

  /** @param text an IP address without brackets. @returns why it is not called, or null */
  faultOf(text: string): AddressFault | null {
    // An address with a zone is link-local; without it, it would be another one.
    if (isIP(text) === 0 || text.includes('%')) return 'private';
    const address = parse(text);
    const carried = carriedBy(address);
    const all = carried === null ? [address] : [address, carried];
    if (all.some((one) => isIn(one, METADATA))) return 'metadata';
    return all.every((one) => isPublic(one) || isIn(one, this.allowed)) ? null : 'private';
  }
}

/** An IPv4-mapped address is the IPv4 address, which is what the system calls. */
function parse(text: string): Address {
  // ipaddr.js reads the IPv4 part of `::127.0.0.1` as if it were `::ffff:127.0.0.1`; in the form that
  // the URL parser gives an address it reads none.
  return ipaddr.process(isIPv6(text) ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text);
}

function isPublic(address: Address): boolean {
  return address.kind() === 'ipv4'
    ? !isIn(address, SPECIAL_IPV4)
    : isIn(address, PUBLIC_IPV6) && !isIn(address, SPECIAL_IPV6);
}

function carriedBy(address: Address): Address | null {
  // `::` and `::1` only look as if they carried one.
  if (['unspecified', 'loopback'].includes(address.range())) return null;
  const carrier = CARRIERS.find(({ network }) => isIn(address, [network]));
  if (carrier === undefined) return null;
  const bytes = address.toByteArray().slice(carrier.at, carrier.at + 4);
  return ipaddr.fromByteArray(bytes.map((byte) => byte ^ carrier.mask));
}

function isIn(address: Address, list: readonly Network[]): boolean {
  return list.some(
    ([start, prefix]) => address.kind() === start.kind() && address.match(start, prefix),
  );
}

function networks(...cidrs: readonly string[]): readonly Network[] {
  return cidrs.map(network);
}

/** An IPv4-mapped network such as `::ffff:10.0.0.0/104` is the IPv4 network that it means. */
function network(cidr: string): Network {
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && prefix >= 96
    ? [address.toIPv4Address(), prefix - 96]
    : [address, prefix];
}
