import type { Status } from '../schema/generated.ts';
import { frontMatter, markdownTable, quoted } from './markdown-blocks.ts';
import { cleanLine, inlineCode, plainMarkdown } from './untrusted.ts';
import { minuteText, sentence } from './words.ts';

/** What an end means to somebody who has never seen the tool, and what to do when the status gives no hint. */
const ENDS: Readonly<Partial<Record<Status['phase'], { readonly what: string; readonly hint: string }>>> = {
  failed: {
    what: 'The investigation could not be completed.',
    hint: 'Ask again; if it fails again, look at the log of the processor.',
  },
  'timed-out': {
    what: 'The investigation took longer than it was allowed to.',
    hint: 'Ask again with a longer time, or with a narrower strategy.',
  },
  cancelled: {
    what: 'The request was withdrawn before there was an answer.',
    hint: 'Ask again when you need the answer after all.',
  },
  rejected: {
    what: 'The processor refused the request, and ran nothing.',
    hint: 'Correct the request and send a new one.',
  },
  expired: {
    what: 'Nobody took the request before it expired.',
    hint: 'Check that a processor of this cluster is running, then ask again.',
  },
};

/** README.md of a part without a report: what happened, why, what to do, and every attempt. */
export function renderFailureMarkdown(status: Status): string {
  const end = ENDS[status.phase] ?? { what: `The request is ${status.phase}.`, hint: 'Wait for it to end.' };
  const { reason, times } = status;
  const finished = times.finishedAt === undefined ? undefined : minuteText(times.finishedAt);
  const blocks = [
    frontMatter({
      id: status.id,
      cluster: cleanLine(status.cluster),
      status: status.phase,
      requester: status.requester === undefined ? undefined : cleanLine(status.requester),
      asked: minuteText(times.createdAt),
      ended: finished,
      attempts: status.attempts.length,
    }),
    `# ${plainMarkdown(status.title ?? status.id)}`,
    quoted([
      `**No answer: ${status.phase}.** ${end.what}`,
      ...(reason === undefined ? [] : ['', `**Why:** ${plainMarkdown(sentence(reason.message))}`]),
      '',
      `**What to do:** ${plainMarkdown(sentence(reason?.hint ?? end.hint))}`,
    ]),
    '## Attempts',
    status.attempts.length === 0 ? 'None: no command ran.' : attemptTable(status),
    `Asked of ${inlineCode(status.cluster)}, answered by ${inlineCode(status.processor.holder)} (claude-warroom ${plainMarkdown(status.processor.version)})${
      reason === undefined ? '' : `, reason code ${inlineCode(reason.code)}`
    }. The same as data: [status.yaml](status.yaml).`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

function attemptTable({ attempts }: Status): string {
  return markdownTable(
    ['attempt', 'processor', 'started', 'ended', 'result'],
    attempts.map((attempt) => [
      String(attempt.number),
      inlineCode(attempt.holder),
      minuteText(attempt.startedAt),
      attempt.endedAt === undefined ? '' : minuteText(attempt.endedAt),
      attempt.result,
    ]),
  );
}
