import { isKnown, type Evidence } from '../domain/evidence.ts';
import type { Judgement } from '../domain/finding.ts';
import type { Clock } from '../lib/clock.ts';
import type { Playbook, PlaybookStep } from '../schema/generated.ts';
import type { Target } from '../target/port.ts';
import { evaluateRules, type RuleSources } from './evaluate-rules.ts';
import type { Inputs } from './expand.ts';
import { fanOut } from './fan-out.ts';
import { recordRuns } from './record-runs.ts';
import { stepsBefore } from './rule-steps.ts';
import {
  runStep,
  skippedStep,
  type CommandEvent,
  type PlaybookCommand,
  type Redactor,
  type StepRun,
} from './run-step.ts';
import { reasonNotToRun, type Known } from './step-needs.ts';
import type { StepResult } from './step-result.ts';
import { sumUpParts } from './sum-up-parts.ts';

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

const NO_EXEC = 'it would run a reader inside a container, and nobody has opted in to that (target.execRead)';

/** Places beside the target that a step can name. */
export type OtherPlace = Exclude<NonNullable<PlaybookStep['via']>, 'target'>;

export interface PlaybookRunOptions {
  readonly playbook: Playbook;
  /** What the request is about. */
  readonly target: Target;
  /** Other places that steps name by `via`; a step whose place is not here is unreachable. */
  readonly targets?: Readonly<Partial<Record<OtherPlace, Target>>>;
  /** From `resolveInputs`. */
  readonly inputs: Inputs;
  /** Whoever answers for the target has opted in to readers inside containers. Without it such a step is unknown. */
  readonly allowsExec?: boolean;
  readonly redaction: Redactor;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Milliseconds from now; the budget of the playbook when that is shorter. */
  readonly deadlineMs?: number;
  /** What will be said about the run; of an output that is too long to be recorded, what that quotes is kept first. */
  readonly judge?: (sources: RuleSources) => Pick<Judgement, 'findings' | 'changes'>;
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
  /** Values that it ran with, for rules. */
  readonly inputs: Inputs;
  /** When it ended: capture time for whoever judges it. */
  readonly now: Date;
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
  const platforms = new Map<Target, string>([[target, (await target.identify(signal)).platform]]);

  const runs = new Map<string, Promise<StepRun>>();
  const results = new Map<string, StepResult>();
  let usedBytes = 0;
  let done = 0;
  let abortedBy: string | undefined;

  async function runOne(step: PlaybookStep, index: number): Promise<StepRun> {
    const total = steps.length;
    await Promise.all(
      stepsBefore(step, steps.slice(0, index), playbook.spec.rules).map(async (id) => await runs.get(id)),
    );
    const place = placeOf(step, options);
    const skipped = await reasonToSkip(step, place);
    if (skipped === undefined) options.onStep({ kind: 'started', step: step.id, title: step.title, done, total });
    const run = skipped ?? (place === undefined ? noPlace(step) : await runAt(step, place));
    done += 1;
    results.set(step.id, run.result);
    const { status, ms, skipCause } = run.result;
    const isGap = !isKnown(status) && skipCause !== 'platform' && skipCause !== 'not-needed';
    if (step.onError === 'abort' && isGap) abortedBy ??= `${step.title}: ${run.result.reason ?? status}`;
    options.onStep({ kind: 'finished', step: step.id, title: step.title, status, ms, done, total });
    return run;
  }

  const known = (): Known => ({ playbook, results, inputs: options.inputs, now: clock.now() });

  async function runAt(step: PlaybookStep, place: Target): Promise<StepRun> {
    if (step.forEach === undefined) return await runOnce(step, place, {});
    const fan = fanOut(step.forEach, known());
    if (fan.kind === 'skip') return skippedStep(step, fan.skip.cause, fan.skip.reason);
    const parts = [];
    for (const bind of fan.binds) parts.push({ bind, run: noRoom(step) ?? (await runOnce(step, place, bind)) });
    return sumUpParts(step, parts, fan.left);
  }

  async function runOnce(step: PlaybookStep, place: Target, bind: Readonly<Record<string, string>>): Promise<StepRun> {
    const remainingBytes = budget.outputBytes - usedBytes;
    const around = {
      ...options,
      playbook,
      target: place,
      bind,
      signal,
      remainingMs,
      remainingBytes,
    };
    const run = await runStep(step, around);
    usedBytes += run.outputBytes;
    return run;
  }

  async function reasonToSkip(step: PlaybookStep, place: Target | undefined): Promise<StepRun | undefined> {
    if (step.platforms !== undefined && place !== undefined) {
      const platform = platforms.get(place) ?? (await place.identify(signal)).platform;
      platforms.set(place, platform);
      if (!step.platforms.some((name) => name === platform)) {
        return skippedStep(step, 'platform', `made for ${step.platforms.join(' and ')}, this is ${platform}`);
      }
    }
    if (abortedBy !== undefined) return skippedStep(step, 'stopped', `nothing can be judged without it: ${abortedBy}`);
    const skip = reasonNotToRun(step, known());
    if (skip !== undefined) return skippedStep(step, skip.cause, skip.reason);
    return step.access === 'exec-read' && options.allowsExec !== true
      ? skippedStep(step, 'not-allowed', NO_EXEC)
      : noRoom(step);
  }

  function noRoom(step: PlaybookStep): StepRun | undefined {
    if (signal.aborted) return skippedStep(step, 'stopped', 'the run was stopped');
    if (remainingMs() <= 0) return skippedStep(step, 'budget', 'the time for the whole playbook was used up');
    if (usedBytes >= budget.outputBytes) {
      return skippedStep(step, 'budget', 'the output for the whole playbook was used up');
    }
    return undefined;
  }

  // Steps start in declared order and wait for earlier ones only, so waiting never blocks everyone.
  const queue = steps.entries();
  async function work(): Promise<void> {
    for (const [index, step] of queue) {
      const run = runOne(step, index);
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
  const ended = await Promise.all(steps.map(async (step) => await runs.get(step.id)));
  const { inputs, judge = evaluateRules } = options;
  const now = clock.now();
  const recorded = await recordRuns(
    ended.filter((run) => run !== undefined),
    {
      ...options,
      judge: (seen, cite) => judge({ ...seen, playbook, inputs, now, cite }),
    },
  );
  return { ...recorded, inputs, now };
}

function placeOf(step: PlaybookStep, { target, targets = {} }: PlaybookRunOptions): Target | undefined {
  return step.via === undefined || step.via === 'target' ? target : targets[step.via];
}

function noPlace(step: PlaybookStep): StepRun {
  const reason = `no ${step.via ?? 'target'} is configured for this run`;
  return { result: { step, status: 'unreachable', reason, ms: 0 }, commands: [], outputBytes: 0 };
}
