import type { Thread } from '../../client/read-thread.ts';
import type { RequestView } from '../../client/request-view.ts';
import { inlineCode, plainMarkdown } from '../../report/untrusted.ts';
import type { Style } from '../context.ts';
import { standingText } from './request-text.ts';
import { wrapText } from './table.ts';
import { formatMinute } from './time.ts';

const LABEL = 14;

/** What was asked before and what came out, oldest first, below a report; nothing for a first question. */
export function renderThread(
  { earlier, before }: Thread,
  { width, style }: { readonly width: number; readonly style: Style },
): readonly string[] {
  const lines = before === undefined ? [] : [style.dim(`before these: ${before}`)];
  for (const view of earlier) {
    const wrap = (text: string): readonly string[] => wrapText(text, width - LABEL - 2);
    lines.push(...wrap(view.title).map((line) => style.bold(line)));
    lines.push(...wrap(answerOf(view)));
    lines.push(style.dim(`${formatMinute(view.createdAt)} · ${view.id}`));
  }
  return lines.map((line, at) => `  ${at === 0 ? style.accent('EARLIER'.padEnd(LABEL)) : ' '.repeat(LABEL)}${line}`);
}

/** The same as a section of a page. */
export function renderThreadMarkdown({ earlier, before }: Thread): readonly string[] {
  if (earlier.length === 0 && before === undefined) return [];
  const rows = earlier.map((view, at) => {
    const source = `${formatMinute(view.createdAt)}, ${inlineCode(view.id)}`;
    return `${at + 1}. **${plainMarkdown(view.title)}** ${plainMarkdown(answerOf(view))} (${source})`;
  });
  const first = before === undefined ? [] : [`Before these: ${inlineCode(before)}`, ''];
  return ['## Earlier questions', '', ...first, ...rows];
}

function answerOf(view: RequestView): string {
  if (view.phase === 'succeeded' && view.bottomLine !== undefined) return view.bottomLine;
  return [view.phase, standingText(view)].filter(Boolean).join(': ');
}
