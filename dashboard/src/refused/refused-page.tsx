import { Badge, Group, Paper, Stack, Text } from '@mantine/core';
import { useSearch } from 'wouter';
import type { RefusalDto, RefusalsDto } from '../../../src/dashboard/refusal.dto.js';
import { useList } from '../api/query.js';
import { Fetched, Page } from '../layout/page.js';
import { Empty } from '../parts/empty.js';
import { Facts } from '../parts/facts.js';
import { FilterBar, SourceFilter } from '../parts/filters.js';
import { More } from '../parts/more.js';
import { inWords } from '../parts/status.js';
import { Time } from '../parts/time.js';

/** What came and was not let in, with the most likely reason. */
export function RefusedPage() {
  const search = useSearch();
  const query = useList<RefusalsDto>(`refusals?${search}`);
  return (
    <Page title="Refused">
      <Text size="sm">
        The last requests that failed verification or were not webhooks. Nothing of them is stored:
        this process remembers their form, without any value, until it stops.
      </Text>
      <FilterBar>{(filters) => <SourceFilter filters={filters} />}</FilterBar>
      <Fetched query={query}>
        {({ data, since }) =>
          data.length === 0 ? (
            <Empty title="Nothing was refused">
              Since <Time at={since} />, when this process started. If a provider’s webhook is
              missing and is not here either, it has not reached the service: check the address that
              you gave to the provider.
            </Empty>
          ) : (
            <Stack>
              {data.map((refusal) => (
                <Refusal key={refusal.requestId} of={refusal} />
              ))}
            </Stack>
          )
        }
      </Fetched>
    </Page>
  );
}

function Refusal({ of: refusal }: { of: RefusalDto }) {
  return (
    <Paper withBorder p="md">
      <Stack gap="xs">
        <Group gap="sm">
          <Text fw={600}>{refusal.source ?? 'no source'}</Text>
          <Badge color="red">
            {refusal.status} {inWords(refusal.code)}
          </Badge>
          <Text size="sm" c="dimmed">
            <Time at={refusal.at} />
          </Text>
        </Group>
        <Text size="sm">{refusal.hint}</Text>
        <More title="Its form">
          <Facts
            of={[
              ['Method', refusal.method],
              ['Content type', refusal.contentType ?? 'none'],
              ['Body', refusal.bodySize === null ? 'size unknown' : `${refusal.bodySize} bytes`],
              ['Headers', refusal.headerNames.join(', ')],
              ['X-Request-Id', refusal.requestId],
            ]}
          />
        </More>
      </Stack>
    </Paper>
  );
}
