import { Alert, Anchor, Badge, createTheme, Table, type CSSVariablesResolver } from '@mantine/core';

/** Mantine's defaults, and what this page uses the same everywhere. */
export const theme = createTheme({
  cursorType: 'pointer',
  // White on the usual shade has too little contrast.
  primaryShade: 8,
  components: {
    // The frame has the colour; the words are read.
    Alert: Alert.extend({ styles: { title: { color: 'var(--mantine-color-text)' } } }),
    // A link is known by more than its colour.
    Anchor: Anchor.extend({ defaultProps: { underline: 'always' } }),
    // A dot beside text of the usual colour: readable in both schemes.
    Badge: Badge.extend({
      defaultProps: { variant: 'dot', tt: 'none', fw: 500 },
      // Never cut off, however narrow its column.
      styles: { root: { minWidth: 'max-content' } },
    }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'xs', tabularNums: true } }),
  },
});

/** Mantine's own dimmed text and links have less contrast than WCAG 2.2 AA asks for. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-6)',
    '--mantine-color-anchor': 'var(--mantine-color-blue-9)',
  },
  dark: {
    '--mantine-color-anchor': 'var(--mantine-color-blue-3)',
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-2)',
  },
});
