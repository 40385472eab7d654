import { Alert, Anchor, List, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { OverviewDto } from '../../../src/dashboard/overview.dto.js';
import { reasonInWords } from '../endpoints/reasons.js';
import { inWords } from '../parts/status.js';
import { Time } from '../parts/time.js';

/** What needs somebody, before anything else. */
export function Attention({ of: { quarantined, notifications, sources } }: { of: OverviewDto }) {
  const rejecting = sources.filter(({ rejected }) => rejected > 0);
  const endpoints = [
    ...notifications.endpointsOff.map((each) => ({ ...each, is: 'is switched off' })),
    ...notifications.endpointsPaused.map((each) => ({ ...each, is: 'is paused' })),
    ...notifications.endpointsFailing.map((each) => ({ ...each, is: 'fails' })),
  ];
  const calm = quarantined.length + rejecting.length + endpoints.length + notifications.dead === 0;
  if (calm) return <Text>Nothing needs attention.</Text>;

  return (
    <Stack gap="sm">
      {quarantined.length > 0 && (
        <Notice color="red" title="Events are quarantined" href="/events?status=quarantined">
          {quarantined.map((event) => (
            <List.Item key={event.id}>
              <Anchor component={Link} href={`/events/${event.id}`} inherit>
                {event.type === '' ? event.eventId : event.type}
              </Anchor>{' '}
              of {event.source}: {inWords(event.code ?? 'unknown')}, <Time at={event.receivedAt} />
            </List.Item>
          ))}
        </Notice>
      )}
      {notifications.dead > 0 && (
        <Notice
          color="red"
          title={`Notifications were given up: ${notifications.dead}`}
          href="/notifications?status=dead"
        />
      )}
      {endpoints.length > 0 && (
        <Notice color="orange" title="Endpoints of your app need a look" href="/endpoints">
          {endpoints.map(({ id, name, is, reason, failingSince }) => (
            <List.Item key={id}>
              {name} {is}
              {reason === null ? '' : ` (${reasonInWords(reason)})`}
              {failingSince !== null && (
                <>
                  {' '}
                  since <Time at={failingSince} />
                </>
              )}
            </List.Item>
          ))}
        </Notice>
      )}
      {rejecting.length > 0 && (
        <Notice color="orange" title="Requests were refused" href="/refused">
          {rejecting.map(({ name, rejected }) => (
            <List.Item key={name}>
              {name}: {rejected} since this process started
            </List.Item>
          ))}
        </Notice>
      )}
    </Stack>
  );
}

interface NoticeProps {
  readonly color: string;
  readonly title: string;
  /** Where all of it is. */
  readonly href: string;
  readonly children?: ReactNode;
}

function Notice({ color, title, href, children }: NoticeProps) {
  return (
    <Alert color={color} title={title}>
      <List size="sm">{children}</List>
      <Anchor component={Link} href={href} size="sm">
        See them
      </Anchor>
    </Alert>
  );
}
