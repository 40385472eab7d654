import { Code, Stack } from '@mantine/core';
import { useSearch } from 'wouter';
import type { EndpointPageDto } from '../../../src/notifications/endpoints/endpoint.dto.js';
import { useList } from '../api/query.js';
import { Fetched, Page } from '../layout/page.js';
import { Empty } from '../parts/empty.js';
import { Pager } from '../parts/pager.js';
import { CreateButton } from './create-button.js';
import { EndpointCard } from './endpoint-card.js';

/** Where your app is told of payments. */
export function EndpointsPage() {
  const query = useList<EndpointPageDto>(`endpoints?${useSearch()}`);
  return (
    <Page title="Endpoints" actions={<CreateButton />}>
      <Fetched query={query}>
        {({ data, nextCursor }) => (
          <Stack>
            {data.length === 0 && (
              <Empty title="No endpoint yet">
                Make one with the address of your app, or set <Code>NOTIFY_URL</Code> and{' '}
                <Code>NOTIFY_SECRET</Code>. Your app is then told of each change of a payment.
              </Empty>
            )}
            {data.map((endpoint) => (
              <EndpointCard key={endpoint.id} of={endpoint} />
            ))}
            <Pager nextCursor={nextCursor} />
          </Stack>
        )}
      </Fetched>
    </Page>
  );
}
