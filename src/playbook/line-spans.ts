import type { StepData } from './parse-output.ts';

/** First and last line. */
export type Span = readonly [number, number];

/** Lines that are kept together or not at all, with the objects and lists that they stand in. */
export interface Unit {
  readonly span: Span;
  readonly within: readonly Span[];
}

/** How the lines of an output belong together. */
export interface LineSpans {
  /** What may be kept around a line, from the narrowest to the widest. */
  around(line: number): readonly Span[];
  /** All lines, in their order. */
  readonly units: readonly Unit[];
}

export function isDocument(data: StepData): boolean {
  return data.spanOf(data.root) !== undefined;
}

/**
 * Lines of a text stand for themselves; those of a JSON document belong to the objects and lists that enclose them. One
 * for which `isLarge` holds is no unit: its parts are.
 */
export function lineSpans(data: StepData, isLarge: (span: Span) => boolean): LineSpans {
  if (isDocument(data)) {
    return { around: (line) => enclosing(data, line), units: unitsOf(data.root, { data, isLarge, within: [] }) };
  }
  return {
    around: (line) => [[line, line]],
    units: data.lines.map((_, line) => ({ span: [line, line], within: [] })),
  };
}

/** From the innermost object or list to the document; empty for a line outside of it. */
function enclosing(data: StepData, line: number): readonly Span[] {
  const found: Span[] = [];
  const isAround = (value: unknown): boolean => {
    const span = data.spanOf(value);
    return span !== undefined && span[0] <= line && line <= span[1];
  };
  for (let value: unknown = [data.root].find(isAround); value !== undefined; value = childrenOf(value).find(isAround)) {
    found.unshift(data.spanOf(value) ?? [line, line]);
  }
  return found;
}

interface Surroundings {
  readonly data: StepData;
  readonly isLarge: (span: Span) => boolean;
  readonly within: readonly Span[];
}

/** Objects that are small enough; of what is larger its parts, and the lines that belong to none of them. */
function unitsOf(value: unknown, { data, isLarge, within }: Surroundings): readonly Unit[] {
  const span = data.spanOf(value);
  if (span === undefined) return [];
  if (!isLarge(span)) return [{ span, within }];
  const around = { data, isLarge, within: [span, ...within] };
  const units: Unit[] = [];
  let next = span[0];
  const addLinesTo = (end: number): void => {
    for (; next < end; next++) units.push({ span: [next, next], within: around.within });
  };
  for (const child of childrenOf(value)) {
    const inner = data.spanOf(child);
    if (inner === undefined) continue;
    addLinesTo(inner[0]);
    for (const unit of unitsOf(child, around)) units.push(unit);
    next = inner[1] + 1;
  }
  addLinesTo(span[1] + 1);
  return units;
}

function childrenOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
