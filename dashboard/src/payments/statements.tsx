import { Badge, Table, Text } from '@mantine/core';
import type { StatementDto } from '../../../src/payments/statement.dto.js';
import { Amount } from '../parts/amount.js';
import { Records } from '../parts/records.js';
import { inWords } from '../parts/status.js';
import { Time } from '../parts/time.js';

/** What events said about money, one statement a row. */
export function Statements({ of }: { of: readonly StatementDto[] }) {
  return (
    <Records
      label="Statements"
      columns={[
        { title: 'What' },
        { title: 'Amount', right: true },
        { title: 'Provider’s id', wide: true },
        { title: 'Provider’s time', wide: true },
      ]}
    >
      {of.map((statement, index) => (
        <Table.Tr key={index}>
          <Table.Td>
            {inWords(statement.kind)} {inWords(statement.status)}{' '}
            {statement.final && <Badge color="gray">the last capture</Badge>}{' '}
            {!statement.current && <Badge color="gray">superseded</Badge>}
          </Table.Td>
          <Table.Td ta="right">
            <Amount amount={statement.amount} currency={statement.currency} />
          </Table.Td>
          <Table.Td visibleFrom="sm" style={{ overflowWrap: 'anywhere' }}>
            <Text size="sm">{statement.key}</Text>
          </Table.Td>
          <Table.Td visibleFrom="sm">
            <Time at={statement.occurredAt} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Records>
  );
}
