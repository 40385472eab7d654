import { Button, Group, Modal, MultiSelect, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import type { SourcesDto } from '../../../src/dashboard/source.dto.js';
import type { EndpointWithSecretDto } from '../../../src/notifications/endpoints/endpoint.dto.js';
import { MESSAGE_TYPES } from '../../../src/payments/message-type.js';
import { ApiError, send } from '../api/client.js';
import { queryClient, useApi } from '../api/query.js';
import { Problem } from '../layout/page.js';
import { SecretShownOnce } from './secret-shown-once.js';

export function CreateButton() {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button onClick={open}>New endpoint…</Button>
      <Modal
        opened={opened}
        onClose={close}
        title="New endpoint"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Create close={close} />
      </Modal>
    </>
  );
}

function Create({ close }: { close: () => void }) {
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [types, setTypes] = useState<string[]>([]);
  const [sources, setSources] = useState<string[]>([]);
  const known = useApi<SourcesDto>('sources');
  const create = useMutation({
    mutationFn: () =>
      send<EndpointWithSecretDto>('POST', 'endpoints', { name, url, types, sources }),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  if (create.data) return <SecretShownOnce secret={create.data.secret} close={close} />;

  const errorOf = (field: string) =>
    create.error instanceof ApiError
      ? create.error.fields.find((each) => each.field === field)?.message
      : undefined;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          description="Lower-case letters, digits and dashes"
          placeholder="shop"
          required
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={errorOf('name')}
        />
        <TextInput
          label="Address"
          placeholder="https://shop.example.com/payments"
          type="url"
          required
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          error={errorOf('url')}
        />
        <MultiSelect
          label="Messages"
          description="None: all"
          data={[...MESSAGE_TYPES]}
          value={types}
          onChange={setTypes}
          error={errorOf('types')}
        />
        <MultiSelect
          label="Sources"
          description="None: all"
          data={(known.data?.data ?? []).map((source) => source.name)}
          value={sources}
          onChange={setSources}
          error={errorOf('sources')}
        />
        {create.error && <Problem error={create.error} />}
        <Group>
          <Button type="submit" loading={create.isPending}>
            Create
          </Button>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
