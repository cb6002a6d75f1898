import type { CoverageStep, Finding } from '../domain/finding.ts';
import { isKnown } from '../domain/evidence.ts';
import type { HypothesisReason, ReportChange } from '../schema/generated.ts';

/** What a candidate is judged by. */
export interface ScoreFacts {
  readonly candidate: Finding;
  /** All that it explains, and the part that is known by what objects depend on. */
  readonly explained: readonly Finding[];
  readonly dependants: readonly Finding[];
  readonly isInFocus: boolean;
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
const DEPENDENCY = 0.1;
const RECENCY = 0.1;
const CHANGE = 0.15;

/** A change counts when it came at most so long before the onset; reports of both lag by a minute. */
const CHANGE_BEFORE_MS = 30 * 60_000;
const CHANGE_AFTER_MS = 60_000;

const MAX_WHY = 300;

/** What the confidence of a candidate is made of, part by part; a part that adds nothing is not there. */
export function scoreParts(facts: ScoreFacts): readonly HypothesisReason[] {
  const { candidate, explained, dependants, isInFocus, cameFirst } = facts;
  const parts: HypothesisReason[] = [
    reason('rule', round(candidate.confidence), `the rule ${candidate.rule} gives it`),
  ];
  if (isInFocus) parts.push(reason('focus', FOCUS, 'it is about what the request names'));
  if (dependants.length > 0) {
    parts.push(reason('dependency', DEPENDENCY, `what depends on it is faulty too: ${idsOf(dependants)}`));
  }
  if (explained.length >= FAN_OUT_FROM) parts.push(reason('fan-out', FAN_OUT, `it explains ${idsOf(explained)}`));
  if (cameFirst) parts.push(reason('recency', RECENCY, 'it began first'));
  const change = changeBefore(facts);
  if (change !== undefined) parts.push(reason('change', CHANGE, change));
  parts.push(...gapParts(facts.coverage));
  return parts;
}

/** Confidence between nearly nothing and nearly certain, in hundredths. */
export function totalOf(parts: readonly HypothesisReason[]): number {
  let sum = 0;
  for (const { points } of parts) sum += points;
  return round(Math.min(0.99, Math.max(0.05, sum)));
}

/** When the trouble of a candidate began: by itself, else by the first of its effects. */
function onsetOf(candidate: Finding, explained: readonly Finding[]): number | undefined {
  if (candidate.since !== undefined) return Date.parse(candidate.since);
  const moments = explained.flatMap(({ since }) => (since === undefined ? [] : [Date.parse(since)]));
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/** The last change before the onset that touches the candidate, in words; only one whose quote was found counts. */
function changeBefore({ candidate, explained, changes }: ScoreFacts): string | undefined {
  const onset = onsetOf(candidate, explained);
  if (onset === undefined) return undefined;
  const near = changes
    .filter(({ at, findings, citation }) => {
      if (at === undefined || !citation.verified || !findings.includes(candidate.id)) return false;
      const before = onset - Date.parse(at);
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
