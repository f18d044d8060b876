import { parse } from 'csv-parse/sync';

/** A record of a CSV file: the line that it ends at, and its cells by the names of the first record. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

/**
 * Takes CSV apart.
 * Reference: https://www.rfc-editor.org/rfc/rfc4180
 *
 * @throws Error that names the line.
 */
export function parseCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  parse(text, {
    columns: true,
    bom: true,
    skip_empty_lines: true,
    on_record: (cells: Record<string, string>, { lines }) => {
      records.push({ line: lines, cells });
      return null;
    },
  });
  return records;
}

/** @returns One line of CSV. */
export function csvLine(cells: readonly string[]): string {
  return cells
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',');
}
