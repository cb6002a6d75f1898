/**
 * One kind of token: the beginning of what its text says about it. A pattern is RE2 syntax and matches from the keyword on
 * (`prefixed`), the whole word around the keyword (`inside`), or a whole word up to 64 characters after it (`named`).
 * Samples are templates (test/unit/redaction/sample-text.ts fills them), so that this repository holds nothing that looks
 * like a live token.
 */
export type TokenRow = readonly [
  id: string,
  /** Lower or upper case, separated by blanks, at least three characters each. */
  keywords: string,
  pattern: string,
  /** Must be found. */
  sample: string,
  /** Must stay. */
  lookAlike: string,
];

/** Everything that one page of an issuer documents. */
export interface TokenIssuer {
  readonly source: string;
  /** The token begins with the keyword. */
  readonly prefixed?: readonly TokenRow[];
  /** The keyword stands somewhere inside the token. */
  readonly inside?: readonly TokenRow[];
  /** The token has no mark of its own; the name of its issuer stands before it. */
  readonly named?: readonly TokenRow[];
}
