import type { Readable, Writable } from 'node:stream';
import type { Command } from 'commander';
import type { Environment } from '../config/environment.ts';
import type { Clock } from '../lib/clock.ts';
import type { RandomBytes } from '../lib/random-text.ts';
import type { ReportStyle } from '../report/terminal-page.ts';
import type { WarRoom } from '../repository/port.ts';
import type { ExitCode } from './exit-codes.ts';

/** Colours by meaning, as reports have them. */
export type Style = ReportStyle;

/** Streams and what is known about them. stdout: what a script wants. stderr: progress, prompts, ticks, warnings. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** A person can be asked: stdin and stderr are terminals and CI is not set. */
  readonly isInteractive: boolean;
  /** stdout is a terminal: tables are aligned, reports are paged. */
  readonly isTerminal: boolean;
  /** stderr is a terminal: spinners and live lines are allowed. */
  readonly isLive: boolean;
  /** Columns of the terminal; 100 when stdout is none. */
  readonly width: number;
  readonly style: Style;
  /** Same colours, decided for stderr. */
  readonly errorStyle: Style;
  out(text: string): void;
  err(text: string): void;
}

/** Flags that stand before or after every command. */
export interface GlobalFlags {
  readonly repo?: string;
  readonly config?: string;
  readonly json: boolean;
  readonly color: boolean;
  readonly verbose: boolean;
}

/** Where the war room is; the part of the client configuration that opens it. */
export interface RepositoryAddress {
  readonly url: string;
  readonly branch: string;
  readonly refNamespace: string;
}

/** How commands reach git; src/composition.ts makes the real one, tests pass another. */
export interface Connections {
  openWarRoom(options: {
    readonly repository: RepositoryAddress;
    readonly cacheDir: string;
    readonly env: Environment;
    /** Who commits; the program itself when absent. */
    readonly committer?: { readonly name: string; readonly email: string };
    /** Told about each git process. */
    readonly onGitRun?: (args: readonly string[], result: { readonly exit: number; readonly ms: number }) => void;
  }): Promise<WarRoom>;
  readGitUser(options: { readonly env: Environment; readonly cwd: string }): Promise<{
    readonly name?: string;
    readonly email?: string;
    readonly signingKey?: string;
    readonly signingFormat?: string;
  }>;
}

/** What a command gets instead of globals. */
export interface CliContext {
  readonly io: Io;
  readonly env: Environment;
  readonly cwd: string;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Aborted by SIGINT or SIGTERM, and when the reader of stdout has gone away. */
  readonly signal: AbortSignal;
  /**
   * For what needs two steps to stop: aborted by the second SIGINT or SIGTERM, which otherwise ends the process at once.
   * Absent where there are no signals, as in tests.
   */
  readonly takeSecondSignal?: () => AbortSignal;
  readonly flags: GlobalFlags;
  /** Set by tests; src/composition.ts is loaded when it is absent. */
  readonly connections?: Connections;
}

/** Registers what a command does. `run` gets commander's arguments; what it resolves to becomes the exit code. */
export type RegisterAction = (run: (...args: ActionArguments) => Promise<ExitCode>) => void;

/** What commander hands to an action: arguments, then flags, then the command. */
type ActionArguments = Parameters<Parameters<Command['action']>[0]>;

/**
 * One module of src/cli/commands, exported as `command`. `define` adds arguments, flags, examples and the action to a
 * commander command that has its name and summary already: `action(async (id: string, options: Options) => 0)`.
 * Whatever the action needs beyond that it imports when it runs.
 */
export interface CommandModule {
  define(command: Command, getContext: () => CliContext, action: RegisterAction): void;
}
