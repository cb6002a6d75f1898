import type { Report, ReportFinding } from '../schema/generated.ts';

/** `high (0.86)`. */
export function confidenceText(confidence: number): string {
  const word = confidence >= 0.7 ? 'high' : confidence >= 0.4 ? 'medium' : 'low';
  return `${word} (${confidence.toFixed(2)})`;
}

const OUTCOMES = {
  'root-cause': 'root cause found',
  'no-problem': 'no problem found',
  inconclusive: 'inconclusive',
} as const satisfies Record<Report['outcome'], string>;

export function outcomeText(outcome: Report['outcome']): string {
  return OUTCOMES[outcome];
}

const MARKS = { critical: '🔴', error: '🟠', warning: '🟡', info: '🔵' } as const satisfies Record<
  ReportFinding['severity'],
  string
>;

export function severityMark(severity: ReportFinding['severity']): string {
  return MARKS[severity];
}

/** `2026-11-20 14:30 UTC`. */
export function minuteText(at: string | Date): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `14:30:12`, in UTC like everything in a report. */
export function secondText(at: string | Date): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** `since 2026-11-20 14:30 UTC (25 min)`, as seen at a moment; without the time that has passed when clocks disagree. */
export function sinceText(since: string | Date, seenAt: string | Date): string {
  const seconds = Math.floor((new Date(seenAt).getTime() - new Date(since).getTime()) / 1000);
  return `since ${minuteText(since)}${seconds < 0 ? '' : ` (${spanText(seconds)})`}`;
}

/** In the largest unit of which there are two. */
function spanText(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

/** `1 check`, `3 checks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The text with a full stop, unless it ends a sentence already. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?…]$/u.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** The first sentence of a text. */
export function firstSentence(text: string): string {
  return sentence(/^.*?[.!?](?=\s|$)/su.exec(text.trim())?.[0] ?? text);
}

/** At most `count` sentences; a point inside a number or a name ends none. */
export function firstSentences(text: string, count: number): string {
  const stops = [...text.matchAll(/[.!?]["')\]]*(?=\s+["'([]*\p{Lu}|\s*$)/gu)];
  const last = stops[count - 1];
  return last === undefined ? text : text.slice(0, last.index + last[0].length);
}

/** One argument list as a person would type it; quoted only where a shell needs it. */
export function commandText(argv: readonly string[]): string {
  return argv.map((word) => (/^[A-Za-z0-9_@%+=:,./~^-]+$/u.test(word) ? word : shellQuoted(word))).join(' ');
}

export function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Minutes with one decimal below ten; less than a tenth is said as such. */
export function minutesText(seconds: number): string {
  const minutes = Math.max(0, seconds) / 60;
  if (minutes < 0.1) return '< 0.1';
  return minutes < 10 ? minutes.toFixed(1) : String(Math.round(minutes));
}
