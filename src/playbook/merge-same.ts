import { severityRank, type Finding } from '../domain/finding.ts';
import type { Citation } from '../schema/generated.ts';

type Unnumbered = Omit<Finding, 'id'>;

/**
 * Makes one finding of several that say the same about the same object in the same words: of two rules, of two steps, or
 * of both sides of a hosted cluster. It keeps every quote, the stronger confidence and the worse severity. What comes
 * out does not depend on their order, nor on how often they are merged.
 */
export function mergeSame(findings: readonly Unnumbered[]): readonly Unnumbered[] {
  const groups = new Map<string, Unnumbered[]>();
  for (const finding of findings) {
    const { code, object, title, expected, explanation } = finding;
    const key = JSON.stringify([code, object, title, expected, explanation]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group.sort(strongestFirst);
    return first === undefined ? [] : [others.length === 0 ? first : merged(first, others)];
  });
}

function merged(first: Unnumbered, others: readonly Unnumbered[]): Unnumbered {
  const all = [first, ...others];
  const [since] = all.flatMap((each) => each.since ?? []).sort();
  const [severity = first.severity] = all
    .map((each) => each.severity)
    .sort((a, b) => severityRank(a) - severityRank(b));
  const rules = new Set(all.flatMap(({ rule, alsoBy = [] }) => [rule, ...alsoBy]));
  rules.delete(first.rule);
  return {
    ...first,
    severity,
    citations: distinct(all.flatMap(({ citations }) => citations)),
    explains: [...new Set(all.flatMap(({ explains }) => explains))].sort(),
    recommendations: distinct(all.flatMap(({ recommendations }) => recommendations)),
    ...(since === undefined ? {} : { since }),
    ...(rules.size === 0 ? {} : { alsoBy: [...rules].sort() }),
  };
}

/** In a total order, so that it does not matter who was there first. */
function strongestFirst(a: Unnumbered, b: Unnumbered): number {
  return (
    b.confidence - a.confidence || severityRank(a.severity) - severityRank(b.severity) || compared(textOf(a), textOf(b))
  );
}

/** Evidence is numbered in the order of the steps, which is the order to read quotes in. */
function textOf({ citations, rule, ...rest }: Unnumbered): string {
  return JSON.stringify([citations.map(({ evidence, quote }: Citation) => [evidence, quote]), rule, rest]);
}

function compared(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function distinct<Item>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
