import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { AddressGuard } from './address-guard.js';

const strict = new AddressGuard([]);

describe('an address that is not public', () => {
  it.each([
    ['this host', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['loopback', '127.0.0.1'],
    ['loopback, another', '127.255.255.254'],
    ['RFC 1918', '10.0.0.1'],
    ['RFC 1918', '172.16.0.1'],
    ['RFC 1918', '172.31.255.255'],
    ['RFC 1918', '192.168.1.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['carrier-grade NAT', '100.127.255.255'],
    ['IETF protocols', '192.0.0.1'],
    ['documentation', '192.0.2.1'],
    ['documentation', '198.51.100.1'],
    ['documentation', '203.0.113.1'],
    ['AS112', '192.31.196.1'],
    ['AS112', '192.175.48.1'],
    ['AMT', '192.52.193.1'],
    ['6to4 relays', '192.88.99.1'],
    ['benchmarks', '198.18.0.1'],
    ['benchmarks', '198.19.255.255'],
    ['multicast', '224.0.0.1'],
    ['multicast', '239.255.255.255'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['IPv4-mapped', '::ffff:127.0.0.1'],
    ['IPv4-mapped', '::ffff:7f00:1'],
    ['IPv4-mapped', '::ffff:10.0.0.1'],
    ['IPv4-compatible', '::127.0.0.1'],
    ['IPv4-compatible', '::7f00:1'],
    ['IPv4-compatible, public', '::8.8.8.8'],
    ['IPv4-translated', '::ffff:0:127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['NAT64, public', '64:ff9b::808:808'],
    ['NAT64, local use', '64:ff9b:1::a00:1'],
    ['discard-only', '100::1'],
    ['6to4', '2002:7f00:1::'],
    ['6to4, public', '2002:808:808::'],
    ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['benchmarks', '2001:2::1'],
    ['AMT', '2001:3::1'],
    ['AS112', '2001:4:112::1'],
    ['AS112', '2620:4f:8000::1'],
    ['ORCHID', '2001:10::1'],
    ['ORCHIDv2', '2001:20::1'],
    ['drone ids', '2001:30::1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff::1'],
    ['segment routing', '5f00::1'],
    ['unassigned', '4000::1'],
    ['unassigned', 'e000::1'],
    ['unique local', 'fc00::1'],
    ['unique local', 'fd00::1'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['public with a zone', '2606:4700::1%eth0'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['short form', '127.1'],
    ['number', '2130706433'],
    ['hexadecimal', '0x7f000001'],
    ['octal', '0177.0.0.1'],
    ['no address', 'localhost'],
    ['nothing', ''],
  ])('%s: %s', (_, address) => {
    expect(strict.faultOf(address)).toBe('private');
  });
});

it.each(['1.1.1.1', '8.8.8.8', '93.184.216.34', '100.63.255.255', '100.128.0.1', '172.15.0.1'])(
  'lets %s be called',
  (address) => expect(strict.faultOf(address)).toBeNull(),
);
it.each([
  '172.32.0.1',
  '192.0.1.1',
  '198.17.0.1',
  '198.20.0.1',
  '223.255.255.255',
  '::ffff:8.8.8.8',
])('lets %s be called', (address) => expect(strict.faultOf(address)).toBeNull());
it.each([
  '2606:4700:4700::1111',
  '2001:4860:4860::8888',
  '2a00:1450:4001:82b::200e',
  '2400:cb00::1',
])('lets %s be called', (address) => expect(strict.faultOf(address)).toBeNull());

describe('what clouds serve credentials at', () => {
  const everything = new AddressGuard(['0.0.0.0/0', '::/0']);

  it.each([
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'fd00:ec2::254',
    'fd00:ec2::23',
    'fd20:ce::254',
    '::ffff:169.254.169.254',
    '::169.254.169.254',
    '::ffff:0:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::a9fe:a9fe',
    '2002:a9fe:a9fe::',
    '2001:0:4136:e378:8000:63bf:5601:5601',
  ])('is never called, whatever is allowed: %s', (address) => {
    expect(everything.faultOf(address)).toBe('metadata');
    expect(strict.faultOf(address)).toBe('metadata');
  });

  it('does not keep the rest from being allowed', () => {
    for (const address of [
      '127.0.0.1',
      '10.1.2.3',
      '::1',
      'fd00::1',
      '64:ff9b::7f00:1',
      '5f00::1',
    ]) {
      expect(everything.faultOf(address)).toBeNull();
    }
  });
});

describe('an allowed network', () => {
  it('lets its addresses be called, and no others', () => {
    const guard = new AddressGuard(['127.0.0.0/8', '10.1.0.0/16', '::1/128']);
    for (const address of ['127.0.0.1', '10.1.255.255', '::1', '::ffff:10.1.2.3', '8.8.8.8']) {
      expect(guard.faultOf(address)).toBeNull();
    }
    for (const address of ['10.2.0.1', '::', '::2', 'fd00::1', '::127.0.0.1', '64:ff9b::7f00:1']) {
      expect(guard.faultOf(address)).toBe('private');
    }
  });

  it('of IPv4 may be written as IPv4-mapped', () => {
    const guard = new AddressGuard(['::ffff:10.0.0.0/104']);
    expect(guard.faultOf('10.255.0.1')).toBeNull();
    expect(guard.faultOf('11.0.0.1')).toBeNull();
    expect(guard.faultOf('192.168.0.1')).toBe('private');
  });

  it('of NAT64 lets public addresses be called, and private ones only where they are allowed too', () => {
    const guard = new AddressGuard(['64:ff9b::/96']);
    expect(guard.faultOf('64:ff9b::808:808')).toBeNull();
    expect(guard.faultOf('64:ff9b::7f00:1')).toBe('private');
    const both = new AddressGuard(['64:ff9b::/96', '127.0.0.0/8']);
    expect(both.faultOf('64:ff9b::7f00:1')).toBeNull();
  });
});

describe('beside ipaddr.js', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

  it.each([4, 16])('calls nothing that the library takes for special (%i bytes)', (length) => {
    fc.assert(
      fc.property(
        bytes(length),
        fc.constantFrom(0, 0x20, 0x64, 0xfc, 0xfe, 0xff, 127, 192),
        (b, first) => {
          const address = ipaddr.fromByteArray([first, ...b.subarray(1)]);
          const range = address.range();
          if (range === 'unicast' || range === 'ipv4Mapped') return;
          expect(strict.faultOf(address.toString())).not.toBeNull();
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('treats an IPv4-mapped address as the IPv4 address', () => {
    const guard = new AddressGuard(['10.0.0.0/8']);
    fc.assert(
      fc.property(bytes(4), (b) => {
        const v4 = ipaddr.fromByteArray([...b]) as ipaddr.IPv4;
        const mapped = v4.toIPv4MappedAddress().toString();
        expect(guard.faultOf(mapped)).toBe(guard.faultOf(v4.toString()));
      }),
    );
  });
});
