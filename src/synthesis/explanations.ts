import { isProblem, type Finding, type FindingRelations } from '../domain/finding.ts';

export interface ExplanationSources {
  readonly findings: readonly Finding[];
  /** Codes in causal order, causes first; decides between findings that explain each other. */
  readonly order: readonly string[];
  /** What the map of dependencies says; absent when nobody drew one. */
  readonly relations?: FindingRelations;
  /** Codes that can be an effect of something else: only these are explained by a dependency alone. */
  readonly effects: ReadonlySet<string>;
}

export interface Explanations {
  /** Problems that nothing explains; of findings that explain each other one is left. */
  readonly candidates: readonly Finding[];
  /** What a finding explains, directly or over another one; in the order of the findings. */
  explainedBy(cause: Finding): readonly Finding[];
  /** The part of it that is known by what the objects depend on. */
  dependantsOf(cause: Finding): readonly Finding[];
}

/**
 * Which finding explains which. A rule names the codes that its finding explains; the map of dependencies says of which
 * objects that is not true, and which effects a fault has that no rule foresaw. The relation is followed to its end, and
 * of a circle one finding stays: the first in causal order, else the first in the list. So does one of several findings
 * that say the same about objects of one owner.
 */
export function explain({ findings, order, relations, effects }: ExplanationSources): Explanations {
  const byMap = (cause: Finding, effect: Finding): boolean =>
    effects.has(effect.code) && relations?.dependsOn[effect.id]?.includes(cause.id) === true;
  const byCode = (cause: Finding, effect: Finding): boolean =>
    cause.code !== effect.code &&
    cause.explains.includes(effect.code) &&
    relations?.apartFrom[effect.id]?.includes(cause.id) !== true;
  const isAlike = (one: Finding, other: Finding): boolean => relations?.alike[other.id]?.includes(one.id) === true;
  const reached = new Map(
    findings.map((cause) => [
      cause.id,
      // Context explains nothing: it is no problem itself.
      isProblem(cause)
        ? closure(cause, findings, (a, b) => byCode(a, b) || byMap(a, b) || isAlike(a, b))
        : new Set<string>(),
    ]),
  );
  const position = new Map(findings.map((finding, index) => [finding.id, rankOf(finding, order) * 1000 + index]));
  const explains = (cause: Finding, effect: Finding): boolean => {
    if (cause.id === effect.id || reached.get(cause.id)?.has(effect.id) !== true) return false;
    if (reached.get(effect.id)?.has(cause.id) !== true) return true;
    return (position.get(cause.id) ?? 0) < (position.get(effect.id) ?? 0);
  };
  return {
    candidates: findings.filter((finding) => isProblem(finding) && !findings.some((other) => explains(other, finding))),
    explainedBy: (cause) => findings.filter((other) => explains(cause, other)),
    dependantsOf: (cause) => findings.filter((other) => explains(cause, other) && byMap(cause, other)),
  };
}

/** Where a code stands in the causal order; behind it when it is not named. */
export function rankOf(finding: Finding, order: readonly string[]): number {
  const index = order.indexOf(finding.code);
  return index === -1 ? order.length : index;
}

/** Ids of everything that follows from a finding; only a problem leads on. */
function closure(
  start: Finding,
  findings: readonly Finding[],
  leadsTo: (cause: Finding, effect: Finding) => boolean,
): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [start];
  for (let cause = open.pop(); cause !== undefined; cause = open.pop()) {
    for (const effect of findings) {
      if (effect.id === start.id ? cause === start : found.has(effect.id)) continue;
      if (!leadsTo(cause, effect)) continue;
      found.add(effect.id);
      if (isProblem(effect) && effect.id !== start.id) open.push(effect);
    }
  }
  return found;
}
