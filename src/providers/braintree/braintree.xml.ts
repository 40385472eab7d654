/** From the payload of a notification, base64 of XML, to the JSON that it stands for. */
import { isUtf8 } from 'node:buffer';

import { XMLParser } from 'fast-xml-parser';

import { isJsonObject, type JsonValue } from '../../json/json.js';
import { type JsonReading } from '../../json/read-json.js';
import { MAX_DEPTH, MAX_KEYS } from '../../json/parse-json.js';
import { formOf } from './braintree.signature.js';

/** An opening and a closing one for each element. */
const MAX_TAGS = 2 * MAX_KEYS;
/** Always a list, also of one: all else that stands once is no list. */
const LIST = 'notification.subject.subscription.transactions.transaction';

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  // Counted without the innermost.
  maxNestedTags: MAX_DEPTH - 1,
  // Nothing that a document declares is ever expanded; what XML itself declares is, by us.
  processEntities: false,
  tagValueProcessor: (_name, text) => withoutReferences(text),
  isArray: (_name, path) => path === LIST,
});

const PREDEFINED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/**
 * Elements become fields under their own names (`currency-iso-code`), repeated ones lists, text a
 * string without white space around it, an empty element null; attributes are left out. What is not
 * well-formed is `invalid_json`, and so is a document with a declaration of types (DTD), a comment or
 * a CDATA section: Braintree writes none, and parsers disagree about them.
 */
export function decodeBraintree(body: Buffer): JsonReading {
  const bytes = bytesOf(formOf(body)?.payload ?? '');
  if (bytes === null) return { ok: false, code: 'invalid_json' };
  if (!isUtf8(bytes)) return { ok: false, code: 'invalid_utf8' };
  const xml = bytes.toString();
  if (xml.includes('<!')) return { ok: false, code: 'invalid_json' };
  if (xml.split('<', MAX_TAGS + 1).length > MAX_TAGS) return { ok: false, code: 'too_many_keys' };
  try {
    const value = jsonOf(parser.parse(xml, true));
    return isJsonObject(value) ? { ok: true, value } : { ok: false, code: 'not_object' };
  } catch {
    return { ok: false, code: 'invalid_json' };
  }
}

/** Null for anything but canonical base64, in lines of whatever length. */
function bytesOf(payload: string): Buffer | null {
  const base64 = payload.replaceAll('\n', '');
  const bytes = Buffer.from(base64, 'base64');
  return base64 !== '' && bytes.toString('base64') === base64 ? bytes : null;
}

function jsonOf(node: unknown): JsonValue {
  if (typeof node === 'string') return node === '' ? null : node;
  if (Array.isArray(node)) return node.map(jsonOf);
  return Object.fromEntries(
    Object.entries(node as object).map(([name, child]) => [name, jsonOf(child)]),
  );
}

/** Throws for a reference that XML does not define by itself. */
function withoutReferences(text: string): string {
  return text.replaceAll(/&([^;]*);?/g, (reference, name: string) => {
    const [, hex, decimal] = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(name) ?? [];
    if (hex !== undefined) return character(Number.parseInt(hex, 16));
    if (decimal !== undefined) return character(Number(decimal));
    const predefined = Object.hasOwn(PREDEFINED, name) ? PREDEFINED[name] : undefined;
    if (predefined === undefined || !reference.endsWith(';')) throw new Error('unknown reference');
    return predefined;
  });
}

/** XML has no NUL and no half of a surrogate pair, however they are written. */
function character(codePoint: number): string {
  const text = String.fromCodePoint(codePoint);
  if (codePoint === 0 || !text.isWellFormed()) throw new Error('no character of XML');
  return text;
}
