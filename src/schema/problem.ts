import { codePointName } from './value-rules.ts';
import type { Path, Place } from './text-map.ts';

/** One thing that is wrong with a file, for people and for `--json`. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** `spec.targetClusters[1].type`; empty for the document as a whole. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

/** Problems that are listed; the rest is counted. */
export const MAX_PROBLEMS = 20;

export function createProblem(
  file: string,
  place: Place,
  parts: { readonly path: Path; readonly message: string; readonly hint?: string | undefined },
): Problem {
  return {
    file,
    line: place.line,
    column: place.column,
    path: printable(formatPath(parts.path)),
    message: printable(parts.message),
    ...(parts.hint === undefined ? {} : { hint: printable(parts.hint) }),
  };
}

/** `request.yaml:7:11: spec.targetCluster.type: "hubb" is not one of hub, hosted, host (did you mean "hub"?)`. */
export function formatProblem(problem: Problem): string {
  const place = `${problem.file}:${String(problem.line)}:${String(problem.column)}`;
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const hint = problem.hint === undefined ? '' : ` (${problem.hint})`;
  return `${place}: ${path}${problem.message}${hint}`;
}

/** One line per problem, and a last one with the number of those that are not listed. */
export function formatProblems(problems: readonly Problem[], more: number): string {
  const lines = problems.map(formatProblem);
  if (more > 0) lines.push(`and ${String(more)} more ${more === 1 ? 'problem' : 'problems'}`);
  return lines.join('\n');
}

/** Dots between names, brackets around indexes and around names that have other characters. */
export function formatPath(path: Path): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${String(segment)}]`;
    else if (/^[A-Za-z_][\w-]*$/u.test(segment)) text += text === '' ? segment : `.${segment}`;
    else text += `[${JSON.stringify(segment.slice(0, 80))}]`;
  }
  return text;
}

/** The value as the file has it, on one line, at most 60 characters. */
export function quoteValue(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

/** Names and values come from whoever wrote the file: nothing in them may steer a terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => `<${codePointName(character)}>`);
}
