import type { PartView, RequestView } from '../../client/request-view.ts';
import { isTerminal } from '../../domain/phase.ts';
import { partText, silenceText } from './request-text.ts';

const BAR_WIDTH = 20;

/** What has happened between two looks at a request, oldest first; undefined `before` is the first look. */
export function milestones(before: RequestView | undefined, after: RequestView): readonly string[] {
  if (after.parts.length < 2) return ownMilestones(before, after);
  const cancelled = before?.isCancelRequested !== true && after.isCancelRequested && !isEnded(after);
  const lines = after.parts.flatMap((part) => {
    const earlier = before?.parts.find(({ cluster }) => cluster === part.cluster);
    const seen = before === undefined || earlier === undefined ? undefined : asRequest(before, earlier);
    const isLater = before === undefined && part.waitsFor !== undefined;
    const own = isLater ? [partText(part)] : ownMilestones(seen, asRequest(after, part));
    return [...own, ...endLine(earlier, part)].map((line) => `${part.cluster}: ${line}`);
  });
  return [...lines, ...(cancelled ? ['cancel requested'] : [])];
}

/** A part told like a request of its own. */
function asRequest(view: RequestView, part: PartView): RequestView {
  const { outcome: _outcome, progress: _progress, silentSince: _silentSince, reason: _reason, ...whole } = view;
  return { ...whole, ...part, clusters: [part.cluster], isCancelRequested: false, parts: [part] };
}

function endLine(before: PartView | undefined, part: PartView): readonly string[] {
  if (!isTerminal(part.phase) || before?.phase === part.phase) return [];
  return [`${part.isSkipped ? 'skipped' : part.phase}${suffix(part.bottomLine ?? partText(part))}`];
}

function ownMilestones(before: RequestView | undefined, after: RequestView): readonly string[] {
  const lines: string[] = [];
  const where = after.clusters.join(', ');
  if (before === undefined && after.phase === 'pending') {
    lines.push(`waits for a processor of ${where}${after.isInInbox ? ' (in the inbox)' : ''}`);
  }
  const isNewAttempt = after.attempt > 0 && (before === undefined || after.attempt !== before.attempt);
  if (isNewAttempt && after.processor !== undefined && after.progress !== undefined) {
    const again = after.attempt > 1 ? `, attempt ${after.attempt} after an interruption` : '';
    lines.push(`claimed by ${where}/${after.processor}${again}`);
  }
  if (before?.phase === 'collecting' && after.phase !== 'collecting') {
    lines.push(...checksLine(before, after));
  }
  if (before?.phase !== 'publishing' && after.phase === 'publishing') {
    lines.push(`writing the report${suffix(unlessSaid(after.progress?.message))}`);
  }
  if (before?.isCancelRequested !== true && after.isCancelRequested && !isEnded(after)) lines.push('cancel requested');
  return lines;
}

/** The one line that changes while a processor works; empty when there is nothing to say. */
export function liveText(view: RequestView): string {
  return view.parts.length < 2 ? ownLiveText(view) : partsText(view, ownLiveText);
}

/** `2/3 done`, and what the cluster does that has come farthest. */
function partsText(view: RequestView, text: (part: RequestView) => string): string {
  const open = view.parts.filter(({ phase }) => !isTerminal(phase));
  if (open.length === 0) return '';
  const done = `${view.parts.length - open.length}/${view.parts.length} done`;
  const running = open.filter(({ progress }) => progress !== undefined);
  const [first] = running.length === 0 ? open : running;
  if (first === undefined) return done;
  const more = running.length > 1 ? ` (and ${running.length - 1} more at work)` : '';
  const said = first.waitsFor === undefined ? text(asRequest(view, first)) : partText(first);
  return `${done} · ${running.length === 0 ? '' : `${first.cluster}: `}${said}${more}`;
}

function ownLiveText(view: RequestView): string {
  const { progress } = view;
  const silence = silenceText(view);
  if (silence !== undefined) return silence;
  if (progress === undefined) return view.phase === 'pending' ? `waits for ${view.clusters.join(', ')}` : '';
  const { phase, done, total, message, turns, usd } = progress;
  if (turns !== undefined) {
    return ['Claude', `turn ${turns}`, usd === undefined ? undefined : `$${usd.toFixed(2)}`, message]
      .filter(Boolean)
      .join(' · ');
  }
  if (phase === 'collecting' && total > 0) return `checks  ${bar(done, total)}  ${done}/${total}  ${message}`;
  return `${phase}${suffix(message === phase ? undefined : message)}`;
}

/** Live text for a pipe: without the bar. */
export function plainText(view: RequestView): string {
  return view.parts.length < 2 ? ownPlainText(view) : partsText(view, ownPlainText);
}

function ownPlainText(view: RequestView): string {
  const { progress } = view;
  if (
    view.silentSince !== undefined ||
    progress?.phase !== 'collecting' ||
    progress.total === 0 ||
    progress.turns !== undefined
  )
    return ownLiveText(view);
  return `checks ${progress.done}/${progress.total}${suffix(progress.message)}`;
}

function checksLine(before: RequestView, after: RequestView): readonly string[] {
  // How many of them could be judged is not known before the report, which says it.
  if ((before.progress?.total ?? 0) === 0) return [];
  const findings = after.findings ?? before.findings;
  const found = findings === undefined ? '' : ` · ${findings} finding${findings === 1 ? '' : 's'}`;
  return [`checks done${found}`];
}

function bar(done: number, total: number): string {
  const filled = Math.round((Math.min(done, total) / total) * BAR_WIDTH);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}

/** A processor that has nothing more to say about it says the same words. */
function unlessSaid(message: string | undefined): string | undefined {
  return message === 'writing the report' ? undefined : message;
}

function suffix(message: string | undefined): string {
  return message === undefined || message === '' ? '' : ` · ${message}`;
}

function isEnded(view: RequestView): boolean {
  return view.phase === 'invalid' || isTerminal(view.phase);
}
