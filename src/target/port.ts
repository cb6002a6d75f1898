/** Where commands run. What runs is decided elsewhere; a target only executes argument lists and reports honestly. */
export interface Target {
  /** For reports: `local`, `ssh`, … */
  readonly kind: string;
  /** What the target says it is; recorded in every report. */
  identify(signal?: AbortSignal): Promise<TargetIdentity>;
  /** Runs one argument list without a shell. Never throws for anything the command does. */
  run(command: Command, signal?: AbortSignal): Promise<CommandResult>;
  /** Reads facts without a command, as JSON text in `stdout`. */
  collect(collector: 'host-facts', signal?: AbortSignal): Promise<CommandResult>;
  /** Metrics of the target; absent when none are configured. */
  readonly metrics?: Metrics;
  /**
   * Opens a way by which commands of an investigator look at this target, for the run of that name. Absent where they
   * need none. Throws a `WarroomError` when there is no way now.
   */
  openAgentAccess?(run: string, signal: AbortSignal): Promise<AgentAccess>;
  close(): Promise<void>;
}

/** What commands of an investigator find in their environment; it opens nothing any more when it is closed. */
export interface AgentAccess {
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** A place that answers PromQL. Never throws for anything that the query or the place does. */
export interface Metrics {
  /** `stdout` is the answer of the HTTP API of Prometheus. */
  query(question: MetricsQuestion, signal?: AbortSignal): Promise<CommandResult>;
}

export interface MetricsQuestion {
  readonly query: string;
  /** Values from so long ago up to now; only the current one when absent. */
  readonly range?: { readonly durationMs: number; readonly stepMs: number };
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly origin?: CommandOrigin;
}

export interface TargetIdentity {
  readonly kind: string;
  /** Machine id, cluster id or infrastructure id; stable over restarts. */
  readonly identity: string;
  /** Host or context name, for people. */
  readonly name: string;
  /** Operating system as Node names it: `linux`, `darwin`. */
  readonly platform: string;
}

export interface Command {
  readonly argv: readonly string[];
  readonly timeoutMs: number;
  /** Bytes of stdout and stderr each that are kept; the rest is read and dropped. */
  readonly maxBytes: number;
  /** Which part of stdout is kept when there is more: its start, also when absent, or its end. */
  readonly keep?: 'start' | 'end';
  /** Who must run it: `user` (also when absent), `root` or `group:NAME`; see src/target/privilege.ts. */
  readonly privilege?: string;
  /** What it is in a playbook; a target that owns its argument lists runs nothing else. */
  readonly call?: StepCall;
  /** Where it comes from, for targets that answer from a recording. */
  readonly origin?: CommandOrigin;
}

/** A step by name instead of by its argument list. */
export interface StepCall {
  /** From `stepCallId`: playbook, step, attempt and a digest of the argument list. */
  readonly id: string;
  /** Values of the inputs that occur in the argument list. */
  readonly inputs: Readonly<Record<string, string>>;
}

export interface CommandOrigin {
  readonly playbook: string;
  readonly step: string;
  /** 0 for the command of the step, then the number of the fallback. */
  readonly attempt: number;
  /** Names that the step binds for this run. */
  readonly bind: Readonly<Record<string, string>>;
}

export type CommandEnd =
  | { readonly kind: 'exited'; readonly exit: number }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'missing-tool' }
  | { readonly kind: 'denied' }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'aborted' };

export interface CommandResult {
  readonly end: CommandEnd;
  /** Decoded as UTF-8 with replacement characters; raw, so it must be redacted before it is stored. */
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  readonly startedAt: Date;
  readonly ms: number;
}
