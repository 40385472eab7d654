import { BarChart } from '@mantine/charts';
import { SegmentedControl, Stack, Text, type MantineColor } from '@mantine/core';
import { useState } from 'react';
import type { MinuteDto, OverviewDto } from '../../../src/dashboard/overview.dto.js';
import { EVENT_COLORS } from '../parts/status.js';

const SOURCE_COLORS: readonly MantineColor[] = [
  'blue',
  'teal',
  'grape',
  'orange',
  'cyan',
  'pink',
  'lime',
  'indigo',
  'yellow',
  'violet',
];
type By = 'outcome' | 'source';

/** Bars of a minute each, stacked by outcome or by source. */
export default function EventsChart({ of: overview }: { of: OverviewDto }) {
  const [by, setBy] = useState<By>('outcome');
  const names = [...new Set(overview.eventsPerMinute.map((minute) => minute[by]))].sort();
  return (
    <Stack gap="xs">
      <SegmentedControl
        value={by}
        onChange={(value) => setBy(value)}
        data={[
          { value: 'outcome', label: 'By outcome' },
          { value: 'source', label: 'By source' },
        ]}
        aria-label="Colour the events"
        style={{ alignSelf: 'start' }}
      />
      {overview.eventsPerMinute.length === 0 ? (
        <Text size="sm" c="dimmed">
          {overview.asOf.events === null
            ? 'Counting…'
            : 'Nothing was received. Below is when each source was last heard of.'}
        </Text>
      ) : (
        <BarChart
          h={220}
          type="stacked"
          data={minutesOf(overview, by)}
          dataKey="minute"
          series={names.map((name, index) => ({
            name,
            color: `${colorOf(name, by, index)}.6`,
          }))}
          withLegend
          barChartProps={{ accessibilityLayer: false }}
        />
      )}
    </Stack>
  );
}

function colorOf(name: string, by: By, index: number): MantineColor {
  if (by === 'outcome') return EVENT_COLORS[name as MinuteDto['outcome']];
  return SOURCE_COLORS[index % SOURCE_COLORS.length]!;
}

/** Every minute of the window, those without events too: silence is to be seen. */
function minutesOf({ now, windowMinutes, eventsPerMinute }: OverviewDto, by: By) {
  const last = Math.floor(Date.parse(now) / 60_000);
  const rows = Array.from({ length: windowMinutes }, (_, index) => {
    const at = last - windowMinutes + 1 + index;
    const row: Record<string, string | number> = { minute: clock(at) };
    return { at, row };
  });
  const byMinute = new Map(rows.map(({ at, row }) => [at, row]));
  for (const event of eventsPerMinute) {
    const row = byMinute.get(Math.floor(Date.parse(event.minute) / 60_000));
    if (row !== undefined) row[event[by]] = Number(row[event[by]] ?? 0) + event.count;
  }
  return rows.map(({ row }) => row);
}

function clock(minute: number): string {
  return new Date(minute * 60_000).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
  });
}
