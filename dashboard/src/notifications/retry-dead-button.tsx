import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import type { RetriedDto } from '../../../src/notifications/outbox/notification.dto.js';
import { send } from '../api/client.js';
import { queryClient } from '../api/query.js';
import { Problem } from '../layout/page.js';

/** Retries all that were given up, within the filters of the list. */
export function RetryDeadButton({ search }: { search: string }) {
  const [opened, { open, close }] = useDisclosure();
  const retry = useMutation({
    mutationFn: () => send<RetriedDto>('POST', 'notifications/retry', filterOf(search)),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  return (
    <>
      <Button
        variant="default"
        onClick={() => {
          retry.reset();
          open();
        }}
      >
        Retry those given up…
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title="Retry what was given up"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack>
          {retry.data === undefined ? (
            <>
              <Text size="sm">
                All dead notifications that meet the other filters of this list are sent again, at
                once. A receiver that keeps the greatest version of a payment is not disturbed.
              </Text>
              {retry.error && <Problem error={retry.error} />}
              <Group>
                <Button loading={retry.isPending} onClick={() => retry.mutate()}>
                  Retry
                </Button>
                <Button variant="default" onClick={close}>
                  Cancel
                </Button>
              </Group>
            </>
          ) : (
            <>
              <Text role="status">Notifications that are sent again: {retry.data.retried}.</Text>
              <Group>
                <Button onClick={close}>Close</Button>
              </Group>
            </>
          )}
        </Stack>
      </Modal>
    </>
  );
}

function filterOf(search: string): object {
  const filters = Object.fromEntries(new URLSearchParams(search));
  delete filters.cursor;
  return { ...filters, status: ['dead'] };
}
