import { isRecord } from '../path.ts';

/** Rows of a table whose cells are text; undefined when the output is no table. */
export function rowsOf(root: unknown): readonly Readonly<Record<string, string>>[] | undefined {
  if (!isRecord(root) || !Array.isArray(root['rows'])) return undefined;
  const rows: readonly unknown[] = root['rows'];
  return rows.filter(isRow);
}

function isRow(value: unknown): value is Readonly<Record<string, string>> {
  return isRecord(value) && Object.values(value).every((cell) => typeof cell === 'string');
}
