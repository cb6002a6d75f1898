import { cleanText } from '../../report/untrusted.ts';
import type { Io } from '../context.ts';
import type { Check, CheckState } from '../doctor/check.ts';
import { padText, renderTsv, wrapText } from './table.ts';

const MARKS: Readonly<Record<CheckState, string>> = { ok: '✔', warn: '!', fail: '✘' };

/** Ticks and fixes for people; for pipes one line per check: state, name, text, fix. */
export function renderChecks(
  checks: readonly Check[],
  io: Pick<Io, 'isTerminal' | 'style' | 'width'>,
): readonly string[] {
  const rows = checks.map(({ name, state, text, fix }) => ({
    name,
    state,
    text: cleanText(text).replaceAll(/\s+/gu, ' '),
    fix: fix === undefined ? undefined : cleanText(fix),
  }));
  if (!io.isTerminal) return rows.map(({ name, state, text, fix }) => renderTsv([state, name, text, fix ?? '']));
  const { style, width } = io;
  const color = {
    ok: (text: string) => style.good(text),
    warn: (text: string) => style.warn(text),
    fail: (text: string) => style.bad(text),
  };
  const column = Math.max(...rows.map(({ name }) => name.length)) + 2;
  return rows.flatMap(({ name, state, text, fix }) => {
    const indent = ' '.repeat(column + 4);
    const [first = '', ...more] = wrapText(text, Math.max(20, width - indent.length));
    const lines = [
      `  ${color[state](MARKS[state])} ${padText(name, column)}${first}`,
      ...more.map((line) => indent + line),
    ];
    return fix === undefined ? lines : [...lines, `${indent}${style.dim(fix)}`];
  });
}
