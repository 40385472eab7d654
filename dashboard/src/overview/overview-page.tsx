import { Group, Paper, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { OverviewDto } from '../../../src/dashboard/overview.dto.js';
import { useApi } from '../api/query.js';
import { Fetched, Page, Section } from '../layout/page.js';
import { duration } from '../parts/time.js';
import { Attention } from './attention.js';
import { MoneyTable, StatusTable } from './payments-at-a-glance.js';
import { SourcesTable } from './sources-table.js';

const EventsChart = lazy(() => import('./events-chart.js'));
const REFRESH_MS = 5_000;

export function OverviewPage() {
  const query = useApi<OverviewDto>('overview', { refreshEveryMs: REFRESH_MS });
  return (
    <Page title="Overview">
      <Fetched query={query}>{(overview) => <Overview of={overview} />}</Fetched>
    </Page>
  );
}

function Overview({ of: overview }: { of: OverviewDto }) {
  return (
    <Stack gap="lg">
      <Attention of={overview} />
      <Figures of={overview} />
      <Section title={`Events in the last ${overview.windowMinutes} minutes`}>
        <Suspense fallback={<Skeleton h={260} />}>
          <EventsChart of={overview} />
        </Suspense>
      </Section>
      <Section title="Sources">
        <SourcesTable of={overview} />
      </Section>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Section title="Money">
          <MoneyTable of={overview} />
        </Section>
        <Section title="Payments by status">
          <StatusTable of={overview} />
        </Section>
      </SimpleGrid>
    </Stack>
  );
}

function Figures({
  of: { acknowledgement, notifications, asOf, now, eventsPerMinute, uptimeSeconds },
}: {
  of: OverviewDto;
}) {
  const { oldestUnsentAt, pending } = notifications;
  const events = eventsPerMinute.reduce((sum, { count }) => sum + count, 0);
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }}>
      <Figure
        title="Events in the last hour"
        value={asOf.events === null ? 'counting…' : String(events)}
        note={`This process has run for ${duration(uptimeSeconds)}`}
      />
      <Figure
        title="Acknowledged in"
        value={acknowledgement.p50 === null ? 'none yet' : `${acknowledgement.p50} ms`}
        note={
          acknowledgement.p99 === null
            ? 'Time to the answer of a webhook'
            : `99 of 100 in ${acknowledgement.p99} ms`
        }
      />
      <Figure
        title="Notifications waiting"
        value={asOf.notifications === null ? 'counting…' : String(pending)}
        note={`${notifications.dead} given up`}
      />
      <Figure
        title="Oldest unsent"
        value={oldestUnsentAt === null ? 'none' : duration(secondsBetween(oldestUnsentAt, now))}
        note="Time it has been waiting"
      />
    </SimpleGrid>
  );
}

function Figure({ title, value, note }: { title: string; value: string; note: string }) {
  return (
    <Paper withBorder p="sm">
      <Text size="sm">{title}</Text>
      <Group gap={0}>
        <Text size="xl" fw={600}>
          {value}
        </Text>
      </Group>
      <Text size="xs" c="dimmed">
        {note}
      </Text>
    </Paper>
  );
}

function secondsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}
