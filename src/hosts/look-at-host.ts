import { evidenceId } from '../domain/evidence.ts';
import type { Clock } from '../lib/clock.ts';
import { evaluateRules } from '../playbook/evaluate-rules.ts';
import type { Inputs } from '../playbook/expand.ts';
import { runPlaybook } from '../playbook/run-playbook.ts';
import type { Redactor } from '../playbook/run-step.ts';
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

/** Runs a playbook on one host and judges it. A host that answers no step at all is unknown. */
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
  const tried = run.steps.filter(({ status }) => status !== 'skipped');
  const away = tried.find(({ status }) => status === 'unreachable');
  if (away !== undefined && tried.every(({ status }) => status === 'unreachable')) {
    return { kind: 'unknown', host, why: away.reason ?? 'it could not be reached' };
  }
  if (tried.length === 0) return { kind: 'unknown', host, why: 'no step was run' };
  const raw = evaluateRules({ playbook, steps: run.steps, evidence: run.evidence, now: clock.now() });
  return { kind: 'known', host, judgement: await redaction.redactValue(raw) };
}
