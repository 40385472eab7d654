/** What the headers of a delivery say, and what PayPal signs. Nothing of it is believed yet. */
import { crc32 } from 'node:zlib';

import { type SignedRequest, type Verification } from '../provider.js';
import { parseRfc3339 } from '../rfc3339.js';
import { signatureHeader } from '../signing/headers.js';

export type Environment = 'live' | 'sandbox';

/** The only hosts that a certificate is read from, and what they are of. */
const HOSTS: ReadonlyMap<string, Environment> = new Map([
  ['api.paypal.com', 'live'],
  ['api-m.paypal.com', 'live'],
  ['api.sandbox.paypal.com', 'sandbox'],
  ['api-m.sandbox.paypal.com', 'sandbox'],
]);

/** The environment of one of PayPal's API hosts; null for any other host. */
export function environmentOfHost(host: string): Environment | null {
  return HOSTS.get(host) ?? null;
}

export interface CertificateUrl {
  readonly href: string;
  /** Its last segment: letters, digits, `_` and `-`, so that it is a safe file name too. */
  readonly name: string;
  readonly environment: Environment;
}

/** No port, no user, no query, no fragment, no escape and no other spelling of the host gets through. */
const CERTIFICATE_URL = /^https:\/\/([a-z.-]+)\/v1\/notifications\/certs\/([A-Za-z0-9_-]{1,128})$/;

/** Null for every address that is not exactly one of PayPal's certificates. */
export function parseCertificateUrl(href: string): CertificateUrl | null {
  const [, host = '', name = ''] = CERTIFICATE_URL.exec(href) ?? [];
  const environment = environmentOfHost(host);
  return environment === null ? null : { href, name, environment };
}

export const TRANSMISSION_ID_HEADER = 'PAYPAL-TRANSMISSION-ID';
export const CERTIFICATE_URL_HEADER = 'PAYPAL-CERT-URL';
/** The one algorithm; in Node's words RSA-SHA256, PKCS#1 v1.5. */
export const ALGORITHM = 'SHA256withRSA';

export interface Transmission {
  readonly id: string;
  /** As it was sent, since these characters are what is signed. */
  readonly time: string;
  /** The same in milliseconds since the epoch. */
  readonly sentAt: number;
  readonly signature: string;
  readonly certificateUrl: CertificateUrl;
}

type Reading =
  | { readonly ok: true; readonly transmission: Transmission }
  | {
      readonly ok: false;
      readonly code: Extract<Verification, { readonly authentic: false }>['code'];
    };

/** Reads the five headers, each of which must stand exactly once and be of its form. */
export function readTransmission(request: SignedRequest): Reading {
  const values: string[] = [];
  for (const name of [
    'PAYPAL-TRANSMISSION-SIG',
    TRANSMISSION_ID_HEADER,
    'PAYPAL-TRANSMISSION-TIME',
    CERTIFICATE_URL_HEADER,
    'PAYPAL-AUTH-ALGO',
  ]) {
    const header = signatureHeader(request, name);
    if (!header.ok) return header;
    values.push(header.value);
  }
  const [signature = '', id = '', time = '', url = '', algorithm = ''] = values;
  const sentAt = parseRfc3339(time);
  const certificateUrl = parseCertificateUrl(url);
  const sound = algorithm === ALGORITHM && /^[\w-]{1,64}$/.test(id) && isCanonicalBase64(signature);
  return sound && sentAt !== null && certificateUrl !== null
    ? { ok: true, transmission: { id, time, sentAt, signature, certificateUrl } }
    : { ok: false, code: 'signature_invalid' };
}

/**
 * What PayPal signs: `id|time|webhook id|CRC-32 of the raw body`, the last as unsigned decimal. Of the
 * body nothing but that checksum is signed, and a body can be made to have any checksum: README.md.
 */
export function signedContent(
  { id, time }: Pick<Transmission, 'id' | 'time'>,
  webhookId: string,
  body: Buffer,
): string {
  return `${id}|${time}|${webhookId}|${crc32(body)}`;
}

function isCanonicalBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}
