import { Button, Group, MultiSelect, Select, SimpleGrid, TextInput } from '@mantine/core';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { useSearchParams } from 'wouter';
import { useApi } from '../api/query.js';
import type { SourcesDto } from '../../../src/dashboard/source.dto.js';
import { inWords } from './status.js';

/** The filters of a list. They stand in the address, so that a list can be linked, and Back goes back. */
export interface Filters {
  get(name: string): string[];
  set(name: string, values: readonly string[]): void;
}

interface FilterBarProps {
  readonly children: (filters: Filters) => ReactNode;
}

/** Fields that take effect together, on Enter or by the button. */
export function FilterBar({ children }: FilterBarProps) {
  const [address, setAddress] = useSearchParams();
  const text = address.toString();
  return (
    <FilterForm key={text} initial={text} apply={setAddress}>
      {children}
    </FilterForm>
  );
}

interface FilterFormProps extends FilterBarProps {
  readonly initial: string;
  readonly apply: (values: URLSearchParams) => void;
}

function FilterForm({ initial, apply, children }: FilterFormProps) {
  const [text, setText] = useState(initial);
  const values = new URLSearchParams(text);
  const filters: Filters = {
    get: (name) => values.getAll(name),
    set: (name, all) => {
      values.delete(name);
      for (const value of all) if (value !== '') values.append(name, value);
      setText(values.toString());
    },
  };

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    // Another list has other pages.
    values.delete('cursor');
    apply(values);
  }

  return (
    <form onSubmit={submit} role="search">
      <SimpleGrid cols={{ base: 2, md: 3, xl: 4 }} spacing="sm" mb="sm">
        {children(filters)}
      </SimpleGrid>
      <Group gap="sm">
        <Button type="submit" variant="default">
          Apply
        </Button>
        {initial !== '' && (
          <Button variant="subtle" onClick={() => apply(new URLSearchParams())}>
            Clear
          </Button>
        )}
      </Group>
    </form>
  );
}

interface FieldProps {
  readonly filters: Filters;
  readonly name: string;
  readonly label: string;
}

export function TextFilter({
  filters,
  name,
  label,
  ...rest
}: FieldProps & { placeholder?: string }) {
  return (
    <TextInput
      label={label}
      value={filters.get(name)[0] ?? ''}
      onChange={(event) => filters.set(name, [event.currentTarget.value.trim()])}
      {...rest}
    />
  );
}

export function ManyFilter({ filters, name, label, of }: FieldProps & { of: readonly string[] }) {
  return (
    <MultiSelect
      label={label}
      data={of.map((value) => ({ value, label: inWords(value) }))}
      value={filters.get(name)}
      onChange={(values) => filters.set(name, values)}
      placeholder={filters.get(name).length === 0 ? 'any' : ''}
      clearable
    />
  );
}

export function OneFilter({ filters, name, label, of }: FieldProps & { of: readonly string[] }) {
  return (
    <Select
      label={label}
      data={of.map((value) => ({ value, label: inWords(value) }))}
      value={filters.get(name)[0] ?? null}
      onChange={(value) => filters.set(name, value === null ? [] : [value])}
      placeholder="any"
      clearable
    />
  );
}

export function SourceFilter({ filters }: { filters: Filters }) {
  const { data } = useApi<SourcesDto>('sources');
  const names = (data?.data ?? []).map(({ name }) => name);
  return <ManyFilter filters={filters} name="source" label="Source" of={names} />;
}

/** A day of the reader's zone. `to` includes the day; the API's `to` is the first moment after it. */
export function DayFilter({ filters, name, label }: FieldProps & { name: 'from' | 'to' }) {
  const shift = name === 'to' ? 1 : 0;
  const at = filters.get(name)[0];
  return (
    <TextInput
      type="date"
      label={label}
      value={at === undefined ? '' : dayOf(at, -shift)}
      onChange={({ currentTarget: { value } }) =>
        filters.set(name, value === '' ? [] : [midnight(value, shift)])
      }
    />
  );
}

/** The midnight with which a day begins, or some days later, as the API reads it. */
function midnight(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

function dayOf(time: string, later: number): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return '';
  at.setDate(at.getDate() + later);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
