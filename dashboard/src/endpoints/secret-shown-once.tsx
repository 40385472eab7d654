import { Alert, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core';

/** A new secret. The service shows it in this answer and never again. */
export function SecretShownOnce({ secret, close }: { secret: string; close: () => void }) {
  return (
    <Stack>
      <Alert title="This is shown once" color="yellow">
        Copy the secret to your app now. It verifies what your app is sent.
      </Alert>
      <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        {secret}
      </Code>
      <Group>
        <CopyButton value={secret}>
          {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copied' : 'Copy'}</Button>}
        </CopyButton>
        <Button variant="default" onClick={close}>
          Close
        </Button>
      </Group>
      <Text size="sm">How a receiver verifies is in docs/notifications.md.</Text>
    </Stack>
  );
}
