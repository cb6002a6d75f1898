import type { PlaybookCount, PlaybookGroup } from '../schema/generated.ts';
import { and, asNumber, asText, verdict, type Verdict } from './compare-values.ts';
import type { Candidate } from './detectors/detector.ts';
import { parsePath } from './path.ts';
import { lookup, type Scope } from './scope.ts';

/** A thing that a rule judged, with the part of the output whose lines are quoted. */
export interface Judged extends Omit<Candidate, 'item'> {
  readonly scope: Scope;
  /** Run of the step that it comes from. */
  readonly part: number;
}

/** Figures of a group, for texts. */
export interface GroupFigures {
  readonly key: string;
  readonly count: number;
  readonly distinct?: number;
  readonly sum?: number;
  /** Whole percents. */
  readonly percent?: number;
}

export interface Group {
  readonly items: readonly Judged[];
  readonly figures: GroupFigures;
}

export interface GroupSources {
  readonly group: PlaybookGroup;
  readonly matched: readonly Judged[];
  /** Number of items that were judged, matched or not. */
  readonly judged: number;
  /** Whether there may be more items that match than are known. */
  readonly isIncomplete: boolean;
}

/** Groups that have what they must have, the largest first; `isUnknown` when one of the others might have it. */
export function groupItems(sources: GroupSources): { readonly groups: readonly Group[]; readonly isUnknown: boolean } {
  const { group, matched } = sources;
  const members = new Map<string, Judged[]>();
  const by = group.by === undefined ? undefined : parsePath(group.by);
  // One group of everything exists even when nothing is in it.
  if (by === undefined) members.set('', []);
  for (const item of matched) {
    const key = by === undefined ? '' : asText(lookup(item.scope, by)[0]);
    const known = members.get(key);
    if (known === undefined) members.set(key, [item]);
    else known.push(item);
  }
  const judged = [...members].map(([key, items]) => {
    const figures = figuresOf(key, items, sources);
    return { items, figures, verdict: judgeFigures(figures, sources) };
  });
  const groups = judged
    .filter((each) => each.verdict === 'yes')
    .sort((a, b) => b.items.length - a.items.length)
    .map(({ items, figures }) => ({ items, figures }));
  return { groups, isUnknown: judged.some((each) => each.verdict === 'unknown') };
}

function figuresOf(key: string, items: readonly Judged[], { group, matched, judged }: GroupSources): GroupFigures {
  const { distinct, sum, share } = group.having ?? {};
  const whole = share?.of === 'matches' ? matched.length : judged;
  return {
    key,
    count: items.length,
    ...(distinct === undefined ? {} : { distinct: new Set(valuesAt(items, distinct.path).map(asText)).size }),
    ...(sum === undefined ? {} : { sum: total(valuesAt(items, sum.path)) }),
    ...(share === undefined ? {} : { percent: whole === 0 ? 0 : Math.round((items.length / whole) * 100) }),
  };
}

function valuesAt(items: readonly Judged[], text: string): readonly unknown[] {
  const path = parsePath(text) ?? [];
  return items.flatMap(({ scope }) => lookup(scope, path));
}

function total(values: readonly unknown[]): number {
  let sum = 0;
  for (const value of values) sum += asNumber(value) ?? 0;
  return sum;
}

function judgeFigures(figures: GroupFigures, sources: GroupSources): Verdict {
  const { group, matched, judged, isIncomplete } = sources;
  const { count, distinct, sum, share } = group.having ?? {};
  const whole = share?.of === 'matches' ? matched.length : judged;
  const verdicts: Verdict[] = [];
  // More items can only make these figures larger.
  const grows = (value: number, limits: PlaybookCount): void => {
    const holds = withinLimits(value, limits);
    const isSettled = holds && limits.lt === undefined && limits.lte === undefined && limits.eq === undefined;
    verdicts.push(isIncomplete && !isSettled ? 'unknown' : verdict(holds));
  };
  if (group.atLeast !== undefined) grows(figures.count, { gte: group.atLeast });
  if (count !== undefined) grows(figures.count, count);
  if (distinct !== undefined) grows(figures.distinct ?? 0, distinct);
  if (sum !== undefined) grows(figures.sum ?? 0, sum);
  if (share !== undefined) {
    const holds = whole > 0 && withinLimits(figures.count / whole, share);
    verdicts.push(isIncomplete ? 'unknown' : verdict(holds));
  }
  return and(verdicts);
}

function withinLimits(value: number, { gt, gte, lt, lte, eq }: PlaybookCount): boolean {
  return (
    (gt === undefined || value > gt) &&
    (gte === undefined || value >= gte) &&
    (lt === undefined || value < lt) &&
    (lte === undefined || value <= lte) &&
    (eq === undefined || value === eq)
  );
}
