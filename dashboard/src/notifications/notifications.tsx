import { Anchor, Table } from '@mantine/core';
import { Link } from 'wouter';
import type { NotificationDto } from '../../../src/notifications/outbox/notification.dto.js';
import { Records } from '../parts/records.js';
import { NOTIFICATION_COLORS, Status } from '../parts/status.js';
import { Time } from '../parts/time.js';

export function Notifications({ of }: { of: readonly NotificationDto[] }) {
  return (
    <Records
      label="Notifications"
      columns={[
        { title: 'Message' },
        { title: 'Status' },
        { title: 'Endpoint' },
        { title: 'Attempts', right: true, wide: true },
        { title: 'Next attempt', wide: true },
        { title: 'Made', wide: true },
      ]}
    >
      {of.map((notification) => (
        <Table.Tr key={notification.id}>
          <Table.Td>
            <Anchor component={Link} href={`/notifications/${notification.id}`} size="sm">
              {notification.type}
            </Anchor>
          </Table.Td>
          <Table.Td>
            <Status of={notification.status} colors={NOTIFICATION_COLORS} />
          </Table.Td>
          <Table.Td>{notification.endpoint}</Table.Td>
          <Table.Td ta="right" visibleFrom="sm">
            {notification.attempts}
          </Table.Td>
          <Table.Td visibleFrom="sm">
            {notification.dueAt === null ? 'none' : <Time at={notification.dueAt} />}
          </Table.Td>
          <Table.Td visibleFrom="sm">
            <Time at={notification.createdAt} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Records>
  );
}
