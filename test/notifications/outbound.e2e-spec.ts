/** What leaves to endpoints: where connections are made, and what is read of the answers. */
import { execFile } from 'node:child_process';
import { type LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { checkEndpointUrl } from '../../src/notifications/outbound/endpoint-url.js';
import { HttpSender, type Sent } from '../../src/notifications/outbound/http-sender.js';
import {
  OutboundRules,
  type Resolve,
  systemResolver,
} from '../../src/notifications/outbound/outbound-rules.js';
import { answering, AppServer } from './support/app-server.js';
import { type Authority, createAuthority } from './support/tls-server.js';

const HOOKS = new URL('../properties/support/typescript.mjs', import.meta.url).href;
const ONCE = fileURLToPath(new URL('./support/post-once.ts', import.meta.url));

const FORBIDDEN = /not on the public Internet.*NOTIFY_ALLOW_CIDRS/;
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

let app: AppServer;
const senders: HttpSender[] = [];

beforeEach(async () => {
  app = await AppServer.start();
});
afterEach(async () => {
  for (const sender of senders.splice(0)) await sender.onApplicationShutdown();
  await app.close();
});

function addresses(...list: string[]): LookupAddress[] {
  return list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
}

const nobody: Resolve = () => Promise.reject(new Error('getaddrinfo ENOTFOUND'));

function rulesWith(allowed: string[], resolve: Resolve = nobody): OutboundRules {
  const settings = { notifyAllowCidrs: allowed, publicUrl: 'https://pay.example.com' };
  return new OutboundRules(settings, resolve);
}

function senderWith(
  allowed: string[],
  resolve?: Resolve,
  options?: ConstructorParameters<typeof HttpSender>[1],
): HttpSender {
  const sender = new HttpSender(rulesWith(allowed, resolve), options);
  senders.push(sender);
  return sender;
}

function post(sender: HttpSender, url: string): Promise<Sent> {
  const signal = new AbortController().signal;
  return sender.post(url, { headers: {}, body: Buffer.from('{}'), signal });
}

describe('no connection is made', () => {
  it.each([
    'http://127.0.0.1',
    'http://127.1',
    'http://2130706433',
    'http://0x7f000001',
    'http://0177.0.0.1',
    'http://0',
    'http://0.0.0.0',
    'http://[::1]',
    'http://[::]',
    'http://[::ffff:127.0.0.1]',
    'http://[::127.0.0.1]',
    'http://[64:ff9b::7f00:1]',
    'http://[2002:7f00:1::]',
    'http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]',
    'http://[fe80::1]',
    'http://[fd00::1]',
    'http://[5f00::1]',
    'http://[3fff::1]',
    'http://10.0.0.1',
    'http://172.16.0.1',
    'http://192.168.0.1',
    'http://100.64.0.1',
    'http://169.254.169.254',
    'http://192.0.0.1',
    'http://198.18.0.1',
    'http://224.0.0.1',
    'http://240.0.0.1',
    'http://255.255.255.255',
  ])('to the literal %s, over HTTP or HTTPS', async (host) => {
    const sender = senderWith([]);
    for (const url of [`${host}:${app.port}`, `${host.replace('http', 'https')}:${app.port}`]) {
      expect(await checkEndpointUrl(url, rulesWith([]))).not.toBeNull();
      const { status, error } = await post(sender, url);
      expect({ status, error }).toEqual({
        status: null,
        error: expect.stringMatching(FORBIDDEN) as string,
      });
    }
    expect(app.connections).toBe(0);
  });

  it.each([
    [['127.0.0.1']],
    [['::1']],
    [['93.184.216.34', '::1']],
    [['2606:4700::1111', '127.0.0.1']],
    [['::ffff:127.0.0.1']],
    [['::127.0.0.1']],
    [['10.0.0.1']],
    [['169.254.169.254']],
    [['93.184.216.34', '169.254.169.254']],
  ])('to a name with %j', async (list) => {
    const sender = senderWith([], () => Promise.resolve(addresses(...list)));
    for (const scheme of ['http', 'https']) {
      const { error } = await post(sender, `${scheme}://app.example.com:${app.port}`);
      expect(error).toMatch(FORBIDDEN);
    }
    expect(app.connections).toBe(0);
  });

  it('to a name that has moved since it was checked, in a hundred tries', async () => {
    for (let i = 0; i < 100; i += 1) {
      let asked = 0;
      const moving: Resolve = () =>
        Promise.resolve(addresses((asked += 1) === 1 ? '93.184.216.34' : '127.0.0.1'));
      const rules = rulesWith([], moving);
      const url = `http://app.example.com:${app.port}`;
      expect(await checkEndpointUrl(url, rules)).toBeNull();
      const sender = new HttpSender(rules);
      senders.push(sender);
      expect((await post(sender, url)).error).toMatch(FORBIDDEN);
      expect(asked).toBe(2);
    }
    expect(app.connections).toBe(0);
  });

  it('to localhost by the name that the system has for it', async () => {
    const url = `http://localhost:${app.port}/told`;
    expect((await post(senderWith([], systemResolver), url)).error).toMatch(FORBIDDEN);
    expect(app.connections).toBe(0);
    expect((await post(senderWith(LOOPBACK, systemResolver), url)).status).toBe(204);
    expect(app.connections).toBe(1);
  });

  it('to a private address by a redirect', async () => {
    const other = await AppServer.start();
    for (const status of [301, 302, 303, 307, 308]) {
      app.answer = answering(status, { Location: other.url });
      expect((await post(senderWith(LOOPBACK), app.url)).status).toBe(status);
    }
    expect(other.connections).toBe(0);
    await other.close();
  });

  it('to a proxy of the environment', async () => {
    const proxy = await AppServer.start();
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
    for (const name of names) process.env[name] = `http://127.0.0.1:${proxy.port}`;
    try {
      expect((await post(senderWith(LOOPBACK), app.url)).status).toBe(204);
    } finally {
      for (const name of names) delete process.env[name];
    }
    expect(proxy.connections).toBe(0);
    await proxy.close();
  });
});

describe('a connection', () => {
  it('is made to what is allowed, and kept for the next request', async () => {
    const sender = senderWith(LOOPBACK, () => Promise.resolve(addresses('127.0.0.1')));
    for (let i = 0; i < 5; i += 1) expect((await post(sender, app.url)).status).toBe(204);
    // One may still be taken for busy when the next request begins.
    expect(app.connections).toBeLessThanOrEqual(2);
    expect((await post(sender, `http://app.example.com:${app.port}/x?y=%20z`)).status).toBe(204);
    expect(app.received.at(-1)).toMatchObject({ path: '/x?y=%20z', body: '{}' });
    expect(app.received.at(-1)!.headers.host).toBe(`app.example.com:${app.port}`);
  });

  it('that is refused says so', async () => {
    const { port } = app;
    await app.close();
    const sent = await post(senderWith(LOOPBACK), `http://127.0.0.1:${port}`);
    expect(sent).toMatchObject({
      status: null,
      answer: null,
      error: expect.stringContaining('ECONNREFUSED') as string,
    });
    app = await AppServer.start();
  });

  it('to a name that does not resolve says so', async () => {
    const sent = await post(senderWith([]), 'https://nobody.example.com');
    expect(sent).toEqual({
      status: null,
      retryAfter: null,
      answer: null,
      error: expect.stringContaining('ENOTFOUND') as string,
    });
  });
});

describe('a certificate', () => {
  const resolve: Resolve = () => Promise.resolve(addresses('127.0.0.1'));
  let authority: Authority;
  beforeAll(async () => {
    authority = await createAuthority();
  });

  it.each([
    [
      'of an authority that is not trusted',
      'app.example.com',
      86_400_000,
      false,
      /self-signed|unable to/,
    ],
    ['that has expired', 'app.example.com', -1000, true, /expired/],
    ['for another name', 'other.example.com', 86_400_000, true, /altnames/],
  ])('%s is refused', async (_, name, endsIn, trusted, error) => {
    const server = await authority.serve(name, endsIn);
    const sender = senderWith(LOOPBACK, resolve, trusted ? { ca: authority.pem } : {});
    const sent = await post(sender, `https://app.example.com:${server.port}`);
    expect(sent).toMatchObject({ status: null, error: expect.stringMatching(error) as string });
    expect(server.requests).toBe(0);
    await server.close();
  });

  it('that is wrong is refused also with NODE_TLS_REJECT_UNAUTHORIZED=0', async () => {
    const server = await authority.serve('app.example.com');
    const url = `https://app.example.com:${server.port}`;
    // In a process of its own: Node reads it from the real environment, which a test does not have.
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', HOOKS, ONCE, url], {
      env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' },
    });
    expect(JSON.parse(stdout)).toMatchObject({
      status: null,
      error: expect.stringMatching(/self-signed|unable to/) as string,
    });
    expect(server.requests).toBe(0);
    await server.close();
  });

  it('that is right is accepted', async () => {
    const server = await authority.serve('app.example.com');
    const sender = senderWith(LOOPBACK, resolve, { ca: authority.pem });
    const sent = await post(sender, `https://app.example.com:${server.port}`);
    expect(sent).toMatchObject({ status: 200, answer: 'ok', error: null });
    await server.close();
  });
});

describe('an answer', () => {
  /** A server that writes what it is told to, as it is. */
  async function raw(speak: (socket: Socket) => void) {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined).once('data', () => speak(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const close = async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    };
    return { url: `http://127.0.0.1:${port}`, close };
  }

  it('of ten gigabytes is read no further than 64 KB', async () => {
    let written = 0;
    let gone = false;
    const chunk = Buffer.alloc(16_384, 'x');
    const server = await raw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${10 * 1024 ** 3}\r\n\r\n`);
      const pour = () => {
        while (!socket.destroyed && socket.write(chunk)) written += chunk.length;
      };
      socket.on('drain', pour).on('close', () => (gone = true));
      pour();
    });
    const sent = await post(senderWith(LOOPBACK), server.url);
    expect(sent).toMatchObject({ status: 200, answer: 'x'.repeat(1024), error: null });
    while (!gone) await new Promise((resolve) => setTimeout(resolve, 5));
    // Beside what was read, the buffers of the system are full.
    expect(written).toBeLessThan(16 * 1024 * 1024);
    await server.close();
  });

  it.each([
    ['that never comes', () => undefined],
    ['whose headers drip', (socket: Socket) => drip(socket, 'HTTP/1.1 200 OK\r\n')],
    [
      'whose body drips',
      (socket: Socket) => drip(socket, 'HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n'),
    ],
  ])('%s is waited for no longer than the deadline', async (_, speak) => {
    const server = await raw(speak);
    const sent = await post(senderWith(LOOPBACK, nobody, { deadline: 300 }), server.url);
    expect(sent).toMatchObject({ answer: null, error: 'no whole answer within 300 ms' });
    await server.close();
  });

  function drip(socket: Socket, start: string): void {
    socket.write(start);
    const timer = setInterval(() => socket.write('x'), 50);
    socket.on('close', () => clearInterval(timer));
  }

  it('that breaks off is none', async () => {
    const server = await raw((socket) => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    });
    const sent = await post(senderWith(LOOPBACK), server.url);
    expect(sent).toMatchObject({ status: 200, answer: null, error: expect.any(String) as string });
    await server.close();
  });

  it('that is not HTTP is none', async () => {
    const server = await raw((socket) => socket.end('220 mail.example.com ESMTP\r\n'));
    expect(await post(senderWith(LOOPBACK), server.url)).toMatchObject({
      status: null,
      error: expect.any(String) as string,
    });
    await server.close();
  });

  it('is not decompressed', async () => {
    const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024));
    app.answer = (_, response) =>
      void response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb);
    const { status, answer } = await post(senderWith(LOOPBACK), app.url);
    expect(status).toBe(200);
    expect(answer!.length).toBeLessThanOrEqual(1024);
    expect(answer).not.toContain('\0');
  });

  it('ends early when the service stops', async () => {
    app.answer = () => undefined;
    const controller = new AbortController();
    const options = { headers: {}, body: Buffer.from('{}'), signal: controller.signal };
    const sending = senderWith(LOOPBACK).post(app.url, options);
    await app.until(1);
    controller.abort();
    expect(await sending).toMatchObject({ status: null, error: expect.any(String) as string });
  });
});
