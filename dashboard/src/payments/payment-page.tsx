import { Alert, Group, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { NotificationPageDto } from '../../../src/notifications/outbox/notification.dto.js';
import type { PaymentDetailDto } from '../../../src/payments/payment.dto.js';
import { useApi } from '../api/query.js';
import { Fetched, Page, Section } from '../layout/page.js';
import { Notifications } from '../notifications/notifications.js';
import { Amount } from '../parts/amount.js';
import { Facts, modeInWords } from '../parts/facts.js';
import { TestMark } from '../parts/mode.js';
import { PAYMENT_COLORS, Status } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { FLAG_WORDS } from './flags.js';
import { Statements } from './statements.js';
import { PaymentTimeline } from './timeline.js';

// Recharts is most of the page's weight.
const AmountsChart = lazy(() => import('./amounts-chart.js'));

export function PaymentPage({ id }: { id: string }) {
  const query = useApi<PaymentDetailDto>(`payments/${id}`);
  const title = query.data?.reference ?? query.data?.refs[0] ?? 'Payment';
  return (
    <Page title={title} parent={{ href: '/payments', title: 'Payments' }}>
      <Fetched query={query}>{(payment) => <Payment of={payment} />}</Fetched>
    </Page>
  );
}

function Payment({ of: payment }: { of: PaymentDetailDto }) {
  return (
    <Stack gap="lg">
      <Group gap="sm">
        <Status of={payment.status} colors={PAYMENT_COLORS} />
        <TestMark livemode={payment.livemode} />
      </Group>
      {payment.failure !== null && (
        <Alert color="red" title="Why it failed">
          {[payment.failure.message, payment.failure.code].filter(Boolean).join(' · ')}
        </Alert>
      )}
      {payment.flags.map((flag) => (
        <Alert key={flag} color="yellow" title={FLAG_WORDS[flag][0]}>
          {FLAG_WORDS[flag][1]}
        </Alert>
      ))}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Section title="Amounts">
          <Amounts of={payment} />
        </Section>
        <Section title="What it is">
          <Facts
            of={[
              ['Source', `${payment.source} (${payment.provider})`],
              ['Account', payment.account],
              ['Mode', modeInWords(payment.livemode)],
              ['Reference', payment.reference],
              ['Provider’s ids', payment.refs.join(', ')],
              ['Groups', payment.groups.length === 0 ? null : payment.groups.join(', ')],
              ['Our id', payment.id],
              [
                'Joined from',
                payment.mergedFrom.length === 0 ? null : payment.mergedFrom.join(', '),
              ],
              ['Version', payment.version],
              ['Began', <Time at={payment.occurredAt} key="began" />],
              ['Last changed', <Time at={payment.updatedAt} key="changed" />],
            ]}
          />
        </Section>
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Section title="Timeline">
          <PaymentTimeline of={payment} />
        </Section>
        {payment.history.length > 1 && (
          <Section title="Amounts by version">
            <Suspense fallback={<Skeleton h={220} />}>
              <AmountsChart of={payment.history} />
            </Suspense>
          </Section>
        )}
      </SimpleGrid>
      <Section title="Transactions">
        <Statements of={payment.transactions} />
      </Section>
      <Section title="Told to your app">
        <Told payment={payment.id} />
      </Section>
    </Stack>
  );
}

function Amounts({ of: payment }: { of: PaymentDetailDto }) {
  const amount = (value: bigint) => <Amount amount={value} currency={payment.currency} />;
  return (
    <Facts
      of={[
        ['Authorized', amount(payment.amountAuthorized)],
        ['Captured', amount(payment.amountCaptured)],
        ['Refunded', amount(payment.amountRefunded)],
        ['Disputed', amount(payment.amountDisputed)],
        ['Charged back', amount(payment.amountChargedBack)],
      ]}
    />
  );
}

function Told({ payment }: { payment: string }) {
  const query = useApi<NotificationPageDto>(`notifications?payment=${payment}`);
  return (
    <Fetched query={query}>
      {({ data }) =>
        data.length === 0 ? (
          <Text size="sm" c="dimmed">
            Nobody was told of it. Endpoints are told of what happens after they are made.
          </Text>
        ) : (
          <Notifications of={data} />
        )
      }
    </Fetched>
  );
}
