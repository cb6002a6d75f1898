import type { ClaudeProcess, ProcessEnd } from '../../claude/run/claude-process.ts';
import type { AgentListener, AgentTask } from '../executor.ts';
import type { FromAgent, StopSignal, ToAgent } from '../relay-messages.ts';

/** Claude in another pod, as the processor sees it. */
export interface JobProcess extends ClaudeProcess {
  hear(message: FromAgent): void;
  /** Its place is gone. */
  lose(end: ProcessEnd): void;
}

/** Time beyond that of the signals after which a stopped agent is no longer waited for. */
const SILENCE_MS = 5000;
const MAX_LINE = 8 * 1024 * 1024;

/** Starts claude over `send`. Nothing is known of it but what the agent says. */
export function startJobProcess(options: {
  readonly task: AgentTask;
  readonly listener: AgentListener;
  readonly send: (message: ToAgent) => void;
  /** Whether there is an agent that could stop it. */
  readonly isConnected: () => boolean;
  /** What its pod may have, for people. */
  readonly memory: string;
}): JobProcess {
  const { task, listener, send, isConnected } = options;
  const { access, ...rest } = task;
  // The engine does not start with a provider: its credential would have to go into the pod.
  if (access.kind !== 'broker') throw new Error('an agent in a pod needs the model broker');
  let settle: (end: ProcessEnd) => void = () => undefined;
  let stderr = '';
  let timer: NodeJS.Timeout | undefined;
  let onSignal: (signal: StopSignal) => void = () => undefined;
  let hasEnded = false;
  const ended = new Promise<ProcessEnd>((resolve) => {
    settle = (end) => {
      hasEnded = true;
      clearTimeout(timer);
      resolve(end);
    };
  });
  const { graceMs } = listener;
  send({ kind: 'start', task: rest, modelToken: access.token, graceMs });
  return {
    ended,
    send(message) {
      send({ kind: 'line', text: JSON.stringify(message) });
    },
    closeInput() {
      send({ kind: 'end-input' });
    },
    stop(tell) {
      if (timer !== undefined || hasEnded) return;
      onSignal = tell;
      if (!isConnected()) {
        settle({ kind: 'killed', signal: 'SIGTERM' });
        return;
      }
      send({ kind: 'stop' });
      timer = setTimeout(
        () => {
          settle({ kind: 'killed', signal: 'SIGKILL' });
        },
        graceMs.interrupt + graceMs.terminate + SILENCE_MS,
      );
    },
    stderr: () => stderr,
    hear(message) {
      if (hasEnded) return;
      switch (message.kind) {
        case 'line':
          if (message.text.length <= MAX_LINE) listener.onLine(message.text);
          return;
        case 'flood':
          listener.onFlood();
          return;
        case 'signal':
          onSignal(message.signal);
          return;
        case 'ended':
          stderr = message.stderr;
          settle(timer === undefined ? withCause(message.end, options.memory) : message.end);
          return;
        case 'hello':
          return;
      }
    },
    lose(end) {
      settle(end);
    },
  };
}

const SIGKILLED = 128 + 9;

/**
 * Where the kernel takes one process for its pod's memory in place of all of them, the pod lives on and is not called
 * OOMKilled. Nobody else kills claude there: its agent sends this signal only when it was told to stop.
 */
function withCause(end: ProcessEnd, memory: string): ProcessEnd {
  const wasKilled =
    (end.kind === 'killed' && end.signal === 'SIGKILL') || (end.kind === 'exited' && end.exit === SIGKILLED);
  if (!wasKilled) return end;
  const message = `claude was killed in its pod, probably out of memory: the pod may have ${memory}; raise executor.resources.memory`;
  return { kind: 'lost', code: 'crashed', message };
}
