import type { Obfuscation } from './obfuscation.ts';
import type { Needle } from './literal-search.ts';
import type { StateSnapshot } from './session-state.ts';

/**
 * A piece of what one side has to tell the other. A whole text or state at once would hold up the event loop for as long
 * as it takes to copy.
 */
export interface Part {
  readonly text?: string;
  readonly learned?: readonly Needle[];
  readonly marks?: StateSnapshot['marks'];
}

export type ToThread =
  | { readonly kind: 'part'; readonly part: Part }
  /** Works on the parts before it. */
  | {
      readonly kind: 'search';
      readonly task: 'redact' | 'verify';
      readonly key: StateSnapshot['key'];
      readonly knownValues: StateSnapshot['knownValues'];
      readonly obfuscate: Obfuscation;
      readonly budgetMs: number;
    }
  /** Asks for the next part of the answer. */
  | { readonly kind: 'next' };

export type FromThread =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'done';
      /** The text is the one that was sent, and no part holds it. */
      readonly isSame: boolean;
      readonly counts: readonly (readonly [rule: string, count: number])[];
      /** How many parts there are to ask for. */
      readonly parts: number;
    }
  | { readonly kind: 'part'; readonly part: Part }
  | { readonly kind: 'refused'; readonly message: string; readonly why: string; readonly hint: string };

/** Characters and entries that take a few milliseconds to copy, also on a busy machine. */
const CHARACTERS = 256 * 1024;
const ENTRIES = 1000;

/** What is to be told, in pieces that are put together in the same order. */
export function* partsOf(whole: Required<Part>): Generator<Part> {
  const { text, learned, marks } = whole;
  for (let at = 0; at < text.length; at += CHARACTERS) yield { text: text.slice(at, at + CHARACTERS) };
  for (let at = 0; at < learned.length; at += ENTRIES) yield { learned: learned.slice(at, at + ENTRIES) };
  for (let at = 0; at < marks.length; at += ENTRIES) yield { marks: marks.slice(at, at + ENTRIES) };
}
