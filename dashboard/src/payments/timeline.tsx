import { Anchor, Group, Text, Timeline } from '@mantine/core';
import { Link } from 'wouter';
import type { EventDto } from '../../../src/events/event.dto.js';
import type { ChangeDto, PaymentDetailDto } from '../../../src/payments/payment.dto.js';
import type { StatementDto } from '../../../src/payments/statement.dto.js';
import { Amount } from '../parts/amount.js';
import { inWords, PAYMENT_COLORS, Status } from '../parts/status.js';
import { Time } from '../parts/time.js';

type Step =
  | { readonly at: string; readonly event: EventDto; readonly changes: readonly ChangeDto[] }
  | { readonly at: string; readonly event: null; readonly changes: readonly [ChangeDto] };

/** How the payment became what it is: what was received, what that said, and what it changed. */
export function PaymentTimeline({ of: payment }: { of: PaymentDetailDto }) {
  const steps = stepsOf(payment);
  return (
    <Timeline active={steps.length} bulletSize={16} lineWidth={2} color="gray">
      {steps.map((step, index) => {
        const last = step.changes.at(-1);
        return (
          <Timeline.Item
            key={index}
            color={last === undefined ? 'gray' : PAYMENT_COLORS[last.to.status]}
            title={step.event === null ? 'Computed anew' : <EventTitle of={step.event} />}
          >
            <Text size="xs" c="dimmed">
              <Time at={step.at} />
            </Text>
            {step.event !== null && <Said by={step.event} statements={payment.transactions} />}
            {step.changes.length === 0 ? (
              <Text size="sm" c="dimmed">
                Changed nothing
              </Text>
            ) : (
              step.changes.map((change) => <Change key={change.version} of={change} />)
            )}
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}

function EventTitle({ of: event }: { of: EventDto }) {
  return (
    <Anchor component={Link} href={`/events/${event.id}`} style={{ overflowWrap: 'anywhere' }}>
      {event.type === '' ? event.eventId : event.type}
    </Anchor>
  );
}

function Said({ by, statements }: { by: EventDto; statements: readonly StatementDto[] }) {
  return statements
    .filter(({ eventId }) => eventId === by.eventId)
    .map((statement, index) => (
      <Text size="sm" key={index}>
        {inWords(statement.kind)} {inWords(statement.status)}:{' '}
        <Amount amount={statement.amount} currency={statement.currency} />
        {statement.current ? '' : ' (superseded)'}
      </Text>
    ));
}

function Change({ of: { version, cause, from, to } }: { of: ChangeDto }) {
  const changed = from === null || from.status !== to.status;
  return (
    <Group gap={6}>
      {changed && from !== null && (
        <>
          <Status of={from.status} colors={PAYMENT_COLORS} />
          <Text span size="sm" aria-label="became">
            →
          </Text>
        </>
      )}
      <Status of={to.status} colors={PAYMENT_COLORS} />
      <Text span size="xs" c="dimmed">
        version {version}
        {cause === 'event' ? '' : `, by ${cause}`}
      </Text>
    </Group>
  );
}

/** Events in the order of receipt, each with the versions that it made, and the versions that none made. */
function stepsOf({ events, history }: PaymentDetailDto): Step[] {
  const made = new Map(events.map(({ eventId }): [string, ChangeDto[]] => [eventId, []]));
  const others: Step[] = [];
  for (const change of history) {
    const changes = change.eventId === null ? undefined : made.get(change.eventId);
    if (changes === undefined) others.push({ at: change.at, event: null, changes: [change] });
    else changes.push(change);
  }
  const steps: Step[] = events.map((event) => ({
    at: event.receivedAt,
    event,
    changes: made.get(event.eventId) ?? [],
  }));
  return [...steps, ...others].sort((a, b) => a.at.localeCompare(b.at));
}
