import { Anchor, Code, Stack, Text } from '@mantine/core';
import { useApi } from '../api/query.js';
import type { SessionDto } from '../../../src/dashboard/session.dto.js';

/** What runs, and what else shows its data. */
export function AboutService() {
  const { data } = useApi<SessionDto>('session');
  return (
    <Stack gap={4}>
      {data?.embedded && (
        <Text size="xs">
          Every table: <Code>npm run studio</Code>
        </Text>
      )}
      <Anchor href="/docs" size="xs">
        The API
      </Anchor>
      {data && (
        <Text size="xs" c="dimmed">
          Version {data.version}
        </Text>
      )}
    </Stack>
  );
}
