import type { Evidence } from '../domain/evidence.ts';
import type { Finding, Recommendation } from '../domain/finding.ts';
import type { Citation, PlaybookRule } from '../schema/generated.ts';
import { compileBindings, type BindJoined, type JoinedItem } from './bind-joined.ts';
import { asText } from './compare-values.ts';
import { parseMoment } from './duration.ts';
import type { Match } from './judge-rule.ts';
import type { StepData } from './parse-output.ts';
import { isRecord, parsePath } from './path.ts';
import type { Cite, Wanted } from './quote.ts';
import { refine } from './refine.ts';
import { lookup, type Scope } from './scope.ts';
import { partsOf, type StepResult } from './step-result.ts';
import { tellingValues } from './telling-values.ts';
import { cut, renderCommand, renderText, renderValue } from './template.ts';

/** Findings of one rule when the playbook does not say otherwise. */
const DEFAULT_MAX = 5;

/** Lines that are quoted for a group. */
const MAX_GROUP_CITATIONS = 3;

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

export interface FindingSurroundings {
  /** What other rules that fired add to the confidence, or take from it. */
  readonly adjust: (confidence: number) => number;
  readonly stepById: ReadonlyMap<string, StepResult>;
  readonly evidenceById: ReadonlyMap<string, Evidence>;
  readonly cite: Cite;
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
  const { found, scope, joined } = refine(rule.finding.refine, first.scope);
  const finding: Omit<PlaybookRule['finding'], 'refine'> = { ...rule.finding, ...found };
  const since = sinceOf(rule, match, around.now);
  const expected = expectedOf(finding, scope);
  return {
    rule: rule.id,
    code: finding.code,
    severity: finding.severity,
    object: renderText(finding.object, scope, LIMITS.object),
    title: renderText(finding.title, scope, LIMITS.title),
    ...(expected === undefined ? {} : { expected }),
    explanation: renderText(finding.explanation, scope, LIMITS.explanation),
    confidence: around.adjust(finding.confidence),
    citations: [
      ...citationsOf({ rule, match, bind }, scope, around),
      ...(joined === undefined ? [] : citationsOfRefined(joined, rule, around)),
    ],
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

function citationsOf({ rule, match, bind }: Subject, firstScope: Scope, around: FindingSurroundings): Citation[] {
  const result = around.stepById.get(rule.from);
  const parts = result === undefined ? [] : partsOf(result);
  const citations = match.items.slice(0, MAX_GROUP_CITATIONS).flatMap(({ scope, source, part }, index) => {
    const bound = index === 0 ? { scope: firstScope, joined: bind(scope).joined } : bind(withGroup(match, scope));
    const words = rule.finding.quote === undefined ? {} : { words: renderText(rule.finding.quote, bound.scope, 300) };
    const fields = tellingValues(rule.where ?? [], bound.scope);
    return [
      citeIn(parts[part], { item: source, fields, ...words }, around),
      ...bound.joined.map((joined) => citeJoined(joined, around)),
    ];
  });
  // What is about a whole list, or about what is not there, has no line of its own: its step is shown by its first line.
  const isAboutAll = match.items.length === 0 || (rule.iterate === undefined && isList(match.items[0]?.source));
  if (isAboutAll && !citations.some((citation) => citation !== undefined))
    citations.push(citeIn(parts[0], firstLine(parts[0]), around));
  return citations.filter((citation) => citation !== undefined);
}

/** Root of a table or of lines. */
function isList(root: unknown): boolean {
  return isRecord(root) && ['rows', 'lines', 'items'].some((name) => Array.isArray(root[name]));
}

type Part = ReturnType<typeof partsOf>[number];

function citeIn(
  part: Part | undefined,
  wanted: Wanted,
  { evidenceById, cite }: FindingSurroundings,
): Citation | undefined {
  const evidence = evidenceById.get(part?.evidence ?? '');
  return evidence === undefined || part?.data === undefined ? undefined : cite({ data: part.data, evidence }, wanted);
}

/** The words that chose the case. The row that the rule matched is cited already. */
function citationsOfRefined(joined: JoinedItem, rule: PlaybookRule, around: FindingSurroundings): Citation[] {
  const field = rule.finding.refine?.join?.field ?? 'message';
  const citation = citeJoined(joined, around, [field, ...JOINED_FIELDS]);
  return citation === undefined ? [] : [citation];
}

function citeJoined(
  { step, item }: JoinedItem,
  around: FindingSurroundings,
  keys: readonly string[] = JOINED_FIELDS,
): Citation | undefined {
  const result = around.stepById.get(step);
  const part = result === undefined ? undefined : partsOf(result).find((each) => holds(each, item));
  const line = part?.data === undefined ? undefined : lineOfRecord(part.data, item, keys);
  const words = line === undefined ? {} : { words: line };
  return citeIn(part, { item, fields: keys.flatMap((key) => fieldOf(item, key)), ...words }, around);
}

function holds({ data }: Part, item: unknown): boolean {
  return data !== undefined && (data.root === item || data.spanOf(item) !== undefined);
}

/** Line of a record of keys and values, which has no lines of its own. */
function lineOfRecord(data: StepData, item: unknown, keys: readonly string[]): string | undefined {
  if (data.root !== item || !isRecord(item) || data.spanOf(item) !== undefined) return undefined;
  const [key = ''] = keys;
  const value = asText(item[key]);
  const line = data.lines.find((text) => text.trimStart().startsWith(key) && text.trimEnd().endsWith(value));
  return value === '' || line === undefined ? undefined : line.replace(/\s+/gu, ' ').trim().slice(0, 300);
}

/** What tells most about an object that was found beside another one. */
const JOINED_FIELDS = ['message', 'reason', 'name'];

function fieldOf(item: unknown, key: string): readonly string[] {
  const path = parsePath(key) ?? [];
  return lookup({ item, step: {}, now: new Date(0) }, path).map(
    (value) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
}

function firstLine(part: Part | undefined): { readonly item: unknown; readonly words: string } {
  const line = part?.data?.lines.find((text) => text.trim().length >= 8) ?? '';
  return { item: undefined, words: line.replace(/\s+/gu, ' ').trim().slice(0, 300) };
}
