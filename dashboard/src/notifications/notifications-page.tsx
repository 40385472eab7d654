import { Anchor } from '@mantine/core';
import { Link, useSearch } from 'wouter';
import { MESSAGE_TYPES } from '../../../src/payments/message-type.js';
import type { NotificationPageDto } from '../../../src/notifications/outbox/notification.dto.js';
import { useList } from '../api/query.js';
import { Fetched, Page } from '../layout/page.js';
import { Empty } from '../parts/empty.js';
import { DayFilter, FilterBar, ManyFilter, OneFilter, TextFilter } from '../parts/filters.js';
import { Pager } from '../parts/pager.js';
import { NOTIFICATION_COLORS } from '../parts/status.js';
import { Notifications } from './notifications.js';
import { RetryDeadButton } from './retry-dead-button.js';

/** What your app was told, is being told, or could not be told. */
export function NotificationsPage() {
  const search = useSearch();
  const query = useList<NotificationPageDto>(`notifications?${search}`);
  return (
    <Page title="Notifications" actions={<RetryDeadButton search={search} />}>
      <FilterBar>
        {(filters) => (
          <>
            <ManyFilter
              filters={filters}
              name="status"
              label="Status"
              of={Object.keys(NOTIFICATION_COLORS)}
            />
            <TextFilter filters={filters} name="endpoint" label="Endpoint" placeholder="shop" />
            <OneFilter filters={filters} name="type" label="Message" of={MESSAGE_TYPES} />
            <TextFilter filters={filters} name="payment" label="Payment (our id)" />
            <DayFilter filters={filters} name="from" label="From" />
            <DayFilter filters={filters} name="to" label="To" />
          </>
        )}
      </FilterBar>
      <Fetched query={query}>
        {({ data, nextCursor }) => (
          <>
            {data.length === 0 ? (
              <NoNotifications filtered={search !== ''} />
            ) : (
              <Notifications of={data} />
            )}
            <Pager nextCursor={nextCursor} />
          </>
        )}
      </Fetched>
    </Page>
  );
}

function NoNotifications({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return <Empty title="No notification meets these filters">Clear them to see all.</Empty>;
  }
  return (
    <Empty title="Nobody was told of anything yet">
      Make an endpoint of your app at{' '}
      <Anchor component={Link} href="/endpoints" inherit>
        Endpoints
      </Anchor>
      . It is told of each change of a payment from then on.
    </Empty>
  );
}
