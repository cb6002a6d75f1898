import { compareIds, isProblem, severityRank, type Finding } from '../domain/finding.ts';

/** Findings of one code about one object: the same trouble, seen by several rules or in several places. */
export interface Trouble {
  /** The surest of them, with everything that any of them quotes and explains. */
  readonly finding: Finding;
  /** Ids of the others. */
  readonly same: readonly string[];
}

/**
 * Makes one of every trouble, so that it takes one rank. Context is never merged, nor is what names no object. The result
 * does not depend on the order of the findings, apart from the order of what comes out.
 */
export function sameTrouble(findings: readonly Finding[]): readonly Trouble[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const isOfOne = isProblem(finding) && finding.object !== '';
    const key = isOfOne ? `${finding.code} ${finding.object}` : finding.id;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()].flatMap((group): readonly Trouble[] => {
    const [first, ...others] = group.sort(surestFirst);
    return first === undefined ? [] : [{ finding: merged(first, others), same: others.map(({ id }) => id) }];
  });
}

function merged(first: Finding, others: readonly Finding[]): Finding {
  if (others.length === 0) return first;
  const all = [first, ...others];
  const since = all.flatMap((each) => each.since ?? []).sort((a, b) => Date.parse(a) - Date.parse(b))[0];
  const disprovedBy = all.find((each) => each.disprovedBy !== undefined)?.disprovedBy;
  return {
    ...first,
    citations: all.flatMap(({ citations }) => citations),
    explains: [...new Set(all.flatMap(({ explains }) => explains))],
    ...(since === undefined ? {} : { since }),
    ...(disprovedBy === undefined ? {} : { disprovedBy }),
  };
}

/** Whoever is as sure is told apart by how bad it is, and then by the number. */
function surestFirst(a: Finding, b: Finding): number {
  return b.confidence - a.confidence || severityRank(a.severity) - severityRank(b.severity) || compareIds(a, b);
}
