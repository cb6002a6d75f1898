/** One place in a text that must not be published. */
export interface Find {
  readonly start: number;
  readonly end: number;
  /** The secret itself, when the place holds an encoding of it; the same secret always gets the same mark. */
  readonly secret?: string;
  /** Sure enough that the same value is removed wherever else it occurs in the result. */
  readonly spreads?: boolean;
  /** Structure says that it is a secret: it spreads also when it looks like a word. */
  readonly isSure?: boolean;
  /** More exact than the name of the rule that found it. */
  readonly rule?: string;
  /** Takes the place of the value instead of a mark. */
  readonly pseudonym?: string;
}

/** What a rule looks at. */
export interface Subject {
  readonly text: string;
  /** The text with ASCII letters in lower case; offsets are the same. */
  readonly lower: string;
  /** Throws when the time budget is used up; a rule that works in windows calls it for each. */
  readonly checkBudget: () => void;
  /** Whether a text that was decoded from a part of this one would lose something itself. */
  readonly holdsSecret: (decoded: string) => boolean;
}

/** One kind of secret, as data. A rule never sees a text that holds none of its keywords; one without any sees all. */
export interface RedactionRule {
  /** Name in the mark and in the counts: `[a-z0-9-]`, at most 40 characters. */
  readonly id: string;
  /** Lower case. */
  readonly keywords: readonly string[];
  /** Hides what is no secret; an encoded text is not taken away for it. */
  readonly isCosmetic?: boolean;
  /** Time must grow linearly with the text, whatever the text. */
  readonly find: (subject: Subject) => Iterable<Find>;
}

/** Every offset of `keyword` in `text`. */
export function* offsetsOf(text: string, keyword: string): Generator<number> {
  for (let at = text.indexOf(keyword); at !== -1; at = text.indexOf(keyword, at + 1)) yield at;
}

/** A match of a sticky expression that begins exactly at `at`. */
export function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | undefined {
  expression.lastIndex = at;
  return expression.exec(text) ?? undefined;
}

/** `text` with A–Z in lower case; unlike `toLowerCase` the length never changes. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]{1,4096}/g, (letters) => letters.toLowerCase());
}
