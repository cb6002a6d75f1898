import type { Writable } from 'node:stream';
import type { CommandPlan } from '../../command-policy/decide-command.ts';
import type { Connector } from '../../command-policy/shell-command.ts';
import { MAX_EVIDENCE_BYTES, type StepStatus } from '../../domain/evidence.ts';
import { openOutput } from './command-output.ts';
import { closePipes, openPipes } from './open-pipes.ts';
import { startPipeline, type CommandEnd } from './run-pipeline.ts';
import { startStopWatch, type StopWatch } from './stop-watch.ts';

export interface PlanRunOptions {
  /** The whole environment of the commands; nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** For all commands of the plan together. */
  readonly timeoutMs: number;
  /** Bytes of output that are kept; 1 MiB by default. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
  /** Time between SIGTERM and SIGKILL; 500 ms by default. */
  readonly graceMs?: number;
}

export interface PlanResult {
  /** Output and errors in the order in which they were written; raw, so it must be redacted before it is stored. */
  readonly output: Buffer;
  readonly truncated: boolean;
  /** As a shell without `pipefail` gives it; 124 when time ran out, 130 when stopped. */
  readonly exit: number;
  readonly status: StepStatus;
  readonly ms: number;
}

const EXIT_TIMEOUT = 124;
const EXIT_STOPPED = 130;
const EXIT_BROKEN_PIPE = 141;
const DENIED = /permission denied|operation not permitted|forbidden|unauthorized|access denied|must be root/iu;
/** Complaints stand at the end; a log that tells of refusals elsewhere is no refusal. */
const COMPLAINT_BYTES = 2048;

/** Runs what was decided, and nothing else. Never throws for anything that a command does. */
export async function runPlan(plan: CommandPlan, options: PlanRunOptions): Promise<PlanResult> {
  const { environment, timeoutMs, maxBytes = MAX_EVIDENCE_BYTES, graceMs = 500, signal } = options;
  const startedMs = performance.now();
  if (signal?.aborted === true) {
    return { output: Buffer.alloc(0), truncated: false, exit: EXIT_STOPPED, status: 'skipped', ms: 0 };
  }
  const stopWatch = startStopWatch({ timeoutMs, graceMs, signal });
  const output = openOutput({ environment, maxBytes });
  let ends: readonly CommandEnd[];
  let kept: Awaited<ReturnType<typeof output.close>>;
  try {
    ends = await runPipelines(plan, { ...options, stopWatch, output: output.stream });
  } finally {
    stopWatch.end();
    kept = await output.close();
  }
  const result = { output: kept.bytes, truncated: kept.truncated, ms: performance.now() - startedMs };
  switch (stopWatch.reason()) {
    case 'timeout':
      return { ...result, exit: EXIT_TIMEOUT, status: 'timeout' };
    case 'aborted':
      return { ...result, exit: EXIT_STOPPED, status: 'skipped' };
    case undefined:
      return { ...result, exit: exitOf(ends), status: statusOf(ends, kept.bytes) };
  }
}

interface PlanSurroundings extends PlanRunOptions {
  readonly stopWatch: StopWatch;
  readonly output: Writable;
}

/** How the programs of the last pipeline that ran have ended. */
async function runPipelines(
  plan: CommandPlan,
  { environment, cwd, stopWatch, output }: PlanSurroundings,
): Promise<readonly CommandEnd[]> {
  const joints = plan.reduce((sum, { pipeline }) => sum + pipeline.length - 1, 0);
  const pipes = [...(await openPipes(joints, environment))];
  let ends: readonly CommandEnd[] = [];
  try {
    for (const { connector, pipeline } of plan) {
      if (stopWatch.reason() !== undefined) break;
      if (!follows(connector, exitOf(ends))) continue;
      const between = pipes.splice(0, pipeline.length - 1);
      const running = startPipeline(pipeline, { environment, cwd, output, pipes: between });
      stopWatch.watch(running);
      ends = await running.ends;
    }
    return ends;
  } finally {
    closePipes(pipes);
  }
}

function follows(connector: Connector, exit: number): boolean {
  if (connector === 'and') return exit === 0;
  if (connector === 'or') return exit !== 0;
  return true;
}

function exitOf(ends: readonly CommandEnd[]): number {
  return ends.at(-1)?.exit ?? 0;
}

/** The exit code is that of the last program; a program before it that failed makes its answer worthless all the same. */
function statusOf(ends: readonly CommandEnd[], output: Buffer): StepStatus {
  if (ends.some(({ isMissing }) => isMissing)) return 'missing-tool';
  const last = ends.length - 1;
  const failed = ends.some(
    ({ exit, command }, index) =>
      exit !== 0 && !command.answerExits.includes(exit) && !(index < last && exit === EXIT_BROKEN_PIPE),
  );
  if (failed) return DENIED.test(output.subarray(-COMPLAINT_BYTES).toString('utf8')) ? 'denied' : 'failed';
  return exitOf(ends) === 0 ? 'ok' : 'nonzero-ok';
}
