/** That the alert rules and the board of ops/ speak of metrics that there are. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { createTestApplication, type TestApplication } from '../support/application.js';
import { readExposition } from './support/exposition.js';

const ROOT = path.join(import.meta.dirname, '..', '..');
const RULES = path.join(ROOT, 'ops', 'alerts.yaml');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

const { groups } = parse(readFileSync(RULES, 'utf8')) as {
  groups: { name: string; rules: Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const board = JSON.parse(readFileSync(path.join(ROOT, 'ops', 'grafana-board.json'), 'utf8')) as {
  panels: { title: string; targets: { expr: string }[] }[];
  templating: { list: { query: string | { query: string } }[] };
};

/** Functions and words of PromQL, and what only Prometheus itself knows. */
const NOT_METRICS = new Set([
  ...['sum', 'max', 'by', 'and', 'rate', 'increase', 'changes', 'histogram_quantile', 'up'],
  'label_values',
]);

/** The metrics and labels of an expression: its names outside of quotes, braces, ranges and by(...). */
function usesOf(expression: string): { metrics: string[]; labels: string[] } {
  const bare = expression.replace(/"[^"]*"/g, '""').replace(/\[[^\]]*\]/g, '');
  const grouped = [...bare.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) =>
    list!.split(/,\s*/),
  );
  const matched = [...bare.matchAll(/\{([^}]*)\}/g)].flatMap(([, list]) =>
    [...list!.matchAll(/([a-z_]+)\s*[!=]/g)].map(([, name]) => name!),
  );
  const outside = bare.replace(/\{[^}]*\}/g, '').replace(/\bby \([^)]*\)/g, '');
  const metrics = [...outside.matchAll(/\b[a-z][a-z0-9_]{3,}\b|\bup\b/g)].map(([name]) => name);
  return {
    metrics: metrics.filter((name) => !NOT_METRICS.has(name)),
    labels: [...grouped, ...matched],
  };
}

describe('ops/', () => {
  let service: TestApplication;
  let exported: Set<string>;
  let labels: Set<string>;
  beforeAll(async () => {
    service = await createTestApplication();
    const text = ((await service.fetch('/metrics')).body as Buffer).toString();
    const types = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
    const samples = readExposition(text);
    exported = new Set([...types, ...samples.keys()]);
    labels = new Set(
      [...samples.values()].flatMap((metric) =>
        [...metric.samples.keys()].flatMap((one) =>
          [...one.matchAll(/([a-z_]+)="/g)].map(([, label]) => label!),
        ),
      ),
    );
    // Of what has not happened yet, and what Prometheus adds.
    for (const label of ['code', 'status', 'endpoint', 'result', 'job', 'instance'])
      labels.add(label);
  });
  afterAll(() => service.close());

  it('has an alert for silence, quarantine, lateness and signatures, each with a runbook', () => {
    const names = rules.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining([
        'WebhooksSourceSilent',
        'WebhooksQuarantined',
        'NotificationsLate',
        'WebhooksSignatureFailures',
      ]),
    );
    const runbooks = readFileSync(path.join(ROOT, 'docs', 'operations.md'), 'utf8');
    for (const { alert, annotations, labels: own } of rules) {
      expect(annotations.summary).toMatch(/\S/);
      expect(annotations.runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
      expect(runbooks).toContain(`### ${alert}\n`);
      expect(['warning', 'critical']).toContain(own.severity);
    }
  });

  it.each(rules.map(({ alert, expr }) => [alert, expr]))(
    '%s asks for what is exported',
    (_, expr) => {
      const uses = usesOf(expr);
      expect(uses.metrics.filter((name) => !exported.has(name))).toEqual([]);
      expect(uses.labels.filter((name) => !labels.has(name))).toEqual([]);
      expect(expr.split('(').length).toBe(expr.split(')').length);
    },
  );

  it('has a board whose every panel asks for what is exported', () => {
    const variables = board.templating.list.map(({ query }) =>
      typeof query === 'string' ? '' : query.query,
    );
    for (const { title, targets } of [
      ...board.panels,
      { title: 'variables', targets: variables.map((expr) => ({ expr })) },
    ]) {
      for (const { expr } of targets) {
        const { metrics } = usesOf(expr.replace(/^label_values\((.*), (\w+)\)$/, '$1'));
        expect({ title, missing: metrics.filter((name) => !exported.has(name)) }).toEqual({
          title,
          missing: [],
        });
      }
    }
    expect(board.panels.length).toBeGreaterThan(10);
  });

  it('is accepted by promtool, where it is installed', () => {
    const { error, status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', RULES], {
      encoding: 'utf8',
    });
    if (error) {
      console.warn('promtool is not installed: the rules were checked by this test only');
      return;
    }
    expect({ status, said: stdout + stderr }).toMatchObject({ status: 0 });
  });
});
