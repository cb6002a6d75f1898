import type { Evidence } from '../domain/evidence.ts';
import type { Citation, PlaybookRule } from '../schema/generated.ts';
import type { BindJoined } from './bind-joined.ts';
import type { DecidingField, JoinedItem } from './deciding-place.ts';
import { decidingFieldsOfItem } from './deciding-fields.ts';
import { isIdentityOnly } from './identity.ts';
import type { Match } from './judge-rule.ts';
import { missingJoins, nearestOf } from './near-misses.ts';
import { isRecord, parsePath, readPath } from './path.ts';
import { MAX_MATCHED_CHARACTERS, parsePattern } from './pattern.ts';
import { joinLines } from './quote-place.ts';
import type { Cite, Wanted } from './quote.ts';
import type { Scope } from './scope.ts';
import { partsOf, type StepPart, type StepResult } from './step-result.ts';
import { renderText } from './template.ts';

/** Lines that are quoted for a group. */
const MAX_GROUP_CITATIONS = 3;

const STDERR = 'step.stderr';

/** What tells most about an object that was found beside another one. */
const JOINED_KEYS = ['message', 'reason'];

export interface CitedOutputs {
  readonly stepById: ReadonlyMap<string, StepResult>;
  readonly evidenceById: ReadonlyMap<string, Evidence>;
  readonly cite: Cite;
}

export interface CitedMatch {
  readonly rule: PlaybookRule;
  readonly match: Match;
  readonly bind: BindJoined;
  /** Of the first item, with all that has a name. */
  readonly scope: Scope;
  /** Item of another step whose words chose the case of `refine`. */
  readonly refinedBy?: JoinedItem | undefined;
  /** Text for which a case of `refine` was chosen. */
  readonly refinedText?: string | undefined;
}

/**
 * Citations of a match: of its items, of what was found beside them, and of what comes nearest to what is missing. Of a
 * finding about a whole list, of which nothing else can be shown, the list.
 */
export function citationsOf(cited: CitedMatch, outputs: CitedOutputs): Citation[] {
  const { rule, match, scope } = cited;
  const result = outputs.stepById.get(rule.from);
  const parts = result === undefined ? [] : partsOf(result);
  const all = distinct([
    ...citationsOfItems(cited, parts, outputs),
    ...citationsOfRefined(cited, outputs),
    ...nearestOf(rule.where ?? [], match.missed ?? [], MAX_GROUP_CITATIONS).map(({ item, fields }) =>
      citeIn(parts[item.part], { item: item.source, fields }, outputs),
    ),
    ...missingJoins(rule.where ?? [], scope).map((joined) => citeJoined(joined, outputs)),
  ]);
  if (all.some(isProof)) return all.filter(isProof);
  // What is about a whole list, or about what is not there, has no line of its own: the list is shown.
  const isAboutAll = match.items.length === 0 || (rule.iterate === undefined && isList(match.items[0]?.source));
  return isAboutAll ? distinct([...all, citeIn(parts[0], { item: undefined, isWhole: true }, outputs)]) : all;
}

/** Whether a citation says more than which object it is about. */
export function isProof({ quote }: Citation): boolean {
  return !isIdentityOnly(quote);
}

function citationsOfItems(
  { rule, match, bind, scope: firstScope, refinedText }: CitedMatch,
  parts: readonly StepPart[],
  outputs: CitedOutputs,
): readonly (Citation | undefined)[] {
  const path = rule.finding.refine?.field;
  const refined = path === undefined || refinedText === undefined ? undefined : { path, text: refinedText };
  return match.items
    .slice(0, MAX_GROUP_CITATIONS)
    .flatMap(({ scope, source, part, places = {}, beside = [] }, index) => {
      const vars = match.group === undefined ? {} : { vars: { ...scope.vars, group: match.group } };
      const bound = bind({ ...scope, ...vars });
      const shown = index === 0 ? firstScope : bound.scope;
      const words = rule.finding.quote === undefined ? {} : { words: renderText(rule.finding.quote, shown, 300) };
      const fields = decidingFieldsOfItem(rule, { scope: shown, places }, refined);
      const complaint = complaintOf(rule, shown);
      return [
        citeIn(
          parts[part],
          { item: source, fields, ...words, ...(complaint === undefined ? {} : { complaint }) },
          outputs,
        ),
        ...[...beside, ...bound.joined].map((joined) => citeJoined(joined, outputs)),
      ];
    });
}

/** What a command complained about, when that is what the rule judges: the line of stderr that has it. */
function complaintOf({ where = [], extract, finding }: PlaybookRule, scope: Scope): string | undefined {
  const patterns = [
    ...where.filter(({ path, op }) => path === STDERR && op === 'matches').map(({ value }) => String(value)),
    ...(extract?.path === STDERR ? [extract.pattern] : []),
    ...(finding.refine?.field === STDERR ? finding.refine.cases.map(({ match }) => match) : []),
  ];
  const lines = (scope.step.stderr ?? '').split('\n');
  for (const pattern of patterns.map(parsePattern)) {
    const line = lines.find((text) => pattern?.test(text.slice(0, MAX_MATCHED_CHARACTERS)) === true);
    if (line !== undefined) return joinLines([line]);
  }
  return undefined;
}

/** The words that chose the case. The row that the rule matched is cited already. */
function citationsOfRefined({ rule, refinedBy }: CitedMatch, outputs: CitedOutputs): readonly (Citation | undefined)[] {
  return refinedBy === undefined ? [] : [citeJoined(refinedBy, outputs, rule.finding.refine?.join?.field)];
}

function citeJoined(
  { step, item, fields = [] }: JoinedItem,
  outputs: CitedOutputs,
  field?: string,
): Citation | undefined {
  const result = outputs.stepById.get(step);
  const part = result === undefined ? undefined : partsOf(result).find((each) => holds(each, item));
  const keys = field === undefined ? JOINED_KEYS : [field, ...JOINED_KEYS];
  return citeIn(part, { item, fields: [...keys.flatMap((key) => fieldsAt(item, key)), ...fields] }, outputs);
}

function fieldsAt(item: unknown, text: string): readonly DecidingField[] {
  const path = parsePath(text) ?? [];
  const last = path.at(-1);
  if (last?.kind !== 'keys') return [];
  return readPath(item, path.slice(0, -1)).flatMap((parent) =>
    last.keys.flatMap((key) =>
      isRecord(parent) && parent[key] !== undefined && parent[key] !== '' ? [{ parent, key, value: parent[key] }] : [],
    ),
  );
}

function holds({ data }: StepPart, item: unknown): boolean {
  return data !== undefined && (data.root === item || data.spanOf(item) !== undefined);
}

function citeIn(
  part: StepPart | undefined,
  wanted: Wanted,
  { evidenceById, cite }: CitedOutputs,
): Citation | undefined {
  const evidence = evidenceById.get(part?.evidence ?? '');
  return evidence === undefined || part?.data === undefined ? undefined : cite({ data: part.data, evidence }, wanted);
}

/** Root of a table or of lines. */
function isList(root: unknown): boolean {
  return isRecord(root) && ['rows', 'lines', 'items'].some((name) => Array.isArray(root[name]));
}

function distinct(citations: readonly (Citation | undefined)[]): Citation[] {
  const seen = new Set<string>();
  return citations.flatMap((citation) => {
    const key = citation === undefined ? '' : `${citation.evidence} ${citation.quote}`;
    if (citation === undefined || seen.has(key)) return [];
    seen.add(key);
    return [citation];
  });
}
