import { parseRecord, recordField, recordsField, textField, type JsonRecord } from '../schema/json-fields.ts';
import { isSessionEnd, type SessionEnd } from './session-end.ts';

/**
 * What the program in the pod of a session writes to its log, one JSON object a line, and what the processor reads there:
 * the conversation as claude keeps it, shortened, and at last why it ended.
 */
export type SessionLine =
  | { readonly warroom: 'said'; readonly kind: SaidKind; readonly at: string; readonly text: string }
  | { readonly warroom: 'full' }
  | { readonly warroom: 'end'; readonly end: SessionEnd; readonly at: string };

export type SaidKind = 'prompt' | 'answer' | 'command' | 'output';

export interface Transcript {
  readonly said: readonly Extract<SessionLine, { warroom: 'said' }>[];
  readonly isFull: boolean;
  readonly end: SessionEnd | undefined;
}

/** One text, and all of them: well below what a kubelet keeps of a log before it begins a new file (10 MiB). */
const MAX_TEXT: Readonly<Record<SaidKind, number>> = { prompt: 4000, answer: 8000, command: 4000, output: 2000 };
export const MAX_TRANSCRIPT_BYTES = 1024 * 1024;

/** What a line of a conversation file of claude says; nothing for what is only bookkeeping. */
export function saidIn(line: string): Extract<SessionLine, { warroom: 'said' }>[] {
  const record = parseRecord(line);
  const type = textField(record, 'type');
  if (record?.['isMeta'] === true || (type !== 'user' && type !== 'assistant')) return [];
  const at = textField(record, 'timestamp') ?? '';
  const message = recordField(record, 'message');
  const content = textField(message, 'content');
  const parts = content === undefined ? recordsField(message, 'content') : [{ type: 'text', text: content }];
  return parts.flatMap((part) => saidPart(part, type)).map(({ kind, text }) => ({ warroom: 'said', kind, at, text }));
}

function saidPart(part: JsonRecord, type: 'user' | 'assistant'): { kind: SaidKind; text: string }[] {
  switch (part['type']) {
    case 'text':
      return cut(type === 'user' ? 'prompt' : 'answer', textField(part, 'text') ?? '');
    case 'tool_use': {
      const input = recordField(part, 'input');
      const command = textField(input, 'command');
      return cut('command', command ?? `${textField(part, 'name') ?? 'tool'} ${JSON.stringify(input ?? {})}`);
    }
    case 'tool_result': {
      const text = textField(part, 'content');
      const texts = recordsField(part, 'content').map((each) => textField(each, 'text') ?? '');
      return cut('output', text ?? texts.join('\n'));
    }
    default:
      return [];
  }
}

function cut(kind: SaidKind, text: string): { kind: SaidKind; text: string }[] {
  if (text.trim() === '') return [];
  return [{ kind, text: text.length <= MAX_TEXT[kind] ? text : `${text.slice(0, MAX_TEXT[kind])}…` }];
}

/** Reads the log of a pod. Lines that the program did not write are left out: whoever is in the pod can write there. */
export function parseTranscript(log: string): Transcript {
  const said: Extract<SessionLine, { warroom: 'said' }>[] = [];
  let isFull = false;
  let end: SessionEnd | undefined;
  for (const line of log.split('\n')) {
    const record = parseRecord(line);
    const [kind, at, text] = [textField(record, 'kind'), textField(record, 'at'), textField(record, 'text')];
    if (record?.['warroom'] === 'said' && isSaidKind(kind) && at !== undefined && text !== undefined) {
      said.push({ warroom: 'said', kind, at: parseAt(at), text: text.slice(0, MAX_TEXT[kind] + 1) });
    }
    if (record?.['warroom'] === 'full') isFull = true;
    const word = record?.['warroom'] === 'end' ? textField(record, 'end') : undefined;
    if (isSessionEnd(word)) end = word;
  }
  return { said, isFull, end };
}

function isSaidKind(kind: string | undefined): kind is SaidKind {
  return kind !== undefined && Object.hasOwn(MAX_TEXT, kind);
}

/** A time, or nothing: it comes from the pod. */
function parseAt(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}
