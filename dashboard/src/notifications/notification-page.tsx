import { Anchor, Button, Group, Stack, Table, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { NotificationDetailDto } from '../../../src/notifications/outbox/notification.dto.js';
import { send } from '../api/client.js';
import { prettyJson } from '../api/json.js';
import { queryClient, useApi } from '../api/query.js';
import { Fetched, Page, Problem, Section } from '../layout/page.js';
import { ExactText } from '../parts/exact-text.js';
import { Facts } from '../parts/facts.js';
import { Records } from '../parts/records.js';
import { NOTIFICATION_COLORS, Status } from '../parts/status.js';
import { Time } from '../parts/time.js';

export function NotificationPage({ id }: { id: string }) {
  const query = useApi<NotificationDetailDto>(`notifications/${id}`);
  return (
    <Page
      title={query.data?.type ?? 'Notification'}
      parent={{ href: '/notifications', title: 'Notifications' }}
    >
      <Fetched query={query}>{(notification) => <Notification of={notification} />}</Fetched>
    </Page>
  );
}

function Notification({ of: notification }: { of: NotificationDetailDto }) {
  const retry = useMutation({
    mutationFn: () => send('POST', `notifications/${notification.id}/retry`),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  return (
    <Stack gap="lg">
      <Group>
        <Status of={notification.status} colors={NOTIFICATION_COLORS} />
        <Button
          loading={retry.isPending}
          disabled={notification.status === 'pending'}
          onClick={() => retry.mutate()}
        >
          Send again
        </Button>
      </Group>
      {retry.error && <Problem error={retry.error} />}
      <Facts
        of={[
          [
            'Payment',
            <Anchor component={Link} href={`/payments/${notification.paymentId}`} inherit key="p">
              {notification.paymentId}
            </Anchor>,
          ],
          ['Version', notification.version],
          ['Endpoint', notification.endpoint],
          ['webhook-id', notification.id],
          ['Made', <Time at={notification.createdAt} key="made" />],
          ['Next attempt', notification.dueAt && <Time at={notification.dueAt} />],
          ['Sent by hand', notification.byHand ? 'yes: out of the order of versions' : null],
        ]}
      />
      <Section title="Attempts">
        <Attempts of={notification.attemptLog} />
      </Section>
      <Section title="What is sent">
        <ExactText label="What is sent">
          {prettyJson(notification.body) ?? notification.body}
        </ExactText>
      </Section>
    </Stack>
  );
}

function Attempts({ of }: { of: NotificationDetailDto['attemptLog'] }) {
  if (of.length === 0) return <Text size="sm">None has ended yet.</Text>;
  return (
    <Records
      label="Attempts"
      columns={[
        { title: 'Attempt' },
        { title: 'Answer' },
        { title: 'What it said' },
        { title: 'Took', right: true, wide: true },
      ]}
    >
      {of.map((attempt) => (
        <Table.Tr key={attempt.number}>
          <Table.Td>
            {attempt.number}, <Time at={attempt.at} />
          </Table.Td>
          <Table.Td>{attempt.status ?? 'none'}</Table.Td>
          <Table.Td style={{ overflowWrap: 'anywhere' }}>
            {[attempt.error, attempt.answer].filter(Boolean).join(' · ')}
          </Table.Td>
          <Table.Td ta="right" visibleFrom="sm">
            {attempt.durationMs} ms
          </Table.Td>
        </Table.Tr>
      ))}
    </Records>
  );
}
