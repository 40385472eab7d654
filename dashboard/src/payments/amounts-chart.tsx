import { LineChart } from '@mantine/charts';
import { minorToMajor } from '../../../src/providers/money.js';
import type { ChangeDto } from '../../../src/payments/payment.dto.js';

type Amount =
  'amountAuthorized' | 'amountCaptured' | 'amountRefunded' | 'amountDisputed' | 'amountChargedBack';

const SERIES: readonly { amount: Amount; name: string; color: string }[] = [
  { amount: 'amountAuthorized', name: 'Authorized', color: 'blue.5' },
  { amount: 'amountCaptured', name: 'Captured', color: 'green.6' },
  { amount: 'amountRefunded', name: 'Refunded', color: 'grape.5' },
  { amount: 'amountDisputed', name: 'Disputed', color: 'orange.6' },
  { amount: 'amountChargedBack', name: 'Charged back', color: 'red.6' },
];

/** The amounts over the versions of a payment. Drawn with floats, as a picture may be. */
export default function AmountsChart({ of: history }: { of: readonly ChangeDto[] }) {
  const shown = SERIES.filter(({ amount }) => history.some(({ to }) => to[amount] !== 0n));
  return (
    <LineChart
      h={220}
      data={history.map(({ version, to }) => ({
        version: `v${version}`,
        ...Object.fromEntries(
          shown.map(({ amount, name }) => [name, Number(minorToMajor(to[amount], to.currency))]),
        ),
      }))}
      dataKey="version"
      series={shown.map(({ name, color }) => ({ name, color }))}
      curveType="stepAfter"
      withLegend
      lineChartProps={{ accessibilityLayer: false }}
    />
  );
}
