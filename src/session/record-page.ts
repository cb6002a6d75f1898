import { frontMatter, markdownTable, quoted } from '../report/markdown-blocks.ts';
import { cleanLine, cleanText, fenced, inlineCode, plainMarkdown } from '../report/untrusted.ts';
import { minuteText } from '../report/words.ts';
import type { SessionState } from '../schema/generated.ts';
import { unreachable } from '../lib/unreachable.ts';
import type { Transcript } from './transcript.ts';

/** What a record shows of the conversation. */
export type ShownTranscript =
  | { readonly kind: 'shown'; readonly transcript: Transcript }
  /** It could not be read, or stays in the zone; in words. */
  | { readonly kind: 'absent'; readonly why: string };

/** README.md of a session that has ended: who, when, what for, how it ended, and what was said. */
export function renderSessionPage(state: SessionState, shown: ShownTranscript): string {
  const { times, reason, model } = state;
  const rows = [
    ['requester', plainMarkdown(cleanLine(state.requester))],
    ['cluster', inlineCode(state.cluster)],
    ['purpose', state.purpose === undefined ? '' : plainMarkdown(cleanLine(state.purpose))],
    ['began', minuteText(times.createdAt)],
    ['ended', times.endedAt === undefined ? '' : minuteText(times.endedAt)],
    ...(model === undefined ? [] : [['model', `$${model.usd.toFixed(2)} of $${model.maxUsd.toFixed(2)}`]]),
    ['pod', state.pod === undefined ? '' : inlineCode(`${state.pod.namespace}/${state.pod.name}`)],
  ];
  const blocks = [
    frontMatter({ id: state.id, cluster: cleanLine(state.cluster), session: state.phase, reason: reason?.code }),
    `# Session ${state.id}`,
    quoted([
      state.phase === 'refused' ? '**There was no session.**' : '**The session has ended.**',
      ...(reason === undefined ? [] : [plainMarkdown(cleanLine(reason.message))]),
      ...(reason?.hint === undefined ? [] : [plainMarkdown(cleanLine(reason.hint))]),
    ]),
    markdownTable(['', ''], rows),
    ...(state.notes ?? []).map((note) => `- ${plainMarkdown(cleanLine(note))}`),
    ...(state.phase === 'refused' ? [] : conversation(shown)),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** The transcript is what the pod told: whoever was in it could have told something else, and the page says so. */
function conversation(shown: ShownTranscript): readonly string[] {
  if (shown.kind === 'absent') return ['## Conversation', plainMarkdown(shown.why)];
  const { said, isFull } = shown.transcript;
  if (said.length === 0) return ['## Conversation', 'Nothing was said.'];
  return [
    '## Conversation',
    'As the pod of the session told it, shortened and redacted; what was done outside the conversation is not in it.',
    ...said.map(({ kind, at, text }) => `**${WORDS[kind]}** ${at}\n\n${block(kind, cleanText(text))}`),
    ...(isFull ? ['The conversation went on; a record holds no more.'] : []),
  ];
}

const WORDS = { prompt: 'Asked', answer: 'Answered', command: 'Ran', output: 'Saw' } as const;

function block(kind: keyof typeof WORDS, text: string): string {
  switch (kind) {
    case 'prompt':
    case 'answer':
      return quoted(text.split('\n').map((line) => plainMarkdown(line)));
    case 'command':
      return fenced(text, 'sh');
    case 'output':
      return fenced(text);
    default:
      return unreachable(kind);
  }
}
