import { Alert, Anchor, Button, Code, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { EventDetailDto } from '../../../src/events/event.dto.js';
import type { QuarantineCode } from '../../../src/providers/provider.js';
import { getBytes } from '../api/client.js';
import { prettyJson } from '../api/json.js';
import { useApi } from '../api/query.js';
import { Fetched, Page, Problem, Section } from '../layout/page.js';
import { saveAs } from '../parts/download.js';
import { ExactText } from '../parts/exact-text.js';
import { Facts, modeInWords } from '../parts/facts.js';
import { TestMark } from '../parts/mode.js';
import { EVENT_COLORS, inWords, Status } from '../parts/status.js';
import { Time } from '../parts/time.js';
import { Statements } from '../payments/statements.js';
import { QUARANTINE_WORDS } from './quarantine.js';
import { ReplayButton } from './replay-button.js';

export function EventPage({ id }: { id: string }) {
  const query = useApi<EventDetailDto>(`events/${id}`);
  return (
    <Page
      title={query.data?.type || 'Event'}
      parent={{ href: '/events', title: 'Events' }}
      actions={query.data && <ReplayButton id={query.data.id} />}
    >
      <Fetched query={query}>{(event) => <Event of={event} />}</Fetched>
    </Page>
  );
}

function Event({ of: event }: { of: EventDetailDto }) {
  return (
    <Stack gap="lg">
      <Group gap="sm">
        <Status of={event.status} colors={EVENT_COLORS} />
        <TestMark livemode={event.livemode} />
      </Group>
      {event.code !== null && (
        <Alert color="red" title={`Quarantined: ${inWords(event.code)}`}>
          {QUARANTINE_WORDS[event.code as QuarantineCode]} Its bytes are kept, and it can be
          replayed.
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Section title="How it came">
          <Facts
            of={[
              ['Source', `${event.source} (${event.provider})`],
              ['Provider’s id', event.eventId],
              ['Received', <Time at={event.receivedAt} key="received" />],
              ['Provider’s time', <Time at={event.occurredAt} key="occurred" />],
              ['Account', event.account],
              ['Mode', modeInWords(event.livemode)],
              ['Our id', event.id],
            ]}
          />
        </Section>
        <Section title="What was verified">
          <Facts
            of={[
              ['Secret', <Code key="secret">{event.verifiedWith}</Code>],
              ['Bytes', event.bodySize.toLocaleString()],
              ['SHA-256', <Code key="sha">{event.bodySha256}</Code>],
              ...Object.entries(event.headers as Record<string, unknown>).map(
                ([name, value]) => [name, String(value)] as const,
              ),
            ]}
          />
          <Text size="xs" c="dimmed">
            The headers that are kept. Signatures and authorizations never are.
          </Text>
        </Section>
      </SimpleGrid>
      <Section title="What it says about money">
        {event.statements.length === 0 ? (
          <Text size="sm" c="dimmed">
            {event.status === 'quarantined'
              ? 'Nothing that could be used.'
              : 'Nothing: it moves no payment.'}
          </Text>
        ) : (
          <Statements of={event.statements} />
        )}
        {event.paymentIds.map((payment) => (
          <Anchor component={Link} href={`/payments/${payment}`} size="sm" key={payment}>
            Payment {payment}
          </Anchor>
        ))}
      </Section>
      <Section title="Body">
        <Body of={event} />
      </Section>
    </Stack>
  );
}

function Body({ of: { id } }: { of: EventDetailDto }) {
  const body = useQuery({ queryKey: ['body', id], queryFn: () => readBody(id) });
  const download = useMutation({
    mutationFn: async () => saveAs(await getBytes(`events/${id}/body`), `${id}.bin`),
  });
  return (
    <>
      <Fetched query={body}>
        {(text) =>
          text === null ? (
            <Text size="sm">It is not text. Download it to look at its bytes.</Text>
          ) : (
            <ExactText label="Body">{prettyJson(text) ?? text}</ExactText>
          )
        }
      </Fetched>
      <Group>
        <Button variant="default" loading={download.isPending} onClick={() => download.mutate()}>
          Download the exact bytes
        </Button>
      </Group>
      {download.error && <Problem error={download.error} />}
    </>
  );
}

/** The body as text, or null where its bytes are none. */
async function readBody(id: string): Promise<string | null> {
  const bytes = await (await getBytes(`events/${id}/body`)).arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
