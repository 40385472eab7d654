/**
 * A certificate authority of the simulator's own, and certificates as PayPal's, in a directory that a
 * server can be told to trust.
 */
import { randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createPrivateFile, nullIfMissing, writePrivateFile } from '../../files/private-files.js';
import { COMMON_NAMES } from './paypal.certificate.js';
import { ANCHORS_FILE } from './paypal.certificates.js';
import { type Environment } from './paypal.transmission.js';

/** Holds everything that belongs together, so that there is one file to be first with. */
export const KEY_FILE = 'simulator-key.json';

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};

/** Of all times: what it signs is tried at any of them. */
const VALIDITY = { notBefore: new Date('2000-01-01'), notAfter: new Date('2199-12-31') };

/** PEM of everything. */
interface Bundle {
  readonly privateKey: string;
  readonly authority: string;
  readonly certificates: Readonly<Record<Environment, string>>;
}

/** What signs: a private key in PEM, and under which names its certificates are found. */
export interface PaypalKey {
  readonly privateKey: string;
  readonly certificateNames: Readonly<Record<Environment, string>>;
}

/**
 * The key kept in `directory`, made at the first call and the same ever after, also when several
 * processes call for the first time at once. Files have mode 0600, the directory 0700.
 *
 * @throws an Error with the cure when the directory cannot be used or the key is damaged
 */
export async function loadOrCreateKey(directory: string): Promise<PaypalKey> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const path = join(directory, KEY_FILE);
  const bundle = (await readBundle(path)) ?? (await createBundle(path));
  const { privateKey, authority, certificates } = bundle;
  const certificateNames = {
    live: nameOf(certificates.live),
    sandbox: nameOf(certificates.sandbox),
  };
  // Always written anew, from the one file that all processes have read: so they belong together.
  await writePrivateFile(join(directory, ANCHORS_FILE), authority);
  await writePrivateFile(join(directory, `${certificateNames.live}.pem`), certificates.live);
  await writePrivateFile(join(directory, `${certificateNames.sandbox}.pem`), certificates.sandbox);
  return { privateKey, certificateNames };
}

/** As PayPal names them, from the certificate itself: another one is never found under the name. */
function nameOf(pem: string): string {
  const digits = new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
  return `CERT-${digits.slice(0, 16)}`;
}

async function createBundle(path: string): Promise<Bundle> {
  await createPrivateFile(path, `${JSON.stringify(await makeBundle(), null, 2)}\n`);
  const kept = await readBundle(path);
  if (kept === null) throw new Error(`${path} vanished while it was being created. Start again.`);
  return kept;
}

async function makeBundle(): Promise<Bundle> {
  // Only the simulator needs it, and it is slow to load. Its containers need this to be there before.
  await import('reflect-metadata');
  const { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, X509CertificateGenerator } =
    await import('@peculiar/x509');
  const newKeys = () => webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const [authorityKeys, keys] = [await newKeys(), await newKeys()];
  const common = { ...VALIDITY, signingAlgorithm: ALGORITHM };
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...common,
    serialNumber: randomBytes(8).toString('hex'),
    name: 'O=payment-webhooks simulator, CN=Trust only to try things',
    keys: authorityKeys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
    ],
  });
  const certificateFor = async (environment: Environment) => {
    const certificate = await X509CertificateGenerator.create({
      ...common,
      serialNumber: randomBytes(8).toString('hex'),
      issuer: authority.subject,
      signingKey: authorityKeys.privateKey,
      subject: `O=payment-webhooks simulator, CN=${COMMON_NAMES[environment]}`,
      publicKey: keys.publicKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      ],
    });
    return certificate.toString('pem');
  };
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  const base64 = Buffer.from(pkcs8).toString('base64');
  return {
    privateKey: `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`,
    authority: authority.toString('pem'),
    certificates: { live: await certificateFor('live'), sandbox: await certificateFor('sandbox') },
  };
}

async function readBundle(path: string): Promise<Bundle | null> {
  const text = await readFile(path, 'utf8').catch(nullIfMissing);
  if (text === null) return null;
  try {
    const { privateKey, authority, certificates } = JSON.parse(text) as Bundle;
    const { live, sandbox } = certificates;
    if ([privateKey, authority, live, sandbox].every((pem) => pem.startsWith('-----BEGIN '))) {
      return { privateKey, authority, certificates: { live, sandbox } };
    }
  } catch {
    // Told below, as whatever else is wrong with it.
  }
  throw new Error(`${path} is damaged. Restore it, or delete it to have a new key made.`);
}
