import { csvLine } from './csv';
import { stringifyForPeople } from './ejson';
import { jsonOfCell, type Imported } from './import-file';

/** @returns The documents as CSV that an import reads as the same again; the columns are all the fields that there are. */
export function toCsv(documents: readonly Imported[]): string {
  const columns = [...new Set(documents.flatMap(({ fields }) => Object.keys(fields)))];
  const lines = documents.map(({ fields }) => columns.map((name) => cellOf(fields[name])));
  return [columns, ...lines].map((cells) => `${csvLine(cells)}\n`).join('');
}

function cellOf(value: unknown): string {
  if (value === undefined) return '';
  const json = stringifyForPeople(value);
  // A text stands as it is, unless it looks like something else.
  return typeof value === 'string' && value !== '' && jsonOfCell(value) === json ? value : json;
}
