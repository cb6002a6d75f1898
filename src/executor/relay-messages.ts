/**
 * What a processor and an agent in another pod say to each other. Every message has a number, so that one that is sent
 * again after a break is taken once, and none is lost.
 *
 *     agent     POST /agent/output  {"first": 7, "messages": […]}   numbers 7, 8 …; answered when they are taken
 *     agent     POST /agent/input   {"after": 3}                    answered by {"messages": […]}, numbers 4, 5 …, as soon
 *                                                                   as there are any, else empty after some seconds;
 *                                                                   {"over": true} when nothing more will come
 *     agent     POST /v1/messages                                   goes on to the model broker of the processor
 */
import { numberField, recordField, textField, type JsonRecord } from '../schema/json-fields.ts';
import type { ProcessEnd, StopGrace } from '../claude/run/claude-process.ts';
import type { AgentTask, HeldOutput } from './executor.ts';

/** Header with the token of the agent on each of its calls. */
export const AGENT_HEADER = 'warroom-agent';

export type ToAgent =
  | {
      readonly kind: 'start';
      readonly task: Omit<AgentTask, 'access'>;
      readonly modelToken: string;
      readonly graceMs: StopGrace;
    }
  | { readonly kind: 'line'; readonly text: string }
  | ({ readonly kind: 'output' } & HeldOutput)
  | { readonly kind: 'end-input' }
  | { readonly kind: 'stop' };

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGKILL';

export type FromAgent =
  | { readonly kind: 'hello'; readonly version: string }
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'flood' }
  | { readonly kind: 'signal'; readonly signal: StopSignal }
  | { readonly kind: 'ended'; readonly end: ProcessEnd; readonly stderr: string };

/** Undefined for what no agent of ours says: what is in its pod is in the hands of a model. */
export function parseFromAgent(message: JsonRecord): FromAgent | undefined {
  const text = textField(message, 'text');
  switch (message['kind']) {
    case 'hello':
      return { kind: 'hello', version: (textField(message, 'version') ?? '').slice(0, 50) };
    case 'line':
      return text === undefined ? undefined : { kind: 'line', text };
    case 'flood':
      return { kind: 'flood' };
    case 'signal': {
      const signal = textField(message, 'signal');
      return signal === 'SIGINT' || signal === 'SIGTERM' || signal === 'SIGKILL'
        ? { kind: 'signal', signal }
        : undefined;
    }
    case 'ended': {
      const end = parseEnd(recordField(message, 'end'));
      const stderr = (textField(message, 'stderr') ?? '').slice(0, 16 * 1024);
      return end === undefined ? undefined : { kind: 'ended', end, stderr };
    }
    default:
      return undefined;
  }
}

function parseEnd(end: JsonRecord | undefined): ProcessEnd | undefined {
  const [exit, signal, code] = [numberField(end, 'exit'), textField(end, 'signal'), textField(end, 'code')];
  if (end?.['kind'] === 'exited' && exit !== undefined) return { kind: 'exited', exit };
  if (end?.['kind'] === 'killed' && signal !== undefined) return { kind: 'killed', signal: signal.slice(0, 20) };
  if (end?.['kind'] === 'not-started' && code !== undefined) return { kind: 'not-started', code: code.slice(0, 300) };
  return undefined;
}
