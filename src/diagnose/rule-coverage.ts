import type { RuleVerdict } from '../playbook/judge-rule.ts';
import type { Playbook, PlaybookRule } from '../schema/generated.ts';
import type { CaseResult } from './run-case.ts';

const NEEDED: readonly (readonly [RuleVerdict['kind'], string])[] = [
  ['match', 'fires'],
  ['no-match', 'does not fire'],
  ['unknown', 'is unknown'],
];

export interface UntestedRule {
  readonly rule: string;
  /** `fires`, `does not fire`, `is unknown`. */
  readonly missing: readonly string[];
}

/** Rules of a playbook without a case for each of the three verdicts. Included rules are tested where they are written. */
export function untestedRules(
  playbook: Playbook,
  own: ReadonlySet<string>,
  results: readonly CaseResult[],
): readonly UntestedRule[] {
  const seen = new Map<string, Set<RuleVerdict['kind']>>();
  for (const { diagnosis } of results) {
    for (const { rule, verdict } of diagnosis?.rules ?? []) {
      seen.set(rule.id, (seen.get(rule.id) ?? new Set()).add(verdict.kind));
    }
  }
  return playbook.spec.rules
    .filter(({ id }) => own.has(id))
    .map((rule) => ({
      rule: rule.id,
      missing: NEEDED.filter(([kind]) => seen.get(rule.id)?.has(kind) !== true && !isImpossible(rule, kind)).map(
        ([, words]) => words,
      ),
    }))
    .filter(({ missing }) => missing.length > 0);
}

/** A rule that asks for nothing fires whenever its step is known. */
function isImpossible({ iterate, where, extract, detector, group }: PlaybookRule, kind: RuleVerdict['kind']): boolean {
  const asks = [iterate, extract, detector, group].some((part) => part !== undefined) || (where ?? []).length > 0;
  return kind === 'no-match' && !asks;
}
