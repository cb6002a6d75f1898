import { asNumber, asText } from '../compare-values.ts';
import { parseMoment } from '../duration.ts';
import type { StepData } from '../parse-output.ts';
import { isRecord } from '../path.ts';
import { hoursUntil, MIN_POINTS, trendOf, type Point } from '../trend.ts';
import type { Candidate, DetectorContext } from './detector.ts';

const HOUR_MS = 3_600_000;

/**
 * How each series of a question with a range moves, with all that the series has, and `trend` (`rising`, `falling`,
 * `steady`, `jumped`), `slopePerHour` (0 unless it rises or falls), `hours` that the points span, `newest`, of a jump `before`,
 * `after` and `since`, and of a line that rises to `with: {limit}` (1 when absent) or falls to `with: {floor}` `hoursToLimit`
 * and `limitAt`.
 * A series of fewer than `with: {atLeast}` points (never below 8) has none of these, so conditions on them are unknown.
 */
export function seriesTrend(
  data: StepData,
  _other: unknown,
  { settings }: DetectorContext,
): readonly Candidate[] | undefined {
  const series: unknown = isRecord(data.root) ? data.root['series'] : undefined;
  if (!Array.isArray(series)) return undefined;
  const limits: Limits = { rising: Number(settings['limit'] ?? 1), falling: settings['floor'] };
  const atLeast = Math.max(MIN_POINTS, Number(settings['atLeast'] ?? MIN_POINTS));
  const rows: readonly unknown[] = series;
  return rows.filter(isRecord).map((row) => {
    const points = pointsOf(row['values']);
    const measures = points.length < atLeast ? {} : measure(points, limits);
    return { item: { ...row, ...measures }, source: row };
  });
}

interface Limits {
  readonly rising: number;
  readonly falling: DetectorContext['settings'][string] | undefined;
}

function measure(points: readonly Point[], limits: Limits): Readonly<Record<string, unknown>> {
  const trend = trendOf(points);
  if (trend === undefined) return {};
  const moments = points.map(({ at }) => at);
  const newest = Math.max(...moments);
  const span = { hours: round((newest - Math.min(...moments)) / HOUR_MS), newest: new Date(newest).toISOString() };
  if (trend.kind === 'jumped') {
    const { before, after, at } = trend;
    const levels = { before: significant(before), after: significant(after) };
    return { trend: 'jumped', slopePerHour: 0, ...span, ...levels, since: new Date(at).toISOString() };
  }
  if (trend.kind === 'steady') return { trend: 'steady', slopePerHour: 0, ...span };
  const limit = limits[trend.kind];
  const left = limit === undefined ? undefined : hoursUntil(trend, Number(limit));
  const slopePerHour = significant(trend.slopePerHour);
  return { trend: trend.kind, slopePerHour, ...span, ...(left === undefined ? {} : reach(newest, left)) };
}

/** Nobody plans further ahead; a moment beyond what a date can hold has none. */
const MAX_HOURS = 24 * 365 * 10;

function reach(newest: number, hours: number): Readonly<Record<string, unknown>> {
  const known = Math.min(hours, MAX_HOURS);
  return { hoursToLimit: round(known), limitAt: new Date(newest + known * HOUR_MS).toISOString() };
}

function pointsOf(values: unknown): readonly Point[] {
  if (!Array.isArray(values)) return [];
  const points: readonly unknown[] = values;
  return points.filter(isRecord).flatMap((point) => {
    const at = parseMoment(asText(point['time']))?.getTime();
    const value = asNumber(point['value']);
    return at === undefined || value === undefined ? [] : [{ at, value }];
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function significant(value: number): number {
  return Number(value.toPrecision(3));
}
