import { type LookupAddress } from 'node:dns';
import { checkEndpointUrl } from './endpoint-url.js';
import { OutboundRules } from './outbound-rules.js';

const NAMES: Record<string, string[]> = {
  'shop.example.com': ['93.184.216.34', '2606:2800:220:1::1'],
  localhost: ['127.0.0.1', '::1'],
  'localhost.': ['127.0.0.1'],
  'both.example.com': ['93.184.216.34', '::1'],
  'internal.example.com': ['10.0.0.5'],
  'metadata.example.com': ['169.254.169.254'],
};

function rules(allowed: string[] = []): OutboundRules {
  const settings = { notifyAllowCidrs: allowed, publicUrl: 'https://pay.example.com/hooks' };
  return new OutboundRules(settings, (name) => {
    const found = NAMES[name];
    if (found === undefined) return Promise.reject(new Error('ENOTFOUND'));
    const addresses = found.map((address): LookupAddress => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }));
    return Promise.resolve(addresses);
  });
}

const LONG = `https://shop.example.com/${'a'.repeat(2048)}`;
const PRIVATE = 'leads to an address that is not on the public Internet';
const METADATA = 'leads to an address where clouds serve credentials, which is never called';
const CHARACTER = 'holds a character that does not belong in a URL';
const SCHEME = 'does not begin with http:// or https://';
const OWN = 'is the address of this service (PUBLIC_URL)';
const port = (number: number) =>
  `has port ${number}, where something else than a web server listens`;

describe('a URL that is refused', () => {
  it.each([
    ['http://127.0.0.1', PRIVATE],
    ['http://127.1', PRIVATE],
    ['http://2130706433', PRIVATE],
    ['http://0x7f000001', PRIVATE],
    ['http://0177.0.0.1', PRIVATE],
    ['http://①②⑦.⓪.⓪.①', CHARACTER],
    ['http://0', PRIVATE],
    ['http://0.0.0.0', PRIVATE],
    ['http://localhost', PRIVATE],
    ['http://localhost.', PRIVATE],
    ['http://LOCALHOST', PRIVATE],
    ['http://[::1]', PRIVATE],
    ['http://[::]', PRIVATE],
    ['http://[::ffff:127.0.0.1]', PRIVATE],
    ['http://[::127.0.0.1]', PRIVATE],
    ['http://[64:ff9b::7f00:1]', PRIVATE],
    ['http://[2002:7f00:1::]', PRIVATE],
    ['http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]', PRIVATE],
    ['http://[fe80::1]', PRIVATE],
    ['http://[fd00::1]', PRIVATE],
    ['http://[5f00::1]', PRIVATE],
    ['http://[3fff::1]', PRIVATE],
    ['http://10.0.0.1', PRIVATE],
    ['http://172.16.0.1', PRIVATE],
    ['http://192.168.0.1', PRIVATE],
    ['http://100.64.0.1', PRIVATE],
    ['http://192.0.0.1', PRIVATE],
    ['http://198.18.0.1', PRIVATE],
    ['http://224.0.0.1', PRIVATE],
    ['http://240.0.0.1', PRIVATE],
    ['http://255.255.255.255', PRIVATE],
    ['http://169.254.169.254/latest/meta-data', METADATA],
    ['http://metadata.google.internal', METADATA],
    ['http://Metadata.Google.Internal.', METADATA],
    ['http://metadata.example.com', METADATA],
    ['https://internal.example.com', PRIVATE],
    ['https://both.example.com', PRIVATE],
    ['https://pay.example.com', OWN],
    ['http://PAY.example.com.', OWN],
    ['https://pay.example.com:443/other', OWN],
    ['https://user:pass@shop.example.com', 'holds a user name or a password'],
    ['https://user@shop.example.com', 'holds a user name or a password'],
    ['file:///etc/passwd', SCHEME],
    ['ftp://shop.example.com', SCHEME],
    ['gopher://shop.example.com', SCHEME],
    ['data:text/plain,x', SCHEME],
    ['javascript:alert(1)', SCHEME],
    ['//shop.example.com', SCHEME],
    ['https:shop.example.com', SCHEME],
    ['', SCHEME],
    ['https://shop.example.com:0', port(0)],
    ['https://shop.example.com:22', port(22)],
    ['https://shop.example.com:25', port(25)],
    ['https://shop.example.com:81', port(81)],
    ['https://shop.example.com:5432', port(5432)],
    ['https://shop.example.com:6379', port(6379)],
    ['https://shop.example.com:70000', 'is not a URL that can be read'],
    ['https://shop.example.com/#part', 'holds a fragment, which is never sent'],
    ['https://shop.example.com/\r\nHost: x', CHARACTER],
    ['https://shop.example.com\\@evil.example', CHARACTER],
    [' https://shop.example.com', SCHEME],
    ['https://shop.example.com ', CHARACTER],
    [LONG, 'has more than 2048 characters'],
  ])('%s', async (url, problem) => {
    const fault = await checkEndpointUrl(url, rules());
    expect(fault).toEqual({ problem, cure: expect.stringMatching(/^[A-Z].*\.$/) as string });
  });
});

it.each([
  'https://shop.example.com',
  'http://shop.example.com/payments?token=a%20b',
  'https://shop.example.com:8443/payments',
  'http://shop.example.com:3000',
  'https://8.8.8.8/payments',
  'https://[2606:4700:4700::1111]/payments',
  'https://hooks.pay.example.com',
  'https://pay.example.com:8443',
  LONG.slice(0, 2048),
])('accepts %s', async (url) => {
  expect(await checkEndpointUrl(url, rules())).toBeNull();
});

it('accepts a name that does not resolve yet', async () => {
  expect(await checkEndpointUrl('https://later.example.com', rules())).toBeNull();
});

it('accepts a private address in an allowed network, and names the variable otherwise', async () => {
  const allowed = rules(['127.0.0.0/8', '::1/128']);
  for (const url of ['http://127.0.0.1:4000', 'http://localhost:4000/told', 'http://[::1]:4000']) {
    expect(await checkEndpointUrl(url, allowed)).toBeNull();
    expect((await checkEndpointUrl(url, rules()))?.cure).toContain('NOTIFY_ALLOW_CIDRS');
  }
  expect(await checkEndpointUrl('http://10.0.0.5', allowed)).not.toBeNull();
});

it('refuses metadata also where its network is allowed', async () => {
  const allowed = rules(['169.254.0.0/16', '0.0.0.0/0']);
  expect((await checkEndpointUrl('http://169.254.169.254', allowed))?.problem).toBe(METADATA);
});
