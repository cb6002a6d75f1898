import { cleanText } from '../../report/untrusted.ts';
import type { DraftVerification, ReportDraft } from '../../schema/generated.ts';
import { API_VERSION } from '../../schema/kinds.ts';
import { parseDocument, type ParseOutcome } from '../../schema/parse-document.ts';
import type { Problem } from '../../schema/problem.ts';
import { isRecord } from '../../schema/record.ts';
import type { AnswerKind } from './draft-07.ts';

export type ValidatedAnswer<Answer> =
  | { readonly kind: 'valid'; readonly answer: Answer }
  /** One line each, such as `findings[0].citations: is missing`. */
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Checks what a model answered by the contract once more: the command line may have checked nothing. */
export function validateDraft(structured: unknown): ValidatedAnswer<ReportDraft> {
  return answerOf(parseDocument('ReportDraft', documentOf('ReportDraft', structured), { file: 'answer.json' }));
}

/** The same for the answer of the second look. */
export function validateVerification(structured: unknown): ValidatedAnswer<DraftVerification> {
  return answerOf(
    parseDocument('DraftVerification', documentOf('DraftVerification', structured), { file: 'answer.json' }),
  );
}

/** Far deeper than the contract goes, so that whatever is dropped below it is refused anyway. */
const MAX_DEPTH = 16;

/** What nobody can see, but tab and line feed. */
const UNSEEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/gu;

/** The answer as a document: with its envelope, and with texts that can be shown. */
function documentOf(kind: AnswerKind, structured: unknown): string {
  const answer = cleaned(structured, 0);
  return JSON.stringify(isRecord(answer) ? { ...answer, apiVersion: API_VERSION, kind } : (answer ?? null));
}

function cleaned(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return seen(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '';
  if (Array.isArray(value)) return value.map((entry) => cleaned(entry, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [seen(name), cleaned(entry, depth + 1)]));
}

/** A text never becomes shorter than the contract wants by cleaning alone: then its marks are shown instead. */
function seen(text: string): string {
  const clean = cleanText(text);
  return clean.length >= Math.min(text.length, 8) ? clean : text.replace(UNSEEN, '\ufffd');
}

function answerOf<Answer>(outcome: ParseOutcome<Answer>): ValidatedAnswer<Answer> {
  if (outcome.ok) return { kind: 'valid', answer: outcome.value };
  const more = outcome.more === 0 ? [] : [`and ${outcome.more} more`];
  return { kind: 'invalid', problems: [...outcome.problems.map(inWords), ...more] };
}

/** Without the place: the answer is no file that anybody could open. */
function inWords({ path, message, hint }: Problem): string {
  return `${path === '' ? 'the answer' : path}: ${message}${hint === undefined ? '' : ` (${hint})`}`;
}
