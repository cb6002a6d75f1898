import type { Connector } from './shell-command.ts';

/** A piece of the source that the parser gave a meaning, and what should stand in front of it. */
export interface Piece {
  readonly pos: number;
  readonly end: number;
  /** `word` after another word of the command, `redirection` after or before one, `pipe` at the start of a command. */
  readonly after: 'word' | 'redirection' | 'pipe' | Connector;
}

const BLANK = String.raw`(?:[ \t]|\\\n)*`;
/** Lines that hold nothing; a comment begins where a word could. */
const LINES = String.raw`(?:[ \t\n]|\\\n|(?<=[ \t\n;&|])#[^\n]*(?=\n))*`;

const GAPS: Readonly<Record<Piece['after'] | 'end', RegExp>> = {
  first: new RegExp(String.raw`^(?:#[^\n]*\n)?${LINES}$`, 'u'),
  word: new RegExp(String.raw`^${BLANK}[ \t]${BLANK}$`, 'u'),
  redirection: new RegExp(`^${BLANK}$`, 'u'),
  pipe: new RegExp(String.raw`^${BLANK}\|${LINES}$`, 'u'),
  and: new RegExp(`^${BLANK}&&${LINES}$`, 'u'),
  or: new RegExp(String.raw`^${BLANK}\|\|${LINES}$`, 'u'),
  then: new RegExp(String.raw`^${BLANK}(?:;|\n|(?<=[ \t])#[^\n]*\n)${LINES}$`, 'u'),
  end: new RegExp(String.raw`^${BLANK};?${LINES}(?:(?<=[ \t\n;])#[^\n]*)?$`, 'u'),
};

/**
 * Whether nothing but white space, comments and the expected operators stands between the pieces. A tolerant parser
 * steps over what it cannot place; a shell would not have run such a text, so neither do we.
 */
export function hasOnlyExpectedGaps(source: string, pieces: readonly Piece[]): boolean {
  let at = 0;
  for (const { pos, end, after } of pieces) {
    if (pos < at || !GAPS[after].test(source.slice(at, pos))) return false;
    at = end;
  }
  return GAPS.end.test(source.slice(at));
}
