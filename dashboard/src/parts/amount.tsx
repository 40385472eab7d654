import { Text } from '@mantine/core';
import { isoExponent } from '../../../src/providers/currencies.js';
import { minorToMajor } from '../../../src/providers/money.js';

/** Minor units as people write them, exact at any size: `1,234.50 EUR`. */
export function inMajorUnits(amount: bigint, currency: string): string {
  const digits = isoExponent(currency) ?? 0;
  const format = new Intl.NumberFormat(undefined, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  // A decimal as text is formatted without ever being a float.
  return `${format.format(minorToMajor(amount, currency) as `${number}`)} ${currency}`;
}

interface AmountProps {
  readonly amount: bigint | null;
  readonly currency: string | null;
}

export function Amount({ amount, currency }: AmountProps) {
  if (amount === null || currency === null) return <Text span>not stated</Text>;
  return (
    <Text span inherit style={{ whiteSpace: 'nowrap' }}>
      {inMajorUnits(amount, currency)}
    </Text>
  );
}
