import type { Evidence } from '../domain/evidence.ts';
import type { RedactedText } from '../domain/redacted-text.ts';
import { runWithin } from '../lib/bounded-run.ts';
import type { Clock } from '../lib/clock.ts';
import type { Playbook, PlaybookFallback, PlaybookOutput, PlaybookPromql, PlaybookStep } from '../schema/generated.ts';
import type { Command, CommandResult, Target } from '../target/port.ts';
import { classifyResult, type Classified, type ExitCodes } from './classify-result.ts';
import { evidenceText, isTooLong } from './evidence-text.ts';
import { parseDurationMs } from './duration.ts';
import { expandArgv, expandQuery, type Inputs } from './expand.ts';
import { readJsonText } from './json-text.ts';
import { newestLines } from './newest-lines.ts';
import { parseOutput, type ParsedOutput } from './parse-output.ts';
import { readMetrics } from './read-metrics.ts';
import { stepCall } from './step-call.ts';
import type { Bindings, SkipCause, StepResult } from './step-result.ts';
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

/**
 * What is recorded of a command: its text, or, when that is more than one file of evidence holds, what the text is made
 * from once it is known which lines are quoted.
 */
export type Recording =
  | { readonly kind: 'text'; readonly text: RedactedText; readonly truncated: boolean }
  /** The output is in the data of the result. */
  | { readonly kind: 'too-long'; readonly stderr: string; readonly rest: 'first' | 'newest' };

/** Evidence before it has an id. */
export type RecordedStep = Omit<Evidence, 'id' | 'text' | 'truncated'> & { readonly recording: Recording };

/** A step that has ended; evidence ids are given later, in the order of the playbook. */
export interface StepRun {
  readonly result: StepResult;
  readonly evidence?: RecordedStep;
  /** The last one is the one that the evidence shows. */
  readonly commands: readonly PlaybookCommand[];
  readonly outputBytes: number;
  /** Runs of a step that runs once for each of several things; `result` sums them up. */
  readonly parts?: readonly { readonly bind: Bindings; readonly run: StepRun }[];
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
  /** Names that the step binds for this run; they stand beside the inputs. */
  readonly bind: Bindings;
  readonly redaction: Redactor;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds left for the whole playbook, asked before every command. */
  readonly remainingMs: () => number;
  /** Bytes left for the whole playbook. */
  readonly remainingBytes: number;
}

const DEFAULT_OUTPUT_BYTES = 256 * 1024;
/** Of a log with `cut: start`, before it is shortened: a few pods with as much as the cluster broker gives of each. */
const MAX_LOG_BYTES = 16 * 1024 * 1024;
const MAX_REASON_CHARACTERS = 300;
const MAX_TITLE_CHARACTERS = 120;
const MAX_STDERR_CHARACTERS = 4096;

/** Far more than any honest output takes to read. */
const READ_LIMIT_MS = 10_000;

interface Attempt {
  /** 0 for the command of the step, then the number of the fallback. */
  readonly number: number;
  /** Built-in reader instead of the argument list. */
  readonly collector?: 'host-facts';
  readonly promql?: PlaybookPromql;
  readonly argv: readonly string[];
  readonly output: PlaybookOutput;
  readonly codes: ExitCodes;
}

interface Tried {
  readonly attempt: Attempt;
  readonly result: CommandResult;
  readonly classified: Classified;
  readonly data?: StepResult['data'];
  /** Recorded instead of stdout. */
  readonly shown?: string;
  /** It ran well and its output could not be read. */
  readonly isUnreadable: boolean;
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
      if (fallback === undefined || !fallback.on.some((status) => leadsTo(status, latest))) continue;
      const output = fallback.output ?? step.output;
      attempt = { number: fallbackIndex + 1, argv: fallback.argv, output, codes: codesOf(fallback) };
    }
  }
  return await summarize(step, tried, around);
}

function leadsTo(status: PlaybookFallback['on'][number], { classified, isUnreadable }: Tried): boolean {
  return status === 'parse-error' ? isUnreadable : status === classified.status;
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
  const { collector, promql, argv = [], output } = step;
  return {
    number: 0,
    ...(collector === undefined ? {} : { collector }),
    ...(promql === undefined ? {} : { promql }),
    ...{ argv, output, codes: codesOf(step) },
  };
}

function codesOf({ okExitCodes, signalExitCodes }: ExitCodes): ExitCodes {
  return {
    ...(okExitCodes === undefined ? {} : { okExitCodes }),
    ...(signalExitCodes === undefined ? {} : { signalExitCodes }),
  };
}

/** Undefined when there is no time left for another command, or a value is missing. */
async function tryOnce(step: PlaybookStep, attempt: Attempt, around: StepSurroundings): Promise<Tried | undefined> {
  const timeoutMs = Math.min(step.timeoutSeconds * 1000, Math.floor(around.remainingMs()));
  if (timeoutMs <= 0 || around.signal.aborted) return undefined;
  const wanted = Math.min(attempt.output.maxBytes ?? DEFAULT_OUTPUT_BYTES, around.remainingBytes);
  // Which lines are the newest ones of each pod shows only when all of them were read.
  const maxBytes = attempt.output.cut === 'start' ? Math.max(wanted, MAX_LOG_BYTES) : wanted;
  const ran = await execute(step, attempt, { ...around, timeoutMs, maxBytes });
  if (ran === undefined) return undefined;

  const { command, shownArgv } = ran;
  const result = attempt.output.cut === 'start' ? withNewestLines(ran.result, wanted) : ran.result;
  const { classified, ...read } = readResult(command, result, attempt);
  const exit = result.end.kind === 'exited' ? { exit: result.end.exit } : {};
  around.onCommand?.({ kind: 'ended', argv: shownArgv, status: classified.status, ...exit, ms: result.ms });
  const reason = classified.reason === undefined ? undefined : await around.redaction.redact(classified.reason);
  return {
    ...{ attempt, result, classified, shownArgv },
    ...read,
    ...(reason === undefined ? {} : { reason: cut(reason, MAX_REASON_CHARACTERS) }),
  };
}

function withNewestLines(result: CommandResult, maxBytes: number): CommandResult {
  const { text, isCut } = newestLines(result.stdout, { maxBytes, hasLostStart: result.truncated });
  return { ...result, stdout: text, truncated: result.truncated || isCut };
}

interface Ran {
  readonly command: Command;
  readonly result: CommandResult;
  /** What the record shows as the command. */
  readonly shownArgv: readonly RedactedText[];
}

async function execute(
  step: PlaybookStep,
  attempt: Attempt,
  around: StepSurroundings & { readonly timeoutMs: number; readonly maxBytes: number },
): Promise<Ran | undefined> {
  const { target, signal, timeoutMs, maxBytes, bind, playbook } = around;
  const values = { ...around.inputs, ...bind };
  const origin = { playbook: playbook.metadata.id, step: step.id, attempt: attempt.number, bind };
  if (attempt.promql !== undefined) {
    const { query: text, range, step: distance } = attempt.promql;
    const query = expandQuery(text, values);
    if (query === undefined) return undefined;
    const durationMs = range === undefined ? undefined : parseDurationMs(range);
    const stepMs = parseDurationMs(distance ?? '') ?? Math.max(1000, (durationMs ?? 0) / 60);
    const question = {
      ...{ query, timeoutMs, maxBytes, origin },
      ...(durationMs === undefined ? {} : { range: { durationMs, stepMs } }),
    };
    const shown = ['promql', query, ...(range === undefined ? [] : [`range=${range}`, `step=${stepMs / 1000}s`])];
    const shownArgv = await announce(shown, around);
    const result =
      target.metrics === undefined ? noMetrics(around.clock.now()) : await target.metrics.query(question, signal);
    return { command: { argv: ['promql'], timeoutMs, maxBytes, origin }, result, shownArgv };
  }
  if (attempt.collector !== undefined) {
    const { collector } = attempt;
    const command = { argv: [collector], timeoutMs, maxBytes, origin };
    const shownArgv = await announce(['built-in', collector], around);
    return { command, result: await target.collect(collector, signal), shownArgv };
  }
  const argv = expandArgv(attempt.argv, values);
  if (argv === undefined) return undefined;
  const command: Command = {
    ...{ argv, timeoutMs, maxBytes, origin },
    ...(attempt.output.cut === 'start' ? { keep: 'end' as const } : {}),
    ...(step.privilege === undefined ? {} : { privilege: step.privilege }),
    call: stepCall({ playbook, step, attempt: attempt.number, argv: attempt.argv }, values),
  };
  const shownArgv = await announce(argv, around);
  return { command, result: await target.run(command, signal), shownArgv };
}

/** Says that a command begins, with what may be shown of it. */
async function announce(
  argv: readonly string[],
  { redaction, onCommand }: StepSurroundings,
): Promise<readonly RedactedText[]> {
  const shownArgv = await Promise.all(argv.map(async (element) => await redaction.redact(element)));
  onCommand?.({ kind: 'started', argv: shownArgv });
  return shownArgv;
}

/** What a question to metrics ends with where there are none. */
function noMetrics(startedAt: Date): CommandResult {
  const end = { kind: 'missing-tool' } as const;
  return { end, stdout: '', stderr: '', truncated: false, startedAt, ms: 0 };
}

function readResult(
  command: Command,
  result: CommandResult,
  attempt: Attempt,
): Pick<Tried, 'classified' | 'data' | 'shown' | 'isUnreadable'> {
  const classified = classifyResult(command, result, attempt.codes);
  if (classified.status === 'missing-tool' && attempt.promql !== undefined) {
    const reason = 'no metrics are configured for this target';
    return { classified: { ...classified, reason }, isUnreadable: false };
  }
  if (classified.status !== 'ok' && classified.status !== 'nonzero-ok') return { classified, isUnreadable: false };
  const outcome = runWithin(READ_LIMIT_MS, () => readOutput(result, attempt));
  const parsed: ParsedOutput =
    outcome.kind === 'done' ? outcome.value : { kind: 'unreadable', why: 'the output takes too long to read' };
  if (parsed.kind === 'unreadable') return { classified: { status: 'failed', reason: parsed.why }, isUnreadable: true };
  const { data, shown } = parsed;
  return { classified, data, isUnreadable: false, ...(shown === undefined ? {} : { shown }) };
}

function readOutput({ stdout, truncated }: CommandResult, { output, promql }: Attempt): ParsedOutput {
  if (promql === undefined) return parseOutput(stdout, output, { isPartial: truncated });
  const reading = readJsonText(stdout, { isCut: false });
  const answer = reading.kind === 'read' ? readMetrics(reading.value) : undefined;
  if (answer === undefined) return { kind: 'unreadable', why: 'the answer is not one of the HTTP API of Prometheus' };
  // A metric that nobody collects, and one with nothing to report, look alike.
  if (answer.series.length === 0 && output.allowEmpty !== true) {
    return { kind: 'unreadable', why: 'there are no values: nothing that the query names is measured' };
  }
  return parseOutput(JSON.stringify(answer), { format: 'json' }, { isPartial: truncated });
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
      : skippedStep(step, 'no-input', 'an input that it needs has no value');
  }
  const { result, classified, data } = shown;
  const { status, signal } = classified;
  const exit = result.end.kind === 'exited' ? result.end.exit : undefined;
  const hasRun = result.end.kind === 'exited' || result.end.kind === 'timeout' || result.end.kind === 'aborted';
  const recorded = hasRun ? await record(shown, around.redaction) : undefined;
  const stderr = result.stderr.slice(0, MAX_STDERR_CHARACTERS);
  const ms = tried.reduce((sum, each) => sum + each.result.ms, 0);
  return {
    result: {
      step,
      status,
      ms,
      ...(shown.reason === undefined ? {} : { reason: shown.reason }),
      ...(status === 'skipped' ? { skipCause: 'stopped' as const } : {}),
      ...(exit === undefined ? {} : { exit }),
      ...(shown.attempt.number === 0 ? {} : { fallback: shown.attempt.number }),
      ...(signal === undefined ? {} : { signal }),
      ...(stderr === '' ? {} : { stderr }),
      ...(data === undefined ? {} : { data }),
    },
    ...(recorded === undefined
      ? {}
      : {
          evidence: {
            recording: recorded,
            step: step.id,
            title: await titleOf(step, around),
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

/** Names that were bound come from the target. */
async function titleOf(step: PlaybookStep, { bind, redaction }: StepSurroundings): Promise<string> {
  const names = Object.values(bind);
  if (names.length === 0) return step.title;
  return cut(`${step.title}: ${await redaction.redact(names.join(' '))}`, MAX_TITLE_CHARACTERS);
}

async function record({ result, shown, data, attempt }: Tried, redaction: Redactor): Promise<Recording> {
  const { stderr } = result;
  if (data !== undefined && isTooLong(data.lines)) {
    return { kind: 'too-long', stderr, rest: attempt.output.cut === 'start' ? 'newest' : 'first' };
  }
  const { text, isCut } = evidenceText({ stdout: shown ?? result.stdout, stderr });
  return { kind: 'text', text: await redaction.redact(text), truncated: result.truncated || isCut };
}
