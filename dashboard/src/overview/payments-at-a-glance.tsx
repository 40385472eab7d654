import { Anchor, Table, Text } from '@mantine/core';
import { Link } from 'wouter';
import type { OverviewDto } from '../../../src/dashboard/overview.dto.js';
import { Amount } from '../parts/amount.js';
import { TestMark } from '../parts/mode.js';
import { Records } from '../parts/records.js';
import { PAYMENT_COLORS, Status } from '../parts/status.js';
import { Time } from '../parts/time.js';

export function MoneyTable({ of: { money, asOf } }: { of: OverviewDto }) {
  if (money.length === 0) return <NothingYet at={asOf.payments} />;
  return (
    <>
      <Records
        label="Money"
        columns={[
          { title: 'Currency' },
          { title: 'Captured', right: true },
          { title: 'Refunded', right: true },
        ]}
      >
        {money.map(({ currency, livemode, captured, refunded }) => (
          <Table.Tr key={`${currency} ${livemode}`}>
            <Table.Td>
              {currency} <TestMark livemode={livemode} />
            </Table.Td>
            <Table.Td ta="right">
              <Amount amount={captured} currency={currency} />
            </Table.Td>
            <Table.Td ta="right">
              <Amount amount={refunded} currency={currency} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Records>
      <CountedAt at={asOf.payments} />
    </>
  );
}

export function StatusTable({ of: { paymentsByStatus, asOf } }: { of: OverviewDto }) {
  if (paymentsByStatus.length === 0) return <NothingYet at={asOf.payments} />;
  return (
    <>
      <Records
        label="Payments by status"
        columns={[{ title: 'Status' }, { title: 'Payments', right: true }]}
      >
        {paymentsByStatus.map(({ status, count }) => (
          <Table.Tr key={status}>
            <Table.Td>
              <Status of={status} colors={PAYMENT_COLORS} />
            </Table.Td>
            <Table.Td ta="right">
              <Anchor component={Link} href={`/payments?status=${status}`} size="sm">
                {count.toLocaleString()}
              </Anchor>
            </Table.Td>
          </Table.Tr>
        ))}
      </Records>
      <CountedAt at={asOf.payments} />
    </>
  );
}

function NothingYet({ at }: { at: string | null }) {
  if (at === null) return <Text size="sm">Counting…</Text>;
  return (
    <Text size="sm">
      No payments yet.{' '}
      <Anchor component={Link} href="/sources" inherit>
        Send a test event
      </Anchor>
    </Text>
  );
}

function CountedAt({ at }: { at: string | null }) {
  return (
    <Text size="xs" c="dimmed">
      Counted <Time at={at} />
    </Text>
  );
}
