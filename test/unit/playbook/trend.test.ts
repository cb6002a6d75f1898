import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seriesTrend } from '../../../src/playbook/detectors/series-trend.ts';
import { hoursUntil, trendOf, type Point } from '../../../src/playbook/trend.ts';

const START = Date.parse('2026-11-20T06:00:00Z');
const MINUTE_MS = 60_000;

/** One point every five minutes. */
function pointsOf(values: readonly number[]): readonly Point[] {
  return values.map((value, index) => ({ at: START + index * 5 * MINUTE_MS, value }));
}

/** Noise of a linear congruential generator: the same in every run. */
function noise(count: number, size: number): readonly number[] {
  let state = 42;
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (state / 2_147_483_648 - 0.5) * 2 * size;
  });
}

const wobble = noise(60, 0.01);
const indices = wobble.map((_, index) => index);

describe('the trend of a series', () => {
  it.each([
    ['one level', indices.map(() => 0.5), { kind: 'steady', level: 0.5 }],
    ['noise around a level', wobble.map((each) => 0.5 + each), { kind: 'steady' }],
    ['a line', indices.map((index) => 0.4 + index * 0.005), { kind: 'rising' }],
    ['a line in noise', wobble.map((each, index) => 0.4 + index * 0.002 + each), { kind: 'rising' }],
    ['a line down', wobble.map((each, index) => 0.9 - index * 0.002 + each), { kind: 'falling' }],
    [
      'two levels in noise',
      wobble.map((each, index) => (index < 30 ? 0.3 : 0.6) + each),
      { kind: 'jumped', at: START + 150 * MINUTE_MS },
    ],
    ['a line with wild values', indices.map((index) => (index % 7 === 3 ? 5 : index * 0.01)), { kind: 'rising' }],
    ['one wild value', indices.map((index) => (index === 30 ? 5 : 0.5)), { kind: 'steady' }],
    // What grows until it is cleaned up has no direction over several rounds.
    ['a saw', indices.map((index) => 0.5 + (index % 12) * 0.02), { kind: 'steady' }],
  ])('of %s is told', (_name, values, expected) => {
    expect(trendOf(pointsOf(values))).toMatchObject(expected);
  });

  it('is unknown for few points, and for points of one moment', () => {
    expect(trendOf(pointsOf([1, 2, 3, 4, 5, 6, 7]))).toBeUndefined();
    expect(trendOf(pointsOf([1, 2, 3, 4, 5, 6, 7, 8]))).toMatchObject({ kind: 'rising' });
    expect(trendOf(indices.map((value) => ({ at: START, value })))).toBeUndefined();
    expect(trendOf([])).toBeUndefined();
  });

  const line = fc.record({
    slope: fc.integer({ min: 1, max: 1000 }).chain((size) => fc.constantFrom(size / 100, -size / 100)),
    base: fc.integer({ min: -1000, max: 1000 }),
    count: fc.integer({ min: 8, max: 400 }),
  });

  it('of any line is its slope, in whatever order its points come', () => {
    fc.assert(
      fc.property(line, ({ slope, base, count }) => {
        const points = pointsOf(Array.from({ length: count }, (_, index) => base + slope * index));
        const trend = trendOf([...points].reverse());
        expect(trend?.kind).toBe(slope > 0 ? 'rising' : 'falling');
        if (trend?.kind !== 'rising' && trend?.kind !== 'falling') return;
        // Twelve steps of five minutes.
        expect(trend.slopePerHour).toBeCloseTo(slope * 12, 6);
        expect(trend.level).toBeCloseTo(base + slope * (count - 1), 6);
      }),
      { numRuns: 40 },
    );
  });

  it('turns round with the values, and does not change with their unit', () => {
    const opposite = { rising: 'falling', falling: 'rising', steady: 'steady', jumped: 'jumped' } as const;
    const values = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 8, maxLength: 40 });
    fc.assert(
      fc.property(values, (given) => {
        const kind = trendOf(pointsOf(given))?.kind;
        expect(trendOf(pointsOf(given.map((value) => value * 1024)))?.kind).toBe(kind);
        if (kind !== undefined) expect(trendOf(pointsOf(given.map((value) => -value)))?.kind).toBe(opposite[kind]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the time until a limit', () => {
  it.each([
    ['rising', 0.8, 0.1, 1, 2],
    ['rising', 1.2, 0.1, 1, 0],
    ['falling', 0.3, -0.1, 0, 3],
    ['falling', -0.1, -0.1, 0, 0],
  ] as const)('of a %s line at %d by %d to %d is %s', (kind, level, slopePerHour, limit, hours) => {
    expect(hoursUntil({ kind, level, slopePerHour }, limit)).toBeCloseTo(hours, 9);
  });

  it('is never for what does not move', () => {
    expect(hoursUntil({ kind: 'steady', level: 0.9 }, 1)).toBeUndefined();
    expect(hoursUntil({ kind: 'jumped', before: 0.1, after: 0.9, at: START }, 1)).toBeUndefined();
  });
});

describe('the detector series-trend', () => {
  const context = { now: new Date(START), inputs: {} };
  const series = (values: readonly number[]): unknown => ({
    metric: { pod: 'etcd-0' },
    values: pointsOf(values).map(({ at, value }) => ({ time: new Date(at).toISOString(), value })),
  });
  const detect = (root: unknown, settings: Readonly<Record<string, number>> = {}): unknown =>
    seriesTrend({ root, lines: [], spanOf: () => undefined, isPartial: false }, undefined, {
      ...context,
      settings,
    })?.map(({ item }) => {
      const { metric: _metric, values: _values, ...measures } = item as Record<string, unknown>;
      return measures;
    });
  const rise = Array.from({ length: 13 }, (_, index) => 0.5 + index * 0.01);
  const fall = [...rise].reverse();
  const SPAN = { hours: 1, newest: '2026-11-20T07:00:00.000Z' };

  it.each([
    [
      'rises',
      rise,
      {},
      { trend: 'rising', slopePerHour: 0.12, ...SPAN, hoursToLimit: 3.2, limitAt: '2026-11-20T10:10:00.000Z' },
    ],
    [
      'rises',
      rise,
      { limit: 0.8 },
      { trend: 'rising', slopePerHour: 0.12, ...SPAN, hoursToLimit: 1.5, limitAt: '2026-11-20T08:30:00.000Z' },
    ],
    ['falls', fall, {}, { trend: 'falling', slopePerHour: -0.12, ...SPAN }],
    [
      'falls',
      fall,
      { floor: 0.26 },
      { trend: 'falling', slopePerHour: -0.12, ...SPAN, hoursToLimit: 2, limitAt: '2026-11-20T09:00:00.000Z' },
    ],
    ['is steady', rise.map(() => 0.5), {}, { trend: 'steady', slopePerHour: 0, ...SPAN }],
    [
      'jumps',
      rise.map((_, index) => (index < 6 ? 0.25 : 0.75)),
      {},
      { trend: 'jumped', slopePerHour: 0, ...SPAN, before: 0.25, after: 0.75, since: '2026-11-20T06:30:00.000Z' },
    ],
    ['has too few points', rise, { atLeast: 20 }, {}],
  ])('tells what %s', (_name, values, settings, expected) => {
    expect(detect({ series: [series(values)] }, settings)).toEqual([expected]);
  });

  it('knows no other form', () => {
    expect(detect({ rows: [] })).toBeUndefined();
    expect(detect({ series: [{ metric: {}, values: [{ time: 'x', value: 'y' }] }, 7] })).toEqual([{}]);
  });
});
