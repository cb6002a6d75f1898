import type { Command, CommandEnd, CommandResult, Target } from '../../../src/target/port.ts';

/** Answer to one argument list; a text is the output of a command that ended well. */
export type Answer =
  | string
  | {
      readonly end?: CommandEnd;
      readonly stdout?: string;
      readonly stderr?: string;
      readonly ms?: number;
      readonly truncated?: boolean;
    };

export interface ScriptedTarget extends Target {
  /** Argument lists that were run, joined by spaces, in the order of their start. */
  readonly started: readonly string[];
  /** Largest number of commands that ran at the same time. */
  readonly mostAtOnce: () => number;
}

export const CAPTURE_TIME = new Date('2026-11-20T12:00:00Z');

/** A target that answers from a table; what is not in it is not installed. */
export function createScriptedTarget(
  answers: Readonly<Record<string, Answer>>,
  options: { readonly platform?: string; readonly onRun?: (command: Command) => Promise<void> } = {},
): ScriptedTarget {
  const started: string[] = [];
  let running = 0;
  let most = 0;
  async function answer(name: string, command?: Command): Promise<CommandResult> {
    started.push(name);
    running += 1;
    most = Math.max(most, running);
    if (command !== undefined) await options.onRun?.(command);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return resultOf(answers[name] ?? { end: { kind: 'missing-tool' } });
  }
  return {
    kind: 'scripted',
    started,
    mostAtOnce: () => most,
    identify: () =>
      Promise.resolve({ kind: 'scripted', identity: 'test', name: 'test', platform: options.platform ?? 'linux' }),
    run: async (command) => await answer(command.argv.join(' '), command),
    collect: async (collector) => await answer(collector),
    close: () => Promise.resolve(),
  };
}

export function resultOf(answer: Answer): CommandResult {
  const parts = typeof answer === 'string' ? { stdout: answer } : answer;
  return {
    end: parts.end ?? { kind: 'exited', exit: 0 },
    stdout: parts.stdout ?? '',
    stderr: parts.stderr ?? '',
    truncated: parts.truncated ?? false,
    startedAt: CAPTURE_TIME,
    ms: parts.ms ?? 1,
  };
}
