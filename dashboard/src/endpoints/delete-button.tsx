import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import type { EndpointDto } from '../../../src/notifications/endpoints/endpoint.dto.js';
import { send } from '../api/client.js';
import { queryClient } from '../api/query.js';
import { Problem } from '../layout/page.js';

export function DeleteButton({ of: endpoint }: { of: EndpointDto }) {
  const [opened, { open, close }] = useDisclosure();
  const remove = useMutation({
    mutationFn: () => send('DELETE', `endpoints/${endpoint.id}`),
    onSuccess: () => {
      close();
      return queryClient.invalidateQueries();
    },
  });
  return (
    <>
      <Button variant="default" onClick={open}>
        Delete…
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={`Delete ${endpoint.name}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack>
          <Text size="sm">
            It goes with all that it was told and was to be told. To keep that, pause it instead.
          </Text>
          {remove.error && <Problem error={remove.error} />}
          <Group>
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              Delete
            </Button>
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
