import type { Budget } from './budget.ts';
import type { Find } from './rule.ts';

export interface RuleFind extends Find {
  readonly rule: string;
}

/** The finds of one rule, with its name unless they say a more exact one. */
export function* named(finds: Iterable<Find>, rule: string): Generator<RuleFind> {
  for (const find of finds) yield isNamed(find) ? find : { ...find, rule };
}

function isNamed(find: Find): find is RuleFind {
  return find.rule !== undefined;
}

/** In order and without overlaps; what overlaps becomes one span with the name of the first. */
export function merged(finds: Iterable<RuleFind>, budget: Budget): readonly RuleFind[] {
  const sorted: RuleFind[] = [];
  for (const find of finds) {
    if (sorted.length % 1024 === 0) budget.check();
    if (find.end > find.start) sorted.push(find);
  }
  sorted.sort((a, b) => a.start - b.start || b.end - a.end);
  const spans: RuleFind[] = [];
  for (const find of sorted) {
    const last = spans.at(-1);
    if (last === undefined || find.start >= last.end) spans.push(find);
    else if (find.end > last.end) spans[spans.length - 1] = { start: last.start, end: find.end, rule: last.rule };
  }
  return spans;
}

/** Makes one span of those that stand no further than `gap` from each other; named after the first of them. */
export function joined(spans: readonly RuleFind[], gap: number): readonly RuleFind[] {
  const wide: RuleFind[] = [];
  for (const span of spans) {
    const last = wide.at(-1);
    if (last === undefined || span.start - last.end > gap) wide.push(span);
    else wide[wide.length - 1] = { start: last.start, end: span.end, rule: last.rule };
  }
  return wide;
}
