import { asNumber } from './compare-values.ts';
import { isRecord } from './path.ts';

/** One series of an answer: its current value, and its values over a range with what rules want to know of them. */
interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
  readonly values: readonly { readonly time: string; readonly value: number }[];
  readonly first: number;
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly avg: number;
}

/**
 * The answer of the HTTP API of Prometheus (`/api/v1/query` and `query_range`) as a document for rules:
 * `{series: [{metric, value, values, first, last, min, max, avg}]}`. Undefined when it does not have that form. Values
 * that are no finite number are left out: `NaN` is how PromQL says that there is nothing, and `Inf` that it divided by
 * nothing; `skipped` counts the series that had no others. A recording holds that document itself.
 */
export function readMetrics(
  answer: unknown,
): { readonly series: readonly unknown[]; readonly skipped?: number } | undefined {
  if (isRecord(answer) && Array.isArray(answer['series'])) return { series: answer['series'] };
  if (!isRecord(answer) || answer['status'] !== 'success' || !isRecord(answer['data'])) return undefined;
  const { resultType, result } = answer['data'];
  if (!Array.isArray(result)) return undefined;
  if (resultType === 'scalar') {
    const series = seriesOf({}, [result]);
    return { series: series === undefined ? [] : [series] };
  }
  const rows: readonly unknown[] = result;
  const series = rows.map((row) => {
    if (!isRecord(row)) return undefined;
    const points: unknown = row['values'] ?? (row['value'] === undefined ? [] : [row['value']]);
    return Array.isArray(points) ? seriesOf(labelsOf(row['metric']), points) : undefined;
  });
  const measured = series.filter((each) => each !== undefined);
  const skipped = series.length - measured.length;
  return { series: measured, ...(skipped === 0 ? {} : { skipped }) };
}

function seriesOf(metric: Series['metric'], points: readonly unknown[]): Series | undefined {
  const values = points.flatMap((point) => {
    const [seconds, text] = pairOf(point);
    const value = asNumber(text);
    const time = typeof seconds === 'number' ? new Date(seconds * 1000) : undefined;
    if (value === undefined || time === undefined || Number.isNaN(time.getTime())) return [];
    return [{ time: time.toISOString(), value }];
  });
  const [first] = values;
  const last = values.at(-1);
  if (first === undefined || last === undefined) return undefined;
  let sum = 0;
  let min = first.value;
  let max = first.value;
  for (const { value } of values) {
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const avg = sum / values.length;
  return { metric, value: last.value, first: first.value, last: last.value, min, max, avg, values };
}

function pairOf(point: unknown): readonly unknown[] {
  return Array.isArray(point) ? point : [];
}

function labelsOf(metric: unknown): Series['metric'] {
  if (!isRecord(metric)) return {};
  return Object.fromEntries(
    Object.entries(metric).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
