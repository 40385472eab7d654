import {
  Alert,
  Button,
  Center,
  Code,
  Container,
  Paper,
  PasswordInput,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { ApiError, checkToken } from '../api/client.js';
import { token } from './token.js';

/** Asks for the admin token, once for each tab. */
export function SignIn() {
  const [value, setValue] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function signIn(event: SyntheticEvent) {
    event.preventDefault();
    setBusy(true);
    const wrong = await whatIsWrong(value.trim());
    setBusy(false);
    setProblem(wrong);
    if (wrong === null) token.set(value.trim());
  }

  return (
    <Center component="main" mih="100vh">
      <Container size={440} w="100%">
        <Paper withBorder p="lg" radius="md">
          <form onSubmit={(event) => void signIn(event)}>
            <Stack>
              <Title order={1} size="h3">
                payment-webhooks
              </Title>
              <PasswordInput
                label="Admin token"
                description="Kept in this tab only, until it is closed."
                autoComplete="current-password"
                data-autofocus
                autoFocus
                required
                value={value}
                onChange={(event) => setValue(event.currentTarget.value)}
                error={problem}
              />
              <Button type="submit" loading={busy}>
                Sign in
              </Button>
              <Alert title="Where is it?" variant="default">
                <Text size="sm">
                  It is the value of <Code>ADMIN_TOKEN</Code>. Where that is not set, the start
                  prints it after <Code>admin token</Code> and keeps it in <Code>./data</Code>.
                </Text>
              </Alert>
            </Stack>
          </form>
        </Paper>
      </Container>
    </Center>
  );
}

async function whatIsWrong(value: string): Promise<string | null> {
  // A header holds nothing else.
  if (!/^[\x21-\x7e]+$/.test(value)) return 'This is not a token. Paste it as it was printed.';
  try {
    await checkToken(value);
    return null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.status === 401 ? 'This is not the admin token of the service.' : error.message;
  }
}
