/** Reads the text of single variables. Pure; the text is neither empty nor has white space around it. */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { type Fault, fault, type Parsed } from './problem.js';
import { LOG_LEVELS, type LogLevel } from './settings.js';

/** The shortest accepted admin token, in characters. */
export const ADMIN_TOKEN_MIN_LENGTH = 16;

const KIB = 1024;
const BODY_LIMIT_MIN = KIB;
const BODY_LIMIT_MAX = 64 * KIB * KIB;

/** What is wrong with any value, whatever it means; null when nothing is. */
export function textFault(text: string): Fault | null {
  if (text === '') {
    return { problem: 'is empty', cure: 'Give it a value, or remove it to have it absent.' };
  }
  if (text !== text.trim()) {
    return { problem: 'has white space around it', cure: 'Remove the white space.' };
  }
  return null;
}

/** A parser of whole numbers from `min` to `max`, both included. */
export function wholeNumber(min: number, max: number): (text: string) => Parsed<number> {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    return value >= min && value <= max
      ? { value }
      : fault(
          `is ${JSON.stringify(text)}, not a whole number from ${min} to ${max}`,
          `Set a whole number from ${min} to ${max}.`,
        );
  };
}

const SWITCH = new Map([
  ['on', true],
  ['true', true],
  ['1', true],
  ['off', false],
  ['false', false],
  ['0', false],
]);

/** `on`, `true` or `1`; `off`, `false` or `0`. */
export function parseSwitch(text: string): Parsed<boolean> {
  const value = SWITCH.get(text);
  return value === undefined
    ? fault(`is ${JSON.stringify(text)}, neither on nor off`, 'Set on or off.')
    : { value };
}

/** `true` or `false`, and nothing like it: whether money is real is not a matter of taste. */
export function parseLivemode(text: string): Parsed<boolean> {
  if (text === 'true' || text === 'false') return { value: text === 'true' };
  return fault(
    `is ${JSON.stringify(text)}, neither true nor false`,
    'Set true for live events or false for test events.',
  );
}

/** An account at a provider, as its events state it; `self` demands that they state none. */
export function parseAccount(text: string): Parsed<string> {
  return text.length <= 255
    ? { value: text }
    : fault(
        `has ${text.length} characters, more than 255`,
        "Set the account's id as the provider's events state it.",
      );
}

export function parseLogLevel(text: string): Parsed<LogLevel> {
  const value = LOG_LEVELS.find((level) => level === text);
  return value === undefined
    ? fault(`is ${JSON.stringify(text)}, not a log level`, `Set one of ${LOG_LEVELS.join(', ')}.`)
    : { value };
}

/** A size like `1mb`, `512kb` or `65536` (bytes); a kilobyte has 1024 bytes. In bytes. */
export function parseSize(text: string): Parsed<number> {
  const match = /^(\d{1,12})(b|kb|mb)?$/i.exec(text);
  const factor = { b: 1, kb: KIB, mb: KIB * KIB }[match?.[2]?.toLowerCase() ?? 'b'] ?? 1;
  const value = match ? Number(match[1]) * factor : NaN;
  return value >= BODY_LIMIT_MIN && value <= BODY_LIMIT_MAX
    ? { value }
    : fault(
        `is ${JSON.stringify(text)}, not a size from 1kb to 64mb`,
        'Set a size such as 1mb, 512kb or a plain number of bytes.',
      );
}

/** A host name or an IP address to listen on, without brackets, scheme or port. */
export function parseHost(text: string): Parsed<string> {
  const name = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(text);
  // The URL parser refuses what only looks like an address, e.g. 999.1.1.1, and IPv6 zones.
  return (name || isIP(text) !== 0) && URL.canParse(`http://${hostInUrl(text)}`)
    ? { value: text }
    : fault(
        `is ${JSON.stringify(text)}, neither a host name nor an IP address`,
        'Set an address to listen on, such as 127.0.0.1, 0.0.0.0 or ::1, without brackets or port.',
      );
}

/** An address as it stands in a URL: IPv6 in brackets. */
export function hostInUrl(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

/**
 * A connection URL of Postgres. It may hold a password, therefore it is never quoted in a fault.
 */
export function parseDatabaseUrl(text: string): Parsed<string> {
  const cure =
    'Set postgresql://user:password@host:5432/database, with special characters of the password ' +
    'percent-encoded (# is %23, / is %2F, @ is %40).';
  if (!/^postgres(ql)?:\/\//.test(text)) return fault('does not begin with postgresql://', cure);
  // A Unix socket has no host (user@/database?host=/run/postgresql), which the URL parser refuses.
  const readable = text.replace('@/', '@localhost/');
  // '#' and an '@' in the path are what an unencoded '#' or '/' in a password leaves behind.
  return !URL.canParse(readable) || text.includes('#') || new URL(readable).pathname.includes('@')
    ? fault('is not a URL that can be read', cure)
    : { value: text };
}

/** A directory; its absolute path. */
export function parseDirectory(text: string): Parsed<string> {
  return { value: resolve(text) };
}

/**
 * The address at which providers call this service: http or https, a path is allowed. Kept as it is
 * written but for slashes at the end, because some providers sign it as it stands in their console.
 */
export function parsePublicUrl(text: string): Parsed<string> {
  const cure =
    'Set an address such as https://payments.example.com or https://example.com/payments.';
  if (!/^https?:\/\/[^/]/i.test(text))
    return fault('does not begin with http:// or https://', cure);
  // The URL parser repairs these silently; the address would no longer be the one that was written.
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes('\\')) {
    return fault('holds a character that does not belong in a URL', cure);
  }
  if (text.includes('?') || text.includes('#')) {
    return fault('holds a query or a fragment', `Remove everything from "?" or "#" on.`);
  }
  if (text.split('/', 3)[2]?.includes('@')) {
    return fault('holds a user name or a password', 'Remove everything before "@".');
  }
  return URL.canParse(text)
    ? { value: text.replace(/\/+$/, '') }
    : fault('is not a URL that can be read', cure);
}

/** The bearer token of /api: visible ASCII characters, since it has to travel in a header. */
export function parseAdminToken(text: string): Parsed<string> {
  const cure = `Set at least ${ADMIN_TOKEN_MIN_LENGTH} random characters, e.g. from: openssl rand -hex 32`;
  if (!/^[\x21-\x7e]+$/.test(text)) {
    return fault('holds white space or a character that cannot travel in a header', cure);
  }
  return text.length >= ADMIN_TOKEN_MIN_LENGTH
    ? { value: text }
    : fault(`has ${text.length} characters, fewer than ${ADMIN_TOKEN_MIN_LENGTH}`, cure);
}

/** Any text. */
export function parseText(text: string): Parsed<string> {
  return { value: text };
}
