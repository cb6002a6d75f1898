import type { Clock } from '../lib/clock.ts';
import { isSupplied, resolveInputs, type Inputs } from '../playbook/expand.ts';
import type { Redaction } from '../redaction/create-redaction.ts';
import type { Playbook, PlaybookTestCase } from '../schema/generated.ts';
import { createCaptureClock } from './capture-clock.ts';
import { checkCase } from './check-case.ts';
import { diagnose, type Diagnosis } from './diagnose.ts';
import { readAnswers, type LoadedTest } from './read-test.ts';
import { createRecordedTarget } from './recorded-target.ts';

export interface CaseResult {
  readonly name: string;
  /** What is not as expected; empty when the case passes. */
  readonly failures: readonly string[];
  readonly diagnosis?: Diagnosis;
  readonly ms: number;
}

export interface CaseSurroundings {
  readonly playbook: Playbook;
  readonly createRedaction: () => Redaction;
  readonly clock: Clock;
}

/** When neither the test nor the case says when its outputs were captured. */
const DEFAULT_NOW = new Date('2026-11-20T12:00:00Z');

/** Judges recorded outputs and compares what the rules say with what is expected. */
export async function runCase(
  loaded: LoadedTest,
  each: PlaybookTestCase,
  around: CaseSurroundings,
): Promise<CaseResult> {
  const startedMs = around.clock.monotonicMs();
  const recorded = await diagnoseRecorded(loaded, each, around);
  const ms = Math.round(around.clock.monotonicMs() - startedMs);
  if (recorded.kind === 'invalid') return { name: each.name, failures: recorded.problems, ms };
  const { diagnosis } = recorded;
  return { name: each.name, failures: checkCase(each.expect, { diagnosis, playbook: around.playbook }), diagnosis, ms };
}

export type RecordedDiagnosis =
  | { readonly kind: 'judged'; readonly diagnosis: Diagnosis; readonly now: Date; readonly inputs: Inputs }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Judges the recorded outputs of one case. */
export async function diagnoseRecorded(
  loaded: LoadedTest,
  each: Pick<PlaybookTestCase, 'now' | 'inputs' | 'steps'>,
  around: CaseSurroundings,
): Promise<RecordedDiagnosis> {
  const { playbook, createRedaction } = around;
  const { test } = loaded;
  const answers = { ...test.steps, ...each.steps };
  const known = new Set(playbook.spec.steps.map(({ id }) => id));
  const strangers = Object.keys(answers).filter((id) => !known.has(id));
  if (strangers.length > 0) {
    return { kind: 'invalid', problems: strangers.map((id) => `${playbook.metadata.id} has no step ${id}`) };
  }
  const given = Object.entries({ ...test.inputs, ...each.inputs }).map(
    ([name, value]) => [name, String(value)] as const,
  );
  const inputs = resolveAll(playbook, Object.fromEntries(given));
  if (inputs.kind === 'invalid') return inputs;
  const moment = each.now ?? test.now;
  const now = moment === undefined ? DEFAULT_NOW : new Date(moment);
  const clock = createCaptureClock(now, around.clock);
  const steps = await readAnswers(answers, loaded);
  const target = createRecordedTarget({ playbook, steps, platform: test.platform ?? 'linux', clock });
  const places = { processor: target, host: target, docker: target, hub: target, hosted: target };
  const diagnosis = await diagnose({
    ...{ playbook, target, clock, inputs: inputs.inputs, redaction: createRedaction() },
    targets: places,
    // Nothing runs: what was recorded is read.
    allowsExec: true,
  });
  return { kind: 'judged', diagnosis, now, inputs: inputs.inputs };
}

/** Whoever runs a playbook by hand may set the inputs of the target too. */
export function resolveAll(playbook: Playbook, values: Inputs): ReturnType<typeof resolveInputs> {
  const declared = playbook.spec.inputs ?? {};
  const isOfTarget = (name: string): boolean => {
    const input = Object.hasOwn(declared, name) ? declared[name] : undefined;
    return input !== undefined && isSupplied(input);
  };
  const entries = Object.entries(values);
  return resolveInputs(
    playbook,
    Object.fromEntries(entries.filter(([name]) => !isOfTarget(name))),
    Object.fromEntries(entries.filter(([name]) => isOfTarget(name))),
  );
}
