import { evidenceId, isKnown, type Evidence } from '../domain/evidence.ts';
import type { Clock } from '../lib/clock.ts';
import { evaluateRules } from '../playbook/evaluate-rules.ts';
import type { Inputs } from '../playbook/expand.ts';
import { runPlaybook } from '../playbook/run-playbook.ts';
import type { Redactor } from '../playbook/run-step.ts';
import type { StepResult } from '../playbook/step-result.ts';
import { checkJudgement } from '../report/citations.ts';
import type { Playbook } from '../schema/generated.ts';
import type { Target } from '../target/port.ts';
import type { HostLook } from './outliers.ts';

export interface LookOptions {
  readonly host: string;
  readonly target: Target;
  readonly playbook: Playbook;
  readonly inputs: Inputs;
  readonly redaction: Redactor & { redactValue<T>(value: T): Promise<T> };
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Runs a playbook on one host and judges it, with citations checked. A host that answers no step at all is unknown. */
export async function lookAtHost(options: LookOptions): Promise<HostLook> {
  const { host, playbook, clock, redaction } = options;
  let number = 0;
  const run = await runPlaybook({
    playbook,
    target: options.target,
    inputs: options.inputs,
    redaction,
    clock,
    signal: options.signal,
    nextEvidence: () => evidenceId(++number),
    onStep: () => undefined,
  });
  const why = whyUnknown(run.steps);
  if (why !== undefined) return { kind: 'unknown', host, why };
  const raw = evaluateRules({ ...run, playbook });
  const evidence: Evidence[] = [];
  for (const item of run.evidence) evidence.push({ ...item, text: await redaction.redact(item.text) });
  return { kind: 'known', host, judgement: checkJudgement(await redaction.redactValue(raw), evidence) };
}

/** Why a host where these steps were tried is unknown; undefined as soon as one of them gave an answer. */
export function whyUnknown(steps: readonly StepResult[]): string | undefined {
  const tried = steps.filter(({ status }) => status !== 'skipped');
  if (tried.some(({ status }) => isKnown(status))) return undefined;
  const away = tried.find(({ status }) => status === 'unreachable') ?? tried[0];
  if (away === undefined) return steps[0]?.reason ?? 'no step was run';
  return (
    away.reason ??
    (away.status === 'unreachable' ? 'it could not be reached' : `no step gave an answer: ${away.status}`)
  );
}
