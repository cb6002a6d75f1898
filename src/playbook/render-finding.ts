import { isProblem, type Finding, type Recommendation } from '../domain/finding.ts';
import type { PlaybookRule } from '../schema/generated.ts';
import { compileBindings, type BindJoined } from './bind-joined.ts';
import { citationsOf, isProof, type CitedOutputs } from './cite-match.ts';
import { asText } from './compare-values.ts';
import { parseMoment } from './duration.ts';
import type { Match } from './judge-rule.ts';
import { parsePath } from './path.ts';
import { refine } from './refine.ts';
import { lookup, type Scope } from './scope.ts';
import { cut, renderCommand, renderText, renderValue } from './template.ts';

/** Findings of one rule when the playbook does not say otherwise. */
const DEFAULT_MAX = 5;

/** Of the confidence of a problem what is left when no line of the outputs proves it. */
const UNPROVEN = 0.8;
const NOT_QUOTED = 'Not quoted: no single line of the outputs says this.';

/** Limits of the report contract, in characters. */
const LIMITS = {
  object: 253,
  title: 300,
  expected: 200,
  explanation: 2000,
  action: 500,
  command: 1000,
  disprovedBy: 500,
} as const;

export interface FindingSurroundings extends CitedOutputs {
  /** What other rules that fired add to the confidence, or take from it. */
  readonly adjust: (confidence: number) => number;
  readonly now: Date;
}

/** Findings of a rule that matched, without ids; beyond the limit of the rule the last one says how many more there are. */
export function renderFindings(
  rule: PlaybookRule,
  matches: readonly Match[],
  around: FindingSurroundings,
): readonly Omit<Finding, 'id'>[] {
  const shown = matches.slice(0, rule.max ?? DEFAULT_MAX);
  const left = matches.length - shown.length;
  const bind = compileBindings(rule.where ?? []);
  return shown.map((match, index) => {
    const finding = renderFinding({ rule, match, bind }, around);
    if (left === 0 || index < shown.length - 1) return finding;
    return {
      ...finding,
      explanation: cut(`${finding.explanation} There are ${left} more like this.`, LIMITS.explanation),
    };
  });
}

interface Subject {
  readonly rule: PlaybookRule;
  readonly match: Match;
  readonly bind: BindJoined;
}

function renderFinding({ rule, match, bind }: Subject, around: FindingSurroundings): Omit<Finding, 'id'> {
  const first = bind(withGroup(match, match.items[0]?.scope ?? { item: {}, step: {}, now: around.now }));
  const { found, scope, joined, text } = refine(rule.finding.refine, first.scope);
  const finding: Omit<PlaybookRule['finding'], 'refine'> = { ...rule.finding, ...found };
  const since = sinceOf(rule, match, around.now);
  const expected = expectedOf(finding, scope);
  const citations = citationsOf({ ...{ rule, match, bind, scope }, refinedBy: joined, refinedText: text }, around);
  return {
    rule: rule.id,
    code: finding.code,
    severity: finding.severity,
    object: renderText(finding.object, scope, LIMITS.object),
    title: renderText(finding.title, scope, LIMITS.title),
    ...(expected === undefined ? {} : { expected }),
    ...proven(
      { severity: finding.severity, citations },
      {
        explanation: renderText(finding.explanation, scope, LIMITS.explanation),
        confidence: around.adjust(finding.confidence),
      },
    ),
    citations,
    explains: finding.explains ?? [],
    ...(since === undefined ? {} : { since: since.toISOString() }),
    ...(finding.disprovedBy === undefined
      ? {}
      : { disprovedBy: renderText(finding.disprovedBy, scope, LIMITS.disprovedBy) }),
    ...(finding.pointsTo === undefined ? {} : { pointsTo: finding.pointsTo }),
    recommendations: (finding.recommendations ?? []).map((each): Recommendation => {
      const command = each.command === undefined ? undefined : renderCommand(each.command, scope, LIMITS.command);
      const action = renderText(each.action, scope, LIMITS.action);
      return { action, ...(command === undefined ? {} : { command }), risk: each.risk };
    }),
  };
}

interface Claim {
  readonly explanation: string;
  readonly confidence: number;
}

/**
 * A problem needs a line that a healthy object does not have. Without one it says so and is less sure, and without any
 * citation it is never the root cause (decisions: outcome).
 */
function proven({ severity, citations }: Pick<Finding, 'severity' | 'citations'>, claim: Claim): Claim {
  if (!isProblem({ severity }) || citations.some(isProof)) return claim;
  return {
    explanation: cut(`${claim.explanation} ${NOT_QUOTED}`, LIMITS.explanation),
    confidence: Math.round(claim.confidence * UNPROVEN * 100) / 100,
  };
}

/** What is expected instead; nothing when a part of it is not known, as half an expectation misleads. */
function expectedOf({ expected }: PlaybookRule['finding'], scope: Scope): string | undefined {
  if (expected === undefined || renderValue(expected, scope) === undefined) return undefined;
  const text = renderText(expected, scope, LIMITS.expected);
  return text === '' ? undefined : text;
}

function withGroup({ group }: Match, scope: Scope): Scope {
  return group === undefined ? scope : { ...scope, vars: { ...scope.vars, group } };
}

/** The earliest moment of the match; one that is still to come is when nothing began. */
function sinceOf(rule: PlaybookRule, match: Match, now: Date): Date | undefined {
  const path = rule.finding.since === undefined ? undefined : parsePath(rule.finding.since);
  if (path === undefined) return undefined;
  const moments = match.items
    .flatMap(({ scope }) => lookup(scope, path))
    .map((value) => parseMoment(asText(value)))
    .filter((moment) => moment !== undefined && moment <= now);
  const [earliest] = moments.sort((a, b) => Number(a) - Number(b));
  return earliest;
}
