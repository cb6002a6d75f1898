import type { Evidence } from '../../domain/evidence.ts';

/** What the model is shown of one command; Claude Code keeps longer texts from it. */
const MAX_CHARACTERS = 30_000;
const NOTE_ROOM = 300;

/** The recorded text under a line that names its evidence; when it is long its beginning, and where the rest is. */
export function renderAnswer(evidence: Evidence, file: string): string {
  const head = `[evidence ${evidence.id}: ${endOf(evidence)}, file ${file}]\n`;
  const recorded = evidence.truncated ? `[only the first part of the output was recorded]\n` : '';
  const { text } = evidence;
  if (text === '') return `${head}(no output)\n`;
  const room = MAX_CHARACTERS - head.length - recorded.length - NOTE_ROOM;
  if (text.length <= room) return `${head}${text}${text.endsWith('\n') ? '' : '\n'}${recorded}`;
  const shown = wholeLines(text.slice(0, room));
  const note = `[${shown.length} of ${text.length} characters are shown; the rest is in ${file}: use grep, tail or cut on it]\n`;
  return `${head}${shown}${shown.endsWith('\n') ? '' : '\n'}${note}${recorded}`;
}

function endOf({ status, exit, ms }: Evidence): string {
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  if (status === 'timeout') return `stopped at its time limit after ${seconds}`;
  if (status === 'skipped') return `stopped after ${seconds}`;
  return `exit ${exit ?? 0}, ${seconds}`;
}

/** Cut after a line, unless the lines are very long. */
function wholeLines(text: string): string {
  const end = text.lastIndexOf('\n') + 1;
  return (end > text.length / 2 ? text.slice(0, end) : text).toWellFormed();
}
