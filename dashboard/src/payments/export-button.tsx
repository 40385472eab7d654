import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { getBytes } from '../api/client.js';
import { Problem } from '../layout/page.js';
import { saveAs } from '../parts/download.js';

/** The filtered payments as CSV, all pages of them. */
export function ExportButton({ search }: { search: string }) {
  const run = useMutation({
    mutationFn: async () => {
      const filters = new URLSearchParams(search);
      filters.delete('cursor');
      saveAs(await getBytes(`payments.csv?${filters.toString()}`), 'payments.csv');
    },
  });
  return (
    <>
      <Button variant="default" loading={run.isPending} onClick={() => run.mutate()}>
        Export as CSV
      </Button>
      {run.error && <Problem error={run.error} />}
    </>
  );
}
