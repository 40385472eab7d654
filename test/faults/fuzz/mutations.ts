/** Ways in which a good request becomes something else. */
import { type Random } from './random.js';

/** A request before it is bytes. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly chunked: boolean;
}

const INTERESTING = [0x00, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x3a, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0xff];

/** Up to four places where bytes are changed, taken out, put in or repeated. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  let result = bytes;
  for (let left = 1 + random.below(4); left > 0 && result.length > 0; left -= 1) {
    const at = random.below(result.length);
    const length = 1 + random.below(random.chance(0.2) ? 40 : 3);
    const before = result.subarray(0, at);
    const other = random.chance(0.5) ? random.pick(INTERESTING) : random.below(256);
    const change = random.below(4);
    if (change === 0)
      result = Buffer.concat([before, Buffer.from([other]), result.subarray(at + 1)]);
    if (change === 1) result = Buffer.concat([before, result.subarray(at + length)]);
    if (change === 2) result = Buffer.concat([before, Buffer.from([other]), result.subarray(at)]);
    if (change === 3) {
      const again = result.subarray(at, at + length);
      result = Buffer.concat([before, again, result.subarray(at)]);
    }
  }
  return result;
}

const NAMES = [
  'Content-Type',
  'Content-Encoding',
  'Content-Length',
  'Transfer-Encoding',
  'Host',
  'Expect',
  'Connection',
  'Upgrade',
  'Cookie',
  'TE',
  'Trailer',
  '__proto__',
  'constructor',
  'X-HTTP-Method-Override',
  'X-Forwarded-For',
];
const VALUES = [
  '',
  ' ',
  '0',
  '-1',
  '9'.repeat(30),
  'a'.repeat(2_000),
  'chunked',
  'gzip',
  'identity',
  'keep-alive, Upgrade',
  'websocket',
  'application/json',
  'text/plain; charset=utf-16',
  '\xff\xfe',
  '../..',
  '{"a":1}',
  '100-continue',
  'tea',
];
const METHODS = ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT', 'post', 'X'];
const TAILS = [
  '/',
  '//',
  '?',
  '?a=%zz',
  '#a',
  '%00',
  '/..',
  '/%2e%2e',
  '\\',
  '.json',
  ';a',
  '\xe9',
];

/** Up to three headers more, fewer, twice or with another value; or another method or address. */
export function mutateHead(request: Request, random: Random): Request {
  if (random.chance(0.1)) return { ...request, method: random.pick(METHODS) };
  if (random.chance(0.1)) return { ...request, path: request.path + random.pick(TAILS) };
  const headers = [...request.headers];
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const at = random.below(headers.length + 1);
    const header = headers[at] ?? ([random.pick(NAMES), random.pick(VALUES)] as const);
    const change = random.below(5);
    if (change === 0) headers.splice(at, 1);
    if (change === 1) headers.splice(at, 0, header);
    if (change === 2) headers.splice(at, 1, [header[0], random.pick(VALUES)]);
    if (change === 3) headers.splice(at, 0, [random.pick(NAMES), random.pick(VALUES)]);
    if (change === 4) {
      const value = mutateBytes(Buffer.from(header[1], 'latin1'), random);
      headers.splice(at, 1, [header[0], value.toString('latin1').replaceAll(/[\r\n]/g, '')]);
    }
  }
  return { ...request, headers };
}

/** What JSON.stringify cannot write, put in as text. */
const RAW = [
  '1e400',
  '-0',
  '1E+2',
  '9007199254740993',
  '1'.repeat(400),
  '0.1000000000000000000001',
  '"\\u0000"',
  '"\\ud800"',
  '"\\ud83d\\ude00"',
  `${'['.repeat(63)}${']'.repeat(63)}`,
  `${'{"a":'.repeat(80)}1${'}'.repeat(80)}`,
  '{"a":1,"a":2}',
  '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  'NaN',
  '01',
  "'a'",
  '',
];
const VALUE: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  '',
  ' ',
  'x',
  'x'.repeat(255),
  'x'.repeat(256),
  'ü'.repeat(3_000),
  '2026-11-24T10:00:00Z',
  '9999-12-31T23:59:59Z',
  '-5',
  '49.999',
  'EUR',
  'XXX',
  'toString',
  '__proto__',
  [],
  {},
  [[]],
  { not: '' },
  '\u202e\u0007\u2028',
];
const PLACEHOLDER = '\u0001raw\u0001';

/** Some fields taken out, exchanged, renamed, repeated or replaced by what nobody expects there. */
export function mutateJson(body: Buffer, random: Random): Buffer {
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    return mutateBytes(body, random);
  }
  const raws: string[] = [];
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const places = placesIn(json);
    if (places.length === 0) break;
    const { node, key } = random.pick(places);
    const change = random.below(6);
    if (change === 0) delete node[key];
    // A copy, since what is put in may be changed by what follows: it would grow from body to body.
    if (change === 1) node[key] = structuredClone(random.pick(VALUE));
    if (change === 2) {
      node[key] = PLACEHOLDER;
      raws.push(random.pick(RAW));
    }
    if (change === 3) {
      const other = random.pick(places);
      [node[key], other.node[other.key]] = [other.node[other.key], node[key]];
    }
    if (change === 4) repeat(node, key, random);
    if (change === 5) node[key] = random.chance(0.5) ? [node[key]] : { [key]: node[key] };
    // An exchange of a node with one inside it makes a circle; it is not JSON then.
    if (!isTree(json)) return mutateBytes(body, random);
  }
  return Buffer.from(
    JSON.stringify(json).replaceAll(JSON.stringify(PLACEHOLDER), () => raws.pop() ?? 'null'),
  );
}

/** A second time, under another name where it has one. */
function repeat(node: Record<string, unknown>, key: string, random: Random): void {
  // A name on a list would be written by nobody, and be followed by placesIn, in circles too.
  if (Array.isArray(node)) node.push(node[Number(key)]);
  else node[random.chance(0.3) ? '__proto__x' : `${key}x`] = node[key];
}

interface Place {
  readonly node: Record<string, unknown>;
  readonly key: string;
}

function placesIn(node: unknown): Place[] {
  if (typeof node !== 'object' || node === null) return [];
  const own = node as Record<string, unknown>;
  return Object.keys(own).flatMap((key) => [{ node: own, key }, ...placesIn(own[key])]);
}

function isTree(json: unknown): boolean {
  try {
    JSON.stringify(json);
    return true;
  } catch {
    return false;
  }
}

/** As it goes over the wire. */
export function bytesOf({ method, path, headers, body, chunked }: Request): Buffer {
  const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`;
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const start = [`${method} ${path} HTTP/1.1`, ...lines, framing, '', ''].join('\r\n');
  const content = chunked
    ? [`${body.length.toString(16)}\r\n`, body, body.length > 0 ? '\r\n0\r\n\r\n' : '\r\n']
    : [body];
  return Buffer.concat([Buffer.from(start, 'latin1'), ...content.map((part) => Buffer.from(part))]);
}
