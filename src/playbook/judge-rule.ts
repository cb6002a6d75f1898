import { isKnown } from '../domain/evidence.ts';
import type { PlaybookRule } from '../schema/generated.ts';
import { asText, compileAll, lookup, type Scope } from './conditions.ts';
import type { Candidate, Detector } from './detectors/detector.ts';
import type { StepData } from './parse-output.ts';
import { hasList, parsePath, readPath } from './path.ts';
import type { StepResult } from './step-result.ts';
import { cut } from './template.ts';

/** One thing that a rule found: a single item, or a group of items. */
export interface Match {
  readonly candidates: readonly Candidate[];
  readonly group?: { readonly key: string; readonly count: number };
}

/** Three values, and one for rules whose step is not made for this system. */
export type RuleVerdict =
  | { readonly kind: 'match'; readonly matches: readonly Match[] }
  | { readonly kind: 'no-match' }
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'not-applicable' };

export interface RuleSurroundings {
  readonly stepById: ReadonlyMap<string, StepResult>;
  readonly now: Date;
  readonly detectors: ReadonlyMap<string, Detector>;
}

const MAX_WHY_CHARACTERS = 300;

export function judgeRule(rule: PlaybookRule, around: RuleSurroundings): RuleVerdict {
  const result = around.stepById.get(rule.from);
  if (result === undefined) return unknown(`step ${rule.from} did not run`);
  if (result.skipCause === 'platform') return { kind: 'not-applicable' };
  if (!isKnown(result.status) || result.data === undefined) {
    return unknown(`${result.step.title}: ${result.reason ?? result.status}`);
  }
  const candidates = candidatesOf(rule, result.data, around);
  if (candidates === undefined) return unknown(`${result.step.title}: the output has an unexpected form`);

  const test = compileAll(rule.where ?? []);
  const matched: Candidate[] = [];
  let hasUnknown = false;
  for (const candidate of candidates) {
    const verdict = test(scopeOf(candidate, result, around.now));
    if (verdict === 'yes') matched.push(candidate);
    if (verdict === 'unknown') hasUnknown = true;
  }
  const matches = group(rule, matched, (candidate) => scopeOf(candidate, result, around.now));
  if (matches.length > 0) return { kind: 'match', matches };
  if (hasUnknown) return unknown(`${result.step.title}: a value is missing or cannot be compared`);
  return result.data.isPartial ? unknown(`${result.step.title}: the output was cut`) : { kind: 'no-match' };
}

export function scopeOf(candidate: Candidate, result: StepResult, now: Date): Scope {
  return {
    item: candidate.item,
    step: {
      ...(result.signal === undefined ? {} : { signal: result.signal }),
      ...(result.exit === undefined ? {} : { exit: result.exit }),
    },
    now,
  };
}

function candidatesOf(rule: PlaybookRule, data: StepData, around: RuleSurroundings): readonly Candidate[] | undefined {
  if (rule.detector !== undefined) {
    return around.detectors.get(rule.detector)?.(data, (step) => around.stepById.get(step)?.data);
  }
  if (rule.iterate === undefined) return [{ item: data.root, source: data.root }];
  const path = parsePath(rule.iterate);
  if (path === undefined || !hasList(data.root, path)) return undefined;
  return readPath(data.root, path).map((item) => ({ item, source: item }));
}

function group(
  rule: PlaybookRule,
  matched: readonly Candidate[],
  scope: (candidate: Candidate) => Scope,
): readonly Match[] {
  if (rule.group === undefined) return matched.map((candidate) => ({ candidates: [candidate] }));
  const path = parsePath(rule.group.by) ?? [];
  const groups = new Map<string, Candidate[]>();
  for (const candidate of matched) {
    const key = asText(lookup(scope(candidate), path)[0]);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [candidate]);
    else members.push(candidate);
  }
  const { atLeast } = rule.group;
  return [...groups]
    .filter(([, members]) => members.length >= atLeast)
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([key, members]) => ({ candidates: members, group: { key, count: members.length } }));
}

function unknown(why: string): RuleVerdict {
  return { kind: 'unknown', why: cut(why, MAX_WHY_CHARACTERS) };
}
