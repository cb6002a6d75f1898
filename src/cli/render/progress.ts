import type { RequestView } from '../../client/request-view.ts';
import { isTerminal } from '../../domain/phase.ts';

const BAR_WIDTH = 20;

/** What has happened between two looks at a request, oldest first; undefined `before` is the first look. */
export function milestones(before: RequestView | undefined, after: RequestView): readonly string[] {
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
    lines.push(`writing the report${suffix(after.progress?.message)}`);
  }
  if (before?.isCancelRequested !== true && after.isCancelRequested && !isEnded(after)) lines.push('cancel requested');
  return lines;
}

/** The one line that changes while a processor works; empty when there is nothing to say. */
export function liveText(view: RequestView): string {
  const { progress } = view;
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
  const { progress } = view;
  if (progress?.phase !== 'collecting' || progress.total === 0 || progress.turns !== undefined) return liveText(view);
  return `checks ${progress.done}/${progress.total}${suffix(progress.message)}`;
}

function checksLine(before: RequestView, after: RequestView): readonly string[] {
  const checks = before.progress?.total;
  if (checks === undefined || checks === 0) return [];
  const findings = after.findings ?? before.findings;
  const found = findings === undefined ? '' : ` · ${findings} finding${findings === 1 ? '' : 's'}`;
  return [`${checks} checks ran${found}`];
}

function bar(done: number, total: number): string {
  const filled = Math.round((Math.min(done, total) / total) * BAR_WIDTH);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}

function suffix(message: string | undefined): string {
  return message === undefined || message === '' ? '' : ` · ${message}`;
}

function isEnded(view: RequestView): boolean {
  return view.phase === 'invalid' || isTerminal(view.phase);
}
