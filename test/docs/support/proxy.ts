/** Proxies as docs/behind-a-proxy.md configures them. None is downloaded: Debian's nginx-light and caddy do. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { blocksOf } from './page.js';
import { ROOT } from './project-files.js';

export interface Ports {
  /** Where each process of the service listens. */
  readonly services: readonly number[];
  /** For the internet, and for one's own network. */
  readonly outside: number;
  readonly inside: number;
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface RunningProxy {
  stop(): Promise<void>;
}

export interface ProxyKind {
  readonly name: string;
  readonly program: string | null;
  /** Writes the page's configuration into a directory and starts the proxy with it. */
  start(directory: string, ports: Ports, certificate: Certificate): Promise<RunningProxy>;
}

const NAMES = ['payments.example.com', 'shop.example', 'payments.internal', 'localhost'];

/** One certificate for all names of the page, signed by itself. */
export async function makeCertificate(directory: string): Promise<Certificate> {
  const [cert, key] = [path.join(directory, 'cert.pem'), path.join(directory, 'key.pem')];
  const names = NAMES.map((name) => `DNS:${name}`).join(',');
  const options = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test`;
  const files = ['-addext', `subjectAltName=${names}`, '-keyout', key, '-out', cert];
  await promisify(execFile)('openssl', [...options.split(' '), ...files]);
  return { cert, key };
}

/** The files that the page shows, by the path in their first line. */
function shownFiles(): Map<string, string> {
  const page = readFileSync(path.join(ROOT, 'docs/behind-a-proxy.md'), 'utf8');
  const shown = blocksOf(page).flatMap(({ text }): [string, string][] => {
    const [, file] = /^# (\/etc\/\S+)\n/.exec(text) ?? [];
    return file === undefined ? [] : [[file, `${text}\n`]];
  });
  return new Map(shown);
}

/** Exchanges what is of a machine, and fails where it does not stand there. */
function exchange(text: string, exchanges: readonly [RegExp, string][]): string {
  return exchanges.reduce((before, [from, to]) => {
    const after = before.replace(from, to);
    if (after === before) throw new Error(`${from} is not in:\n${before}`);
    return after;
  }, text);
}

// "localhost" stands for shop.example, since the simulator has to find it.

export const NGINX: ProxyKind = {
  name: 'nginx',
  program: find('nginx'),
  async start(directory, ports, { cert, key }) {
    const servers = ports.services.map((port) => `server 127.0.0.1:${port};`).join('\n    ');
    const secure: [RegExp, string][] = [
      [/(?<=ssl_certificate )\S+(?=;)/g, cert],
      [/(?<=ssl_certificate_key )\S+(?=;)/g, key],
    ];
    const outside: [RegExp, string] = [/\blisten 443 /g, `listen 127.0.0.1:${ports.outside} `];
    const exchanges: Readonly<Record<string, [RegExp, string][]>> = {
      '/etc/nginx/snippets/payment-webhooks.conf': [],
      '/etc/nginx/conf.d/payment-webhooks.conf': [
        ...secure,
        outside,
        [/server 127\.0\.0\.1:3000;/, servers],
      ],
      '/etc/nginx/conf.d/shop.conf': [...secure, outside, [/shop\.example;/, 'localhost;']],
      '/etc/nginx/conf.d/payments-inside.conf': [
        ...secure,
        [/listen 10\.0\.0\.5:443 /, `listen 127.0.0.1:${ports.inside} `],
        [/10\.0\.0\.0\/8/, '127.0.0.0/8'],
      ],
    };
    const files = [...shownFiles()].filter(([file]) => file.startsWith('/etc/nginx/'));
    for (const [file, text] of files) {
      const target = path.join(directory, path.relative('/etc/nginx', file));
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, exchange(text, exchanges[file] ?? unknown(file)));
    }
    // What a distribution's nginx.conf has around them, here without a file outside of the directory.
    const main = `
      ${process.getuid?.() === 0 ? 'user root;' : ''}
      daemon off; pid nginx.pid; error_log stderr;
      events {}
      http {
        access_log off;
        ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((n) => `${n}_temp_path ${n};`).join(' ')}
        include conf.d/*.conf;
      }`;
    await writeFile(path.join(directory, 'nginx.conf'), main);
    const args = ['-p', `${directory}/`, '-c', 'nginx.conf', '-e', 'stderr'];
    return run(this.program!, args, ports, {});
  },
};

export const CADDY: ProxyKind = {
  name: 'Caddy',
  program: find('caddy'),
  async start(directory, ports, { cert, key }) {
    const file = '/etc/caddy/Caddyfile';
    const to = ports.services.map((port) => `127.0.0.1:${port}`).join(' ');
    const health = ports.services.length > 1 ? '\n\thealth_uri /readyz\n\thealth_interval 2s' : '';
    const tls = `tls ${cert} ${key}`;
    const text = exchange(shownFiles().get(file) ?? unknown(file), [
      [/^\{\n/m, `{\n\tadmin off\n\tauto_https disable_redirects\n\thttps_port ${ports.outside}\n`],
      [/^payments\.example\.com \{/m, `payments.example.com {\n\t${tls}`],
      [/^shop\.example \{/m, `localhost {\n\t${tls}`],
      [/^payments\.internal \{/m, `payments.internal:${ports.inside} {`],
      [/bind 10\.0\.0\.5\n\ttls internal/, `bind 127.0.0.1\n\t${tls}`],
      [/127\.0\.0\.1:3000 \{/g, `${to} {${health}`],
    ]);
    await writeFile(path.join(directory, 'Caddyfile'), text);
    const args = ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'];
    // It keeps things in its home.
    return run(
      this.program!,
      args,
      ports,
      {
        HOME: directory,
        XDG_DATA_HOME: directory,
        XDG_CONFIG_HOME: directory,
      },
      directory,
    );
  },
};

async function run(
  program: string,
  args: readonly string[],
  ports: Ports,
  env: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<RunningProxy> {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const closed = once(child, 'close');
  const stop = async () => {
    child.kill('SIGTERM');
    await closed;
  };
  const until = Date.now() + 20_000;
  while (!(await accepts(ports.outside)) || !(await accepts(ports.inside))) {
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`${program} does not listen:\n${said}`);
    }
    await sleep(50);
  }
  return { stop };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isThere = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isThere;
}

function find(name: string): string | null {
  const places = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  const isThere = (file: string) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return places.map((place) => path.join(place, name)).find(isThere) ?? null;
}

function unknown(file: string): never {
  throw new Error(`nobody knows what to do with ${file}`);
}
