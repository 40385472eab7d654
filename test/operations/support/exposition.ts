/** Reads the text format of Prometheus, as far as this service writes it. */

export interface Metric {
  readonly type: string;
  /** Values by labels, e.g. `source="stripe",outcome="accepted"`; '' where there are none. */
  readonly samples: ReadonlyMap<string, number>;
}

const SAMPLE = /^([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (\S+)$/i;

/** By name; those of a histogram have its name with _bucket, _sum and _count. */
export function readExposition(text: string): Map<string, Metric> {
  const metrics = new Map<string, { type: string; samples: Map<string, number> }>();
  const types = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const typed = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (typed) {
      if (types.has(typed[1]!)) throw new Error(`${typed[1]!} is told twice`);
      types.set(typed[1]!, typed[2]!);
      continue;
    }
    const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
    if (name === undefined) throw new Error(`no sample: ${line}`);
    const family = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
    const type = types.get(family);
    if (type === undefined) throw new Error(`${name} has no type`);
    const metric = metrics.get(name) ?? { type, samples: new Map<string, number>() };
    metric.samples.set(labels, value === 'Nan' ? Number.NaN : Number(value));
    metrics.set(name, metric);
  }
  return metrics;
}
