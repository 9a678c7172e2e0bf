import { escapeText } from './escape.ts';

/** Columns of equal width, two blanks apart; a column without any value is left out. Cells are escaped here. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows.map(row => row.map(escapeText))];
  const used = header.map((_, column) => rows.some(row => row[column] !== ''));
  const widths = header.map((_, column) => Math.max(...lines.map(line => line[column]!.length)));
  const padded = (line: readonly string[]) =>
    line.map((cell, column) => (used[column] ? cell.padEnd(widths[column]! + 2) : '')).join('');
  return lines.map(line => `${padded(line).trimEnd()}\n`).join('');
}
