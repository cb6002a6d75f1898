import { randomUUID } from 'node:crypto';
import type { AgentPlace, AgentTask } from '../executor/executor.ts';
import { claudeCommand, type ClaudeCommandOptions } from './claude-arguments.ts';
import { DEFAULT_MAX_BUDGET_USD, DEFAULT_MAX_TURNS, DEFAULT_MODEL, FALLBACK_MODEL } from './model-defaults.ts';
import {
  startClaudeProcess,
  type ClaudeProcess,
  type ClaudeProcessOptions,
  type StopGrace,
} from './run/claude-process.ts';
import { ClaudeRun } from './run/claude-run.ts';
import type { DecideTool } from './run/decide-tool.ts';
import { findLauncher } from './run/find-launcher.ts';
import type { ClaudeOutcome, ClaudeProgress } from './run/outcome.ts';
import { prepareRunFolders, type RunUser } from './run/run-folder.ts';
import { sweepSession } from './run/sweep.ts';

type Passed = 'binary' | 'access' | 'shimFolder' | 'systemPrompt' | 'schema' | 'environment';

export interface RunClaudeOptions extends Pick<ClaudeCommandOptions, Passed> {
  /** Absolute path of a folder that exists and belongs to this run alone; the caller removes it. */
  readonly folder: string;
  /** Any text, also a hostile one: it reaches the model as it is. */
  readonly prompt: string;
  readonly model?: string;
  readonly fallbackModel?: string;
  readonly maxTurns?: number;
  readonly maxBudgetUsd?: number;
  /** After this time the model is interrupted and asked for its report. */
  readonly softDeadlineMs: number;
  /** After this time the run is ended. */
  readonly hardDeadlineMs: number;
  /**
   * Asked before every command, one decision after the other. Commands of one message that claude takes for reading
   * only may then run at the same time.
   */
  readonly decide: DecideTool;
  /** Time for one decision; 10 s by default. */
  readonly decideTimeoutMs?: number;
  /** Seconds that an allowed command has before claude kills it; 60 by default. */
  readonly commandSeconds?: number;
  readonly onEvent?: (event: ClaudeProgress) => void;
  readonly signal?: AbortSignal;
  /**
   * `keep` leaves the conversation in `folder`; `resume` goes on with the one that `folder` holds under this id. A
   * conversation that is not named is not written down.
   */
  readonly conversation?: { readonly kind: 'keep' } | { readonly kind: 'resume'; readonly sessionId: string };
  /** Runs as another user, which must be able to enter `folder` and `shimFolder`. */
  readonly user?: RunUser;
  /** Where claude runs when it is no child of this process; binary, folders and user are then those of that place. */
  readonly place?: Pick<AgentPlace, 'start'> | undefined;
  /** 3 s after SIGINT comes SIGTERM, 5 s after that SIGKILL. */
  readonly graceMs?: StopGrace;
}

const GRACE: StopGrace = { interrupt: 3000, terminate: 5000 };

/**
 * Runs Claude Code headless until it has answered by the schema, failed, or was stopped. Resolves for every way in
 * which a run can end; after that neither claude nor a command of it is alive.
 */
export async function runClaude(options: RunClaudeOptions): Promise<ClaudeOutcome> {
  const { conversation = { kind: 'once' }, access } = options;
  if (options.signal?.aborted === true) {
    const message = 'the run was stopped before it began';
    return { kind: 'failed', code: 'interrupted', message, partialText: '', turns: 0, deniedTools: [] };
  }
  const sessionId = conversation.kind === 'resume' ? conversation.sessionId : randomUUID();
  const task: AgentTask = {
    access,
    sessionId,
    conversation,
    systemPrompt: options.systemPrompt,
    schema: options.schema,
    environment: options.environment,
    model: options.model ?? DEFAULT_MODEL,
    // Who names a model may be on a provider that has no other one.
    fallbackModel: options.fallbackModel ?? (options.model === undefined ? FALLBACK_MODEL : undefined),
    maxTurns: options.maxTurns ?? DEFAULT_MAX_TURNS,
    maxBudgetUsd: options.maxBudgetUsd ?? DEFAULT_MAX_BUDGET_USD,
    commandSeconds: options.commandSeconds ?? 60,
  };
  const start = options.place === undefined ? await prepareChild(options, task) : startIn(options.place, options, task);
  const run = new ClaudeRun({
    prompt: options.prompt,
    sessionId,
    access,
    decide: options.decide,
    decideTimeoutMs: options.decideTimeoutMs ?? 10_000,
    softDeadlineMs: options.softDeadlineMs,
    hardDeadlineMs: options.hardDeadlineMs,
    onEvent: options.onEvent ?? (() => undefined),
    signal: options.signal,
    start,
  });
  try {
    return await run.outcome();
  } finally {
    // In a place of its own nothing of it is to be found here.
    if (options.place === undefined) await sweepSession(sessionId);
  }
}

type Start = (listener: Pick<ClaudeProcessOptions, 'onLine' | 'onFlood'>) => ClaudeProcess;

/** A child of this process. */
async function prepareChild(options: RunClaudeOptions, task: AgentTask): Promise<Start> {
  const { user, binary, shimFolder, graceMs = GRACE } = options;
  const folders = await prepareRunFolders(options.folder, user);
  const launcher = await findLauncher({ hasOwnUser: user !== undefined });
  const command = claudeCommand({ ...task, binary, shimFolder, folders, launcher });
  return (listener) => startClaudeProcess({ ...command, ...listener, cwd: folders.work, user, graceMs });
}

function startIn(place: Pick<AgentPlace, 'start'>, { graceMs = GRACE }: RunClaudeOptions, task: AgentTask): Start {
  return (listener) => place.start(task, { ...listener, graceMs });
}
