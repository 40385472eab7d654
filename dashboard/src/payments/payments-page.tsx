import { Anchor, Table, Text } from '@mantine/core';
import { Link, useSearch } from 'wouter';
import type { PaymentPageDto } from '../../../src/payments/payment.dto.js';
import { useList } from '../api/query.js';
import { Fetched, Page } from '../layout/page.js';
import { Amount } from '../parts/amount.js';
import { Empty } from '../parts/empty.js';
import { DayFilter, FilterBar, ManyFilter, SourceFilter, TextFilter } from '../parts/filters.js';
import { Pager } from '../parts/pager.js';
import { Records } from '../parts/records.js';
import { PAYMENT_COLORS, Status } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { ExportButton } from './export-button.js';

export function PaymentsPage() {
  const search = useSearch();
  const query = useList<PaymentPageDto>(`payments?${search}`);
  return (
    <Page title="Payments" actions={<ExportButton search={search} />}>
      <FilterBar>
        {(filters) => (
          <>
            <TextFilter filters={filters} name="ref" label="Provider’s id" placeholder="pi_…" />
            <TextFilter
              filters={filters}
              name="reference"
              label="Reference"
              placeholder="order-42"
            />
            <ManyFilter
              filters={filters}
              name="status"
              label="Status"
              of={Object.keys(PAYMENT_COLORS)}
            />
            <SourceFilter filters={filters} />
            <TextFilter filters={filters} name="currency" label="Currency" placeholder="EUR" />
            <DayFilter filters={filters} name="from" label="From" />
            <DayFilter filters={filters} name="to" label="To" />
          </>
        )}
      </FilterBar>
      <Fetched query={query}>
        {({ data, nextCursor }) => (
          <>
            {data.length === 0 ? <NoPayments filtered={search !== ''} /> : <Payments of={data} />}
            <Pager nextCursor={nextCursor} />
          </>
        )}
      </Fetched>
    </Page>
  );
}

function Payments({ of }: { of: PaymentPageDto['data'] }) {
  return (
    <Records
      label="Payments"
      columns={[
        { title: 'Payment' },
        { title: 'Status' },
        { title: 'Captured', right: true },
        { title: 'Refunded', right: true, wide: true },
        { title: 'Source', wide: true },
        { title: 'Time', wide: true },
      ]}
    >
      {of.map((payment) => (
        <Table.Tr key={payment.id}>
          <Table.Td style={{ overflowWrap: 'anywhere' }}>
            <Anchor component={Link} href={`/payments/${payment.id}`} size="sm">
              {payment.reference ?? payment.refs[0] ?? payment.id}
            </Anchor>
          </Table.Td>
          <Table.Td>
            <Status of={payment.status} colors={PAYMENT_COLORS} />
          </Table.Td>
          <Table.Td ta="right">
            <Amount amount={payment.amountCaptured} currency={payment.currency} />
          </Table.Td>
          <Table.Td ta="right" visibleFrom="sm">
            <Amount amount={payment.amountRefunded} currency={payment.currency} />
          </Table.Td>
          <Table.Td visibleFrom="sm">{payment.source}</Table.Td>
          <Table.Td visibleFrom="sm">
            <Time at={payment.occurredAt ?? payment.createdAt} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Records>
  );
}

function NoPayments({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty title="No payment meets these filters">
      An id or a reference has to be given as a whole. Clear the filters to see all.
    </Empty>
  ) : (
    <Empty title="No payments yet">
      <Text inherit span>
        <Anchor component={Link} href="/sources" inherit>
          Sources
        </Anchor>{' '}
        has the addresses to give to your providers, and sends a test event.
      </Text>
    </Empty>
  );
}
