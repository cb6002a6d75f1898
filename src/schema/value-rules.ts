/** Groups and lists inside each other; far above what a schema needs, far below what exhausts the stack. */
export const MAX_DEPTH = 64;

export const TOO_DEEP = `is nested deeper than ${String(MAX_DEPTH)} levels`;

/** Keys that change the prototype of an object when someone assigns or merges it. */
const UNSAFE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Control characters except tab and line feed, and halves of surrogate pairs. */
export const UNSAFE_CHARACTER = /(?![\t\n])[\p{Cs}\p{Cc}]/u;

/** What is wrong with a key, if anything. */
export function keyFault(key: string): string | undefined {
  if (UNSAFE_KEYS.has(key)) return 'is not allowed as a name';
  return textFault(key);
}

/** What is wrong with a text, if anything. */
export function textFault(text: string): string | undefined {
  const found = UNSAFE_CHARACTER.exec(text)?.[0];
  return found === undefined ? undefined : `contains the character ${codePointName(found)}, which is not allowed`;
}

/** What is wrong with a number, if anything: it must be the same number for every reader. */
export function numberFault(value: number): string | undefined {
  if (!Number.isFinite(value)) return 'is not a finite number';
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return 'is too large to be read exactly';
  return undefined;
}

/** `U+001B`. */
export function codePointName(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
