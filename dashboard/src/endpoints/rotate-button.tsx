import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type {
  EndpointDto,
  EndpointWithSecretDto,
} from '../../../src/notifications/endpoints/endpoint.dto.js';
import { send } from '../api/client.js';
import { queryClient } from '../api/query.js';
import { Problem } from '../layout/page.js';
import { SecretShownOnce } from './secret-shown-once.js';

const OVERLAPS = [
  { value: '0', label: 'not at all: it is known to others' },
  { value: '3600', label: 'for an hour' },
  { value: '86400', label: 'for a day' },
  { value: '604800', label: 'for a week' },
];

export function RotateButton({ of: endpoint }: { of: EndpointDto }) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button variant="default" onClick={open}>
        Rotate the secret…
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={`Rotate the secret of ${endpoint.name}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Rotate id={endpoint.id} close={close} />
      </Modal>
    </>
  );
}

function Rotate({ id, close }: { id: string; close: () => void }) {
  const [overlap, setOverlap] = useState('86400');
  const rotate = useMutation({
    mutationFn: () =>
      send<EndpointWithSecretDto>('POST', `endpoints/${id}/rotate-secret`, {
        overlapSeconds: Number(overlap),
      }),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  if (rotate.data) return <SecretShownOnce secret={rotate.data.secret} close={close} />;
  return (
    <Stack>
      <Text size="sm">
        A new secret is made and shown once. Give it to your app within the time.
      </Text>
      <Select
        label="The old secret signs beside it"
        data={OVERLAPS}
        value={overlap}
        onChange={(value) => setOverlap(value ?? '86400')}
        allowDeselect={false}
      />
      {rotate.error && <Problem error={rotate.error} />}
      <Group>
        <Button loading={rotate.isPending} onClick={() => rotate.mutate()}>
          Rotate
        </Button>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
      </Group>
    </Stack>
  );
}
