/** Certificates and signed deliveries for tests, made independently of what they test. */
import 'reflect-metadata';
import { randomBytes, sign, webcrypto, KeyObject } from 'node:crypto';

import {
  AuthorityInfoAccessExtension,
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

export const NOW = Date.UTC(2026, 10, 24, 10);
export const SANDBOX = 'messageverificationcerts.sandbox.paypal.com';
export const LIVE = 'messageverificationcerts.paypal.com';
export const WEBHOOK_ID = '4JH86294D6297924G';

const YEAR = 365 * 86_400_000;
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};

type Keys = webcrypto.CryptoKeyPair;

export function newKeys(modulusLength = 2048): Promise<Keys> {
  return webcrypto.subtle.generateKey({ ...RSA, modulusLength }, true, ['sign', 'verify']);
}

export function newEcKeys(): Promise<Keys> {
  return webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
}

export interface Issued {
  readonly pem: string;
  readonly der: Buffer;
  readonly subject: string;
  readonly keys: Keys;
}

export interface Wishes {
  /** As a name, e.g. `CN=Root`. */
  readonly subject: string;
  readonly keys: Keys;
  /** Itself where there is none. */
  readonly issuer?: Pick<Issued, 'subject' | 'keys'>;
  readonly ca?: boolean;
  /** May sign certificates by its key usage; by default what is an authority. */
  readonly signsCertificates?: boolean;
  /** Another key than that of `keys`, as SubjectPublicKeyInfo. */
  readonly publicKey?: Buffer;
  readonly from?: number;
  readonly to?: number;
  /** Where it says that its issuer's certificate is. */
  readonly issuerUrl?: string;
}

export async function issue({
  subject,
  keys,
  issuer,
  ca = false,
  signsCertificates = ca,
  publicKey,
  from = NOW - YEAR,
  to = NOW + YEAR,
  issuerUrl,
}: Wishes): Promise<Issued> {
  const signer = issuer ?? { subject, keys };
  const usage = signsCertificates ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature;
  const extensions: Extension[] = [
    new BasicConstraintsExtension(ca, undefined, true),
    new KeyUsagesExtension(usage, true),
  ];
  if (issuerUrl !== undefined) {
    extensions.push(new AuthorityInfoAccessExtension({ caIssuers: [issuerUrl] }));
  }
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomBytes(8).toString('hex'),
    subject,
    issuer: signer.subject,
    notBefore: new Date(from),
    notAfter: new Date(to),
    publicKey: publicKey ?? keys.publicKey,
    signingKey: signer.keys.privateKey,
    signingAlgorithm: RSA,
    extensions,
  });
  return {
    pem: certificate.toString('pem'),
    der: Buffer.from(certificate.rawData),
    subject,
    keys,
  };
}

/** CRC-32 bit by bit, as the definition is. */
export function plainCrc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

export type HeaderList = readonly (readonly [name: string, value: string])[];

export interface Signing {
  readonly keys: Keys;
  readonly body: Buffer;
  readonly certificateUrl: string;
  readonly webhookId?: string;
  readonly id?: string;
  readonly time?: string;
}

export function signedHeaders({
  keys,
  body,
  certificateUrl,
  webhookId = WEBHOOK_ID,
  id = 'b2384410-f8d2-11e4-8bf3-77339302725b',
  time = '2026-11-24T10:00:00Z',
}: Signing): HeaderList {
  const content = `${id}|${time}|${webhookId}|${plainCrc32(body)}`;
  const key = KeyObject.from(keys.privateKey);
  return [
    ['Paypal-Transmission-Id', id],
    ['Paypal-Transmission-Time', time],
    ['Paypal-Transmission-Sig', sign('sha256', Buffer.from(content), key).toString('base64')],
    ['Paypal-Cert-Url', certificateUrl],
    ['Paypal-Auth-Algo', 'SHA256withRSA'],
    ['Paypal-Auth-Version', 'v2'],
  ];
}
