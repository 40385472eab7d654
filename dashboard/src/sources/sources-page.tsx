import {
  Alert,
  Badge,
  Button,
  Code,
  CopyButton,
  Group,
  Paper,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import type { SourceDto, SourcesDto } from '../../../src/dashboard/source.dto.js';
import { useApi } from '../api/query.js';
import { Fetched, Page } from '../layout/page.js';
import { Empty } from '../parts/empty.js';
import { Facts } from '../parts/facts.js';
import { More } from '../parts/more.js';
import { TestButton } from './test-button.js';

/** The configured sources, and what to give to each provider. */
export function SourcesPage() {
  const query = useApi<SourcesDto>('sources');
  return (
    <Page title="Sources">
      <Fetched query={query}>
        {({ data }) => (
          <Stack>
            {data.length === 0 && (
              <Empty title="No source is configured">
                Set the secret of a provider, for example <Code>GENERIC_WEBHOOK_SECRET</Code>, in
                the environment or in .env, and start again.
              </Empty>
            )}
            {data.map((source) => (
              <Source key={source.name} of={source} />
            ))}
          </Stack>
        )}
      </Fetched>
    </Page>
  );
}

function Source({ of: source }: { of: SourceDto }) {
  return (
    <Paper withBorder p="md" component="section" aria-label={source.name}>
      <Stack gap="sm">
        <Group gap="sm">
          <Title order={2} size="h4">
            {source.name}
          </Title>
          <Badge color={source.enabled ? 'green' : 'gray'}>{source.enabled ? 'on' : 'off'}</Badge>
        </Group>
        {source.warnings.map((warning) => (
          <Alert key={warning} color="yellow" title="Worth a look">
            {warning}
          </Alert>
        ))}
        <Group gap="xs">
          <Code style={{ overflowWrap: 'anywhere' }}>{source.url}</Code>
          <CopyButton value={source.url}>
            {({ copied, copy }) => (
              <Button size="xs" variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy the address'}
              </Button>
            )}
          </CopyButton>
        </Group>
        <Facts
          of={[
            ['Provider', source.title],
            ['Account', source.account ?? 'any'],
            ['Mode', modeOf(source.livemode)],
            ['Secrets', source.secretLabels.join(', ')],
            ['Found at', source.secretDescription],
          ]}
        />
        {source.subscriptions.length > 0 && (
          <More title={`Which events to subscribe to (${source.subscriptions.length})`}>
            <Code block>{source.subscriptions.join('\n')}</Code>
          </More>
        )}
        {source.testRefusal === null ? (
          <TestButton source={source.name} />
        ) : (
          <Text size="sm" c="dimmed">
            No test event can be sent: {source.testRefusal}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

function modeOf(livemode: boolean | null): string {
  return livemode === null ? 'live and test' : livemode ? 'live only' : 'test only';
}
