/** Where certificates come from: PayPal, or a directory. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';

import { SharedCache } from './paypal.cache.js';
import {
  issuerUrlOf,
  type Period,
  readCertificates,
  signingKeyOf,
  trustedPeriods,
} from './paypal.certificate.js';
import { type Fetch, fetchBody } from './paypal.http.js';
import { type CertificateUrl } from './paypal.transmission.js';

/** The name of the file in a certificate directory that holds the trust anchors. */
export const ANCHORS_FILE = 'ca.pem';

const A_MINUTE = 60_000;
/** As PayPal lets its certificates be cached: `cache-control: public, max-age=86400`. */
const A_DAY = 24 * 60 * A_MINUTE;

/** PayPal serves its certificate without the issuer's, which is DigiCert's. */
const ISSUER_URL = /^http:\/\/cacerts\.digicert\.com\/[A-Za-z0-9_-]+\.crt$/;
const MAX_ISSUERS = 3;

/** What a certificate is worth; `key` is null where it is not PayPal's, whoever issued it. */
export interface SigningCertificate {
  readonly key: KeyObject | null;
  readonly trusted: readonly Period[];
}

export class Certificates {
  private readonly cache: SharedCache<SigningCertificate>;
  private anchors: readonly X509Certificate[] | undefined;

  /** @param roots trust anchors in PEM for what is fetched: those of Node unless told otherwise */
  constructor(
    private readonly fetch: Fetch,
    private readonly now: () => number,
    private readonly roots: readonly string[] = rootCertificates,
  ) {
    this.cache = new SharedCache(now);
  }

  /**
   * The certificate of an address: from `directory` where there is one, and then nothing is fetched.
   * Throws where it is not to be had; one that is not to be trusted is had all the same.
   */
  get(
    url: CertificateUrl,
    directory: string | undefined,
    deadline: AbortSignal,
  ): Promise<SigningCertificate> {
    return this.cache.get(`${directory ?? ''}\n${url.href}`, async () => {
      const value =
        directory === undefined
          ? await this.fetched(url, deadline)
          : await readFrom(directory, url);
      // A directory may be put right, and who serves a wrong certificate may serve the right one.
      const settled = directory === undefined && value.key !== null && this.isTrustedNow(value);
      return { value, keepFor: settled ? A_DAY : A_MINUTE };
    });
  }

  private async fetched(url: CertificateUrl, deadline: AbortSignal): Promise<SigningCertificate> {
    const get = (href: string) => fetchBody(this.fetch, { url: href, method: 'GET', deadline });
    const [certificate, ...others] = readCertificates((await get(url.href)).toString('latin1'));
    this.anchors ??= this.roots.map((pem) => new X509Certificate(pem));

    let trusted = trustedPeriods(certificate, others, this.anchors);
    for (let asked = 0; trusted.length === 0 && asked < MAX_ISSUERS; asked += 1) {
      // It proves itself by its signature, so that it may come over plain HTTP, as the rule is.
      const issuerUrl = issuerUrlOf(others.at(-1) ?? certificate);
      if (issuerUrl === null || !ISSUER_URL.test(issuerUrl)) break;
      others.push(new X509Certificate(await get(issuerUrl)));
      trusted = trustedPeriods(certificate, others, this.anchors);
    }
    return { key: signingKeyOf(certificate, url.environment), trusted };
  }

  private isTrustedNow({ trusted }: SigningCertificate): boolean {
    return trusted.some(({ from, to }) => from <= this.now() && this.now() <= to);
  }
}

async function readFrom(directory: string, url: CertificateUrl): Promise<SigningCertificate> {
  const read = async (file: string) =>
    readCertificates(await readFile(join(directory, file), 'latin1'));
  const anchors = await read(ANCHORS_FILE);
  const [certificate, ...others] = await read(`${url.name}.pem`);
  return {
    key: signingKeyOf(certificate, url.environment),
    trusted: trustedPeriods(certificate, others, anchors),
  };
}
