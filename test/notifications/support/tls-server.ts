/** HTTPS servers with certificates that are right or wrong, of an authority that only tests have. */
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { type AddressInfo } from 'node:net';

const KEYS = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };
const AUTHORITY = 'CN=Authority of the tests';
const DAY = 86_400_000;

export interface Authority {
  readonly pem: string;
  /** Starts a server whose certificate is for that name and ends so many milliseconds from now. */
  serve(name: string, endsIn?: number): Promise<TlsServer>;
}

export interface TlsServer {
  readonly port: number;
  /** Requests that reached it. */
  readonly requests: number;
  close(): Promise<void>;
}

export async function createAuthority(): Promise<Authority> {
  const keys = await newKeys();
  const issue = (subject: string, publicKey: webcrypto.CryptoKey, name?: string, endsIn = DAY) =>
    X509CertificateGenerator.create({
      serialNumber: randomBytes(8).toString('hex'),
      subject,
      issuer: AUTHORITY,
      notBefore: new Date(Date.now() - 30 * DAY),
      notAfter: new Date(Date.now() + endsIn),
      publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: SIGNING,
      extensions:
        name === undefined
          ? [new BasicConstraintsExtension(true, undefined, true)]
          : [new SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
    });
  const own = await issue(AUTHORITY, keys.publicKey);
  return {
    pem: own.toString('pem'),
    async serve(name, endsIn) {
      const { publicKey, privateKey } = await newKeys();
      const certificate = await issue(`CN=${name}`, publicKey, name, endsIn);
      const key = KeyObject.from(privateKey).export({ format: 'pem', type: 'pkcs8' });
      return listen(certificate.toString('pem'), key);
    },
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);
}

async function listen(cert: string, key: string | Buffer): Promise<TlsServer> {
  let requests = 0;
  const server = createServer({ cert, key }, (_, response) => {
    requests += 1;
    response.end('ok');
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get requests() {
      return requests;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
