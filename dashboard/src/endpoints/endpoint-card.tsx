import { Anchor, Button, Group, Paper, Stack, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { EndpointDto } from '../../../src/notifications/endpoints/endpoint.dto.js';
import { send } from '../api/client.js';
import { queryClient } from '../api/query.js';
import { Problem } from '../layout/page.js';
import { Facts } from '../parts/facts.js';
import { ENDPOINT_COLORS, Status } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { DeleteButton } from './delete-button.js';
import { reasonInWords } from './reasons.js';
import { RotateButton } from './rotate-button.js';

export function EndpointCard({ of: endpoint }: { of: EndpointDto }) {
  const change = useMutation({
    mutationFn: (status: 'active' | 'paused') =>
      send('PATCH', `endpoints/${endpoint.id}`, { status }),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  const active = endpoint.status === 'active';
  // The endpoint of NOTIFY_URL is changed by its variables.
  const ours = endpoint.name !== 'environment';
  return (
    <Paper withBorder p="md" component="section" aria-label={endpoint.name}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Group gap="sm">
            <Title order={2} size="h4">
              {endpoint.name}
            </Title>
            <Status of={endpoint.status} colors={ENDPOINT_COLORS} />
          </Group>
          <Anchor component={Link} href={`/notifications?endpoint=${endpoint.name}`} size="sm">
            Its notifications
          </Anchor>
        </Group>
        <Facts
          of={[
            ['Address', endpoint.url],
            ['Messages', endpoint.types.length === 0 ? 'all' : endpoint.types.join(', ')],
            ['Sources', endpoint.sources.length === 0 ? 'all' : endpoint.sources.join(', ')],
            [
              active ? 'Note' : 'Why',
              endpoint.statusReason && reasonInWords(endpoint.statusReason),
            ],
            ['Failing since', endpoint.failingSince && <Time at={endpoint.failingSince} />],
            [
              'Former secret until',
              endpoint.previousSecretUntil && <Time at={endpoint.previousSecretUntil} />,
            ],
          ]}
        />
        {change.error && <Problem error={change.error} />}
        <Group>
          <Button
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate(active ? 'paused' : 'active')}
          >
            {active ? 'Pause' : 'Resume'}
          </Button>
          {ours && <RotateButton of={endpoint} />}
          {ours && <DeleteButton of={endpoint} />}
        </Group>
      </Stack>
    </Paper>
  );
}
