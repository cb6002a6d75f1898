import { nearestName } from '../lib/nearest-name.ts';

/** Something that the schema cannot see; `path` leads to the value. */
export interface PlaybookProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string;
}

export type At = readonly (string | number)[];

export function problem(path: At, message: string, hint?: string): PlaybookProblem {
  return { path, message, ...(hint === undefined ? {} : { hint }) };
}

/** A name that must be one of `known`; the message says what it is not. */
export function unknownName(
  path: At,
  name: string,
  facts: { readonly what: string; readonly known: Iterable<string> },
): PlaybookProblem {
  return problem(path, `"${name}" is no ${facts.what}`, didYouMean(name, facts.known));
}

export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? undefined : `did you mean "${nearest}"?`;
}

export function badPath(path: At, text: string): PlaybookProblem {
  return problem(path, `"${text}" is not a path`, 'write it like a.b[*].c or a[type=Ready].b');
}

export function badPattern(path: At): PlaybookProblem {
  return problem(
    path,
    'not a usable regular expression',
    'it must be valid, at most 500 characters, and repeat no repetition',
  );
}
