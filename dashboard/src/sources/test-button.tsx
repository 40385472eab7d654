import { Alert, Anchor, Button, Code, Group, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { TestEventDto } from '../../../src/dashboard/test-event.dto.js';
import { send } from '../api/client.js';
import { queryClient } from '../api/query.js';
import { Problem } from '../layout/page.js';
import { inWords } from '../parts/status.js';

/** Sends a signed event, marked as a test, the way that the provider's webhooks take. */
export function TestButton({ source }: { source: string }) {
  const test = useMutation({
    mutationFn: () => send<TestEventDto>('POST', `sources/${source}/test`),
    onSuccess: () => queryClient.invalidateQueries(),
  });
  return (
    <Stack gap="sm">
      <Group>
        <Button
          variant="default"
          loading={test.isPending}
          onClick={() => test.mutate()}
          aria-label={`Send a test event to ${source}`}
        >
          Send a test event
        </Button>
      </Group>
      {test.error && <Problem error={test.error} />}
      {test.data && <Result of={test.data} />}
    </Stack>
  );
}

function Result({ of: result }: { of: TestEventDto }) {
  return (
    <Alert
      role="status"
      color={result.asExpected ? 'green' : 'red'}
      title={
        result.asExpected
          ? `It works: answered ${result.status} in ${Math.round(result.milliseconds)} ms`
          : `Not as it should be: ${result.status === null ? 'no answer' : `answered ${result.status}`}`
      }
    >
      <Stack gap="xs">
        <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {result.answer}
        </Code>
        {result.eventId !== null && (
          <Anchor component={Link} href={`/events/${result.eventId}`} size="sm">
            The event of a payment that {inWords(result.scenario)}
          </Anchor>
        )}
      </Stack>
    </Alert>
  );
}
