import { cleanLine } from '../../report/untrusted.ts';
import { minuteText, outcomeText } from '../../report/words.ts';
import type { Status } from '../../schema/generated.ts';

const MAX_LINE = 300;

/** A result in a few lines, as `kubectl describe` shows them under its id. */
export function summaryLines(status: Status, folder: string): string {
  const { phase, outcome, cluster, title, bottomLine, reason, requester, times } = status;
  const ended = times.finishedAt ?? times.createdAt;
  const head = [phase, ...(outcome === undefined ? [] : [outcomeText(outcome)]), cluster, minuteText(ended)];
  const said = bottomLine ?? reason?.message;
  const asked = requester === undefined ? '' : `asked by ${requester} · `;
  return [
    head.join(' · '),
    ...(title === undefined ? [] : [title]),
    ...(said === undefined ? [] : [said]),
    `${asked}${folder}/README.md in the war room`,
  ]
    .map((line) => shortened(cleanLine(line)))
    .join('\n');
}

function shortened(line: string): string {
  const characters = Array.from(line);
  return characters.length <= MAX_LINE ? line : `${characters.slice(0, MAX_LINE - 1).join('')}…`;
}
