import { compareIds, isProblem, type Finding, type FindingRelations } from '../domain/finding.ts';

export interface ExplanationSources {
  readonly findings: readonly Finding[];
  /** Codes in causal order, causes first; decides between findings that explain each other. */
  readonly order: readonly string[];
  /** What is known of their objects; absent when nobody compared them. */
  readonly relations?: FindingRelations;
  /** Codes that can be an effect of something else: only these are explained by a dependency alone. */
  readonly effects: ReadonlySet<string>;
}

export interface Explanations {
  /** Problems that nothing explains; of findings that explain each other one is left. */
  readonly candidates: readonly Finding[];
  /** What a finding explains, directly or over another one; in the order of the findings. */
  explainedBy(cause: Finding): readonly Finding[];
  /** The part of it whose objects are known to belong to that of the cause; of the rest only the codes say so. */
  surelyExplainedBy(cause: Finding): readonly Finding[];
  /** The part of it that is known by what the objects depend on. */
  dependantsOf(cause: Finding): readonly Finding[];
}

type LeadsTo = (cause: Finding, effect: Finding) => boolean;

/**
 * Which finding explains which. A rule names the codes that its finding explains. What is known of the objects says where
 * that is not true, where it is sure, and which effects a fault has that no rule foresaw. The relation is followed to its
 * end, and of a circle one finding stays: the first in causal order, else the first by its id. So does one of several
 * findings that say the same about objects of one owner.
 */
export function explain({ findings, order, relations, effects }: ExplanationSources): Explanations {
  const isListed = (lists: FindingRelations['near'], cause: Finding, effect: Finding): boolean =>
    lists?.[effect.id]?.includes(cause.id) === true;
  const byMap: LeadsTo = (cause, effect) => effects.has(effect.code) && isListed(relations?.dependsOn, cause, effect);
  const byCode: LeadsTo = (cause, effect) =>
    cause.code !== effect.code &&
    cause.explains.includes(effect.code) &&
    !isListed(relations?.apartFrom, cause, effect);
  const isAlike: LeadsTo = (cause, effect) => isListed(relations?.alike, cause, effect);
  const isNear: LeadsTo = (cause, effect) =>
    (cause.object !== '' && cause.object === effect.object) || isListed(relations?.near, cause, effect);
  const isSure: LeadsTo = (a, b) => (byCode(a, b) && isNear(a, b)) || byMap(a, b) || isAlike(a, b);
  const reached = closures(findings, (a, b) => byCode(a, b) || byMap(a, b) || isAlike(a, b));
  const surely = closures(findings, isSure);
  const explains = (cause: Finding, effect: Finding): boolean => {
    if (cause.id === effect.id || reached.get(cause.id)?.has(effect.id) !== true) return false;
    if (reached.get(effect.id)?.has(cause.id) !== true) return true;
    const ranks = rankOf(cause, order) - rankOf(effect, order);
    return (ranks || compareIds(cause, effect)) < 0;
  };
  const explainedBy = (cause: Finding): readonly Finding[] => findings.filter((other) => explains(cause, other));
  return {
    candidates: findings.filter((finding) => isProblem(finding) && !findings.some((other) => explains(other, finding))),
    explainedBy,
    surelyExplainedBy: (cause) => explainedBy(cause).filter(({ id }) => surely.get(cause.id)?.has(id) === true),
    dependantsOf: (cause) => explainedBy(cause).filter((other) => byMap(cause, other)),
  };
}

/** Where a code stands in the causal order; behind it when it is not named. */
export function rankOf(finding: Finding, order: readonly string[]): number {
  const index = order.indexOf(finding.code);
  return index === -1 ? order.length : index;
}

/** What follows from every finding. Context explains nothing: it is no problem itself. */
function closures(findings: readonly Finding[], leadsTo: LeadsTo): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    findings.map((cause) => [cause.id, isProblem(cause) ? closure(cause, findings, leadsTo) : new Set<string>()]),
  );
}

/** Ids of everything that follows from a finding; only a problem leads on. */
function closure(start: Finding, findings: readonly Finding[], leadsTo: LeadsTo): ReadonlySet<string> {
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
