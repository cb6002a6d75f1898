import { isKnown } from '../domain/evidence.ts';
import { runWithin, type BoundedOutcome } from '../lib/bounded-run.ts';
import type { PlaybookRule } from '../schema/generated.ts';
import { asText } from './compare-values.ts';
import { compileAll } from './conditions.ts';
import type { Detector } from './detectors/detector.ts';
import type { Inputs } from './expand.ts';
import { groupItems, type GroupFigures, type Judged } from './group-items.ts';
import { iterateItems, type NamedCandidate } from './iterate.ts';
import type { StepData } from './parse-output.ts';
import { parsePath } from './path.ts';
import { MAX_MATCHED_CHARACTERS, parsePattern } from './pattern.ts';
import { lookup, type Scope } from './scope.ts';
import { partsOf, type StepPart, type StepResult } from './step-result.ts';
import { cut, renderValue } from './template.ts';

/** One thing that a rule found: a single item, or a group of items. */
export interface Match {
  readonly items: readonly Judged[];
  readonly group?: GroupFigures;
  /** Of a group without items: some that did not match, because what is missing has no line of its own. */
  readonly missed?: readonly Judged[];
}

/** Three values, and one for rules that have nothing to say about this target. */
export type RuleVerdict =
  | { readonly kind: 'match'; readonly matches: readonly Match[] }
  | { readonly kind: 'no-match' }
  /** `isOutput`: its step ran, and what it printed cannot be read as a whole. */
  | { readonly kind: 'unknown'; readonly why: string; readonly isOutput?: true }
  | { readonly kind: 'not-applicable' };

export interface RuleSurroundings {
  readonly stepById: ReadonlyMap<string, StepResult>;
  /** Capture time. */
  readonly now: Date;
  readonly detectors: ReadonlyMap<string, Detector>;
  readonly inputs?: Inputs;
}

const MAX_WHY_CHARACTERS = 300;

/** Items that did not match, kept for what a finding about none of them can show. */
const MAX_MISSED = 200;

/** Far more than any honest output takes; expressions over hostile text could take for ever. */
const RULE_LIMIT_MS = 3000;

/**
 * The verdicts of rules, in their order. They are judged under one watch, which costs more than most rules do; only when
 * it strikes is each judged again under a watch of its own.
 */
export function judgeEachRule(rules: readonly PlaybookRule[], around: RuleSurroundings): readonly RuleVerdict[] {
  const together = runWithin(RULE_LIMIT_MS, () =>
    rules.map((rule) => judgeWatched(rule, around, (work) => ({ kind: 'done', value: work() }))),
  );
  return together.kind === 'done' ? together.value : rules.map((rule) => judgeRule(rule, around));
}

export function judgeRule(rule: PlaybookRule, around: RuleSurroundings): RuleVerdict {
  return judgeWatched(rule, around, (work) => runWithin(RULE_LIMIT_MS, work));
}

type Watch = (work: () => RuleVerdict) => BoundedOutcome<RuleVerdict>;

function judgeWatched(rule: PlaybookRule, around: RuleSurroundings, watch: Watch): RuleVerdict {
  const isMissingInput = (rule.inputs ?? []).some((name) => around.inputs?.[name] === undefined);
  if (isMissingInput) return { kind: 'not-applicable' };
  const result = around.stepById.get(rule.from);
  if (result === undefined) return unknown(`step ${rule.from} did not run`);
  if (doesNotApply(result)) return { kind: 'not-applicable' };
  const outcome = watch(() => judgeResult(rule, result, around));
  if (outcome.kind === 'done') return outcome.value;
  return unknown(`${result.step.title}: the rule took too long over this output`, true);
}

function doesNotApply({ skipCause, step }: StepResult): boolean {
  if (skipCause === 'no-input') return step.required !== true;
  return skipCause === 'platform' || skipCause === 'not-needed';
}

/** What can be judged of a step, and why that is not everything. */
interface Ground {
  readonly matched: readonly Judged[];
  readonly judged: number;
  /** The first that did not match. */
  readonly missed: readonly Judged[];
  /** Why more may match than is known; undefined when nothing is missing. */
  readonly gap?: string;
}

function judgeResult(rule: PlaybookRule, result: StepResult, around: RuleSurroundings): RuleVerdict {
  const { title } = result.step;
  const parts = partsOf(result);
  const { matched, judged, missed, gap } = judgeParts(rule, result, { ...around, parts });
  if (rule.group === undefined) {
    if (matched.length > 0) return { kind: 'match', matches: matched.map((item) => ({ items: [item] })) };
    return gap === undefined ? { kind: 'no-match' } : unknown(`${title}: ${gap}`, isOfOutput(gap));
  }
  const { groups, isUnknown } = groupItems({ group: rule.group, matched, judged, isIncomplete: gap !== undefined });
  if (groups.length > 0)
    return {
      kind: 'match',
      matches: groups.map(({ items, figures }) => ({
        items,
        group: figures,
        ...(items.length === 0 ? { missed } : {}),
      })),
    };
  return isUnknown || gap !== undefined
    ? unknown(`${title}: ${gap ?? 'not everything is known'}`, isOfOutput(gap))
    : { kind: 'no-match' };
}

function judgeParts(
  rule: PlaybookRule,
  result: StepResult,
  around: RuleSurroundings & { readonly parts: readonly StepPart[] },
): Ground {
  const matched: Judged[] = [];
  const missed: Judged[] = [];
  const gaps: string[] = [];
  let judged = 0;
  const test = compileAll(rule.where ?? []);
  const extract = rule.extract === undefined ? undefined : compileExtract(rule.extract);
  for (const [number, part] of around.parts.entries()) {
    if (!isKnown(part.status) || part.data === undefined) {
      gaps.push(part.reason ?? part.status);
      continue;
    }
    const candidates = candidatesOf(rule, part.data, around);
    if (candidates === undefined || (part.data.isPartial && candidates.some(({ item }) => item === part.data?.root))) {
      // Of a document that was cut nobody can say what is not in it.
      gaps.push(candidates === undefined ? ODD : CUT);
      continue;
    }
    if (part.data.isPartial) gaps.push(CUT);
    for (const candidate of candidates) {
      const plain = scopeOf(candidate, part, around);
      const scope = extract === undefined ? plain : extract(plain);
      if (scope === undefined) continue;
      judged++;
      const verdict = test(scope);
      const { source, places = {}, beside = [] } = candidate;
      if (verdict === 'yes') matched.push({ scope, source, part: number, places, beside });
      if (verdict === 'no' && missed.length < MAX_MISSED) missed.push({ scope, source, part: number });
      if (verdict === 'unknown') gaps.push('a value is missing or cannot be compared');
    }
  }
  if (result.left !== undefined && result.left > 0) gaps.push(leftText(result.left));
  return { matched, judged, missed, ...(gaps[0] === undefined ? {} : { gap: gaps[0] }) };
}

/** Why an output does not show everything. */
export const CUT = 'the output was cut';
const ODD = 'the output has an unexpected form';

function isOfOutput(gap: string | undefined): boolean {
  return gap === CUT || gap === ODD;
}

export function leftText(left: number): string {
  return `${left} more ${left === 1 ? 'was' : 'were'} not looked at`;
}

function candidatesOf(
  rule: PlaybookRule,
  data: StepData,
  around: RuleSurroundings,
): readonly NamedCandidate[] | undefined {
  if (rule.detector === undefined) return iterateItems(data.root, rule.iterate);
  const { now, inputs = {} } = around;
  const settings = Object.entries(rule.with ?? {}).flatMap(([name, value]) => {
    const text =
      typeof value === 'string' ? renderValue(value, { item: {}, step: {}, now, vars: { input: inputs } }) : value;
    return text === undefined ? [] : [[name, text] as const];
  });
  return around.detectors.get(rule.detector)?.(data, (step) => outputsOf(step, around)?.[0], {
    now,
    inputs,
    settings: Object.fromEntries(settings),
  });
}

/** Known outputs of a step; undefined when one of them is not known, none when it was not needed. */
function outputsOf(step: string, { stepById }: RuleSurroundings): readonly StepData[] | undefined {
  const result = stepById.get(step);
  if (result === undefined) return undefined;
  if (result.skipCause === 'not-needed') return [];
  const outputs = partsOf(result).map(({ data }) => data);
  return outputs.every((data) => data !== undefined) && (result.left ?? 0) === 0 ? outputs : undefined;
}

function scopeOf(candidate: NamedCandidate, part: StepPart, around: RuleSurroundings): Scope {
  const { status, signal, exit, ms, stderr } = part;
  return {
    item: candidate.item,
    step: {
      status,
      ms,
      ...(signal === undefined ? {} : { signal }),
      ...(exit === undefined ? {} : { exit }),
      ...(stderr === undefined ? {} : { stderr }),
    },
    now: around.now,
    vars: { input: around.inputs ?? {}, bind: part.bind, ...candidate.vars },
    outputs: (step) => outputsOf(step, around),
  };
}

/** Adds the named groups as `match`; undefined for an item that the expression does not fit. */
function compileExtract({
  path,
  pattern,
}: NonNullable<PlaybookRule['extract']>): ((scope: Scope) => Scope | undefined) | undefined {
  const place = parsePath(path);
  const expression = parsePattern(pattern);
  if (place === undefined || expression === undefined) return undefined;
  return (scope) => {
    for (const value of lookup(scope, place)) {
      const match = expression.exec(asText(value).slice(0, MAX_MATCHED_CHARACTERS));
      if (match !== null) return { ...scope, vars: { ...scope.vars, match: match.groups ?? {} } };
    }
    return undefined;
  };
}

function unknown(why: string, isOutput = false): RuleVerdict {
  return { kind: 'unknown', why: cut(why, MAX_WHY_CHARACTERS), ...(isOutput ? { isOutput: true as const } : {}) };
}
