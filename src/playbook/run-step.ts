import type { Evidence } from '../domain/evidence.ts';
import type { RedactedText } from '../domain/redacted-text.ts';
import type { Playbook, PlaybookOutput, PlaybookStep } from '../schema/generated.ts';
import type { Command, CommandResult, Target } from '../target/port.ts';
import { classifyResult, type Classified, type ExitCodes } from './classify-result.ts';
import { evidenceText, MAX_OUTPUT_BYTES } from './evidence-text.ts';
import { expandArgv, type Inputs } from './expand.ts';
import { parseOutput } from './parse-output.ts';
import { stepCall } from './step-call.ts';
import type { SkipCause, StepResult } from './step-result.ts';
import { cut } from './template.ts';

/** Makes text publishable; src/redaction has the real one. */
export interface Redactor {
  redact(text: string): Promise<RedactedText>;
}

/** One command that was tried, also when it could not run. */
export interface PlaybookCommand {
  readonly at: Date;
  readonly argv: readonly RedactedText[];
  readonly source: 'playbook';
  readonly decision: 'allowed';
  readonly step: string;
  readonly status: StepResult['status'];
  /** Redacted. */
  readonly reason?: string;
  readonly exit?: number;
  readonly ms: number;
  readonly evidence?: string;
}

/** A step that has ended; evidence ids are given later, in the order of the playbook. */
export interface StepRun {
  readonly result: StepResult;
  readonly evidence?: Omit<Evidence, 'id'>;
  /** The last one is the one that the evidence shows. */
  readonly commands: readonly PlaybookCommand[];
  readonly outputBytes: number;
}

/** A command as it happens; argv is redacted. */
export type CommandEvent =
  | { readonly kind: 'started'; readonly argv: readonly RedactedText[] }
  | {
      readonly kind: 'ended';
      readonly argv: readonly RedactedText[];
      readonly status: StepResult['status'];
      readonly exit?: number;
      readonly ms: number;
    };

export interface StepSurroundings {
  readonly onCommand?: (event: CommandEvent) => void;
  readonly playbook: Pick<Playbook, 'metadata'>;
  readonly target: Target;
  readonly inputs: Inputs;
  readonly redaction: Redactor;
  readonly signal: AbortSignal;
  /** Milliseconds left for the whole playbook, asked before every command. */
  readonly remainingMs: () => number;
  /** Bytes left for the whole playbook. */
  readonly remainingBytes: number;
}

const DEFAULT_OUTPUT_BYTES = 256 * 1024;
const MAX_REASON_CHARACTERS = 300;

interface Attempt {
  /** Built-in reader instead of the argument list. */
  readonly collector?: 'host-facts';
  /** 0 for the step itself, then its fallbacks. */
  readonly number: number;
  readonly argv: readonly string[];
  readonly output: PlaybookOutput;
  readonly codes: ExitCodes;
}

interface Tried {
  readonly attempt: Attempt;
  readonly result: CommandResult;
  readonly classified: Classified;
  readonly data?: StepResult['data'];
  readonly shownArgv: readonly RedactedText[];
  readonly reason?: string;
}

/** Runs a step and, as long as its status asks for it, its fallbacks. */
export async function runStep(step: PlaybookStep, around: StepSurroundings): Promise<StepRun> {
  const tried: Tried[] = [];
  let attempt: Attempt | undefined = firstAttempt(step);
  let fallbackIndex = 0;
  while (attempt !== undefined) {
    const latest = await tryOnce(step, attempt, around);
    if (latest === undefined) break;
    tried.push(latest);
    attempt = undefined;
    const fallbacks = step.fallback ?? [];
    for (; fallbackIndex < fallbacks.length && attempt === undefined; fallbackIndex++) {
      const fallback = fallbacks[fallbackIndex];
      if (fallback === undefined || !fallback.on.some((status) => status === latest.classified.status)) continue;
      const codes = fallback.okExitCodes === undefined ? {} : { okExitCodes: fallback.okExitCodes };
      attempt = { number: fallbackIndex + 1, argv: fallback.argv, output: fallback.output ?? step.output, codes };
    }
  }
  return await summarize(step, tried, around);
}

/** A step that was not run. */
export function skippedStep(step: PlaybookStep, skipCause: SkipCause, reason: string): StepRun {
  return {
    result: { step, status: 'skipped', skipCause, reason: cut(reason, MAX_REASON_CHARACTERS), ms: 0 },
    commands: [],
    outputBytes: 0,
  };
}

function firstAttempt(step: PlaybookStep): Attempt {
  const codes = {
    ...(step.okExitCodes === undefined ? {} : { okExitCodes: step.okExitCodes }),
    ...(step.signalExitCodes === undefined ? {} : { signalExitCodes: step.signalExitCodes }),
  };
  const collector = step.collector === undefined ? {} : { collector: step.collector };
  return { ...collector, number: 0, argv: step.argv ?? [], output: step.output, codes };
}

/** Undefined when there is no time left for another command. */
async function tryOnce(step: PlaybookStep, attempt: Attempt, around: StepSurroundings): Promise<Tried | undefined> {
  const argv = expandArgv(attempt.argv, around.inputs);
  if (argv === undefined) return undefined;
  const timeoutMs = Math.min(step.timeoutSeconds * 1000, Math.floor(around.remainingMs()));
  if (timeoutMs <= 0 || around.signal.aborted) return undefined;

  const wanted = Math.min(attempt.output.maxBytes ?? DEFAULT_OUTPUT_BYTES, MAX_OUTPUT_BYTES);
  const command: Command = {
    argv,
    timeoutMs,
    maxBytes: Math.min(wanted, around.remainingBytes),
    ...(step.privilege === undefined ? {} : { privilege: step.privilege }),
    call: stepCall({ playbook: around.playbook, step, attempt: attempt.number, argv: attempt.argv }, around.inputs),
  };
  const { collector } = attempt;
  const shown = collector === undefined ? argv : ['built-in', collector];
  const shownArgv = await Promise.all(shown.map(async (element) => await around.redaction.redact(element)));
  around.onCommand?.({ kind: 'started', argv: shownArgv });
  const result =
    collector === undefined
      ? await around.target.run(command, around.signal)
      : await around.target.collect(collector, around.signal);

  const { classified, data } = read(command, result, attempt);
  const exit = result.end.kind === 'exited' ? { exit: result.end.exit } : {};
  around.onCommand?.({ kind: 'ended', argv: shownArgv, status: classified.status, ...exit, ms: result.ms });
  const reason = classified.reason === undefined ? undefined : await around.redaction.redact(classified.reason);
  return {
    attempt,
    result,
    classified,
    shownArgv,
    ...(data === undefined ? {} : { data }),
    ...(reason === undefined ? {} : { reason: cut(reason, MAX_REASON_CHARACTERS) }),
  };
}

function read(command: Command, result: CommandResult, attempt: Attempt): Pick<Tried, 'classified' | 'data'> {
  const classified = classifyResult(command, result, attempt.codes);
  if (classified.status !== 'ok' && classified.status !== 'nonzero-ok') return { classified };
  const parsed = parseOutput(result.stdout, attempt.output, { isPartial: result.truncated });
  return parsed.kind === 'parsed'
    ? { classified, data: parsed.data }
    : { classified: { status: 'failed', reason: parsed.why } };
}

async function summarize(step: PlaybookStep, tried: readonly Tried[], around: StepSurroundings): Promise<StepRun> {
  const shown =
    tried.find(({ data }) => data !== undefined) ??
    // A permission is what somebody can give; that the other tool found nothing helps nobody.
    tried.find(({ classified }) => classified.status === 'denied') ??
    tried.find(({ classified }) => classified.status !== 'missing-tool') ??
    tried[0];
  if (shown === undefined) {
    if (around.signal.aborted) return skippedStep(step, 'stopped', 'the run was stopped');
    return around.remainingMs() <= 0
      ? skippedStep(step, 'budget', 'the time for the whole playbook was used up')
      : skippedStep(step, 'condition', 'an input that it needs has no value');
  }
  const { result, classified, data } = shown;
  const { status, signal } = classified;
  const exit = result.end.kind === 'exited' ? result.end.exit : undefined;
  const hasRun = result.end.kind === 'exited' || result.end.kind === 'timeout' || result.end.kind === 'aborted';
  const recorded = hasRun ? await record(result, around.redaction) : undefined;
  const ms = tried.reduce((sum, each) => sum + each.result.ms, 0);
  return {
    result: {
      step,
      status,
      ms,
      ...(shown.reason === undefined ? {} : { reason: shown.reason }),
      ...(status === 'skipped' ? { skipCause: 'stopped' as const } : {}),
      ...(exit === undefined ? {} : { exit }),
      ...(signal === undefined ? {} : { signal }),
      ...(data === undefined ? {} : { data }),
    },
    ...(recorded === undefined
      ? {}
      : {
          evidence: {
            ...recorded,
            step: step.id,
            title: step.title,
            source: 'playbook',
            argv: shown.shownArgv,
            status,
            startedAt: result.startedAt,
            ms: result.ms,
            ...(exit === undefined ? {} : { exit }),
          },
        }),
    commands: [...tried.filter((each) => each !== shown), shown].map((each) => commandOf(step, each)),
    outputBytes: tried.reduce((sum, each) => sum + Buffer.byteLength(each.result.stdout), 0),
  };
}

function commandOf(step: PlaybookStep, tried: Tried): PlaybookCommand {
  const { end } = tried.result;
  return {
    at: tried.result.startedAt,
    argv: tried.shownArgv,
    source: 'playbook',
    decision: 'allowed',
    step: step.id,
    status: tried.classified.status,
    ...(tried.reason === undefined ? {} : { reason: tried.reason }),
    ...(end.kind === 'exited' ? { exit: end.exit } : {}),
    ms: tried.result.ms,
  };
}

async function record(
  result: CommandResult,
  redaction: Redactor,
): Promise<{ readonly text: RedactedText; readonly truncated: boolean }> {
  const { text, isCut } = evidenceText(result);
  return { text: await redaction.redact(text), truncated: result.truncated || isCut };
}
