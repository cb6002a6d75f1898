import type { ClaudeCommandOptions } from '../claude/claude-arguments.ts';
import type { ClaudeProcess, ClaudeProcessOptions } from '../claude/run/claude-process.ts';
import type { RequestId } from '../domain/request-id.ts';

/** What claude is to do; whoever starts it adds its own folders and binary. */
export type AgentTask = Omit<ClaudeCommandOptions, 'binary' | 'launcher' | 'folders' | 'shimFolder'>;

/** Recorded output of a decided command, which `warroom-exec <token>` prints. */
export interface HeldOutput {
  /** 32 hex digits, good for one time. */
  readonly token: string;
  readonly exit: number;
  readonly text: string;
}

export type AgentListener = Pick<ClaudeProcessOptions, 'onLine' | 'onFlood' | 'graceMs'>;

/** A place for the agent of one investigation, away from the processor. */
export interface AgentPlace {
  /** Arrives there before everything that is sent to the process later. */
  deliver(output: HeldOutput): void;
  /** Starts claude; the next one when the one before has ended. */
  start(task: AgentTask, listener: AgentListener): ClaudeProcess;
  /** Gives the place up, whatever runs there. */
  close(end: { readonly commands: number; readonly wasStopped: boolean }): Promise<void>;
}

export interface AgentRun {
  readonly id: RequestId;
  /** Milliseconds after which nothing of it may run any more. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Why its place is not there yet, in words of our own; once for each reason, as soon as it is known. */
  readonly onWait?: (why: string) => void;
}

/** Port: where investigations run when they do not run as children of the processor. */
export interface AgentExecutor {
  /** Waits for its turn. A place that cannot be had is told by the first process that is started in it. */
  open(run: AgentRun): Promise<AgentPlace>;
  close(): Promise<void>;
}
