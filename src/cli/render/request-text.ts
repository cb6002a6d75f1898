import type { PartView, RequestView, ViewPhase } from '../../client/request-view.ts';
import { isTerminal } from '../../domain/phase.ts';
import { unreachable } from '../../lib/unreachable.ts';
import type { Style } from '../context.ts';
import { formatSecond } from './time.ts';

type Answer = Pick<PartView, 'outcome' | 'quality' | 'qualityReasons' | 'progress' | 'silentSince' | 'reason'>;

/** `root cause`, `no problem`, `inconclusive`. */
export function outcomeText(outcome: NonNullable<PartView['outcome']>): string {
  return outcome.replace('-', ' ');
}

/** `high (0.86)`. */
export function confidenceText(confidence: number): string {
  const word = confidence >= 0.7 ? 'high' : confidence >= 0.4 ? 'medium' : 'low';
  return `${word} (${confidence.toFixed(2)})`;
}

/** The last column of a table: the answer, what happens now, or what is in the way. */
export function standingText(
  view: Answer & Pick<RequestView, 'phase' | 'clusters' | 'problem' | 'isCancelRequested' | 'parts'>,
): string {
  if (view.parts.length < 2) return ownStanding(view);
  const open = view.parts.filter(({ phase }) => !isTerminal(phase));
  const done = `${view.parts.length - open.length}/${view.parts.length} done`;
  if (open.length === 0) return [done, ownStanding(view)].filter(Boolean).join(' · ');
  const found = view.parts.find(({ outcome }) => outcome === 'root-cause');
  const early = found === undefined ? undefined : `root cause in ${found.cluster}`;
  const running = open.find(({ progress }) => progress !== undefined);
  const now = running === undefined ? `waits for ${namesText(open)}` : `${running.cluster}: ${progressText(running)}`;
  return [done, early, view.isCancelRequested ? 'being cancelled' : undefined, now].filter(Boolean).join(' · ');
}

/** At most three names; a table has no room for fifty. */
function namesText(parts: readonly PartView[]): string {
  const names = parts.slice(0, 3).map(({ cluster }) => cluster);
  return `${names.join(', ')}${parts.length > 3 ? ` and ${parts.length - 3} more` : ''}`;
}

/** What one part has come to. */
export function partText(part: PartView): string {
  if (part.isSkipped) return `not asked any more: ${part.reason?.message ?? ''}`;
  if (part.phase === 'pending')
    return part.waitsFor === undefined ? 'waits for its processor' : `comes after ${part.waitsFor}`;
  if (!isTerminal(part.phase)) return progressText(part);
  if (part.outcome === undefined)
    return part.reason?.message ?? (part.phase === 'expired' ? 'nobody claimed it in time' : '');
  const sure = part.confidence === undefined ? undefined : `confidence ${confidenceText(part.confidence)}`;
  return [outcomeText(part.outcome), qualityText(part), sure].filter(Boolean).join(' · ');
}

function ownStanding(view: Answer & Pick<RequestView, 'phase' | 'clusters' | 'problem' | 'isCancelRequested'>): string {
  switch (view.phase) {
    case 'succeeded':
      return answerText(view);
    case 'pending':
      return `waits for ${view.clusters.join(', ')}`;
    case 'claimed':
    case 'collecting':
    case 'investigating':
    case 'publishing':
      return `${view.isCancelRequested ? 'being cancelled · ' : ''}${progressText(view)}`;
    case 'failed':
    case 'timed-out':
    case 'cancelled':
    case 'rejected':
      return view.reason?.message ?? '';
    case 'expired':
      return view.reason?.message ?? 'nobody claimed it in time';
    case 'invalid':
      return view.problem ?? 'the file cannot be read';
    default:
      return unreachable(view.phase);
  }
}

function answerText(view: Answer): string {
  return [view.outcome === undefined ? undefined : outcomeText(view.outcome), qualityText(view)]
    .filter(Boolean)
    .join(' · ');
}

/** `complete`, or `degraded` with every reason in short: `degraded: 2 checks denied, 1 citation not found in the evidence`. */
export function qualityText({
  quality,
  qualityReasons,
}: Pick<Answer, 'quality' | 'qualityReasons'>): string | undefined {
  if (quality !== 'degraded' || qualityReasons.length === 0) return quality;
  // What stands behind the colon is a list of names; one reason has room for it.
  const reasons = qualityReasons.length === 1 ? qualityReasons : qualityReasons.map((reason) => reason.split(': ')[0]);
  return `degraded: ${reasons.join(', ')}`;
}

/** `$0.31 in 12 turns`; undefined when no model was asked. */
export function costText({ usd, turns }: Pick<PartView, 'usd' | 'turns'>): string | undefined {
  if (usd === undefined) return undefined;
  const counted = turns === undefined ? '' : ` in ${turns} turn${turns === 1 ? '' : 's'}`;
  return `$${usd.toFixed(2)}${counted}`;
}

/** `nothing heard since 14:32:10 UTC, presumed dead`; undefined while its processor lives. */
export function silenceText({ silentSince }: Pick<Answer, 'silentSince'>): string | undefined {
  return silentSince === undefined ? undefined : `nothing heard since ${formatSecond(silentSince)} UTC, presumed dead`;
}

/** `turn 12 · $0.31`, `11/14 checks`, or the message of the processor; that it is silent before all of them. */
export function progressText(view: Pick<Answer, 'progress' | 'silentSince'>): string {
  return [silenceText(view), countedText(view)].filter(Boolean).join(' · ');
}

function countedText({ progress }: Pick<Answer, 'progress'>): string {
  if (progress === undefined) return '';
  const { turns, usd, done, total, message } = progress;
  if (turns !== undefined) return `turn ${turns}${usd === undefined ? '' : ` · $${usd.toFixed(2)}`}`;
  return total > 0 ? `${done}/${total} checks` : message;
}

export function phaseColor(style: Style, phase: ViewPhase): (text: string) => string {
  switch (phase) {
    case 'succeeded':
      return (text) => style.good(text);
    case 'failed':
    case 'timed-out':
    case 'rejected':
    case 'invalid':
      return (text) => style.bad(text);
    case 'expired':
    case 'cancelled':
      return (text) => style.warn(text);
    case 'pending':
      return (text) => style.dim(text);
    case 'claimed':
    case 'collecting':
    case 'investigating':
    case 'publishing':
      return (text) => style.accent(text);
    default:
      return unreachable(phase);
  }
}

/** `alice` of `alice@example.com`; `alert` when no person asked. */
export function requesterText(view: Pick<RequestView, 'requester' | 'origin'>): string {
  return view.origin === 'alert' ? 'alert' : (view.requester?.split('@')[0] ?? '?');
}
