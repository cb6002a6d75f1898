import { isKnown, type Evidence } from '../domain/evidence.ts';
import type { Clock } from '../lib/clock.ts';
import type { Playbook, PlaybookStep } from '../schema/generated.ts';
import type { Target } from '../target/port.ts';
import { compileAll } from './conditions.ts';
import type { Inputs } from './expand.ts';
import {
  runStep,
  skippedStep,
  type CommandEvent,
  type PlaybookCommand,
  type Redactor,
  type StepRun,
} from './run-step.ts';
import type { StepResult } from './step-result.ts';

export type StepEvent =
  | {
      readonly kind: 'started';
      readonly step: string;
      readonly title: string;
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly kind: 'finished';
      readonly step: string;
      readonly title: string;
      readonly status: StepResult['status'];
      readonly ms: number;
      readonly done: number;
      readonly total: number;
    };

export interface PlaybookRunOptions {
  readonly playbook: Playbook;
  readonly target: Target;
  /** From `resolveInputs`. */
  readonly inputs: Inputs;
  readonly redaction: Redactor;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Milliseconds from now; the budget of the playbook when that is shorter. */
  readonly deadlineMs?: number;
  /** Gives the next evidence id of the request. */
  readonly nextEvidence: () => string;
  readonly onStep: (event: StepEvent) => void;
  readonly onCommand?: (event: CommandEvent) => void;
}

export interface PlaybookRun {
  /** In the order of the playbook; every step has a result. */
  readonly steps: readonly StepResult[];
  readonly evidence: readonly Evidence[];
  readonly commands: readonly PlaybookCommand[];
}

/**
 * Runs the steps of a playbook, as many at once as its budget allows, in declared order. Whatever a command does becomes
 * a status; only a failure of redaction, or a bug, rejects, and by then no command is left running.
 */
export async function runPlaybook(options: PlaybookRunOptions): Promise<PlaybookRun> {
  const { playbook, clock, target } = options;
  const { steps, budget } = playbook.spec;
  const startedMs = clock.monotonicMs();
  const limitMs = Math.min(budget.seconds * 1000, options.deadlineMs ?? Infinity);
  const remainingMs = (): number => limitMs - (clock.monotonicMs() - startedMs);
  const failure = new AbortController();
  const signal = options.signal === undefined ? failure.signal : AbortSignal.any([options.signal, failure.signal]);
  const { platform } = await target.identify(signal);

  const runs = new Map<string, Promise<StepRun>>();
  let usedBytes = 0;
  let done = 0;

  async function runOne(step: PlaybookStep): Promise<StepRun> {
    const total = steps.length;
    const skipped = await reasonToSkip(step);
    if (skipped === undefined) options.onStep({ kind: 'started', step: step.id, title: step.title, done, total });
    const remainingBytes = budget.outputBytes - usedBytes;
    const run = skipped ?? (await runStep(step, { ...options, signal, remainingMs, remainingBytes }));
    usedBytes += run.outputBytes;
    done += 1;
    const { status, ms } = run.result;
    options.onStep({ kind: 'finished', step: step.id, title: step.title, status, ms, done, total });
    return run;
  }

  async function reasonToSkip(step: PlaybookStep): Promise<StepRun | undefined> {
    if (step.platforms !== undefined && !step.platforms.some((name) => name === platform)) {
      return skippedStep(step, 'platform', `made for ${step.platforms.join(' and ')}, this is ${platform}`);
    }
    if (step.when !== undefined) {
      const { result } = (await runs.get(step.when.step)) ?? {};
      const reason = result === undefined ? `step ${step.when.step} did not run` : whenFails(step, result, clock.now());
      if (reason !== undefined) return skippedStep(step, 'condition', reason);
    }
    if (signal.aborted) return skippedStep(step, 'stopped', 'the run was stopped');
    if (remainingMs() <= 0) return skippedStep(step, 'budget', 'the time for the whole playbook was used up');
    if (usedBytes >= budget.outputBytes) {
      return skippedStep(step, 'budget', 'the output for the whole playbook was used up');
    }
    return undefined;
  }

  // Steps start in declared order and wait for earlier ones only, so waiting never blocks everyone.
  const queue = steps.values();
  async function work(): Promise<void> {
    for (const step of queue) {
      const run = runOne(step);
      runs.set(step.id, run);
      await run;
    }
  }
  const workers = Array.from({ length: budget.parallel }, work);
  try {
    await Promise.all(workers);
  } catch (error) {
    failure.abort();
    await Promise.allSettled(workers);
    throw error;
  }
  return collect(await Promise.all(steps.map(async (step) => await runs.get(step.id))), options.nextEvidence);
}

/** Why the condition of a step does not let it run; undefined when it does. */
function whenFails(step: PlaybookStep, result: StepResult, now: Date): string | undefined {
  const title = result.step.title;
  if (!isKnown(result.status) || result.data === undefined) return `${title}: ${result.reason ?? result.status}`;
  const verdict = compileAll(step.when?.where ?? [])({
    item: result.data.root,
    step: {
      ...(result.exit === undefined ? {} : { exit: result.exit }),
      ...(result.signal === undefined ? {} : { signal: result.signal }),
    },
    now,
  });
  return verdict === 'yes' ? undefined : `its condition on "${title}" does not hold`;
}

/** Gives evidence ids in the order of the playbook, so that two runs number their evidence alike. */
function collect(runs: readonly (StepRun | undefined)[], nextEvidence: () => string): PlaybookRun {
  const steps: StepResult[] = [];
  const evidence: Evidence[] = [];
  const commands: PlaybookCommand[] = [];
  for (const run of runs) {
    if (run === undefined) continue;
    const id = run.evidence === undefined ? undefined : nextEvidence();
    if (run.evidence !== undefined && id !== undefined) evidence.push({ ...run.evidence, id });
    steps.push({ ...run.result, ...(id === undefined ? {} : { evidence: id }) });
    for (const [index, command] of run.commands.entries()) {
      const isShown = index === run.commands.length - 1;
      commands.push({ ...command, ...(isShown && id !== undefined ? { evidence: id } : {}) });
    }
  }
  return { steps, evidence, commands };
}
