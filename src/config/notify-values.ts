/** Reads the variables about telling the user's app. Pure, like values.ts. */
import ipaddr from 'ipaddr.js';
import { type Fault, fault, type Parsed } from './problem.js';

/** Standard Webhooks: a secret is base64 of 24 to 64 bytes. */
const SECRET_MIN_BYTES = 24;
const SECRET_MAX_BYTES = 64;
/** Characters. A key from `openssl rand -base64 32` has 44; a word that someone thought of has fewer. */
const ENCRYPTION_KEY_MIN_LENGTH = 32;
const URL_MAX_LENGTH = 2048;

export const NOTIFY_SECRET_CURE =
  'Set whsec_ and the base64 of 24 to 64 random bytes: echo "whsec_$(openssl rand -base64 32)"';

/**
 * The form of an address that is told of payments. It may hold a token, therefore it is never quoted.
 * Whether its host may be called is not decided here: that depends on what its name resolves to.
 */
export function parseNotifyUrl(text: string): Parsed<string> {
  const problem = endpointUrlFault(text);
  return problem === null
    ? { value: text }
    : fault(problem, 'Set an address of your app such as https://shop.example.com/payments.');
}

/** What is wrong with the form of an endpoint's address, or null. The address does not stand in it. */
export function endpointUrlFault(text: string): string | null {
  if (text.length > URL_MAX_LENGTH) return `has more than ${URL_MAX_LENGTH} characters`;
  if (!/^https?:\/\/[^/]/i.test(text)) return 'does not begin with http:// or https://';
  // The URL parser repairs these silently; the address would no longer be the one that was written.
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes('\\')) {
    return 'holds a character that does not belong in a URL';
  }
  if (!URL.canParse(text)) return 'is not a URL that can be read';
  if (text.includes('#')) return 'holds a fragment, which is never sent';
  const { username, password } = new URL(text);
  return username !== '' || password !== '' ? 'holds a user name or a password' : null;
}

/** `whsec_` and base64, as Standard Webhooks has it. */
export function parseNotifySecret(text: string): Parsed<string> {
  if (text.includes(',')) {
    return fault(
      'holds a comma',
      'Set one secret: after a change the former signs beside it for 24 hours.',
    );
  }
  if (!text.startsWith('whsec_')) return fault('does not begin with whsec_', NOTIFY_SECRET_CURE);
  const base64 = text.slice('whsec_'.length);
  const bytes = Buffer.from(base64, 'base64');
  // What the decoder drops silently would make it another secret at the receiver.
  if (bytes.toString('base64') !== base64) {
    return fault('is not base64 after whsec_', NOTIFY_SECRET_CURE);
  }
  return bytes.length >= SECRET_MIN_BYTES && bytes.length <= SECRET_MAX_BYTES
    ? { value: text }
    : fault(`has ${bytes.length} bytes, not 24 to 64`, NOTIFY_SECRET_CURE);
}

/** Networks, e.g. `127.0.0.0/8,::1/128`. */
export function parseCidrs(text: string): Parsed<readonly string[]> {
  const networks = text.split(',').map((network) => network.trim());
  const faults: Fault[] = networks.filter(isNoCidr).map((network) => ({
    problem: `holds ${JSON.stringify(network)}, which is not a network`,
    cure: 'Set networks in CIDR notation, separated by commas, e.g. 127.0.0.0/8,::1/128.',
  }));
  return faults.length > 0 ? { faults } : { value: networks };
}

function isNoCidr(text: string): boolean {
  // Only the usual notation: what else the library reads, like 0x7f.1/8, is more likely a mistake.
  if (!/^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)\/\d{1,3}$/i.test(text)) return true;
  return !ipaddr.isValidCIDR(text);
}

/** Keys that seal the secrets of endpoints: the first seals, any of them opens. */
export function parseEncryptionKeys(text: string): Parsed<readonly string[]> {
  const keys = text.split(',');
  const short = keys.filter((key) => key.trim() !== key || key.length < ENCRYPTION_KEY_MIN_LENGTH);
  return short.length === 0
    ? { value: keys }
    : fault(
        `has a key of fewer than ${ENCRYPTION_KEY_MIN_LENGTH} characters, or white space around one`,
        'Set a random key, e.g. from: openssl rand -base64 32',
      );
}
