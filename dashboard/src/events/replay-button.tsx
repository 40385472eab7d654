import { Anchor, Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { PaymentDifference } from '../../../src/events/replay/difference.js';
import type { ReapplySummaryDto } from '../../../src/events/replay/replay.dto.js';
import { send, sendForLines } from '../api/client.js';
import { queryClient } from '../api/query.js';
import { Fetched, Problem } from '../layout/page.js';
import { Differences } from './differences.js';

/** Replays an event, after what that would change was shown. */
export function ReplayButton({ id }: { id: string }) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button onClick={open}>Replay…</Button>
      <Modal
        opened={opened}
        onClose={close}
        title="Replay this event"
        size="lg"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Replay id={id} close={close} />
      </Modal>
    </>
  );
}

function Replay({ id, close }: { id: string; close: () => void }) {
  const [notify, setNotify] = useState(false);
  const dryRun = useQuery({
    queryKey: ['dry-run', id],
    queryFn: () => sendForLines<PaymentDifference>('POST', `events/${id}/replay?dryRun=true`),
    gcTime: 0,
  });
  const replay = useMutation({
    mutationFn: () => send<ReapplySummaryDto>('POST', `events/${id}/replay?notify=${notify}`),
    onSuccess: () =>
      queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'dry-run' }),
  });
  if (replay.data !== undefined) return <Done summary={replay.data} close={close} />;

  return (
    <Stack>
      <Text size="sm">
        Today’s code and options read the stored bytes again. The event is not received anew: a
        replay that changes nothing does nothing.
      </Text>
      <Fetched query={dryRun}>{(differences) => <Differences of={differences} />}</Fetched>
      <Checkbox
        label="Tell the endpoints of what changes"
        checked={notify}
        onChange={(event) => setNotify(event.currentTarget.checked)}
      />
      {replay.error && <Problem error={replay.error} />}
      <Group>
        <Button
          loading={replay.isPending}
          disabled={dryRun.data === undefined}
          onClick={() => replay.mutate()}
        >
          Replay
        </Button>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
      </Group>
    </Stack>
  );
}

function Done({ summary, close }: { summary: ReapplySummaryDto; close: () => void }) {
  return (
    <Stack>
      <Text role="status">
        {summary.changedPayments === 0
          ? 'Replayed. It means what it meant: no payment has changed.'
          : `Replayed. Payments that have a new version: ${summary.changedPayments}.`}
      </Text>
      <Group>
        <Button onClick={close}>Close</Button>
        <Anchor component={Link} href="/payments" size="sm">
          Payments
        </Anchor>
      </Group>
    </Stack>
  );
}
