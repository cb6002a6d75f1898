import type { RequestView } from '../../client/request-view.ts';
import type { Recommendation } from '../../schema/generated.ts';
import { cleanLine, cleanText } from '../../report/untrusted.ts';
import type { Style } from '../context.ts';
import {
  confidenceText,
  costText,
  outcomeText,
  partText,
  phaseColor,
  qualityText,
  standingText,
} from './request-text.ts';
import { renderTable, wrapText } from './table.ts';

interface BottomLineOptions {
  readonly recommendations: readonly Recommendation[];
  readonly style: Style;
  readonly width: number;
  /** What several clusters say together. */
  readonly together?: string;
}

/** How a request ended, in a few lines: the answer, what to do now, and where the rest is. */
export function renderBottomLine(view: RequestView, options: BottomLineOptions): readonly string[] {
  if (view.parts.length > 1) return renderParts(view, options);
  const { style, width, recommendations } = options;
  const wrap = (text: string): readonly string[] => wrapText(text, width - 2).map((line) => `  ${line}`);
  if (view.phase !== 'succeeded') {
    const lines = wrap(`${view.phase}: ${standingText(view) || 'no reason is given'}`).map((line) => style.bad(line));
    if (view.reason?.hint !== undefined) lines.push(...wrap(`To do: ${view.reason.hint}`));
    return [...lines, style.dim(`  claude-warroom status ${view.id}`)];
  }
  const sure = view.confidence === undefined ? undefined : `confidence ${confidenceText(view.confidence)}`;
  const outcome = view.outcome === undefined ? undefined : outcomeText(view.outcome);
  const facts = [outcome, qualityText(view), sure, costText(view)].filter(Boolean).join(' · ');
  const lines = [...wrap(view.bottomLine ?? 'there is a report').map((line) => style.bold(line))];
  lines.push(...wrap(facts).map((line) => style.dim(line)));
  const [first] = recommendations;
  if (first !== undefined) {
    const risk = first.risk === 'none' ? '' : ` (risk: ${first.risk})`;
    lines.push(...wrap(`Do now: ${cleanText(first.action)}${risk}`));
    if (first.command !== undefined) lines.push(`  $ ${cleanText(first.command)}`);
  }
  return [...lines, style.dim(`  claude-warroom get-results ${view.id}`)];
}

/** The answer of all clusters, then a line for each. */
function renderParts(view: RequestView, { style, width, together }: BottomLineOptions): readonly string[] {
  const wrap = (text: string): readonly string[] => wrapText(text, width - 2).map((line) => `  ${line}`);
  const whole = cleanLine(together ?? view.bottomLine ?? standingText(view));
  const rows = view.parts.map((part) => {
    const shown = part.isSkipped ? 'skipped' : part.phase;
    return [part.cluster, phaseColor(style, part.phase)(shown), part.bottomLine ?? partText(part)];
  });
  return [
    ...wrap(whole).map((line) => style.bold(line)),
    ...renderTable(rows, width),
    style.dim(`  claude-warroom ${view.phase === 'succeeded' ? 'get-results' : 'status'} ${view.id}`),
  ];
}
