import type { Evidence } from '../domain/evidence.ts';
import type { Finding, Recommendation } from '../domain/finding.ts';
import type { Citation, PlaybookRule } from '../schema/generated.ts';
import { scopeOf, type Match } from './judge-rule.ts';
import { cite } from './quote.ts';
import type { StepResult } from './step-result.ts';
import { cut, renderCommand, renderText, type TemplateScope } from './template.ts';

/** Findings of one rule when the playbook does not say otherwise. */
const DEFAULT_MAX = 5;

/** Lines that are quoted for a group. */
const MAX_GROUP_CITATIONS = 3;

/** Limits of the report contract, in characters. */
const LIMITS = { object: 253, title: 300, explanation: 2000, action: 500, command: 1000, disprovedBy: 500 } as const;

export interface FindingSurroundings {
  readonly confidence: number;
  readonly evidence: Evidence | undefined;
  readonly result: StepResult | undefined;
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
  return shown.map((match, index) => {
    const finding = renderFinding(rule, match, around);
    if (left === 0 || index < shown.length - 1) return finding;
    return {
      ...finding,
      explanation: cut(`${finding.explanation} There are ${left} more like this.`, LIMITS.explanation),
    };
  });
}

function renderFinding(rule: PlaybookRule, match: Match, around: FindingSurroundings): Omit<Finding, 'id'> {
  const { finding } = rule;
  const scope = templateScope(match, around);
  const disprovedBy = finding.disprovedBy;
  return {
    rule: rule.id,
    code: finding.code,
    severity: finding.severity,
    object: renderText(finding.object, scope, LIMITS.object),
    title: renderText(finding.title, scope, LIMITS.title),
    explanation: renderText(finding.explanation, scope, LIMITS.explanation),
    confidence: around.confidence,
    citations: citationsOf(rule, match, around),
    explains: finding.explains ?? [],
    ...(disprovedBy === undefined ? {} : { disprovedBy: renderText(disprovedBy, scope, LIMITS.disprovedBy) }),
    ...(finding.pointsTo === undefined ? {} : { pointsTo: finding.pointsTo }),
    recommendations: (finding.recommendations ?? []).map((each): Recommendation => {
      const command = each.command === undefined ? undefined : renderCommand(each.command, scope, LIMITS.command);
      const action = renderText(each.action, scope, LIMITS.action);
      return { action, ...(command === undefined ? {} : { command }), risk: each.risk };
    }),
  };
}

function citationsOf(rule: PlaybookRule, match: Match, around: FindingSurroundings): Citation[] {
  const { evidence, result } = around;
  const data = result?.data;
  if (evidence === undefined || data === undefined) return [];
  const citations = match.candidates.slice(0, MAX_GROUP_CITATIONS).map((candidate) => {
    const scope = templateScope({ ...match, candidates: [candidate] }, around);
    const words = rule.finding.quote === undefined ? {} : { words: renderText(rule.finding.quote, scope, 300) };
    return cite({ data, evidence }, { item: candidate.source, ...words });
  });
  return citations.filter((citation) => citation !== undefined);
}

function templateScope(match: Match, around: FindingSurroundings): TemplateScope {
  const candidate = match.candidates[0] ?? { item: undefined, source: undefined };
  const scope =
    around.result === undefined
      ? { item: candidate.item, step: {}, now: around.now }
      : scopeOf(candidate, around.result, around.now);
  return match.group === undefined ? scope : { ...scope, group: match.group };
}
