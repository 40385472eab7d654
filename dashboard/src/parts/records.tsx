import { Table, type TableProps } from '@mantine/core';
import type { ReactNode } from 'react';

interface RecordsProps extends TableProps {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly children: ReactNode;
}

export interface Column {
  readonly title: string;
  readonly right?: boolean;
  /** Left out on a telephone. */
  readonly wide?: boolean;
}

/** A table that is scrolled within its own frame where the window is narrow. */
export function Records({ label, columns, children, ...props }: RecordsProps) {
  return (
    <Table.ScrollContainer minWidth={0} type="native" tabIndex={0} role="region" aria-label={label}>
      <Table {...props}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ title, right, wide }) => (
              <Table.Th
                key={title}
                {...(right ? { ta: 'right' as const } : {})}
                {...(wide ? { visibleFrom: 'sm' as const } : {})}
              >
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
