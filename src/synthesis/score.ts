import { isProblem, type CoverageStep, type Finding } from '../domain/finding.ts';
import { isKnown } from '../domain/evidence.ts';
import type { HypothesisReason, ReportChange } from '../schema/generated.ts';

/** What a candidate is judged by. */
export interface ScoreFacts {
  readonly candidate: Finding;
  /** All that it explains; the part whose objects are known to belong to its own; the part that depends on it. */
  readonly explained: readonly Finding[];
  readonly surelyExplained: readonly Finding[];
  readonly dependants: readonly Finding[];
  /** Whether it is about what was asked; perhaps, when it explains that by its kind alone. */
  readonly focus: 'sure' | 'perhaps' | 'none';
  /** Whether it began shortly before another problem, and nothing that is no effect of it began shortly before it. */
  readonly cameFirst: boolean;
  readonly coverage: readonly CoverageStep[];
  readonly changes: readonly ReportChange[];
}

/** Weights of the score (facts of the playbooks, B.2 and B.7). */
const FOCUS = 0.3;
const UNKNOWN_REQUIRED_STEP = -0.2;
/** A step that was cut showed something, so it hides less than one that did not run. */
const CUT_REQUIRED_STEP = -0.1;
const FAN_OUT = 0.1;
const FAN_OUT_FROM = 3;
/** What only a code explains may be another story: it counts half. */
const UNSURE = 0.5;
const DEPENDENCY = 0.1;
const RECENCY = 0.1;
const CHANGE = 0.15;

/** A change counts when it came at most so long before the onset; reports of both lag by a minute. */
const CHANGE_BEFORE_MS = 30 * 60_000;
const CHANGE_AFTER_MS = 60_000;

const MAX_WHY = 300;

/** What the confidence of a candidate is made of, part by part; a part that adds nothing is not there. */
export function scoreParts(facts: ScoreFacts): readonly HypothesisReason[] {
  const { candidate, explained, surelyExplained, dependants, cameFirst } = facts;
  const parts: HypothesisReason[] = [
    reason('rule', round(candidate.confidence), `the rule ${candidate.rule} gives it`),
  ];
  parts.push(...focusParts(facts));
  if (dependants.length > 0) {
    parts.push(reason('dependency', DEPENDENCY, `what depends on it is faulty too: ${idsOf(dependants)}`));
  }
  parts.push(...fanOutParts(explained, surelyExplained));
  if (cameFirst) parts.push(reason('recency', RECENCY, 'it began first'));
  const change = changeBefore(facts);
  if (change !== undefined) parts.push(reason('change', CHANGE, change));
  parts.push(...gapParts(facts.coverage), ...doubtParts(facts));
  return parts;
}

function focusParts({ focus }: ScoreFacts): readonly HypothesisReason[] {
  if (focus === 'sure') return [reason('focus', FOCUS, 'it is about what the request names')];
  return focus === 'perhaps' ? [reason('focus', FOCUS * UNSURE, 'it may explain what the request names')] : [];
}

function fanOutParts(all: readonly Finding[], sure: readonly Finding[]): readonly HypothesisReason[] {
  if (sure.length >= FAN_OUT_FROM) return [reason('fan-out', FAN_OUT, `it explains ${idsOf(sure)}`)];
  return all.length >= FAN_OUT_FROM ? [reason('fan-out', FAN_OUT * UNSURE, `it may explain ${idsOf(all)}`)] : [];
}

/** What nothing but its kind makes an effect: it adds less, and a reader should know. */
function doubtParts({ explained, surelyExplained }: ScoreFacts): readonly HypothesisReason[] {
  const unsure = explained.filter((finding) => isProblem(finding) && !surelyExplained.includes(finding));
  if (unsure.length === 0) return [];
  const [are, their] = unsure.length === 1 ? ['is an effect', 'its object'] : ['are effects', 'their objects'];
  return [
    reason('relation', 0, `${idsOf(unsure)} ${are} by kind alone: nothing that was seen connects ${their} with it`),
  ];
}

/** Confidence between nearly nothing and nearly certain, in hundredths. */
export function totalOf(parts: readonly HypothesisReason[]): number {
  let sum = 0;
  for (const { points } of parts) sum += points;
  return round(Math.min(0.99, Math.max(0.05, sum)));
}

/** When the trouble of a candidate began: by itself, else by the first of its effects. */
function onsetOf({ candidate, surelyExplained }: ScoreFacts): number | undefined {
  if (candidate.since !== undefined) return Date.parse(candidate.since);
  const moments = surelyExplained.flatMap(({ since }) => (since === undefined ? [] : [Date.parse(since)]));
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/** The last change before the onset that touches the candidate, in words; only one whose quote was found counts. */
function changeBefore(facts: ScoreFacts): string | undefined {
  const { candidate, changes } = facts;
  const onset = onsetOf(facts);
  if (onset === undefined) return undefined;
  const near = changes
    .filter(({ at, kind, findings, citation }) => {
      if (at === undefined || !citation.verified || !findings.includes(candidate.id)) return false;
      const before = onset - Date.parse(at);
      // What fails while it starts was started then: that is the trouble, and not what brought it about.
      if (kind === 'restart' && before < CHANGE_AFTER_MS) return false;
      return before <= CHANGE_BEFORE_MS && before >= -CHANGE_AFTER_MS;
    })
    .sort((a, b) => Date.parse(b.at ?? '') - Date.parse(a.at ?? ''));
  const [last] = near;
  if (last === undefined) return undefined;
  const minutes = Math.max(0, Math.round((onset - Date.parse(last.at ?? '')) / 60_000));
  const when = minutes === 0 ? 'in the minute in which' : `${minutes} min before`;
  return `${last.text} ${when} it began (${last.citation.evidence})`;
}

function gapParts(coverage: readonly CoverageStep[]): readonly HypothesisReason[] {
  const gaps = coverage.filter((step) => step.required && !step.known);
  const cut = gaps.filter(({ status }) => isKnown(status));
  const unseen = gaps.filter(({ status }) => !isKnown(status));
  const titles = (steps: readonly CoverageStep[]): string => steps.map(({ title }) => title).join('; ');
  // Of many hosts one gap is the same question unanswered several times.
  const count = (steps: readonly CoverageStep[]): number => new Set(steps.map(({ step }) => step)).size;
  return [
    ...(unseen.length === 0
      ? []
      : [reason('coverage', round(count(unseen) * UNKNOWN_REQUIRED_STEP), `not seen: ${titles(unseen)}`)]),
    ...(cut.length === 0
      ? []
      : [reason('coverage', round(count(cut) * CUT_REQUIRED_STEP), `seen in part: ${titles(cut)}`)]),
  ];
}

function reason(part: HypothesisReason['part'], points: number, why: string): HypothesisReason {
  return { part, points, why: why.length <= MAX_WHY ? why : `${why.slice(0, MAX_WHY - 1)}…` };
}

function idsOf(findings: readonly Finding[]): string {
  return findings.map(({ id }) => id).join(', ');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
