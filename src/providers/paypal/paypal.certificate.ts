/** From the bytes of certificates to a key that may be trusted, and when. Pure. */
import { type KeyObject, X509Certificate } from 'node:crypto';

import { type Environment } from './paypal.transmission.js';

/** The subjects that PayPal's signing certificates are issued to. */
export const COMMON_NAMES: Readonly<Record<Environment, string>> = {
  live: 'messageverificationcerts.paypal.com',
  sandbox: 'messageverificationcerts.sandbox.paypal.com',
};

/** In milliseconds since the epoch, with both ends. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** Certificates between one and its trust anchor; DigiCert's chains have one or two. */
const MAX_INTERMEDIATES = 4;
const MIN_KEY_BITS = 2048;
const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a PEM file, in its order. Throws where it has none, or one that is damaged. */
export function readCertificates(pem: string): [X509Certificate, ...X509Certificate[]] {
  const [first, ...others] = (pem.match(PEM) ?? []).map((one) => new X509Certificate(one));
  if (first === undefined) throw new Error('no certificate in PEM');
  return [first, ...others];
}

/**
 * The key of a signing certificate, or null where it is none: another subject than PayPal's of that
 * environment, or not RSA of 2048 bits or more.
 */
export function signingKeyOf(
  certificate: X509Certificate,
  environment: Environment,
): KeyObject | null {
  const names = certificate.subject.split('\n').filter((line) => line.startsWith('CN='));
  if (names.length !== 1 || names[0] !== `CN=${COMMON_NAMES[environment]}`) return null;
  const { publicKey } = certificate;
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  return publicKey.asymmetricKeyType === 'rsa' && bits >= MIN_KEY_BITS ? publicKey : null;
}

/**
 * When a certificate may be trusted: for each path from it to a trust anchor, the time in which every
 * certificate on the path is valid. Empty where there is no path. A certificate that is an anchor
 * itself needs no path.
 *
 * @param others certificates that came along; they prove nothing by themselves
 */
export function trustedPeriods(
  certificate: X509Certificate,
  others: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
): Period[] {
  const periods: Period[] = [];
  const follow = (last: X509Certificate, valid: Period, intermediates: number) => {
    if (anchors.some((anchor) => anchor.raw.equals(last.raw))) {
      periods.push(valid);
      return;
    }
    for (const anchor of anchors) {
      if (isIssuedBy(last, anchor)) periods.push(both(valid, periodOf(anchor)));
    }
    // This also ends a circle.
    if (intermediates >= MAX_INTERMEDIATES) return;
    for (const issuer of others) {
      if (isIssuedBy(last, issuer))
        follow(issuer, both(valid, periodOf(issuer)), intermediates + 1);
    }
  };
  follow(certificate, periodOf(certificate), 0);
  return periods;
}

/** Where a certificate says that its issuer's is to be had (RFC 5280, 4.2.2.1); null where it does not. */
export function issuerUrlOf(certificate: X509Certificate): string | null {
  return /^CA Issuers - URI:(\S+)$/m.exec(certificate.infoAccess ?? '')?.[1] ?? null;
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  // checkIssued compares names and key usage only; the signature is what proves it.
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function periodOf({ validFrom, validTo }: X509Certificate): Period {
  return { from: Date.parse(validFrom), to: Date.parse(validTo) };
}

function both(a: Period, b: Period): Period {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}
