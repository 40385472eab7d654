import { Anchor, Badge, Table, Text } from '@mantine/core';
import { Link } from 'wouter';
import type { OverviewDto } from '../../../src/dashboard/overview.dto.js';
import { Empty } from '../parts/empty.js';
import { Records } from '../parts/records.js';
import { duration } from '../parts/time.js';

/** Every source with its silence. */
export function SourcesTable({ of: { sources, now, asOf } }: { of: OverviewDto }) {
  if (sources.length === 0) {
    return (
      <Empty title="No source is configured">
        Set the secret of a provider, for example GENERIC_WEBHOOK_SECRET, and start again.
      </Empty>
    );
  }
  return (
    <Records
      label="Sources"
      columns={[
        { title: 'Source' },
        { title: 'Last event' },
        { title: 'Quarantined, 24 h', right: true },
        { title: 'Refused', right: true },
      ]}
    >
      {sources.map((source) => (
        <Table.Tr key={source.name}>
          <Table.Td>
            <Anchor component={Link} href={`/events?source=${source.name}`} size="sm">
              {source.name}
            </Anchor>{' '}
            {!source.enabled && <Badge color="gray">off</Badge>}
          </Table.Td>
          <Table.Td style={{ whiteSpace: 'nowrap' }}>
            {source.lastEventAt === null ? (
              <Text size="sm" c="dimmed">
                {asOf.lastEvents === null ? 'looking…' : 'never'}
              </Text>
            ) : (
              `${duration((Date.parse(now) - Date.parse(source.lastEventAt)) / 1000)} ago`
            )}
          </Table.Td>
          <Table.Td ta="right">{source.quarantined24h}</Table.Td>
          <Table.Td ta="right">{source.rejected}</Table.Td>
        </Table.Tr>
      ))}
    </Records>
  );
}
