import { constants, type KeyObject, verify } from 'node:crypto';

import { Logger } from '@nestjs/common';

import { readJson } from '../../json/read-json.js';
import {
  type Provider,
  type ProviderOptions,
  type SignedRequest,
  type Verification,
  type VerificationContext,
} from '../provider.js';
import { Certificates } from './paypal.certificates.js';
import { type Fetch, fetchDirectly } from './paypal.http.js';
import { normalisePaypal, PAYPAL_EVENT_TYPES, PAYPAL_KEPT_HEADERS } from './paypal.normaliser.js';
import { type Api, Postback } from './paypal.postback.js';
import { paypalScenarios, signPaypal } from './paypal.samples.js';
import { loadOrCreateKey } from './paypal.signing-key.js';
import { environmentOfHost, readTransmission, signedContent } from './paypal.transmission.js';

/** Within which a certificate and a verdict are had, in all. */
const TIMEOUT_MS = 3000;
const A_MINUTE = 60_000;
const API_URL = 'https://api-m.paypal.com';
/** PayPal's have 17 characters; not one of them is its mock events' literal `WEBHOOK_ID`. */
const WEBHOOK_ID = /^[A-Za-z0-9]{12,50}$/;
const ID_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ID_LENGTH = 17;

export interface PaypalDependencies {
  readonly fetch?: Fetch;
  /** Milliseconds since the epoch, for how long things are kept. */
  readonly now?: () => number;
  /** Trust anchors in PEM for certificates that are fetched; by default those of Node. */
  readonly roots?: readonly string[];
  readonly timeoutMs?: number;
  /** Is told why something is refused that may well be authentic: a fault of the net or the settings. */
  readonly onFault?: (fault: string) => void;
}

const INVALID: Verification = { authentic: false, code: 'signature_invalid' };
const UNAVAILABLE: Verification = { authentic: false, code: 'verification_unavailable' };

/** https://developer.paypal.com/api/rest/webhooks/rest/; see README.md. */
export function createPaypalProvider({
  fetch = fetchDirectly,
  now = Date.now,
  roots,
  timeoutMs = TIMEOUT_MS,
  onFault = warnEachMinute(now),
}: PaypalDependencies = {}): Provider {
  const certificates = new Certificates(fetch, now, roots);
  const postback = new Postback(fetch, now);

  const unavailable = (error: unknown): Verification => {
    onFault(error instanceof Error ? error.message : String(error));
    return UNAVAILABLE;
  };

  /** By certificate first, and where an account is configured by PayPal itself too. */
  async function verifyPaypal(
    request: SignedRequest,
    context: VerificationContext,
  ): Promise<Verification> {
    const reading = readTransmission(request);
    if (!reading.ok) return { authentic: false, code: reading.code };
    const { transmission } = reading;
    const { certificateUrl } = transmission;

    const deadline = AbortSignal.timeout(timeoutMs);
    let certificate;
    try {
      certificate = await certificates.get(certificateUrl, context.options.certDir, deadline);
    } catch (error) {
      return unavailable(error);
    }
    const { key, trusted } = certificate;
    const trustedNow = trusted.some(({ from, to }) => from <= context.now && context.now <= to);
    if (key === null || !trustedNow) return INVALID;

    const signature = Buffer.from(transmission.signature, 'base64');
    const secret = context.secrets.find(({ value }) =>
      isSignature(signature, key, signedContent(transmission, value, request.body)),
    );
    if (secret === undefined) return INVALID;
    // Only now, so that the answer tells nothing about the clock to who cannot sign.
    if (isInTheFuture(transmission.sentAt, context)) {
      return { authentic: false, code: 'timestamp_out_of_tolerance' };
    }
    const authentic: Verification = { authentic: true, verifiedWith: secret.label };
    const api = apiOf(context.options);
    if (api === null) return authentic;

    if (api.clientId === '' || api.clientSecret === '') {
      return unavailable('of PAYPAL_CLIENT_ID and PAYPAL_CLIENT_SECRET only one is set; set both');
    }
    const { environment } = certificateUrl;
    if (!isOfEnvironment(api, environment)) {
      onFault(`PAYPAL_API_URL, ${api.url}, is not of the environment of the event, ${environment}`);
      return INVALID;
    }
    // Anything but one JSON value could end the field that it is put into and add fields of its own.
    if (!readJson(request.body).ok) return INVALID;
    try {
      const { value } = secret;
      return (await postback.confirms(api, transmission, value, request.body, deadline))
        ? authentic
        : INVALID;
    } catch (error) {
      return unavailable(error);
    }
  }

  return {
    name: 'paypal',
    title: 'PayPal',
    contentTypes: ['application/json'],
    secret: {
      variable: 'PAYPAL_WEBHOOK_ID',
      description:
        "The webhook's id: Developer Dashboard → Apps & Credentials → your app → Webhooks, 17 letters and digits.",
      check: (value) =>
        WEBHOOK_ID.test(value)
          ? null
          : 'is not 12 to 50 letters and digits; copy the whole id of the webhook, e.g. 4JH86294D6297924G',
      make: (random) =>
        Array.from(
          random.subarray(0, ID_LENGTH),
          (byte) => ID_ALPHABET[byte % ID_ALPHABET.length],
        ).join(''),
    },
    signsTime: 'once',
    options: [
      {
        name: 'clientId',
        variable: 'PAYPAL_CLIENT_ID',
        description: "The app's client id: with the secret, PayPal is asked about each event too.",
        needs: 'clientSecret',
      },
      {
        name: 'clientSecret',
        variable: 'PAYPAL_CLIENT_SECRET',
        description: "The app's secret, to be set together with the client id.",
        secret: true,
        needs: 'clientId',
      },
      {
        name: 'apiUrl',
        variable: 'PAYPAL_API_URL',
        description:
          'Where PayPal is asked; https://api-m.sandbox.paypal.com for an app of the sandbox.',
        default: API_URL,
        check: (value) =>
          isApiUrl(value)
            ? null
            : 'is not an address such as https://api-m.paypal.com: https, without user, query and fragment',
      },
      {
        name: 'certDir',
        variable: 'PAYPAL_CERT_DIR',
        description:
          'A directory with the signing certificates (<last segment of their address>.pem) and their only trust anchors (ca.pem); nothing is fetched then.',
      },
    ],
    refScope: { account: false, livemode: true },
    normaliserVersion: 2,
    refusesUnusable: false,
    keepsHeaders: PAYPAL_KEPT_HEADERS,
    subscriptions: [...PAYPAL_EVENT_TYPES.keys()],
    verify: verifyPaypal,
    normalise: normalisePaypal,
    scenarios: paypalScenarios,
    sign: signPaypal,
    signingKey: async (directory) => ({
      key: JSON.stringify(await loadOrCreateKey(directory)),
      options: { certDir: directory },
    }),
  };
}

export const paypalProvider = createPaypalProvider();

/** Strangers can cause such faults, by naming certificates that do not exist: they fill no log. */
function warnEachMinute(now: () => number): (fault: string) => void {
  const logger = new Logger('PaypalProvider');
  let silentUntil = -Infinity;
  return (fault) => {
    if (now() < silentUntil) return;
    silentUntil = now() + A_MINUTE;
    logger.warn(`an event of PayPal cannot be verified: ${fault}`);
  };
}

/** RSA of PKCS#1 v1.5 over SHA-256; false for whatever is none. */
function isSignature(signature: Buffer, key: KeyObject, content: string): boolean {
  const padded = { key, padding: constants.RSA_PKCS1_PADDING };
  return verify('sha256', Buffer.from(content), padded, signature);
}

/** PayPal signs a time once, and sends again for three days: only a time to come is refused. */
function isInTheFuture(sentAt: number, { now, toleranceSeconds }: VerificationContext): boolean {
  return Math.floor(sentAt / 1000) - Math.floor(now / 1000) > toleranceSeconds;
}

/** Null where PayPal is not to be asked. One of two credentials does not switch that off. */
function apiOf({
  apiUrl = API_URL,
  clientId = '',
  clientSecret = '',
}: ProviderOptions): Api | null {
  if (clientId === '' && clientSecret === '') return null;
  return { url: apiUrl.replace(/\/+$/, ''), clientId, clientSecret };
}

/** An API of PayPal knows the events of its own environment; of any other address nothing is known. */
function isOfEnvironment({ url }: Api, environment: string): boolean {
  const own = environmentOfHost(new URL(url).host);
  return own === null || own === environment;
}

function isApiUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(value);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  const encrypted = protocol === 'https:' || (protocol === 'http:' && loopback);
  return encrypted && [username, password, search, hash].every((part) => part === '');
}
