import type { ValueCheck } from './arguments.ts';

export const anyText: ValueCheck = () => undefined;

export function oneOf(...words: readonly string[]): ValueCheck {
  return (value) => (words.includes(value) ? undefined : words.join('|'));
}

export function matching(pattern: RegExp, what: string): ValueCheck {
  return (value) => (pattern.test(value) ? undefined : what);
}

export const wholeNumber = matching(/^\d{1,9}$/u, 'a whole number');

/** Names of objects, columns and fields: ASCII, so that nothing folds into another word. */
export const plainName = matching(/^[A-Za-z0-9][A-Za-z0-9_.:@/+-]*$/u, 'a plain name');
/** The same, and separators between several. */
export const plainNames = matching(/^[A-Za-z0-9_][A-Za-z0-9_.,:@/%+ -]*$/u, 'plain names');

/** A file of the evidence folder. */
export const evidenceFile: ValueCheck = (value, { evidenceDir }) =>
  value === '-' || isInside(value, evidenceDir) ? undefined : 'a file of the evidence folder';

/** Whether a path, seen from the evidence folder, stays in it. Paths with `..` are not resolved, they are outside. */
export function isInside(path: string, evidenceDir: string): boolean {
  if (path === '' || path.split('/').includes('..')) return false;
  if (!path.startsWith('/')) return true;
  const folder = evidenceDir.replace(/\/+$/u, '');
  return folder !== '' && (path === folder || path.startsWith(`${folder}/`));
}
