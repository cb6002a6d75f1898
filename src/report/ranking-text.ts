import type { Hypothesis, HypothesisReason, Report } from '../schema/generated.ts';
import { folded, markdownTable } from './markdown-blocks.ts';
import { plainMarkdown } from './untrusted.ts';
import { confidenceText } from './words.ts';

/** `0.80 rule, +0.15 change`: what a confidence is made of; undefined when its author does not say. */
export function partsText({ reasons = [] }: Hypothesis): string | undefined {
  const parts = reasons.filter(({ part, points }) => part === 'rule' || points !== 0);
  return parts.length === 0 ? undefined : parts.map((reason) => `${pointsText(reason)} ${reason.part}`).join(', ');
}

/** Part by part with its reason: for a reader who doubts the order, and for the model that may overrule it. */
export function reasonTexts({ reasons = [] }: Hypothesis): readonly string[] {
  return reasons.map((reason) => `${pointsText(reason)} ${reason.part}: ${reason.why}`);
}

function pointsText({ part, points }: HypothesisReason): string {
  return `${part !== 'rule' && points >= 0 ? '+' : ''}${points.toFixed(2)}`;
}

/** How code came to the order of the candidates. */
export function rankingSection({ hypotheses }: Report): readonly string[] {
  const explained = hypotheses.filter(({ reasons = [] }) => reasons.length > 0);
  if (explained.length === 0) return [];
  const rows = explained.flatMap((each) =>
    (each.reasons ?? []).map((reason, index) => [
      index === 0 ? `${each.rank}. ${plainMarkdown(each.statement)}: ${confidenceText(each.confidence)}` : '″',
      `${pointsText(reason)} ${reason.part}`,
      plainMarkdown(reason.why),
    ]),
  );
  const note = 'Parts are added and kept between 0.05 and 0.99.';
  return [folded('How the candidates were ranked', `${note}\n\n${markdownTable(['candidate', 'part', 'why'], rows)}`)];
}
