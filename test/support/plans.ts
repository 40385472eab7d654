/** What a statement reads, by the plan that Postgres has run. */
export interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** A row of `EXPLAIN (ANALYZE, FORMAT JSON)`. */
export interface Explained {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: PlanNode }];
}

/** The most rows of the table, or entries of its indexes, that one step of the plan has read. */
export function mostRead(explained: Explained, table: string): number {
  const most = (node: PlanNode): number => {
    const place = node['Relation Name'] ?? node['Index Name'] ?? '';
    const each =
      node['Actual Rows'] +
      (node['Rows Removed by Filter'] ?? 0) +
      (node['Rows Removed by Index Recheck'] ?? 0);
    const own = place.startsWith(table) ? each * node['Actual Loops'] : 0;
    return Math.max(own, ...(node.Plans ?? []).map(most));
  };
  return most(explained['QUERY PLAN'][0].Plan);
}
