import { padded, wrapped } from './terminal-text.ts';
import { cleanLine } from './untrusted.ts';

/** Colours by meaning; every function returns its text unchanged when colour is off. */
export interface ReportStyle {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
  accent(text: string): string;
}

/** Columns of the labels. */
const LABEL = 14;

/** Where sections of a report stand: labels on the left, text beside them. */
export interface Page {
  readonly width: number;
  /** Columns beside the labels. */
  readonly room: number;
  readonly style: ReportStyle;
  wrap(text: string): readonly string[];
  section(label: string, lines: readonly string[]): readonly string[];
}

export function createPage(width: number, style: ReportStyle): Page {
  const room = width - LABEL - 2;
  return {
    width,
    room,
    style,
    wrap: (text) => wrapped(cleanLine(text), room),
    section: (label, lines) =>
      lines.map((line, index) =>
        `  ${index === 0 ? style.accent(padded(label, LABEL)) : ' '.repeat(LABEL)}${line}`.trimEnd(),
      ),
  };
}
