import { Anchor, Table } from '@mantine/core';
import { Link, useSearch } from 'wouter';
import type { EventPageDto } from '../../../src/events/event.dto.js';
import { useList } from '../api/query.js';
import { Fetched, Page } from '../layout/page.js';
import { Empty } from '../parts/empty.js';
import { DayFilter, FilterBar, ManyFilter, SourceFilter, TextFilter } from '../parts/filters.js';
import { Pager } from '../parts/pager.js';
import { Records } from '../parts/records.js';
import { EVENT_COLORS, inWords, Status } from '../parts/status.js';
import { Time } from '../parts/time.js';

/** Everything authentic that was received. */
export function EventsPage() {
  const search = useSearch();
  const query = useList<EventPageDto>(`events?${search}`);
  return (
    <Page title="Events">
      <FilterBar>
        {(filters) => (
          <>
            <TextFilter
              filters={filters}
              name="eventId"
              label="Provider’s event id"
              placeholder="evt_…"
            />
            <TextFilter filters={filters} name="type" label="Type" />
            <ManyFilter
              filters={filters}
              name="status"
              label="Outcome"
              of={Object.keys(EVENT_COLORS)}
            />
            <SourceFilter filters={filters} />
            <DayFilter filters={filters} name="from" label="From" />
            <DayFilter filters={filters} name="to" label="To" />
          </>
        )}
      </FilterBar>
      <Fetched query={query}>
        {({ data, nextCursor }) => (
          <>
            {data.length === 0 ? <NoEvents filtered={search !== ''} /> : <Events of={data} />}
            <Pager nextCursor={nextCursor} />
          </>
        )}
      </Fetched>
    </Page>
  );
}

function Events({ of }: { of: EventPageDto['data'] }) {
  return (
    <Records
      label="Events"
      columns={[
        { title: 'Event' },
        { title: 'Outcome' },
        { title: 'Source', wide: true },
        { title: 'Provider’s event id', wide: true },
        { title: 'Received' },
      ]}
    >
      {of.map((event) => (
        <Table.Tr key={event.id}>
          <Table.Td style={{ overflowWrap: 'anywhere' }}>
            <Anchor component={Link} href={`/events/${event.id}`} size="sm">
              {event.type === '' ? 'unreadable' : event.type}
            </Anchor>
          </Table.Td>
          <Table.Td>
            <Status of={event.status} colors={EVENT_COLORS} />
            {event.code === null ? '' : ` ${inWords(event.code)}`}
          </Table.Td>
          <Table.Td visibleFrom="sm">{event.source}</Table.Td>
          <Table.Td visibleFrom="sm" maw={280} style={{ overflowWrap: 'anywhere' }}>
            {event.eventId}
          </Table.Td>
          <Table.Td>
            <Time at={event.receivedAt} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Records>
  );
}

function NoEvents({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <Empty title="No event meets these filters">
        What failed verification is not stored: look at{' '}
        <Anchor component={Link} href="/refused" inherit>
          Refused
        </Anchor>
        .
      </Empty>
    );
  }
  return (
    <Empty title="Nothing was received yet">
      <Anchor component={Link} href="/sources" inherit>
        Sources
      </Anchor>{' '}
      has the addresses to give to your providers, and sends a test event. What fails verification
      is at{' '}
      <Anchor component={Link} href="/refused" inherit>
        Refused
      </Anchor>
      .
    </Empty>
  );
}
