/** A value that was measured at a moment. */
export interface Point {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number;
}

/** How values move over time. `jumped` is a level that changed once, at `at`; it has no slope. */
export type Trend =
  | { readonly kind: 'steady'; readonly level: number }
  | { readonly kind: 'jumped'; readonly before: number; readonly after: number; readonly at: number }
  | {
      readonly kind: 'rising' | 'falling';
      /** Change of the value in an hour. */
      readonly slopePerHour: number;
      /** Value that the line has at the newest point. */
      readonly level: number;
    };

/** Fewer points say nothing about a direction. */
export const MIN_POINTS = 8;

/** Pairs are compared with each other, so the effort grows with the square. */
const MAX_POINTS = 240;

/** Points on each side of a jump. */
const MIN_SIDE = 3;

const HOUR_MS = 3_600_000;

/** Two-sided 1 %: of a hundred series that only wander, one seems to have a direction. */
const SIGNIFICANT_Z = 2.576;

/**
 * Which of three simple models describes the points best: one level (median), one line (Theil–Sen: the median of the slopes
 * of all pairs, which a third of wild values does not move), or two levels with a jump at the split that leaves the smallest
 * deviations. The models compete by the Bayesian information criterion for deviations of Laplace's distribution,
 * `2 n ln(mean deviation) + k ln n`; a line must also pass the test of Mann and Kendall. Undefined for too few points, and
 * when they all are of one moment.
 */
export function trendOf(points: readonly Point[]): Trend | undefined {
  const sorted = thinned([...points].sort((a, b) => a.at - b.at));
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined || sorted.length < MIN_POINTS || first.at === last.at) return undefined;
  const values = sorted.map(({ value }) => value);
  const level = median(values);
  const range = Math.max(...values) - Math.min(...values);
  if (range === 0) return { kind: 'steady', level };

  const line = fitLine(sorted);
  const jump = fitJump(sorted);
  // What is below this is the rounding of doubles, not a better model.
  const least = range * 1e-9;
  const cost = (deviation: number, parameters: number): number =>
    2 * sorted.length * Math.log(Math.max(deviation / sorted.length, least)) + parameters * Math.log(sorted.length);
  const flatCost = cost(deviationFrom(values, level), 1);
  const lineCost = isMonotone(values) ? cost(line.deviation, 2) : Infinity;
  // Two levels and the place between them, which was searched for.
  const jumpCost = cost(jump.deviation, 4);
  if (jumpCost < lineCost && jumpCost < flatCost) {
    return { kind: 'jumped', before: jump.before, after: jump.after, at: jump.at };
  }
  if (lineCost >= flatCost || line.slope === 0) return { kind: 'steady', level };
  return {
    kind: line.slope > 0 ? 'rising' : 'falling',
    slopePerHour: line.slope * HOUR_MS,
    level: line.intercept + line.slope * (last.at - first.at),
  };
}

/** Hours until a line runs into a limit, 0 when it is there or beyond; undefined for what has no direction. */
export function hoursUntil(trend: Trend, limit: number): number | undefined {
  if (trend.kind !== 'rising' && trend.kind !== 'falling') return undefined;
  return Math.max(0, (limit - trend.level) / trend.slopePerHour);
}

/** At most `MAX_POINTS`, evenly spread, with the newest one. */
function thinned(points: readonly Point[]): readonly Point[] {
  if (points.length <= MAX_POINTS) return points;
  const every = Math.ceil(points.length / MAX_POINTS);
  return points.filter((_, index) => (points.length - 1 - index) % every === 0);
}

function fitLine(points: readonly Point[]): {
  readonly slope: number;
  readonly intercept: number;
  readonly deviation: number;
} {
  const start = points[0]?.at ?? 0;
  const slopes: number[] = [];
  for (const [index, a] of points.entries()) {
    for (const b of points.slice(index + 1)) if (b.at > a.at) slopes.push((b.value - a.value) / (b.at - a.at));
  }
  const slope = median(slopes);
  const rests = points.map(({ at, value }) => value - slope * (at - start));
  const intercept = median(rests);
  return { slope, intercept, deviation: deviationFrom(rests, intercept) };
}

function fitJump(points: readonly Point[]): {
  readonly before: number;
  readonly after: number;
  readonly at: number;
  readonly deviation: number;
} {
  const values = points.map(({ value }) => value);
  let best = { before: 0, after: 0, at: 0, deviation: Infinity };
  for (let split = MIN_SIDE; split <= points.length - MIN_SIDE; split++) {
    const [left, right] = [values.slice(0, split), values.slice(split)];
    const [before, after] = [median(left), median(right)];
    const deviation = deviationFrom(left, before) + deviationFrom(right, after);
    if (deviation < best.deviation) best = { before, after, at: points[split]?.at ?? 0, deviation };
  }
  return best;
}

/** The test of Mann and Kendall with its correction for equal values. */
function isMonotone(values: readonly number[]): boolean {
  const n = values.length;
  let sum = 0;
  for (const [index, a] of values.entries()) for (const b of values.slice(index + 1)) sum += Math.sign(b - a);
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let ties = 0;
  for (const count of counts.values()) ties += count * (count - 1) * (2 * count + 5);
  const variance = (n * (n - 1) * (2 * n + 5) - ties) / 18;
  return variance > 0 && (Math.abs(sum) - 1) / Math.sqrt(variance) > SIGNIFICANT_Z;
}

function deviationFrom(values: readonly number[], center: number): number {
  let sum = 0;
  for (const value of values) sum += Math.abs(value - center);
  return sum;
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
