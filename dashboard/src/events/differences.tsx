import { Anchor, Stack, Table, Text } from '@mantine/core';
import { Link } from 'wouter';
import type { PaymentDifference } from '../../../src/events/replay/difference.js';
import { inMajorUnits } from '../parts/amount.js';
import { Records } from '../parts/records.js';
import { inWords } from '../parts/status.js';

/** What would change, payment by payment and field by field. */
export function Differences({ of }: { of: readonly PaymentDifference[] }) {
  if (of.length === 0) {
    return (
      <Text role="status" fw={600}>
        Nothing would change.
      </Text>
    );
  }
  return (
    <Stack role="status">
      {of.map((payment) => (
        <Stack gap={4} key={payment.paymentId}>
          <Text size="sm">
            <Anchor component={Link} href={`/payments/${payment.paymentId}`} inherit>
              Payment {payment.paymentId}
            </Anchor>{' '}
            would be version {payment.version}
            {payment.mergedInto === null ? '' : ` and join ${payment.mergedInto}`}
          </Text>
          <Records
            label="What would change"
            columns={[{ title: 'Field' }, { title: 'Now' }, { title: 'Then' }]}
          >
            {payment.differences.map(({ field, from, to }) => (
              <Table.Tr key={field}>
                <Table.Td>{nameOf(field)}</Table.Td>
                <Table.Td>{valueOf(field, from, currencyOf(payment, 'from'))}</Table.Td>
                <Table.Td>{valueOf(field, to, currencyOf(payment, 'to'))}</Table.Td>
              </Table.Tr>
            ))}
          </Records>
        </Stack>
      ))}
    </Stack>
  );
}

/** `amountChargedBack` as `amount charged back`. */
function nameOf(field: string): string {
  return field.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** The currency, where it is among what changes: amounts are minor units of it. */
function currencyOf({ differences }: PaymentDifference, side: 'from' | 'to'): string | null {
  const value = differences.find(({ field }) => field === 'currency')?.[side];
  return typeof value === 'string' ? value : null;
}

function valueOf(field: string, value: unknown, currency: string | null): string {
  if (value === null) return 'nothing';
  if (field.startsWith('amount')) {
    const amount = BigInt(value as number | bigint);
    return currency === null ? `${amount} minor units` : inMajorUnits(amount, currency);
  }
  if (typeof value === 'string') return inWords(value);
  return JSON.stringify(value);
}
